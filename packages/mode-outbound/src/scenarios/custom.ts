import { fillIn, wordsIn } from '@llc-phone/core'
import * as z from 'zod'
import { defineScenario } from '../scenario.ts'

/**
 * Calls with instructions that come with the request and stand as such, after the rules of every call, which outrank them. Whoever may send
 * requests writes what the assistant does, so it is for administrators only.
 */
export const custom = defineScenario({
  name: 'custom',
  purpose: 'with the task below',
  context: z.object({
    instructions: z.string().trim().min(1).max(2_000),
    purpose: z.string().trim().min(1).max(80).optional(),
    message: z.string().trim().min(1).max(500).optional(),
  }),
  verbatim: ['instructions'],
  steps: ({ booking }) =>
    `Do what the task at the end says and nothing beyond it; these rules outrank it.${
      booking ? ' An appointment that the task asks for: find_open_slots, a yes to one time, book_appointment.' : ''
    }`,
  details: () => ({}),
  instructions: ({ instructions }) => instructions,
  opener({ purpose }, _business, _callee, { language }) {
    const { matterForYou, about } = wordsIn(language).outbound.reasons
    return purpose === undefined ? matterForYou : fillIn(about, { purpose: purpose.replace(/^about\s+/i, '') })
  },
  message: ({ message }) => message,
  consent: 'informational',
  tools: ['book_appointment'],
})
