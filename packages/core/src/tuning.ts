import * as z from 'zod'
import { oneLine } from './text/plain-text.ts'

/** How the caller's words are transcribed, in parallel to the conversation. */
export interface Transcription {
  /** The transcription model of the server. */
  readonly model?: string
  /** The languages that callers speak, as ISO 639-1 codes, the likeliest first. */
  readonly languages?: readonly string[]
  /** Words that would be spelled wrong otherwise: names of people, streets and products. */
  readonly keywords?: readonly string[]
}

/** How much of a conversation the model keeps. */
export interface Memory {
  /** The share, of the latest conversation, kept when the window is full. Dropping much at once is rare, and cheaper than a little each time. */
  readonly keep?: number
  /** The longest conversation, in tokens without the instructions; the model's window when absent. */
  readonly maxTokens?: number
}

/** How long a model may think before it speaks. */
export const efforts = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const
export type Effort = (typeof efforts)[number]

/** Settings of a model. An absent one has the usual value of the model family, or the server's default. */
export interface ModelTuning {
  readonly effort?: Effort
  /** The longest reply in tokens, with reasoning and tool calls; a spoken minute takes some 1,200. */
  readonly maxReplyTokens?: number | 'unlimited'
  /** Whether it may call several tools at once. */
  readonly parallelTools?: boolean
  readonly memory?: Memory
  /** `near_field`: a telephone at the ear; `far_field`: one on the table. */
  readonly noiseReduction?: 'near_field' | 'far_field' | 'off'
  /** `off`: what callers say is not transcribed. */
  readonly transcription?: Transcription | 'off'
}

/** The tuning a call wants, for any model. */
export interface ModelWishes {
  /** Settings of the operator; those the model does not take are reported once. */
  readonly set: ModelTuning
  /** Preferences of the mode, for models known to take them. */
  readonly suits: ModelTuning
  /** What is spoken on the call: the language of transcripts for which none is set. */
  readonly language?: string | undefined
  /** Words of this business that a transcript should spell right. */
  readonly keywords: readonly string[]
}

/** The settings without those that are `undefined`, as unset variables are. */
const definedFields = <Settings extends object>(settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings

const mergeTranscription = (under: ModelTuning['transcription'], over: ModelTuning['transcription']) =>
  typeof under === 'object' && typeof over === 'object' ? { ...under, ...definedFields(over) } : (over ?? under)

/** Merges two tunings, field by field; `over` wins. */
export const mergeTuning = (under: ModelTuning, over: ModelTuning = {}): ModelTuning => {
  const transcription = mergeTranscription(under.transcription, over.transcription)
  return {
    ...under,
    ...definedFields(over),
    ...(under.memory && over.memory ? { memory: { ...under.memory, ...definedFields(over.memory) } } : {}),
    ...(transcription === undefined ? {} : { transcription }),
  }
}

/** Limits of keywords: each costs its tokens at every turn. */
const MAX_KEYWORDS = 50
const MAX_KEYWORD_CHARS = 60

/** The keywords for a transcription model: each word once, the first fifty, none as long as a sentence. */
export const asKeywords = (words: readonly (string | undefined)[]): string[] => {
  const plain = words.map((word) => oneLine(word ?? ''))
  return [...new Set(plain)].filter((word) => word !== '' && word.length <= MAX_KEYWORD_CHARS).slice(0, MAX_KEYWORDS)
}

const TRANSCRIPTION = `write "off", or { model, languages: ["en"], keywords: [up to ${MAX_KEYWORDS} of up to ${MAX_KEYWORD_CHARS} characters] }`

const transcriptionSchema = z.strictObject({
  model: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .meta({
      title: 'Transcription model',
      description: 'Who writes down what callers say.',
      examples: ['transcribe-1'],
    }),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, 'write the two letters of a language, like "en"'))
    .min(1)
    .max(10)
    .optional()
    .meta({
      title: 'Languages of callers',
      description: 'As two letters each, the likeliest first.',
      examples: [['en', 'es']],
    }),
  keywords: z
    .array(z.string().trim().min(1).max(MAX_KEYWORD_CHARS))
    .max(MAX_KEYWORDS)
    .optional()
    .meta({
      title: 'Keywords',
      description: 'Words to spell right, before those that the mode gives.',
      examples: [['Salt and Fig']],
    }),
})

const LENGTH = 'write 100 to 4096, or "unlimited"'
const SHARE = 'must be a share from 0.1 to 1'
const TOKENS = 'must be a whole number from 1000 to 128000'

/** Checks a {@link ModelTuning}. The bounds are those of the wire; replies under 100 tokens would be cut in the first sentence. */
export const tuningSchema = z.strictObject({
  effort: z
    .enum(efforts, `must be one of ${efforts.join(', ')}`)
    .optional()
    .meta({
      title: 'Effort',
      labels: { minimal: 'Least', low: 'Low', medium: 'Medium', high: 'High', xhigh: 'Most' },
      description: 'How long the model may think before it speaks; callers wait for it. Safe to tune.',
      examples: ['low'],
      safeToTune: true,
    }),
  maxReplyTokens: z
    .union([z.int().min(100, LENGTH).max(4_096, LENGTH), z.literal('unlimited')], LENGTH)
    .optional()
    .meta({
      title: 'Longest reply',
      description: 'In tokens; a spoken minute takes some 1,200. 100 to 4096, or "unlimited".',
      examples: [1500, 'unlimited'],
    }),
  parallelTools: z
    .boolean()
    .optional()
    .meta({
      title: 'Tools at once',
      description: 'Whether the model may call several tools at a time.',
      examples: [false],
    }),
  memory: z
    .strictObject({
      keep: z
        .number(SHARE)
        .min(0.1, SHARE)
        .max(1, SHARE)
        .optional()
        .meta({
          title: 'Kept',
          description: 'The share of a conversation that is kept when it has become too long; the oldest goes.',
          examples: [0.8],
        }),
      maxTokens: z
        .int(TOKENS)
        .min(1_000, TOKENS)
        .max(128_000, TOKENS)
        .optional()
        .meta({
          title: 'Longest conversation',
          description: "In tokens, beside prompt and tools; the model's window when left out.",
          examples: [16000],
        }),
    })
    .optional()
    .meta({
      title: 'Memory',
      description: 'How much of a long conversation the model keeps.',
      examples: [{ keep: 0.8 }],
    }),
  noiseReduction: z
    .enum(['near_field', 'far_field', 'off'], 'must be near_field, far_field or off')
    .optional()
    .meta({
      title: 'Noise reduction',
      labels: { near_field: 'Telephone at the ear', far_field: 'Telephone on the table', off: 'Off' },
      description: '"near_field": for a telephone at the ear; "far_field": for one on the table. Safe to tune.',
      examples: ['near_field'],
      safeToTune: true,
    }),
  transcription: z
    .union([z.literal('off'), transcriptionSchema], TRANSCRIPTION)
    .optional()
    .meta({
      title: 'Transcription',
      description: 'How what callers say is written down; "off": not at all.',
      examples: ['off', { languages: ['en'] }],
    }),
})
