import { isLanguage, wordsIn, type Phrase, type PhraseKey } from '@llc-phone/core'
import en from '../recordings/en.json' with { type: 'json' }
import es from '../recordings/es.json' with { type: 'json' }

/** The shipped recordings of a language. */
export interface ShippedLanguage {
  /** The synthesised voice. */
  readonly voice: string
  readonly phrases: Readonly<Record<PhraseKey, Phrase>>
}

/** English, the fallback of every language. */
export const english: ShippedLanguage = en

/** Every language with shipped recordings, by its tag. A new one is a file in recordings/ and a name here. */
export const shippedLanguages: ReadonlyMap<string, ShippedLanguage> = new Map(Object.entries({ en: english, es }))

/** The tags a language may be found under, the most particular first: `es-MX` is `es-mx`, else `es`. */
export const tagsOf = (language: string): string[] => {
  const parts = language.toLowerCase().split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

/** The words of a language's phrases; `undefined` when the assistant does not speak it. */
export const phraseWordsIn = (language: string): Readonly<Record<PhraseKey, string>> | undefined => {
  const code = tagsOf(language).find(isLanguage)
  return code === undefined ? undefined : wordsIn(code).phrases
}

/** The shipped recordings of a language; `undefined` when there are none. */
export const shippedIn = (language: string): ShippedLanguage | undefined => {
  const tag = tagsOf(language).find((each) => shippedLanguages.has(each))
  return tag === undefined ? undefined : shippedLanguages.get(tag)
}
