import type { CallUsage, TokenUsage, TranscriptionUsage } from '@llc-phone/core'
import { priceOf, type ModelPrice } from '../configuration/models.ts'
import { isEstimated, transcriptionPrice } from './transcription-prices.ts'

const TOKENS_PER_PRICE = 1_000_000
/** The caller's audio: a token for each tenth of a second. */
const AUDIO_TOKENS_PER_MINUTE = 600

/** A count that can be one: nothing costs less than nothing. */
const counted = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0)

/** Millionths of a dollar for input of one kind; cached tokens are part of it. */
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

/** What a call took in US dollars, its transcripts included; `undefined` when its model has no published price. */
export const costOf = (model: string, usage: CallUsage): number | undefined => {
  const price = priceOf(model)
  if (!price) return undefined
  const millionths = (usage.transcription ?? []).reduce(
    (sum, one) => sum + transcriptionCost(one),
    repliesCost(usage, price),
  )
  // A tenth of a thousandth of a cent: enough for a single reply.
  return Math.round(millionths) / TOKENS_PER_PRICE
}

/** Of a cost: a part of it is our estimate, for want of a published price. */
export interface Estimate {
  readonly costEstimated?: true
}

/** The flag that belongs to a cost of this usage. */
export const estimateIn = ({ transcription = [] }: CallUsage): Estimate =>
  transcription.some(({ model }) => isEstimated(model)) ? { costEstimated: true } : {}

/** What a call took, and whether it is known exactly; nothing when its model has no published price. */
export const billOf = (model: string, usage: CallUsage): Estimate & { readonly costUsd?: number } => {
  const costUsd = costOf(model, usage)
  return costUsd === undefined ? {} : { costUsd, ...estimateIn(usage) }
}
