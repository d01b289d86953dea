import type { CallUsage, TokenUsage, TranscriptionUsage } from '@llc-phone/core'
import { priceOf, type ModelPrice } from '../configuration/models.ts'
import { isEstimated, transcriptionPrice } from './transcription-prices.ts'

const TOKENS_PER_PRICE = 1_000_000
/** One token of the caller's audio is a tenth of a second. */
const AUDIO_TOKENS_PER_MINUTE = 600

/** The count, at least zero: a server's usage may be inconsistent. */
const counted = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0)

/** Price of input of one kind, in millionths of a dollar; cached tokens are part of the input. */
const inputCost = (all: number, cached: number, price: number, cachedPrice: number): number => {
  const again = Math.min(counted(all), counted(cached))
  return (counted(all) - again) * price + again * cachedPrice
}

const repliesCost = ({ input, output }: TokenUsage, price: ModelPrice): number =>
  inputCost(input.text, input.cachedText, price.textInput, price.cachedTextInput) +
  inputCost(input.audio, input.cachedAudio, price.audioInput, price.cachedAudioInput) +
  counted(output.text) * price.textOutput +
  counted(output.audio) * price.audioOutput

const transcriptionCost = ({ model, seconds, input, output }: TranscriptionUsage): number => {
  const { minute, tokens } = transcriptionPrice(model)
  const minutes = counted(seconds) / 60
  if (!tokens) return (minutes + counted(input.audio) / AUDIO_TOKENS_PER_MINUTE) * minute * TOKENS_PER_PRICE
  return (
    minutes * minute * TOKENS_PER_PRICE +
    counted(input.text) * tokens.textInput +
    counted(input.audio) * tokens.audioInput +
    counted(output.text) * tokens.textOutput
  )
}

/** A call's cost in US dollars, its transcripts included; `undefined` when its model has no published price. */
export const costOf = (model: string, usage: CallUsage): number | undefined => {
  const price = priceOf(model)
  if (!price) return undefined
  const millionths = (usage.transcription ?? []).reduce(
    (sum, one) => sum + transcriptionCost(one),
    repliesCost(usage, price),
  )
  // Rounded to a millionth of a dollar: precise enough for a single reply.
  return Math.round(millionths) / TOKENS_PER_PRICE
}

/** The share of the input tokens, from 0 to 1, that the server had in its cache; absent while there is no input. */
export interface CachedShare {
  readonly cachedShare?: number
}

/** The cached share of a call's input, to three digits. */
export const cachedShareOf = ({ input }: TokenUsage): CachedShare => {
  const all = counted(input.text) + counted(input.audio)
  if (all === 0) return {}
  const cached = Math.min(all, counted(input.cachedText) + counted(input.cachedAudio))
  return { cachedShare: Math.round((cached / all) * 1_000) / 1_000 }
}

/** Marks a cost that is partly estimated, because a price is not published. */
export interface Estimate {
  readonly costEstimated?: true
}

/** The mark for the cost of this usage. */
export const estimateIn = ({ transcription = [] }: CallUsage): Estimate =>
  transcription.some(({ model }) => isEstimated(model)) ? { costEstimated: true } : {}

/** A call's cost and whether it is estimated; empty when its model has no published price. */
export const billOf = (model: string, usage: CallUsage): Estimate & { readonly costUsd?: number } => {
  const costUsd = costOf(model, usage)
  return costUsd === undefined ? {} : { costUsd, ...estimateIn(usage) }
}
