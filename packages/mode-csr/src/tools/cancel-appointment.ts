import {
  attempt,
  defineTool,
  nowOf,
  spokenTime,
  ToolError,
  writesWhen,
  zoneName,
  type Business,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { forgetBooking, grantedAppointment, type CsrContext, type CsrKnown, type Trust } from '../known.ts'
import { wouldBe } from './would-be.ts'

/** Cancels an appointment of a record that is open on this call. */
export const cancelAppointment = (customers: CustomerStore, { timeZone }: Business, needs: Trust): Tool<CsrKnown> =>
  defineTool({
    name: 'cancel_appointment',
    effect: 'write',
    writes: writesWhen('cancelled'),
    wouldHave: wouldBe('An appointment would be cancelled'),
    description: 'Cancels an appointment. First read back which one, and get a yes.',
    input: z.strictObject({ appointment_id: z.string().min(1).max(64) }),
    async run({ appointment_id }, context: CsrContext) {
      const { known, signal } = context
      const { customerId, appointment } = grantedAppointment(known, appointment_id, needs)
      const now = nowOf(context)
      if (appointment.startsAt <= now)
        throw new ToolError('The time of that appointment has passed, so it cannot be cancelled. Say so.')
      const result = await attempt(
        'The appointment could not be cancelled; it still stands. Say so, and offer to take a message.',
        signal,
        () => customers.cancel({ id: appointment.id, customerId }),
      )
      const wasBookedHere = forgetBooking(known, appointment.id)
      // A cancelled booking does not count towards the limit.
      if (wasBookedHere && result === 'cancelled') known.bookings = Math.max(0, known.bookings - 1)
      return {
        status: result === 'cancelled' ? 'cancelled' : 'already_cancelled',
        service: appointment.service.name,
        when: spokenTime(appointment.startsAt, timeZone, now),
        time_zone: zoneName(timeZone, appointment.startsAt),
        say: 'Confirm in one short sentence, and offer another time.',
      }
    },
  })
