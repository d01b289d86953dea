import * as z from 'zod'
import type { CallFacts } from '../facts.ts'
import { timeOfDayIn, type Language } from '../language/languages.ts'
import { didYouMean } from '../names/nearest-name.ts'
import { localTime, type Business } from '../time/business.ts'

/**
 * What placeholders of a greeting stand for in a call: `firstName` for `{firstName}`. A value that is not known is empty, and
 * leaves no hole.
 */
export type GreetingWords<Known> = Readonly<
  Record<string, ((facts: CallFacts, known: Known) => string | undefined) | undefined>
>

const PLACEHOLDER = /\{([^{}]*)\}/g

/** Longest greeting: some twenty seconds of speech. */
const MAX_GREETING = 300

/** Checks the form of a greeting; which placeholders there are is known by the mode. */
export const greetingSchema = z
  .string()
  .trim()
  .min(6)
  .max(MAX_GREETING)
  .regex(/^[\p{L}\p{N}\p{Pi}¡¿"'„{][^\n\r#*<>]*$/u, 'write one line to be spoken, without # * < >')
  .refine(
    (text) => !/[{}]/.test(text.replaceAll(PLACEHOLDER, '')),
    'has a brace without its other one: write {business}',
  )

/** What is wrong with the placeholders of a greeting, with a suggestion; `undefined` when every one is known. */
export const greetingProblem = (template: string, known: readonly string[]): string | undefined => {
  const unknown = [...template.matchAll(PLACEHOLDER)].find(([, name = '']) => !known.includes(name.trim()))
  if (!unknown) return undefined
  const [written, name = ''] = unknown
  const meant = didYouMean(name, known)
    ?.replaceAll('"', '')
    .replace(/mean (\w+)/, 'mean {$1}')
  return `there is no ${written} in this greeting. ${meant ?? `There are ${known.map((each) => `{${each}}`).join(', ')}.`}`
}

/** The greeting of the time of day, by the clock on the wall of the business: "Good morning". */
export const timeOfDay = ({ timeZone }: Pick<Business, 'timeZone'>, language: Language, at: Date): string =>
  timeOfDayIn(language, localTime(at, timeZone).minutes)

/** The placeholders of every greeting. */
export const businessWords = (business: Business, language: Language): GreetingWords<unknown> => ({
  business: () => business.name,
  timeOfDay: ({ startedAt }) => timeOfDay(business, language, startedAt),
  // Known to modes that know their caller.
  firstName: () => undefined,
})

/** Stands where a value is missing, until the words around it are closed up. */
const HOLE = '\u0000'

/** "Hello , thank you" → "Hello, thank you"; ", thank you" at the beginning of a sentence → "Thank you". */
const closed = (text: string): string =>
  text
    .replaceAll(
      /(^|[.!?…]\s+)([¡¿"'„]*)\0[\s,]*(\p{L}?)/gu,
      (_, before: string, opens: string, letter: string) => `${before}${opens}${letter.toUpperCase()}`,
    )
    .replaceAll(/,?\s*\0(?=\s*[.,;:!?…]|$)/g, '')
    .replaceAll(/\s*\0/g, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()

/** The greeting of one call. */
export const renderGreeting = <Known>(
  template: string,
  words: GreetingWords<Known>,
  facts: CallFacts,
  known: Known,
): string =>
  closed(
    template.replaceAll(PLACEHOLDER, (_, name: string) => {
      const key = name.trim()
      const value = (Object.hasOwn(words, key) ? words[key]?.(facts, known) : undefined)?.trim()
      return value || HOLE
    }),
  )
