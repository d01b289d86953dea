import { attempt, defineTool, spokenTime, type Business, type Tool, type ToolContext } from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { assertGranted, type CsrKnown } from '../known.ts'

/** Reads the coming appointments of a record that is open on this call, in the business's own time. */
export const getAppointments = (customers: CustomerStore, { timeZone }: Business): Tool<CsrKnown> =>
  defineTool({
    name: 'get_appointments',
    description: "Reads the customer's coming appointments. Say that you are checking before you call it.",
    input: z.strictObject({ customer_id: z.string().min(1).max(64) }),
    async run({ customer_id }, { facts, known, signal }: ToolContext<CsrKnown>) {
      assertGranted(known, customer_id)
      const appointments = await attempt(
        'The appointments cannot be read right now. Say so, and offer to take a message.',
        signal,
        () => customers.upcomingAppointments(customer_id, facts.startedAt),
      )
      return {
        appointments: appointments.map(({ service, startsAt, durationMinutes }) => ({
          service,
          when: spokenTime(startsAt, timeZone),
          minutes: durationMinutes,
        })),
      }
    },
  })
