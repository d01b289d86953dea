import * as z from 'zod'
import { fixed, type Section } from './prompt.ts'
import { oneLine } from '../text/plain-text.ts'
import type { Business } from '../time/business.ts'
import { spokenWeek } from '../time/spoken-week.ts'

/** A frequent question and its answer. */
export interface Answer {
  readonly question: string
  readonly answer: string
  /** Names of the mode instances that may give it; all of them when absent. */
  readonly modes?: readonly string[]
}

/** The title of the section with facts of the business; it holds no rules. */
export const KNOWLEDGE_TITLE = 'What you know'

const MAX_ANSWERS = 40

/** About 600 tokens, which the model reads before the first word of every call. */
const MAX_ANSWERS_LENGTH = 2_400

/** Checks the answers of a mode: `answers: answersSchema.optional()`. */
export const answersSchema = z
  .array(
    z.strictObject({
      question: z.string().trim().min(1).max(120),
      answer: z.string().trim().min(1).max(400),
      modes: z.array(z.string().min(1)).min(1).optional(),
    }),
  )
  .max(MAX_ANSWERS, `holds more than ${MAX_ANSWERS} answers: drop those that callers hardly ask for`)
  .superRefine((answers, context) => {
    const length = answers.reduce((sum, { question, answer }) => sum + question.length + answer.length, 0)
    if (length > MAX_ANSWERS_LENGTH)
      context.addIssue({
        code: 'custom',
        message: `holds ${length} characters, more than ${MAX_ANSWERS_LENGTH}: every call waits while they are read, so shorten or drop some`,
      })
  })

/**
 * Text of the settings for a prompt. The operator is trusted, so an address keeps its underscore and a key its star; but
 * headings, line breaks and the special tokens of models are removed.
 */
const settingText = (text: string): string =>
  oneLine(
    text
      .normalize('NFC')
      .replaceAll(/^\s*#+\s+/gm, '')
      .replaceAll(/<\||\|>/g, ' '),
  )

const sentence = (text: string): string => settingText(text).replace(/\.?$/, '.')

/** The question with a colon unless it ends in punctuation: "Parking:", "Where can I park?". */
const questionText = (question: string): string => settingText(question).replace(/(?<!\p{P})$/u, ':')

/**
 * The fixed section with facts of a business: opening hours, address, website, frequent answers, pronunciations. Empty when
 * there are none.
 *
 * @example
 * prompt: [fixed('Role', role), fixed('How you speak', spokenStyle), ...whatYouKnow(business, answers), live('Now', now)]
 */
export const whatYouKnow = (
  { hours, address, website, pronunciations = {} }: Business,
  answers: readonly Answer[] = [],
): Section[] => {
  const said = Object.entries(pronunciations).map(
    ([word, sound]) => `${settingText(word)} as "${settingText(sound).replaceAll('"', "'")}"`,
  )
  const lines = [
    hours && `Opening hours: ${spokenWeek(hours)}.`,
    address && `Address: ${sentence(address)}`,
    website && `Website: ${sentence(website)}`,
    ...answers.map(({ question, answer }) => `${questionText(question)} ${settingText(answer)}`),
    said.length > 0 && `Say ${said.join(', ')}.`,
  ].filter((line) => typeof line === 'string')
  return lines.length === 0 ? [] : [fixed(KNOWLEDGE_TITLE, lines.join('\n'))]
}
