import {
  attempt,
  defineTool,
  isAmong,
  isSameText,
  spokenTime,
  ToolError,
  type Business,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import type { Service } from '../db/appointments.ts'
import { grantedAppointment, offerSlot, type CsrContext, type CsrKnown, type Trust } from '../known.ts'
import { findSlots, localMoment, type PartOfDay } from '../slots.ts'

/** The business is told of a visit an hour before it; longer than a call may last, so an offered time is never past. */
const NOTICE_MS = 60 * 60_000
/** How far after the wished day a free time is still an answer. */
const SEARCH_MS = 45 * 86_400_000
/** Nobody keeps opening hours further ahead. */
const MAX_AHEAD_MS = 366 * 86_400_000

const UNREADABLE = 'The calendar cannot be read right now. Say so, and offer to take a message.'

/** The service the caller means; throws the list of them when it is not clear. */
const serviceCalled = (services: readonly Service[], said: string): Service => {
  const exact = services.filter(({ name }) => isSameText(name, said))
  const close = services.filter(({ name }) => isAmong(said, name) || isAmong(name, said))
  const [service, second] = exact.length > 0 ? exact : close
  if (service && !second) return service
  if (services.length === 0)
    throw new ToolError('Nothing can be booked by telephone. Say so, and offer to take a message.')
  throw new ToolError(
    `Ask which service it is: ${services
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 200)}.`,
  )
}

interface Wish {
  readonly service: Service
  readonly from?: Date | undefined
  readonly partOfDay?: PartOfDay | undefined
  /** The appointment that is to be moved: its own time counts as free. */
  readonly moving?: string | undefined
}

/** Finds free times, lets this call name them, and writes them as the model is told. */
export const offerSlots = async (
  customers: CustomerStore,
  { timeZone, hours }: Business,
  { service, from = new Date(0), partOfDay, moving }: Wish,
  { facts, known, signal }: CsrContext,
): Promise<{ slot_id: string; when: string }[]> => {
  const now = facts.startedAt.getTime()
  const earliest = new Date(Math.max(from.getTime(), now + NOTICE_MS))
  const until = new Date(Math.min(earliest.getTime() + SEARCH_MS, now + MAX_AHEAD_MS))
  if (earliest >= until) return []
  const agenda = await attempt(UNREADABLE, signal, () => customers.agenda(earliest, until, moving))
  const starts = await findSlots({ service, from: earliest, partOfDay }, { timeZone, hours, agenda, until })
  return starts.map((startsAt) => ({
    slot_id: offerSlot(known, { service, startsAt }),
    when: spokenTime(startsAt, timeZone),
  }))
}

/** Offers a few free times for a service, in the business's own time. */
export const findOpenSlots = (customers: CustomerStore, business: Business, needs: Trust): Tool<CsrKnown> =>
  defineTool({
    name: 'find_open_slots',
    description:
      'Finds free times for a service, soonest first. Offer two of them at most. Say that you are looking before you call it.',
    input: z.strictObject({
      service: z.string().trim().min(1).max(80).describe('Which service, by its name.'),
      from: z
        .string()
        .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:00)?)?$/, 'write it like 2026-03-09 or 2026-03-09T14:00')
        .optional()
        .describe(
          'Local date, or date and time, of the earliest wish, like 2026-03-09T14:00. Leave it out for soonest.',
        ),
      part_of_day: z.enum(['morning', 'afternoon', 'evening']).optional(),
      appointment_id: z.string().min(1).max(64).optional().describe('Only when moving: the appointment to be moved.'),
    }),
    async run({ service: said, from: wished, part_of_day: partOfDay, appointment_id }, context: CsrContext) {
      const { known, signal } = context
      const moving = appointment_id === undefined ? undefined : grantedAppointment(known, appointment_id, needs)
      const from = wished === undefined ? undefined : localMoment(wished, business.timeZone)
      if (wished !== undefined && !from) throw new ToolError('There is no such date. Ask the caller for the day again.')
      const services =
        known.services.length > 0 ? known.services : await attempt(UNREADABLE, signal, () => customers.services())
      const service = serviceCalled(services, said)
      const wish = { service, from, partOfDay, moving: moving?.appointment.id }
      const slots = await offerSlots(customers, business, wish, context)
      if (slots.length > 0) return { status: 'free', service: service.name, minutes: service.durationMinutes, slots }
      return {
        status: 'none',
        say: 'Say that nothing is free then. Offer to look for another day, or to take a message.',
      }
    },
  })
