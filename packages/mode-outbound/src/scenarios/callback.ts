import { spokenTime, wordsIn } from '@llc-phone/core'
import * as z from 'zod'
import { defineScenario } from '../scenario.ts'

/** Calls somebody back who asked for it. */
export const callback = defineScenario({
  name: 'callback',
  purpose: 'because they asked to be called back',
  context: z.object({
    reason: z.string().trim().min(1).max(200).optional(),
    requestedAt: z.iso
      .datetime({ offset: true, error: 'write a moment with its time zone, like "2026-03-09T14:30:00-05:00"' })
      .optional(),
  }),
  steps: ({ booking }) =>
    `Ask how you can help. ${
      booking ? 'For an appointment: find_open_slots, a yes to one time, book_appointment. ' : ''
    }For what you cannot do, ask for the details, note them for colleagues and say so.`,
  details: ({ reason, requestedAt }, { timeZone }, { now }) => ({
    reason,
    'asked for': requestedAt && spokenTime(new Date(requestedAt), timeZone, now),
  }),
  // The reason is only for the person who asked; somebody else may answer.
  opener: (_context, _business, _callee, { language }) => wordsIn(language).outbound.reasons.askedForCall,
  screening: (language) => wordsIn(language).outbound.reasons.askedForCallScreening,
  machine: { action: 'leaveMessage' },
  tools: ['book_appointment'],
})
