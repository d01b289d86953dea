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
  opener: ({ topic, questions }) =>
    `with ${questions.length === 1 ? 'one short question' : `${questions.length} short questions`} about ${topic}`,
  consent: 'informational',
  screening: 'with a short survey',
  machine: { action: 'hangUp' },
  outcomes: ['completed', 'stopped', 'declined', 'not_reached'],
})
