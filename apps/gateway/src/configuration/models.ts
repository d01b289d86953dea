/** Dollars for a million tokens. */
export interface ModelPrice {
  readonly textInput: number
  readonly cachedTextInput: number
  readonly textOutput: number
  readonly audioInput: number
  readonly cachedAudioInput: number
  readonly audioOutput: number
}

/** Published facts of a speech-to-speech model. */
export interface KnownModel {
  readonly contextTokens: number
  readonly price?: ModelPrice
  /** The day it is switched off, `YYYY-MM-DD`. */
  readonly shutdownDate?: string
  readonly successor?: string
}

const price = (text: readonly [number, number, number], audio: readonly [number, number, number]): ModelPrice => ({
  textInput: text[0],
  cachedTextInput: text[1],
  textOutput: text[2],
  audioInput: audio[0],
  cachedAudioInput: audio[1],
  audioOutput: audio[2],
})

const FULL = price([4, 0.4, 24], [32, 0.4, 64])
const FULL_1 = price([4, 0.4, 16], [32, 0.4, 64])
const MINI = price([0.6, 0.06, 2.4], [10, 0.3, 20])

/** Known models, from OpenAI's models and deprecations pages (November 2026). */
export const knownModels: Readonly<Record<string, KnownModel>> = {
  'gpt-realtime-2.1': { contextTokens: 128_000, price: FULL },
  'gpt-realtime-2.1-mini': { contextTokens: 128_000, price: MINI },
  'gpt-realtime-2': { contextTokens: 128_000, price: FULL },
  'gpt-realtime-1.5': { contextTokens: 32_000, price: FULL_1 },
  'gpt-realtime': {
    contextTokens: 32_000,
    price: FULL_1,
    shutdownDate: '2027-01-20',
    successor: 'gpt-realtime-2.1',
  },
  'gpt-realtime-2025-08-28': {
    contextTokens: 32_000,
    price: FULL_1,
    shutdownDate: '2027-01-20',
    successor: 'gpt-realtime-2.1',
  },
  'gpt-realtime-mini': {
    contextTokens: 32_000,
    price: MINI,
    shutdownDate: '2027-01-20',
    successor: 'gpt-realtime-2.1-mini',
  },
  'gpt-realtime-mini-2025-12-15': {
    contextTokens: 32_000,
    price: MINI,
    shutdownDate: '2027-01-20',
    successor: 'gpt-realtime-2.1-mini',
  },
  'gpt-realtime-mini-2025-10-06': {
    contextTokens: 32_000,
    shutdownDate: '2026-07-23',
    successor: 'gpt-realtime-2.1-mini',
  },
  'gpt-4o-realtime-preview': { contextTokens: 32_000, shutdownDate: '2026-05-07', successor: 'gpt-realtime-2.1' },
  'gpt-4o-mini-realtime-preview': {
    contextTokens: 32_000,
    shutdownDate: '2026-05-07',
    successor: 'gpt-realtime-2.1-mini',
  },
}

/** How long before the shutdown of a model to warn: enough time to try the successor. */
const WARN_DAYS = 60
const DAY_MS = 86_400_000

const knownModel = (model: string): KnownModel | undefined =>
  Object.hasOwn(knownModels, model) ? knownModels[model] : undefined

/** The model of a snapshot such as `gpt-realtime-2.1-2026-07-06`: the price is the same. */
export const undated = (model: string): string => model.replace(/-\d{4}-\d{2}-\d{2}$/, '')

/** The price of a model's tokens, if published. */
export const priceOf = (model: string): ModelPrice | undefined =>
  knownModel(model)?.price ?? knownModel(undated(model))?.price

/** A usual minute: both speak for half of it (10 tokens a second are heard, 20 spoken), in six replies that read all of it again. */
const USUAL_MINUTE = { heard: 300, spoken: 600, prompt: 6 * 2_500, history: 6 * 1_500 }

/** About what a minute of talk with a model costs, in US dollars; undefined without a published price. */
export const usdPerMinuteOf = (model: string): number | undefined => {
  const known = priceOf(model)
  if (!known) return undefined
  const { heard, spoken, prompt, history } = USUAL_MINUTE
  const { audioInput, audioOutput, cachedTextInput, cachedAudioInput } = known
  return (heard * audioInput + spoken * audioOutput + prompt * cachedTextInput + history * cachedAudioInput) / 1e6
}

/** A warning about a model that is switched off or soon will be; else `undefined`. */
export const modelWarning = (model: string, today: Date): string | undefined => {
  const known = knownModel(model)
  if (known?.shutdownDate === undefined) return undefined
  const daysLeft = Math.ceil((Date.parse(`${known.shutdownDate}T00:00:00Z`) - today.getTime()) / DAY_MS)
  if (daysLeft > WARN_DAYS) return undefined
  const advice = known.successor === undefined ? '' : ` Set OPENAI_MODEL=${known.successor}.`
  return daysLeft > 0
    ? `${model} is switched off on ${known.shutdownDate}, in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}.${advice}`
    : `${model} was switched off on ${known.shutdownDate}.${advice}`
}
