import {
  attempt,
  defineTool,
  nowOf,
  spokenTimeFor,
  ToolError,
  writesWhen,
  zoneName,
  type Business,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { forgetBooking, grantedAppointment, offeredSlot, type CsrContext, type CsrKnown, type Trust } from '../known.ts'
import { offerSlots } from './find-open-slots.ts'
import { wouldBe } from './would-be.ts'

/** Moves an appointment to a time this call was offered: both happen or neither, so the old time is never lost. */
export const rescheduleAppointment = (customers: CustomerStore, business: Business, needs: Trust): Tool<CsrKnown> =>
  defineTool({
    name: 'reschedule_appointment',
    effect: 'write',
    writes: writesWhen('moved'),
    wouldHave: wouldBe('An appointment would be moved'),
    description:
      'Moves an appointment to a time that find_open_slots returned. First read back the old and the new time, and get a yes.',
    input: z.strictObject({ appointment_id: z.string().min(1).max(64), slot_id: z.string().min(1).max(64) }),
    async run({ appointment_id, slot_id }, context: CsrContext) {
      const { known, signal } = context
      const { customerId, appointment } = grantedAppointment(known, appointment_id, needs)
      const { service, startsAt, zone } = offeredSlot(known, slot_id)
      const { id, startsAt: from } = appointment
      if (service.id !== appointment.service.id)
        throw new ToolError(`That time is for another service. Call find_open_slots for ${appointment.service.name}.`)
      const now = nowOf(context)
      if (from <= now)
        throw new ToolError(
          'The time of that appointment has passed, so it cannot be moved. Say so, and offer a new one.',
        )
      if (startsAt <= now) {
        const { slots } = await offerSlots(customers, business, { service, moving: id }, context)
        const say =
          'Say that the new time has passed meanwhile and the appointment is still at its old time, and offer the next ones.'
        return { status: 'past', slots, say }
      }
      const when = spokenTimeFor(startsAt, business.timeZone, zone, now)
      const result =
        from.getTime() === startsAt.getTime()
          ? 'already'
          : await attempt(
              'The appointment could not be moved; it is still at its old time. Say so, and offer to take a message.',
              signal,
              () => customers.move({ id, customerId }, { from, startsAt, service }),
            )
      if (result === 'taken') {
        const wish = { service, earliest: startsAt, moving: id, zone }
        const { slots } = await offerSlots(customers, business, wish, context)
        return {
          status: 'taken',
          slots,
          say: 'Say that this time has just been taken and the appointment is still at its old time, and offer the next ones.',
        }
      }
      if (result === 'gone')
        throw new ToolError('That appointment was changed meanwhile. Call get_appointments and say what is booked now.')
      forgetBooking(known, id)
      known.appointments.set(appointment_id, { customerId, appointment: { id, service, startsAt } })
      return {
        status: result === 'moved' ? 'moved' : 'already_moved',
        service: service.name,
        when,
        time_zone: zoneName(business.timeZone, startsAt),
        say: 'Confirm the new day and time in one short sentence.',
      }
    },
  })
