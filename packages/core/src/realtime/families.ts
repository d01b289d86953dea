import type { ModelTuning } from '../tuning.ts'

/** Models that take the same settings, and what suits them. */
export interface ModelFamily {
  readonly name: string
  /** Whether there is anything to go by: of an unknown model nothing is assumed, and it is sent what somebody has set. */
  readonly isKnown: boolean
  /** It thinks before it speaks: only then is there an effort to set, and tools that may or may not be called together. */
  readonly thinks: boolean
  readonly usual: ModelTuning
}

/** Callers are spoken to in English. Without a language a transcript of noise is words of any other. */
const transcription = { languages: ['en'] }

/**
 * Keeping four fifths when the window is full forgets rarely; forgetting anything makes the next reply pay for its whole
 * prompt, so that forgetting a little at each turn is the dearest way.
 */
const keep = 0.8

/** A bound on cost, not on what fits: some twenty minutes of talk, where the window would hold an hour. */
const maxTokens = 16_000

/** Some 50 s of speech: nobody is talked at for longer, and one that has lost its way is stopped. */
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
      // Its own default, said all the same: a default that changes must not make every call slower.
      effort: 'low',
      // What it thinks counts as well.
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
      // With a high effort callers have waited four seconds for its first word.
      effort: 'minimal',
      maxReplyTokens,
      // The smaller the model, the likelier a second call that contradicts the first.
      parallelTools: false,
      memory: { keep, maxTokens },
      transcription,
    },
  },
]

const UNKNOWN: ModelFamily = { name: 'unknown', isKnown: false, thinks: true, usual: {} }

/** What is known about the models of this name. */
export const familyOf = (model: string): ModelFamily => families.find(({ models }) => models.test(model)) ?? UNKNOWN
