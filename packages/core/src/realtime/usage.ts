import type { TokenUsage, TranscriptionUsage } from '../model.ts'
import { saneCode } from './bounds.ts'
import type { WireResponse, WireTranscriptionUsage, WireUsage } from './protocol.ts'

/** Larger counts are impossible, and ignored. */
const MAX_TOKENS = 1_000_000
/** Longest duration of a turn: that of the longest session. */
const MAX_SECONDS = 7_200

/** The value as a number from 0 to `limit`; `undefined` for anything else. */
const numberUpTo = (limit: number, value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number >= 0 && number <= limit ? number || 0 : undefined
}

const count = (tokens: unknown): number | undefined => {
  const number = numberUpTo(MAX_TOKENS, tokens)
  return number === undefined ? undefined : Math.ceil(number)
}

/** The part of a total that is not accounted for. */
const remainder = (total: number | undefined, known: number): number => Math.max(0, (total ?? 0) - known)

/** Input and output totals. A missing one is the rest of the overall total; without either, all of it counts as input. */
const totalsOf = (usage: WireUsage, knownOutput: number): { readonly input: number; readonly output: number } => {
  const whole = count(usage.total_tokens)
  const input = count(usage.input_tokens)
  const output = count(usage.output_tokens)
  return {
    input: input ?? remainder(whole, output ?? knownOutput),
    output: output ?? (input === undefined ? 0 : remainder(whole, input)),
  }
}

/**
 * Token usage in our form; invalid numbers count as absent. Tokens of a total that no detail accounts for count as audio, the
 * more expensive kind, unless they were reasoning or the response was text; cached ones count as text, the head of the prompt.
 */
export const tokenUsage = (usage: WireUsage, isText = false): TokenUsage => {
  const input = usage.input_token_details ?? usage.input_tokens_details
  const output = usage.output_token_details ?? usage.output_tokens_details
  const inputText = (count(input?.text_tokens) ?? 0) + (count(input?.image_tokens) ?? 0)
  const inputNamed = inputText + (count(input?.audio_tokens) ?? 0)
  const outputText = count(output?.text_tokens) ?? 0
  const outputNamed = outputText + (count(output?.audio_tokens) ?? 0)
  const totals = totalsOf(usage, outputNamed)
  const inputAudio = inputNamed - inputText + remainder(totals.input, inputNamed)
  const unnamed = remainder(totals.output, outputNamed)
  const written = isText ? unnamed : Math.min(unnamed, count(output?.reasoning_tokens) ?? 0)

  const cached = input?.cached_tokens_details
  const cachedNamed = {
    text: Math.min(inputText, (count(cached?.text_tokens) ?? 0) + (count(cached?.image_tokens) ?? 0)),
    audio: Math.min(inputAudio, count(cached?.audio_tokens) ?? 0),
  }
  const unnamedCached = remainder(count(input?.cached_tokens), cachedNamed.text + cachedNamed.audio)
  const cachedText = Math.min(inputText, cachedNamed.text + unnamedCached)
  const cachedAudio = Math.min(inputAudio, cachedNamed.audio + cachedNamed.text + unnamedCached - cachedText)
  return {
    input: { text: inputText, audio: inputAudio, cachedText, cachedAudio },
    output: { text: outputText + written, audio: outputNamed - outputText + unnamed - written },
  }
}

/** The usage of a response, if its server reports it. */
export const responseUsage = ({ usage, output_modalities, modalities }: WireResponse): TokenUsage | undefined => {
  if (typeof usage !== 'object' || usage === null) return undefined
  const asked = output_modalities ?? modalities
  return tokenUsage(usage, Array.isArray(asked) && asked.length > 0 && !asked.includes('audio'))
}

/** The usage of one transcript, by time or by tokens as its server counts; `undefined` when it does not report any. */
export const transcriptionUsage = (
  usage: WireTranscriptionUsage | null | undefined,
  model: unknown,
): TranscriptionUsage | undefined => {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { input, output } = tokenUsage(usage, true)
  const tokens = { input: { text: input.text, audio: input.audio }, output: { text: output.text + output.audio } }
  const hasTokens = tokens.input.text + tokens.input.audio + tokens.output.text > 0
  const seconds = numberUpTo(MAX_SECONDS, usage.seconds ?? usage.duration) ?? 0
  if (seconds === 0 && !hasTokens) return undefined
  const byTime = seconds > 0 && (usage.type === 'duration' || !hasTokens)
  const nothing = { input: { text: 0, audio: 0 }, output: { text: 0 } }
  return { model: saneCode(model) ?? 'other', seconds: byTime ? seconds : 0, ...(byTime ? nothing : tokens) }
}
