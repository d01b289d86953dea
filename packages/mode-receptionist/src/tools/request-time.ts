import {
  defineTool,
  neededTelephone,
  nowOf,
  sayTelephone,
  takeMessageTool,
  telephoneText,
  wishedTimeInput,
  wishedZoneInput,
  writesWhen,
  type Business,
  type MessageBook,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import { readTime } from '../wished-day.ts'

/** What callers can ask for beside a message. */
export type Offer = 'callback' | 'visit'

const WORDS = {
  callback: { description: 'Stores the wish to be called back.', text: 'Asks to be called back', who: 'call back' },
  visit: { description: 'Stores the wish to come by.', text: 'Asks for a visit', who: 'confirm the visit' },
} as const

const WITHOUT_NUMBER = 'If they give none, say that nobody can get back to them, and offer to take a message.'

/**
 * Takes a request for a callback or a visit as a message. There is no calendar, so the caller is never told that a time is
 * booked; a time that has passed, or at which nobody is there, is refused.
 */
export const requestTime = (offer: Offer, messages: Pick<MessageBook, 'take'>, business: Business): Tool => {
  const store = takeMessageTool(messages, offer)
  const { description, text, who } = WORDS[offer]
  return defineTool({
    name: `request_${offer}`,
    effect: 'write',
    writes: writesWhen('requested'),
    description: `${description} Read name, time and reason back first, and get a yes.`,
    input: z.strictObject({
      when: z.string().trim().min(1).max(120).describe('The time the caller would like, in their words.'),
      at: wishedTimeInput
        .optional()
        .describe('The same as a date, or date and time, if they named one: 2026-03-09 or 2026-03-09T14:00.'),
      time_zone: wishedZoneInput.optional(),
      caller_name: z.string().trim().min(1).max(80),
      caller_number: z
        .string()
        .trim()
        .max(64)
        .optional()
        .describe('With the extension, if any. Leave it out when it is the one they are calling from.'),
      reason: z.string().trim().min(1).max(500),
    }),
    async run({ caller_name, caller_number, reason, ...said }, context) {
      const time = readTime(said, business, nowOf(context))
      if ('refused' in time) return time.refused
      // A callback needs a number.
      const { otherParty: caller, dialled } = context.facts
      const needed = neededTelephone(caller_number, context.facts, WITHOUT_NUMBER)
      const telephone = telephoneText(needed)
      const message = `${text} ${time.text}: ${reason}`
      await store.invoke(JSON.stringify({ caller_name, caller_number: telephone, message, urgency: 'normal' }), context)
      const where = telephone === caller.number ? '' : ` on ${sayTelephone(needed, dialled)}`
      return {
        status: 'requested',
        say: `Tell the caller that the wish is noted and somebody will ${who}${where}; the time is not fixed yet.`,
      }
    },
  })
}
