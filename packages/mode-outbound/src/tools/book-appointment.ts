import {
  attempt,
  defineTool,
  nowOf,
  plainText,
  splitName,
  spokenTimeFor,
  ToolError,
  writesWhen,
  zoneName,
  type Business,
  type E164,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { OfferedSlot, OutboundContext, OutboundKnown } from '../known.ts'
import type { AppointmentsPort } from '../ports.ts'

/** Most bookings of one call: more than anybody needs, and too few to fill a calendar. */
const MAX_BOOKINGS = 3

/** One booking for one offered time, however often it is asked for. */
const bookOnce = (
  offered: OfferedSlot,
  appointments: AppointmentsPort,
  callee: { readonly number: E164; readonly name?: string },
  { known, facts }: OutboundContext,
): Promise<'booked' | 'taken'> => {
  if (offered.booking) return offered.booking
  if (known.bookings >= MAX_BOOKINGS)
    throw new ToolError('No more can be booked on this call. Say so, and note the wish for colleagues.')
  known.bookings += 1
  const booking = appointments.book({ slotId: offered.slot.id, callee, callId: facts.callId })
  offered.booking = booking
  const forget = () => {
    delete offered.booking
    known.bookings -= 1
  }
  booking.then((outcome) => outcome === 'taken' && forget(), forget)
  return booking
}

/** The callee's name from the request; if it is incomplete, the name that was said. */
const fullName = (given = '', said = ''): string => {
  const known = plainText(given, 80)
  return splitName(known)?.lastName ? known : plainText(said, 80) || known
}

/** Books a time this call was offered, for the number that was called. */
export const bookAppointment = (appointments: AppointmentsPort, { timeZone }: Business): Tool<OutboundKnown> =>
  defineTool({
    name: 'book_appointment',
    effect: 'write',
    writes: writesWhen('booked'),
    description: 'Books a time that find_open_slots returned. First read back service, day and time, and get a yes.',
    input: z.strictObject({
      slot_id: z.string().min(1).max(64),
      name: z.string().trim().min(1).max(80).optional().describe('First and last name, if you were not told both.'),
    }),
    async run({ slot_id, name: said }, context: OutboundContext) {
      const { facts, known, signal } = context
      const offered = known.slots.get(slot_id)
      if (!offered) throw new ToolError('That time was not offered on this call. Call find_open_slots first.')
      const { number } = facts.otherParty
      if (!number)
        throw new ToolError('Without a number nothing can be booked. Say so, and note the wish for colleagues.')
      const name = fullName(facts.otherParty.name, said)
      const isRepeated = offered.booking !== undefined
      const { startsAt } = offered.slot
      const now = nowOf(context)
      if (!isRepeated && startsAt <= now) {
        known.slots.delete(slot_id)
        return { status: 'past', say: 'Say that this time has passed meanwhile, and call find_open_slots for another.' }
      }
      const outcome = await attempt(
        'The appointment could not be booked. Say so, and offer to try again or to note the wish.',
        signal,
        async () => bookOnce(offered, appointments, { number, ...(name ? { name } : {}) }, context),
      )
      if (outcome === 'taken') {
        known.slots.delete(slot_id)
        return { status: 'taken', say: 'Say that this time has just been taken, and call find_open_slots for another.' }
      }
      return {
        status: isRepeated ? 'already_booked' : 'booked',
        service: plainText(offered.slot.service, 80),
        when: spokenTimeFor(startsAt, timeZone, offered.zone ?? known.timeZone, now),
        time_zone: zoneName(timeZone, startsAt),
        say: 'Confirm service, day and time in one short sentence.',
      }
    },
  })
