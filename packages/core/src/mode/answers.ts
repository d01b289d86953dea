import * as z from 'zod'
import { foldedWords } from '../names/fold.ts'
import { estimateTokens } from './prompt-size.ts'
import { defineTool, ToolError, type Tool } from './tool.ts'

/** A frequent question and its answer. */
export interface Answer {
  readonly question: string
  readonly answer: string
  /** Names of the mode instances that may give it; all of them when absent. */
  readonly modes?: readonly string[] | undefined
}

const MAX_ANSWERS = 40

/** The questions always stand in the prompt, which is read before the first word of every call. */
const MAX_QUESTIONS_LENGTH = 2_400

/** Checks answers: `answers: answersSchema.optional()`. */
export const answersSchema = z
  .array(
    z.strictObject({
      question: z
        .string()
        .trim()
        .min(1)
        .max(120)
        .meta({
          title: 'Question',
          description: 'As callers ask it, or a word: "Parking".',
          examples: ['Where can I park?'],
        }),
      answer: z
        .string()
        .trim()
        .min(1)
        .max(400)
        .meta({ title: 'Answer', description: 'What callers are told.', examples: ['Behind the building.'] }),
      modes: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .meta({
          title: 'Given by',
          widget: 'instances',
          description: 'Names of the instances that may give it; all of them when left out.',
          examples: [['frontDesk']],
        }),
    }),
  )
  .max(MAX_ANSWERS, `holds more than ${MAX_ANSWERS} answers: drop those that callers hardly ask for`)
  .superRefine((answers, context) => {
    const length = answers.reduce((sum, { question }) => sum + question.length, 0)
    if (length > MAX_QUESTIONS_LENGTH)
      context.addIssue({
        code: 'custom',
        message: `holds questions of ${length} characters, more than ${MAX_QUESTIONS_LENGTH}: every call waits while they are read, so shorten or drop some`,
      })
  })

/** Up to this size answers stand in the prompt; the model reads it before the first word of every call. */
const MAX_TOKENS_IN_PROMPT = 600

/** Whether the answers are too long for the prompt: it holds their questions then, and a tool gives the text. */
export const areLookedUp = (answers: readonly Answer[]): boolean =>
  estimateTokens(answers.map(({ question, answer }) => `${question} ${answer}`).join('\n')) > MAX_TOKENS_IN_PROMPT

/** The answers that a mode instance may give. */
export const answersFor = (answers: readonly Answer[], instance: string): Answer[] =>
  answers.filter(({ modes }) => modes === undefined || modes.includes(instance))

/** Words that say nothing of what is asked. */
const EMPTY = new Set(
  'the and you your our for are can have has how what when where which who why does did with about there this that tell know'.split(
    ' ',
  ),
)

const wordsOf = (text: string): string[] =>
  foldedWords(text)
    .map(({ short }) => short)
    .filter((word) => word.length > 2 && !EMPTY.has(word))

/** "parking" is asked for by "park", and "dogs" by "dog". */
const isAbout = (said: string, word: string): boolean =>
  said === word ||
  `${said}s` === word ||
  said === `${word}s` ||
  (Math.min(said.length, word.length) > 3 && (said.startsWith(word) || word.startsWith(said)))

const MAX_FOUND = 3

/** The answers whose question is meant: by its number in the list from 1 on, or those that share the most words with it. */
export const findAnswers = (answers: readonly Answer[], asked: string): readonly Answer[] => {
  const number = /^#?(\d{1,2})[.:]?(?:\s|$)/.exec(asked)?.[1]
  const named = number === undefined ? undefined : answers[Number(number) - 1]
  if (named) return [named]
  const said = wordsOf(asked)
  const scored = answers.map((entry) => {
    const [question, answer] = [wordsOf(entry.question), wordsOf(entry.answer)]
    const score = said.reduce((sum, word) => {
      if (question.some((each) => isAbout(word, each))) return sum + 2
      return answer.some((each) => isAbout(word, each)) ? sum + 1 : sum
    }, 0)
    return { entry, score }
  })
  const best = Math.max(0, ...scored.map(({ score }) => score))
  return best === 0 ? [] : scored.filter(({ score }) => score === best).map(({ entry }) => entry)
}

/**
 * The tool that gives an answer whose text is not in the prompt; none while all of them are. Add it to the tools of every mode
 * with `whatYouKnow`: `tools: [...answerTools(answers), …]`.
 */
export const answerTools = (answers: readonly Answer[] = []): Tool[] =>
  areLookedUp(answers)
    ? [
        defineTool({
          name: 'look_up_answer',
          description:
            'Gives the answer to one of the questions that you know the answers of. Quick: call it without a word first.',
          input: z.strictObject({
            question: z.string().trim().min(1).max(200).describe("Its number, or the caller's words."),
          }),
          run({ question: asked }) {
            const found = findAnswers(answers, asked)
            if (found.length === 0)
              throw new ToolError('No answer to that is known. Say so, and offer what else you can do.')
            if (found.length > MAX_FOUND) return { status: 'several', say: 'Ask what exactly they would like to know.' }
            return {
              status: 'found',
              answers: found.map(({ question, answer }) => ({ question, answer })),
              say: 'Answer in your own words, with what was asked only.',
            }
          },
        }),
      ]
    : []
