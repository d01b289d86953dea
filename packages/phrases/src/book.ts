import { defaultLanguage, type PhraseBook, type PhraseKey, type RecordedPhrase } from '@llc-phone/core'
import { english, phraseWordsIn, shippedIn, tagsOf } from './shipped.ts'

/** A phrase book that recordings can be added to while calls use it. */
export interface RecordedPhraseBook extends PhraseBook {
  /** Adds a recording, unless its words differ from the phrase's current ones. */
  add(recording: RecordedPhrase): void
  /** The recording in exactly this voice and language. */
  recorded(key: PhraseKey, voice: string, language: string): RecordedPhrase | undefined
}

const idOf = (key: string, voice: string, tag: string): string => JSON.stringify([key, voice, tag])

/** Phrases recorded in the model's voice, or else the shipped ones; all in memory. */
export const createPhraseBook = (recordings: Iterable<RecordedPhrase> = []): RecordedPhraseBook => {
  const recorded = new Map<string, RecordedPhrase>()
  const exactly = (key: PhraseKey, voice: string, language: string) =>
    recorded.get(idOf(key, voice, language.toLowerCase()))

  const add = (recording: RecordedPhrase): void => {
    const { key, voice, language, text } = recording
    if (text === phraseWordsIn(language)?.[key]) recorded.set(idOf(key, voice, language.toLowerCase()), recording)
  }
  for (const recording of recordings) add(recording)

  return {
    add,
    recorded: exactly,
    find(key, voice, language) {
      for (const wanted of [language, defaultLanguage]) {
        const tag = tagsOf(wanted).find((each) => exactly(key, voice, each))
        const phrase = (tag === undefined ? undefined : exactly(key, voice, tag)) ?? shippedIn(wanted)?.phrases[key]
        if (phrase) return phrase
      }
      return english.phrases[key]
    },
  }
}
