import type { TokenUsage } from '@llc-phone/core'
import { priceOf } from './models.ts'

const TOKENS_PER_PRICE = 1_000_000

/** What a model's tokens cost in US dollars; `undefined` when the model has no published price. Cached ones are part of the input. */
export const costOf = (model: string, { input, output }: TokenUsage): number | undefined => {
  const price = priceOf(model)
  if (!price) return undefined
  const dollars =
    (input.text - input.cachedText) * price.textInput +
    input.cachedText * price.cachedTextInput +
    (input.audio - input.cachedAudio) * price.audioInput +
    input.cachedAudio * price.cachedAudioInput +
    output.text * price.textOutput +
    output.audio * price.audioOutput
  // A tenth of a thousandth of a cent: enough for a single reply.
  return Math.round(dollars) / TOKENS_PER_PRICE
}
