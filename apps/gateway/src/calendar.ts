import { isPast, pastSentence, plainText, readWish, ToolError, type Business } from '@llc-phone/core'
import { searchSlots, type Customer, type CustomerStore, type Service } from '@llc-phone/mode-csr'
import type { AppointmentsPort } from '@llc-phone/mode-outbound'

const letters = (text: string): string[] => text.toLocaleLowerCase('en').match(/[\p{L}\p{N}]+/gu) ?? []

const isAmong = (said: string, text: string): boolean => {
  const known = letters(text)
  return letters(said).every((word) => known.includes(word))
}

const slotId = ({ id }: Service, startsAt: Date): string => `${startsAt.getTime()}@${id}`

/** The calendar of customer service, for calls that we place. */
export const calendarOf = (
  customers: CustomerStore,
  business: Business,
  now: () => Date = () => new Date(),
): AppointmentsPort => {
  const serviceCalled = async (said: string | undefined): Promise<Service> => {
    const services = await customers.services()
    const meant =
      said === undefined ? services : services.filter(({ name }) => isAmong(said, name) || isAmong(name, said))
    const exact = meant.filter(({ name }) => letters(name).join(' ') === letters(said ?? '').join(' '))
    const [service, second] = exact.length > 0 ? exact : meant
    if (service && !second) return service
    if (services.length === 0) throw new ToolError('Nothing can be booked by telephone. Say so, and note the wish.')
    const known = services.map(({ name }) => name).join(', ')
    const isUnknown = said !== undefined && meant.length === 0
    const why = isUnknown ? `There is no service called "${plainText(said, 40)}"; say so. ` : ''
    throw new ToolError(`${why}Ask which service it is: ${known.slice(0, 200)}.`)
  }

  /** The record that the number has, by name if several share it; somebody without one gets it with the booking. */
  const whoseBooking = async ({ number, name }: Parameters<AppointmentsPort['book']>[0]['callee']) => {
    const records = await customers.findByNumber(number)
    const [first, second] = name === undefined ? records : records.filter((record) => isAmong(name, nameOf(record)))
    if (first && !second) return { id: first.id }
    const [firstName, ...rest] = name?.split(' ') ?? []
    if (!firstName || rest.length === 0) throw new ToolError('Ask for first and last name, and book with both.')
    return { firstName, lastName: rest.join(' '), phone: number }
  }

  return {
    async openSlots({ from, service: said }) {
      const service = await serviceCalled(said)
      const wish = from === undefined ? undefined : readWish(from, business.timeZone)
      if (wish && isPast(wish, now()))
        throw new ToolError(`${pastSentence(wish, now())} Say so, and ask for the day again.`)
      const { starts, unmet } = await searchSlots({ service, from: wish }, business, now(), (earliest, until) =>
        customers.agenda(earliest, until),
      )
      const slots = starts.map((startsAt) => ({ id: slotId(service, startsAt), service: service.name, startsAt }))
      return unmet ? { slots, unmet } : slots
    },
    async book({ slotId: id, callee, callId }) {
      const [at = '', ...service] = id.split('@')
      const wanted = (await customers.services()).find((each) => each.id === service.join('@'))
      const startsAt = new Date(Number(at))
      if (!wanted || !(startsAt > now())) throw new ToolError('That time is not offered any more.')
      const customer = await whoseBooking(callee)
      const { outcome } = await customers.book({ customer, service: wanted, startsAt, callId })
      return outcome === 'taken' ? 'taken' : 'booked'
    },
  }
}

const nameOf = ({ firstName, lastName }: Customer): string => `${firstName} ${lastName}`
