import type { ModelTuning } from '../tuning.ts'

/** Models that take the same settings, and their usual values. */
export interface ModelFamily {
  readonly name: string
  /** Whether we know the family. An unknown model is sent only what the operator has set. */
  readonly isKnown: boolean
  /** A reasoning model: takes `effort` and `parallelTools`. */
  readonly thinks: boolean
  readonly usual: ModelTuning
}

/** Without a language, noise is transcribed as words of any language. */
const transcription = { languages: ['en'] }

/**
 * Share of the conversation kept when the window is full. Any truncation makes the next reply pay for its whole prompt
 * (the cache is lost), so truncating a little at each turn would be the most expensive.
 */
const keep = 0.8

/** Limits the cost: some twenty minutes of talk, where the window would hold an hour. */
const maxTokens = 16_000

/** Some 50 s of speech; stops a model that has lost its way. */
const maxReplyTokens = 1_000

const DATED = String.raw`(?:-\d{4}-\d{2}-\d{2})?$`

const families: readonly (ModelFamily & { readonly models: RegExp })[] = [
  {
    name: 'gpt-realtime 1.5 and older',
    models: new RegExp(String.raw`^gpt-(?:realtime(?:-1\.5)?(?:-mini)?|4o(?:-mini)?-realtime-preview)${DATED}`),
    isKnown: true,
    thinks: false,
    usual: { maxReplyTokens, memory: { keep }, transcription },
  },
  {
    name: 'gpt-realtime 2',
    models: new RegExp(String.raw`^gpt-realtime-[2-9](?:\.\d+)?${DATED}`),
    isKnown: true,
    thinks: true,
    usual: {
      // Its present default, sent explicitly: a changed default must not make every call slower.
      effort: 'low',
      // Includes the reasoning tokens.
      maxReplyTokens: 1_500,
      memory: { keep, maxTokens },
      transcription,
    },
  },
  {
    name: 'gpt-realtime 2 mini',
    models: new RegExp(String.raw`^gpt-realtime-[2-9](?:\.\d+)?-mini${DATED}`),
    isKnown: true,
    thinks: true,
    usual: {
      // With a high effort callers waited four seconds for its first word.
      effort: 'minimal',
      maxReplyTokens,
      // A small model tends to make parallel calls that contradict each other.
      parallelTools: false,
      memory: { keep, maxTokens },
      transcription,
    },
  },
]

const UNKNOWN: ModelFamily = { name: 'unknown', isKnown: false, thinks: true, usual: {} }

/** The family of a model. */
export const familyOf = (model: string): ModelFamily => families.find(({ models }) => models.test(model)) ?? UNKNOWN
