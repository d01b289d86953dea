import * as z from 'zod'
import { en } from './en.ts'
import { es } from './es.ts'
import type { LanguageFile } from './language-file.ts'

/** The languages the assistant speaks, by their ISO 639-1 code. A new one is a file and a name here. */
export const languages = { en, es } as const satisfies Readonly<Record<string, LanguageFile>>

/** A language the assistant speaks. */
export type Language = keyof typeof languages

/** The codes of all languages. */
export const languageCodes = Object.keys(languages) as Language[]

/** The language of a call whose settings name none. */
export const defaultLanguage: Language = 'en'

/** Checks a {@link Language}. */
export const languageSchema = z.enum(languageCodes, `must be one of ${languageCodes.join(', ')}`)

/** The language an assistant speaks: that of its own settings, else that of the business. */
export const languageOf = ({
  language,
  business,
}: {
  readonly language?: Language | undefined
  readonly business: { readonly language?: Language | undefined }
}): Language => language ?? business.language ?? defaultLanguage

/** Whether there is a file for this code. */
export const isLanguage = (code: string): code is Language => Object.hasOwn(languages, code)

/** Everything that is said in a language without the model. */
export const wordsIn = (language: Language): LanguageFile => languages[language]

/** The words for the time of day, `minutes` since midnight: what `{timeOfDay}` stands for in a greeting. */
export const timeOfDayIn = (language: Language, minutes: number): string => {
  const { timesOfDay } = wordsIn(language)
  return (timesOfDay.findLast(({ fromHour }) => minutes >= fromHour * 60) ?? timesOfDay.at(-1)!).words
}
