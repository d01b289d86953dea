import { findByName, isAmong, isSameText, splitName, ToolError, type Business } from '@llc-phone/core'
import { findSlots, localMoment, type CustomerStore, type Service } from '@llc-phone/mode-csr'
import type { AppointmentsPort } from '@llc-phone/mode-outbound'

/** The business is told of a visit an hour before it; longer than a call lasts, so an offered time is never past. */
const NOTICE_MS = 60 * 60_000
/** How far after the wished day a free time is still an answer. */
const SEARCH_MS = 45 * 86_400_000
/** Nobody keeps opening hours further ahead. */
const MAX_AHEAD_MS = 366 * 86_400_000

const slotId = ({ id }: Service, startsAt: Date): string => `${startsAt.getTime()}@${id}`

/** The calendar of customer service, for calls that we place. */
export const calendarOf = (customers: CustomerStore, { timeZone, hours }: Business): AppointmentsPort => {
  const serviceCalled = async (said: string | undefined): Promise<Service> => {
    const services = await customers.services()
    const isMeant = ({ name }: Service) => said === undefined || isAmong(said, name) || isAmong(name, said)
    const meant = said?.trim() ? services.filter(isMeant) : services
    const exact = meant.filter(({ name }) => isSameText(name, said ?? ''))
    const [service, second] = exact.length > 0 ? exact : meant
    if (service && !second) return service
    if (services.length === 0) throw new ToolError('Nothing can be booked by telephone. Say so, and note the wish.')
    throw new ToolError(
      `Ask which service it is: ${services
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 200)}.`,
    )
  }

  /** The record that the number has, by name if several share it; somebody without one gets it with the booking. */
  const whoseBooking = async ({ number, name }: Parameters<AppointmentsPort['book']>[0]['callee']) => {
    const records = await customers.findByNumber(number)
    const [first, second] = name === undefined ? records : findByName(name, records, { partly: true })
    if (first && !second) return { id: first.id }
    const split = name === undefined || second ? undefined : splitName(name)
    if (!split) throw new ToolError('Ask for first and last name, and book with both.')
    return { ...split, phone: number }
  }

  return {
    async openSlots({ from, service: said }) {
      const service = await serviceCalled(said)
      const wished = from === undefined ? undefined : localMoment(from, timeZone)
      if (from !== undefined && !wished) throw new ToolError('There is no such date. Ask for the day again.')
      const now = Date.now()
      const earliest = new Date(Math.max(wished?.getTime() ?? 0, now + NOTICE_MS))
      const until = new Date(Math.min(earliest.getTime() + SEARCH_MS, now + MAX_AHEAD_MS))
      if (earliest >= until) return []
      const agenda = await customers.agenda(earliest, until)
      const starts = await findSlots({ service, from: earliest }, { timeZone, hours, agenda, until })
      return starts.map((startsAt) => ({ id: slotId(service, startsAt), service: service.name, startsAt }))
    },
    async book({ slotId: id, callee, callId }) {
      const [at = '', ...service] = id.split('@')
      const wanted = (await customers.services()).find((each) => each.id === service.join('@'))
      const startsAt = new Date(Number(at))
      if (!wanted || Number.isNaN(startsAt.getTime())) throw new ToolError('That time is not offered any more.')
      const customer = await whoseBooking(callee)
      const { outcome } = await customers.book({ customer, service: wanted, startsAt, callId })
      return outcome === 'taken' ? 'taken' : 'booked'
    },
  }
}
