import {
  attempt,
  defineTool,
  isPast,
  localDate,
  localMinute,
  nowOf,
  pastSentence,
  plainText,
  readWish,
  sayNotJustThen,
  spokenTimeFor,
  wishedTimeInput,
  wishedZone,
  wishedZoneInput,
  zoneName,
  type Business,
  type Tool,
  type WishedTime,
} from '@llc-phone/core'
import * as z from 'zod'
import type { OutboundContext, OutboundKnown } from '../known.ts'
import type { AppointmentsPort, OpenSlot, OtherSlots } from '../ports.ts'

/** Most choices: nobody remembers more on a telephone. */
const MAX_SLOTS = 4

/** Lets this call name a time; the same one keeps its name. */
const offer = (known: OutboundKnown, slot: OpenSlot, zone: string | undefined): string => {
  const same = [...known.slots].find(([, offered]) => offered.slot.id === slot.id)
  if (same) return same[0]
  const id = `slot-${++known.offers}`
  known.slots.set(id, { slot, ...(zone === undefined ? {} : { zone }) })
  return id
}

/** Why the wish cannot be met: the calendar's reason, or that nothing was found on that day. */
const unmetOf = (
  found: readonly OpenSlot[] | OtherSlots,
  wish: WishedTime | undefined,
  timeZone: string,
): OtherSlots['unmet'] | undefined => {
  if ('unmet' in found) return found.unmet
  const [first] = found
  if (!wish || (first && localDate(first.startsAt, timeZone) === localDate(wish.at, timeZone))) return undefined
  return { status: 'full', why: `Nothing is free on ${wish.said}.` }
}

/** Offers a few free times, in the business's own time, and says what of the wish cannot be had. */
export const findOpenSlots = (appointments: AppointmentsPort, { timeZone }: Business): Tool<OutboundKnown> =>
  defineTool({
    name: 'find_open_slots',
    description:
      'Finds free times, soonest first. First say in a few words what you check; then offer two of them at most.',
    input: z.strictObject({
      service: z.string().trim().min(1).max(80).optional().describe('Which service, by its name.'),
      from: wishedTimeInput
        .optional()
        .describe('Local date, or date and time, of the earliest wish. Leave it out for soonest.'),
      time_zone: wishedZoneInput.optional(),
    }),
    async run({ service, from, time_zone }, context: OutboundContext) {
      const { known, signal } = context
      const now = nowOf(context)
      const theirs = wishedZone(time_zone, known.timeZone ?? timeZone)
      const wish = from === undefined ? undefined : readWish(from, timeZone, wishedZone(time_zone, timeZone))
      const passed = wish !== undefined && isPast(wish, now)
      const earliest = wish && !passed ? localMinute(wish, timeZone) : undefined
      const found = await attempt(
        'The calendar cannot be read right now. Say so, and note the wish for colleagues.',
        signal,
        () =>
          appointments.openSlots({ ...(service ? { service } : {}), ...(earliest ? { from: earliest } : {}) }, signal),
      )
      const offered = ('unmet' in found ? found.slots : found).slice(0, MAX_SLOTS)
      const slots = offered.map((slot) => ({
        slot_id: offer(known, slot, time_zone && theirs),
        service: plainText(slot.service, 80),
        when: spokenTimeFor(slot.startsAt, timeZone, theirs, now),
      }))
      const times = { slots, time_zone: zoneName(timeZone, now) }
      const unmet = passed ? { status: 'past', why: pastSentence(wish, now) } : unmetOf(found, wish, timeZone)
      if (unmet) {
        const instead =
          slots.length > 0 ? 'offer these times instead, or another day' : 'offer another day, or to note the wish'
        return {
          status: unmet.status,
          why: plainText(unmet.why, 300),
          ...times,
          say: `First say that this cannot be and why; then ${instead}.`,
        }
      }
      if (slots.length === 0)
        return { status: 'none', say: 'Say that nothing is free then. Offer another day, or to note the wish.' }
      return {
        status: 'free',
        ...times,
        ...sayNotJustThen(
          wish,
          offered.map(({ startsAt }) => startsAt),
        ),
      }
    },
  })
