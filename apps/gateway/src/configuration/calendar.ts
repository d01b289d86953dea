import { findByName, isPast, pastSentence, readWish, splitName, ToolError, type Business } from '@llc-phone/core'
import { searchSlots, serviceCalled, type CustomerStore, type Service } from '@llc-phone/mode-csr'
import type { AppointmentsPort } from '@llc-phone/mode-outbound'

const slotId = ({ id }: Service, startsAt: Date): string => `${startsAt.getTime()}@${id}`

/** The calendar of customer service, for outbound calls. */
export const calendarOf = (
  customers: CustomerStore,
  business: Business,
  now: () => Date = () => new Date(),
): AppointmentsPort => {
  /** Finds the customer of the number, by name if several share it; without a record, the booking creates one. */
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
      const service = serviceCalled(await customers.services(), said, 'note the wish')
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
