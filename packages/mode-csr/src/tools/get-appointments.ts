import { attempt, defineTool, nowOf, spokenTime, zoneName, type Business, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { assertGranted, grantAppointment, type CsrContext, type CsrKnown, type Trust } from '../known.ts'

/** Reads the coming appointments of a record that is open on this call, in the business's own time. */
export const getAppointments = (customers: CustomerStore, { timeZone }: Business, needs: Trust): Tool<CsrKnown> =>
  defineTool({
    name: 'get_appointments',
    description: 'Reads the coming appointments of an open record. First say in a few words what you check.',
    opening: true,
    input: z.strictObject({ customer_id: z.string().min(1).max(64) }),
    async run({ customer_id: customerId }, context: CsrContext) {
      const { known, signal } = context
      const now = nowOf(context)
      assertGranted(known, customerId, needs)
      const appointments = await attempt(
        'The appointments cannot be read right now. Say so, and offer to take a message.',
        signal,
        () => customers.upcomingAppointments(customerId, now),
      )
      // The record may have been closed meanwhile.
      assertGranted(known, customerId, needs)
      return {
        ...(appointments.length > 0 ? { time_zone: zoneName(timeZone, now) } : {}),
        appointments: appointments.map((appointment) => ({
          appointment_id: grantAppointment(known, { customerId, appointment }),
          service: appointment.service.name,
          when: spokenTime(appointment.startsAt, timeZone, now),
          minutes: appointment.service.durationMinutes,
        })),
      }
    },
  })
