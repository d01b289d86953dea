import {
  attempt,
  defineTool,
  nowOf,
  readWish,
  sayNotJustThen,
  spokenTimeFor,
  wishedTimeInput,
  wishedZone,
  wishedZoneInput,
  zoneName,
  type Business,
  type Tool,
  type UnmetWish,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { grantedAppointment, offerSlot, type CsrContext, type CsrKnown, type Trust } from '../known.ts'
import { serviceCalled } from '../service-called.ts'
import { searchSlots, type BookingWish } from '../slot-search.ts'

const UNREADABLE = 'The calendar cannot be read right now. Say so, and offer to take a message.'

interface Wish extends BookingWish {
  /** The appointment that is to be moved: its own time counts as free. */
  readonly moving?: string | undefined
  /** The zone the caller thinks in, if it is not the business's. */
  readonly zone?: string | undefined
}

interface Offer {
  readonly slots: { readonly slot_id: string; readonly when: string }[]
  readonly starts: readonly Date[]
  readonly unmet?: UnmetWish | undefined
}

/** Finds free times, lets this call name them, and writes them as the model is told. */
export const offerSlots = async (
  customers: CustomerStore,
  business: Business,
  { moving, zone, ...wish }: Wish,
  context: CsrContext,
): Promise<Offer> => {
  const { known, signal } = context
  const { service } = wish
  const now = nowOf(context)
  const { starts, unmet } = await searchSlots(wish, business, now, (from, until) =>
    attempt(UNREADABLE, signal, () => customers.agenda(from, until, moving)),
  )
  const slots = starts.map((startsAt) => ({
    slot_id: offerSlot(known, { service, startsAt, ...(zone === undefined ? {} : { zone }) }),
    when: spokenTimeFor(startsAt, business.timeZone, zone, now),
  }))
  return { slots, starts, unmet }
}

const NOTHING_FREE = 'Say that nothing is free then. Offer to look for another day, or to take a message.'

/** Offers a few free times for a service, in the business's own time, and says what of the wish cannot be had. */
export const findOpenSlots = (customers: CustomerStore, business: Business, needs: Trust): Tool<CsrKnown> =>
  defineTool({
    name: 'find_open_slots',
    description:
      'Finds free times for a service, soonest first. First say in a few words what you check; then offer two of them at most.',
    input: z.strictObject({
      service: z.string().trim().min(1).max(80).describe('Which service, by its name.'),
      from: wishedTimeInput
        .optional()
        .describe(
          'Local date, or date and time, of the earliest wish, like 2026-03-09T14:00. Leave it out for soonest.',
        ),
      part_of_day: z.enum(['morning', 'afternoon', 'evening']).optional(),
      appointment_id: z.string().min(1).max(64).optional().describe('Only when moving: the appointment to be moved.'),
      time_zone: wishedZoneInput.optional(),
    }),
    async run({ service: said, from: wished, part_of_day, appointment_id, time_zone }, context: CsrContext) {
      const { known, signal } = context
      const { timeZone } = business
      const moving = appointment_id === undefined ? undefined : grantedAppointment(known, appointment_id, needs)
      const zone = wishedZone(time_zone, timeZone)
      const from = wished === undefined ? undefined : readWish(wished, timeZone, zone)
      const services =
        known.services.length > 0 ? known.services : await attempt(UNREADABLE, signal, () => customers.services())
      const service = serviceCalled(services, said, 'offer to take a message')
      const wish = { service, from, partOfDay: part_of_day, moving: moving?.appointment.id, zone }
      const { slots, starts, unmet } = await offerSlots(customers, business, wish, context)
      const times = {
        service: service.name,
        minutes: service.durationMinutes,
        slots,
        time_zone: zoneName(timeZone, nowOf(context)),
      }
      if (unmet) {
        const { status, why } = unmet
        const instead =
          slots.length > 0 ? 'offer these times instead, or another day' : 'offer another day, or a message'
        return { status, why, ...times, say: `First say that this cannot be and why; then ${instead}.` }
      }
      if (slots.length === 0) return { status: 'none', say: NOTHING_FREE }
      return { status: 'free', ...times, ...sayNotJustThen(from, starts) }
    },
  })
