import type { ModeDefinition } from '@llc-phone/core'
import * as z from 'zod'
import type { CsrKnown } from './known.ts'

const customer = z.object({
  id: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  contactOnly: z.literal(true).optional(),
})
const service = z.object({
  id: z.string(),
  name: z.string(),
  durationMinutes: z.number(),
  bufferMinutes: z.number(),
})
const date = z.iso.datetime().transform((text) => new Date(text))
const slotSchema = z.object({
  service,
  startsAt: date,
  zone: z.string().optional(),
  appointmentId: z.string().optional(),
  spent: z.boolean().optional(),
})
const appointment = z.object({
  customerId: z.string(),
  appointment: z.object({ id: z.string(), service, startsAt: date }),
})

const savedSchema = z.object({
  matches: z.array(customer),
  granted: z.array(z.tuple([z.string(), z.object({ customer, trust: z.enum(['recognised', 'verified']) })])),
  closed: z.array(z.tuple([z.string(), customer])),
  closings: z.number(),
  slots: z.array(z.tuple([z.string(), slotSchema])),
  appointments: z.array(z.tuple([z.string(), appointment])),
  appointmentsNamed: z.number(),
  services: z.array(service),
  claimed: customer.nullable().optional(),
  proofs: z.number(),
  bookings: z.number(),
  numbersTaken: z.number(),
  failed: z.boolean(),
})

/**
 * What a call knows, for a process that has to go on with it: who the caller is and how far that was proven, what was offered
 * and booked, and how many attempts are used up. A booking in progress is left out: done again, it is the same one.
 */
export const csrMemory: NonNullable<ModeDefinition<CsrKnown>['memory']> = {
  save: ({ granted, closed, slots, appointments, ...known }) => ({
    ...known,
    granted: [...granted],
    closed: [...closed],
    slots: [...slots].map(([id, slot]) => [id, { ...slot, booking: undefined }]),
    appointments: [...appointments],
  }),
  restore(saved) {
    const { granted, closed, slots, appointments, ...known } = savedSchema.parse(saved)
    return {
      ...known,
      granted: new Map(granted),
      closed: new Map(closed),
      slots: new Map(slots),
      appointments: new Map(appointments),
    } as CsrKnown
  },
}
