import { defineTool, ToolError, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { OutboundContext, OutboundKnown } from '../known.ts'
import { noteLatest } from '../notes.ts'
import type { NotesPort } from '../ports.ts'

/** The most that `questions` of a scenario may give; one schema for all calls keeps the model's cache. */
const MAX_QUESTIONS = 20

/**
 * Stores the answer to one question and says which is next. Its result is spoken: a model that only calls it, and says
 * nothing, would leave the callee in silence.
 */
export const recordAnswer = (notes: NotesPort): Tool<OutboundKnown> =>
  defineTool({
    name: 'record_answer',
    effect: 'note',
    writes: (result) => !(result as { readonly repeated?: true }).repeated,
    description: 'Stores the answer to a question and says what comes next. Also when it was skipped.',
    input: z.strictObject({
      question_number: z.int().min(1).max(MAX_QUESTIONS),
      answer: z.string().trim().min(1).max(500).describe('In their own words, or "skipped".'),
    }),
    async run({ question_number: number, answer }, context: OutboundContext) {
      const { questions } = context.known.call
      if (number > questions.length)
        throw new ToolError(`There are ${questions.length} questions. Give the number of one of them.`)
      const sentence = 'The answer could not be stored. Say so, and ask whether you may try again.'
      const isNew = await noteLatest(notes, `answer ${number}`, answer, sentence, context)
      const open = questions.findIndex((_, index) => !context.known.noted.has(`answer ${index + 1}`))
      return {
        status: 'stored',
        ...(isNew ? {} : { repeated: true }),
        say: open < 0 ? 'That was the last question: thank them.' : `Ask question ${open + 1}, if they go on.`,
      }
    },
  })
