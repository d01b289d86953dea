import type { CostFigures } from '@llc-phone/store'
import type { ModelPrice } from '../configuration/models.ts'

/** What the parts of calls have cost, in US dollars; what the carrier takes is not known here. */
export interface CostParts {
  readonly parts: {
    readonly audioIn: number
    readonly textIn: number
    /** Input of either kind that the server had in its cache. */
    readonly cachedIn: number
    readonly audioOut: number
    readonly textOut: number
    readonly transcripts: number
  }
}

const TOKENS_PER_PRICE = 1_000_000
const NOTHING = { audioIn: 0, textIn: 0, cachedIn: 0, audioOut: 0, textOut: 0, transcripts: 0 }

/** The cost of many calls of a model by parts: tokens by its present price, and transcripts are what is left of the whole. */
export const partsOf = ({ input, output, usd }: CostFigures, price: ModelPrice | undefined): CostParts['parts'] => {
  if (!price) return NOTHING
  const cost = (tokens: number, perMillion: number): number => (tokens * perMillion) / TOKENS_PER_PRICE
  const cachedText = Math.min(input.text, input.cachedText)
  const cachedAudio = Math.min(input.audio, input.cachedAudio)
  const replies = {
    audioIn: cost(input.audio - cachedAudio, price.audioInput),
    textIn: cost(input.text - cachedText, price.textInput),
    cachedIn: cost(cachedText, price.cachedTextInput) + cost(cachedAudio, price.cachedAudioInput),
    audioOut: cost(output.audio, price.audioOutput),
    textOut: cost(output.text, price.textOutput),
  }
  const sum = Object.values(replies).reduce((all, part) => all + part, 0)
  return { ...replies, transcripts: Math.max(0, usd - sum) }
}
