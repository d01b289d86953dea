import { areLookedUp, type Answer } from './answers.ts'
import { fixed, type Section } from './prompt.ts'
import { oneLine } from '../text/plain-text.ts'
import type { Business } from '../time/business.ts'
import { spokenWeek } from '../time/spoken-week.ts'

/** The title of the section with facts of the business; it holds no rules. */
export const KNOWLEDGE_TITLE = 'What you know'

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

/** The question as a sentence of a list: "Parking.", "Where can I park?". */
const sentenceOf = (question: string): string => settingText(question).replace(/(?<!\p{P})$/u, '.')

/** The question with a colon unless it ends in punctuation: "Parking:", "Where can I park?". */
const questionText = (question: string): string => settingText(question).replace(/(?<!\p{P})$/u, ':')

/**
 * The fixed section with facts of a business: opening hours, address, website, frequent answers, pronunciations. Empty when
 * there are none. Long answers are left to `answerTools`, which the mode needs too.
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
    ...(areLookedUp(answers)
      ? [
          `With the text from look_up_answer: ${answers.map(({ question }, index) => `${index + 1} ${sentenceOf(question)}`).join(' ')}`,
        ]
      : answers.map(({ question, answer }) => `${questionText(question)} ${settingText(answer)}`)),
    said.length > 0 && `Say ${said.join(', ')}.`,
  ].filter((line) => typeof line === 'string')
  return lines.length === 0 ? [] : [fixed(KNOWLEDGE_TITLE, lines.join('\n'))]
}
