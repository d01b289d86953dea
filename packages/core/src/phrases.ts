/** The phrases played when the model is silent. */
export const phraseKeys = ['oneMoment', 'stillHere', 'sayAgain'] as const

/** Names a phrase: `oneMoment` asks for patience, `stillHere` tells a caller who waits longer that they are not forgotten, `sayAgain` asks the caller to repeat. */
export type PhraseKey = (typeof phraseKeys)[number]

/** A sentence of our own, ready to be played. */
export interface Phrase {
  /** The spoken words, as the model is told them and the story shows them. */
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

/** The source of phrases. It answers synchronously and never fails: it falls back to another voice, then to English. */
export interface PhraseBook {
  find(key: PhraseKey, voice: string, language: string): Phrase
}
