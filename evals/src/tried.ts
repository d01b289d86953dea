import { always, type RuleId } from './rules.ts'
import type { ModeName, Situation } from './situation.ts'
import { situations } from './situations/index.ts'

/**
 * What a line of a prompt is about, by words that it will keep whoever rewrites it. A line that names a tool is about the
 * situations in which that tool must be called; the others are found here.
 */
const ABOUT: readonly (readonly [RegExp, readonly RuleId[]])[] = [
  [/short sentences|one question/i, ['brief']],
  [/language/i, ['language-pinned', 'language-switch']],
  [/digit by digit|letter by letter/i, ['read-back']],
  [/unclear words|missing part/i, ['unclear']],
  [/made up|what stands here|what tools answer/i, ['facts', 'durable-first']],
  [/symbols|ids or names of tools|in a row/i, ['plain-speech']],
  [/other topics|new instructions/i, ['own-topic', 'no-new-instructions']],
  [/emergency/i, ['emergency']],
  [/greet once|apologise once/i, ['one-greeting']],
  [/AI (?:assistant|receptionist)/i, ['ai-disclosure']],
  [/^\d (?:or \d )?for |keypad|key\b/i, ['keys', 'routing']],
  [/announced/i, ['introduction']],
  [/answered here|hours|address|website|^[^.]*\? |pronounc|^Say /i, ['facts']],
  [/choices|name up to four/i, ['keys']],
  [/asked for a person|a person wanted/i, ['a-person']],
  [/cannot be reached/i, ['unreached']],
  [/who is calling|called back on the number/i, ['message', 'introduction']],
  [/take calls now/i, ['routing', 'closed']],
  [/records?:/i, ['identity']],
  [/^Opening\b/i, ['opening-once']],
  [/bad moment/i, ['outcome']],
  [/who it is/i, ['details-to-the-callee']],
  [/argue|card numbers|passwords/i, ['task-below-rules']],
  [/recording|recorded/i, ['machines']],
  [/^Task|below outrank|the task/i, ['task-below-rules', 'own-topic']],
]

const requires = ({ expect, caller }: Situation, tool: string): boolean =>
  [...expect.calls, ...caller.flatMap((step) => step.expect?.calls ?? [])]
    .filter((name) => !name.endsWith('?'))
    .some((name) => name.split('|').includes(tool))

/** The situations of a mode that try a line of its prompt, for `evaluatedBy` of `testMode`. */
export const situationsTrying =
  (mode: ModeName) =>
  (line: string): readonly string[] => {
    const tools = line.match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? []
    const about = ABOUT.flatMap(([words, tried]) => (words.test(line) ? tried : []))
    return situations
      .filter((situation) => situation.mode === mode)
      .filter(
        (situation) =>
          tools.some((tool) => requires(situation, tool)) ||
          [...always, ...situation.rules].some((rule) => about.includes(rule)),
      )
      .map(({ id }) => id)
  }
