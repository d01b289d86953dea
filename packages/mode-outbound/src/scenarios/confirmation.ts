import { spokenTime } from '@llc-phone/core'
import * as z from 'zod'
import { defineScenario } from '../scenario.ts'

/** An appointment is written as the wall clock shows it, so it is read as such: no time zone is in between. */
const spokenAppointment = (date: string, time: string): string => spokenTime(new Date(`${date}T${time}:00Z`), 'UTC')

const optional = z.string().trim().min(1).max(80).optional()

/** Asks whether somebody will come to their appointment. */
export const confirmation = defineScenario({
  name: 'confirmation',
  purpose: 'to confirm their appointment',
  context: z.object({
    appointmentDate: z.iso.date('write a date that exists, like "2026-03-09"'),
    appointmentTime: z.iso.time({ precision: -1, error: 'write hours and minutes, like "14:30"' }),
    service: optional,
    withWhom: optional,
    location: optional,
  }),
  steps: ({ booking }) =>
    `Ask whether they will come, then call report_outcome. ${
      booking
        ? 'To move it, first call find_open_slots, get a yes to one time and call book_appointment.'
        : 'To move it, ask for the wish; colleagues will see to it.'
    }`,
  details: ({ appointmentDate, appointmentTime, service, withWhom, location }) => ({
    appointment: spokenAppointment(appointmentDate, appointmentTime),
    service,
    with: withWhom,
    place: location,
  }),
  opener: ({ appointmentDate, appointmentTime }) =>
    `about your appointment on ${spokenAppointment(appointmentDate, appointmentTime)}`,
  screening: 'about an appointment',
  machine: { action: 'leaveMessage' },
  tools: ['book_appointment'],
  outcomes: ['confirmed', 'wants_to_move', 'cancelled', 'not_reached'],
})
