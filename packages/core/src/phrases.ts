/** What we say when the model does not, in order of use. */
export const phraseKeys = ['oneMoment', 'stillHere', 'sayAgain'] as const

/** Names a phrase: `oneMoment` asks for patience, `stillHere` tells a caller who waits longer that they are not forgotten, `sayAgain` asks the caller to repeat. */
export type PhraseKey = (typeof phraseKeys)[number]

/** A sentence of our own, ready to be played. */
export interface Phrase {
  /** In the language it is spoken in, as it is told to the model and written into the story. */
  readonly text: string
  /** Base64 μ-law 8 kHz, whole frames. */
  readonly payload: string
}

/** A phrase that a model's own voice has spoken. */
export interface RecordedPhrase extends Phrase {
  readonly key: PhraseKey
  readonly voice: string
  readonly language: string
  /** The model that spoke. */
  readonly model: string
  readonly recordedAt: Date
}

/** Where a call gets its phrases from. It answers at once and never fails: better another voice than none, better English than nothing. */
export interface PhraseBook {
  find(key: PhraseKey, voice: string, language: string): Phrase
}

/** The language of a call whose mode does not name one. */
export const defaultLanguage = 'en'
