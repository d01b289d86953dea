import { fillIn, wordsIn } from '@llc-phone/core'
import * as z from 'zod'
import { defineScenario } from '../scenario.ts'

/** Asks somebody who has agreed to it a few questions. */
export const survey = defineScenario({
  name: 'survey',
  purpose: 'to ask a few questions',
  context: z.object({
    topic: z.string().trim().min(1).max(60),
    questions: z.array(z.string().trim().min(1).max(200)).min(1, 'write at least one question').max(8),
    intro: z.string().trim().min(1).max(200).optional(),
  }),
  steps: () =>
    'Ask the questions below in order, one at a time, without comment or leading. After each answer call record_answer. They may skip any, or stop. At the end call report_outcome.',
  details: ({ topic, intro }) => ({ topic, 'say first': intro }),
  questions: ({ questions }) => questions,
  opener({ topic, questions }, _business, _callee, { language }) {
    const words = wordsIn(language).outbound.reasons
    return questions.length === 1
      ? fillIn(words.oneQuestion, { topic })
      : fillIn(words.questions, { topic, count: String(questions.length) })
  },
  consent: 'informational',
  screening: (language) => wordsIn(language).outbound.reasons.survey,
  machine: { action: 'hangUp' },
  outcomes: ['completed', 'stopped', 'declined', 'not_reached'],
})
