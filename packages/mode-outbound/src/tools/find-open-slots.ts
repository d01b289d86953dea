import { attempt, defineTool, plainText, spokenTime, type Business, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { OutboundContext, OutboundKnown } from '../known.ts'
import type { AppointmentsPort, OpenSlot } from '../ports.ts'

/** More choices than these are not kept in mind on a telephone. */
const MAX_SLOTS = 4

const isMoment = (text: string): boolean => {
  const [date = '', time = '00:00'] = text.split('T')
  return z.iso.date().safeParse(date).success && z.iso.time({ precision: -1 }).safeParse(time).success
}

/** Lets this call name a time; the same one keeps its name. */
const offer = (known: OutboundKnown, slot: OpenSlot): string => {
  const same = [...known.slots].find(([, offered]) => offered.slot.id === slot.id)
  if (same) return same[0]
  const id = `slot-${++known.offers}`
  known.slots.set(id, { slot })
  return id
}

/** Offers a few free times, in the business's own time. */
export const findOpenSlots = (appointments: AppointmentsPort, { timeZone }: Business): Tool<OutboundKnown> =>
  defineTool({
    name: 'find_open_slots',
    description:
      'Finds free times, soonest first. Say that you are looking before you call it; offer two of them at most.',
    input: z.strictObject({
      service: z.string().trim().min(1).max(80).optional().describe('Which service, by its name.'),
      from: z
        .string()
        .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$/, 'write it like 2026-03-09 or 2026-03-09T14:00')
        .refine(isMoment, 'there is no such day; ask again')
        .optional()
        .describe('Local date, or date and time, of the earliest wish. Leave it out for soonest.'),
    }),
    async run({ service, from }, { known, signal }: OutboundContext) {
      const wish = { ...(service ? { service } : {}), ...(from ? { from } : {}) }
      const found = await attempt(
        'The calendar cannot be read right now. Say so, and note the wish for colleagues.',
        signal,
        () => appointments.openSlots(wish, signal),
      )
      if (found.length === 0)
        return { status: 'none', say: 'Say that nothing is free then. Offer another day, or to note the wish.' }
      return {
        status: 'free',
        slots: found.slice(0, MAX_SLOTS).map((slot) => ({
          slot_id: offer(known, slot),
          service: plainText(slot.service, 80),
          when: spokenTime(slot.startsAt, timeZone),
        })),
      }
    },
  })
