import {
  attempt,
  defineTool,
  findByName,
  nowOf,
  plainText,
  splitName,
  spokenTimeFor,
  ToolError,
  writesWhen,
  zoneName,
  type Business,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { Booking, BookingResult } from '../db/appointments.ts'
import type { CustomerStore } from '../db/customers.ts'
import {
  assertGranted,
  grant,
  grantAppointment,
  offeredSlot,
  type CsrContext,
  type CsrKnown,
  type OfferedSlot,
  type Trust,
} from '../known.ts'
import { offerSlots } from './find-open-slots.ts'
import { wouldBe } from './would-be.ts'

/** Most bookings of one call: more than anybody needs, and too few to fill a calendar. */
const MAX_BOOKINGS = 5

const NOT_BOOKED = 'The appointment could not be booked. Say so, and offer to try again or to take a message.'

/** The customer of the appointment: a record open on this call, or a new customer with the caller's number. */
const bookFor = (
  {
    customer_id: id,
    new_customer_name: said,
  }: { customer_id?: string | undefined; new_customer_name?: string | undefined },
  { facts, known }: CsrContext,
  needs: Trust,
): Booking['customer'] => {
  if (id !== undefined) return assertGranted(known, id, needs)
  if (said === undefined) {
    const [only, second] = known.granted.keys()
    if (!only || second) throw new ToolError('Ask for first and last name. A customer is found with lookup_customer.')
    return assertGranted(known, only, needs)
  }
  const name = plainText(said, 80)
  const open = [...known.granted.values()].map(({ customer }) => customer)
  const [made] = findByName(name, open)
  if (made) return assertGranted(known, made.id, needs)
  if (findByName(name, [...open, ...known.matches, ...known.closed.values()], { partly: true }).length > 0)
    throw new ToolError('There is a record for that name. Call lookup_customer with it first.')
  if (!facts.otherParty.number)
    throw new ToolError('From a withheld number nobody new can be booked. Say so, and offer to take a message.')
  const whom = splitName(name)
  if (!whom) throw new ToolError('Ask for first and last name, and book with both.')
  return { ...whom, phone: facts.otherParty.number }
}

/** Books an offered time once, however often it is requested. */
const bookOnce = (
  slot: OfferedSlot,
  booking: Booking,
  customers: CustomerStore,
  known: CsrKnown,
): Promise<BookingResult> => {
  const { customer } = booking
  const whose = 'id' in customer ? customer.id : `${customer.firstName} ${customer.lastName}`
  if (slot.booking) {
    if (slot.booking.whose !== whose)
      throw new ToolError('That time was booked on this call already. Call find_open_slots for another one.')
    return slot.booking.result
  }
  if (++known.bookings > MAX_BOOKINGS)
    throw new ToolError('No more appointments can be booked on this call. Say so, and offer to take a message.')
  const result: Promise<BookingResult> = customers.book(booking).then(
    (made) => {
      // Nothing was booked if the time was taken meanwhile, or the same wish was booked before.
      if (made.outcome !== 'booked') known.bookings--
      if (made.outcome === 'taken') delete slot.booking
      else {
        slot.appointmentId = made.appointmentId
        // A new customer has an id from now on.
        slot.booking = { whose: made.customerId, result }
      }
      return made
    },
    (error: unknown) => {
      known.bookings--
      delete slot.booking
      throw error
    },
  )
  slot.booking = { whose, result }
  return result
}

/** Books a time this call was offered. A time that was taken meanwhile is answered with the next free ones. */
export const bookAppointment = (customers: CustomerStore, business: Business, needs: Trust): Tool<CsrKnown> =>
  defineTool({
    name: 'book_appointment',
    effect: 'write',
    writes: writesWhen('booked'),
    wouldHave: wouldBe('An appointment would be booked'),
    description:
      'Books a time that find_open_slots returned. First read back service, day and time, and get a yes. Somebody without a record is booked with new_customer_name.',
    input: z.strictObject({
      slot_id: z.string().min(1).max(64),
      customer_id: z.string().min(1).max(64).optional().describe('The open record.'),
      new_customer_name: z
        .string()
        .trim()
        .min(1)
        .max(80)
        .optional()
        .describe('First and last name of a new customer; the only name of somebody who has one.'),
    }),
    async run({ slot_id, ...whom }, context: CsrContext) {
      const { facts, known, signal } = context
      const slot = offeredSlot(known, slot_id)
      const customer = bookFor(whom, context, needs)
      const { service, startsAt } = slot
      const isRepeated = slot.booking !== undefined
      const now = nowOf(context)
      if (!isRepeated && startsAt <= now) {
        const { slots } = await offerSlots(customers, business, { service }, context)
        return { status: 'past', slots, say: 'Say that this time has passed meanwhile, and offer the next ones.' }
      }
      const booking = { customer, service, startsAt, callId: facts.callId }
      const made = await attempt(NOT_BOOKED, signal, async () => bookOnce(slot, booking, customers, known))
      if (made.outcome === 'taken') {
        const { slots } = await offerSlots(
          customers,
          business,
          { service, earliest: startsAt, zone: slot.zone },
          context,
        )
        return { status: 'taken', slots, say: 'Say that this time has just been taken, and offer the next ones.' }
      }
      const { appointmentId, customerId } = made
      if (!('id' in customer)) grant(known, { ...customer, id: customerId }, 'verified')
      return {
        status: made.outcome === 'booked' && !isRepeated ? 'booked' : 'already_booked',
        appointment_id: grantAppointment(known, { customerId, appointment: { id: appointmentId, service, startsAt } }),
        customer_id: customerId,
        service: service.name,
        when: spokenTimeFor(startsAt, business.timeZone, slot.zone, now),
        time_zone: zoneName(business.timeZone, startsAt),
        say: 'Confirm service, day and time in one short sentence.',
      }
    },
  })
