import {
  clocksDiffer,
  localMoment,
  spokenDateTime,
  spokenTime,
  wordsIn,
  zoneName,
  type Business,
} from '@llc-phone/core'
import * as z from 'zod'
import { defineScenario, type Present } from '../scenario.ts'

/**
 * An appointment is written as the wall clock shows it, so it is said as such; with its year if it is not this one, and with
 * the zone for somebody whose clock shows another time.
 */
const spokenAppointment = (date: string, time: string, { timeZone }: Business, { now, theirs }: Present): string => {
  const said = spokenTime(new Date(`${date}T${time}:00Z`), 'UTC', now)
  const at = localMoment(`${date}T${time}`, timeZone)
  return theirs !== undefined && clocksDiffer(timeZone, theirs, at) ? `${said} ${zoneName(timeZone, at)}` : said
}

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
  check({ appointmentDate, appointmentTime }, { timeZone }, { now }): Record<string, string> {
    const at = localMoment(`${appointmentDate}T${appointmentTime}`, timeZone)
    if (at > now) return {}
    return { appointmentDate: `${spokenDateTime(at, timeZone)} has passed; it is ${spokenDateTime(now, timeZone)} now` }
  },
  steps: ({ booking }) =>
    `Say when the appointment is, ask whether they will come, and call report_outcome. ${
      booking
        ? 'To move it: find_open_slots, a yes to one time, book_appointment, report_outcome, so that colleagues free the old time.'
        : 'To move it: ask for the wish, which colleagues will see to.'
    }`,
  details: ({ appointmentDate, appointmentTime, service, withWhom, location }, business, present) => ({
    appointment: spokenAppointment(appointmentDate, appointmentTime, business, present),
    service,
    with: withWhom,
    place: location,
  }),
  // The details are only for the person who has the appointment; somebody else may answer.
  opener: (_context, _business, _callee, { language }) => wordsIn(language).outbound.reasons.appointment,
  screening: (language) => wordsIn(language).outbound.reasons.appointment,
  machine: { action: 'leaveMessage' },
  tools: ['book_appointment'],
  outcomes: ['confirmed', 'wants_to_move', 'cancelled', 'not_reached'],
})
