import type { TokenUsage, TranscriptionUsage } from '../model.ts'
import { saneCode } from './bounds.ts'
import type { WireResponse, WireTranscriptionUsage, WireUsage } from './protocol.ts'

/** No model reads or writes as much at once, so a server that says so has not counted. */
const MAX_TOKENS = 1_000_000
/** No turn lasts longer than the longest session. */
const MAX_SECONDS = 7_200

/** A number that can be one of these; anything else is as good as absent. */
const upTo = (limit: number, value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && number >= 0 && number <= limit ? number || 0 : undefined
}

const count = (tokens: unknown): number | undefined => {
  const number = upTo(MAX_TOKENS, tokens)
  return number === undefined ? undefined : Math.ceil(number)
}

/** What a total has beyond what is known of it. */
const beyond = (total: number | undefined, known: number): number => Math.max(0, (total ?? 0) - known)

/** Both totals; one that is missing is what the other leaves of the whole, and with neither the whole was read. */
const totalsOf = (usage: WireUsage, knownOutput: number): { readonly input: number; readonly output: number } => {
  const whole = count(usage.total_tokens)
  const input = count(usage.input_tokens)
  const output = count(usage.output_tokens)
  return {
    input: input ?? beyond(whole, output ?? knownOutput),
    output: output ?? (input === undefined ? 0 : beyond(whole, input)),
  }
}

/**
 * Tokens as we count them. What is no number counts as absent. Tokens of a total that no detail names are taken for the dearer
 * kind, audio, unless they were reasoning or the response was text; and cached ones for the head of the prompt, which is text.
 */
export const tokenUsage = (usage: WireUsage, isText = false): TokenUsage => {
  const { input_token_details: input, output_token_details: output } = usage
  const inputText = (count(input?.text_tokens) ?? 0) + (count(input?.image_tokens) ?? 0)
  const inputNamed = inputText + (count(input?.audio_tokens) ?? 0)
  const outputText = count(output?.text_tokens) ?? 0
  const outputNamed = outputText + (count(output?.audio_tokens) ?? 0)
  const totals = totalsOf(usage, outputNamed)
  const inputAudio = inputNamed - inputText + beyond(totals.input, inputNamed)
  const unnamed = beyond(totals.output, outputNamed)
  const written = isText ? unnamed : Math.min(unnamed, count(output?.reasoning_tokens) ?? 0)

  const cached = input?.cached_tokens_details
  const cachedNamed = {
    text: Math.min(inputText, (count(cached?.text_tokens) ?? 0) + (count(cached?.image_tokens) ?? 0)),
    audio: Math.min(inputAudio, count(cached?.audio_tokens) ?? 0),
  }
  const unnamedCached = beyond(count(input?.cached_tokens), cachedNamed.text + cachedNamed.audio)
  const cachedText = Math.min(inputText, cachedNamed.text + unnamedCached)
  const cachedAudio = Math.min(inputAudio, cachedNamed.audio + cachedNamed.text + unnamedCached - cachedText)
  return {
    input: { text: inputText, audio: inputAudio, cachedText, cachedAudio },
    output: { text: outputText + written, audio: outputNamed - outputText + unnamed - written },
  }
}

/** What a response took, when its server says. */
export const responseUsage = ({ usage, output_modalities, modalities }: WireResponse): TokenUsage | undefined => {
  if (typeof usage !== 'object' || usage === null) return undefined
  const asked = output_modalities ?? modalities
  return tokenUsage(usage, Array.isArray(asked) && asked.length > 0 && !asked.includes('audio'))
}

/** What the transcript of one turn took: by time or by tokens, whichever its server counts. `undefined` when it does not. */
export const transcriptionUsage = (
  usage: WireTranscriptionUsage | null | undefined,
  model: unknown,
): TranscriptionUsage | undefined => {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { input, output } = tokenUsage(usage, true)
  const tokens = { input: { text: input.text, audio: input.audio }, output: { text: output.text + output.audio } }
  const hasTokens = tokens.input.text + tokens.input.audio + tokens.output.text > 0
  const seconds = upTo(MAX_SECONDS, usage.seconds ?? usage.duration) ?? 0
  const byTime = usage.type === 'duration' || !hasTokens
  if (byTime ? seconds === 0 : !hasTokens) return undefined
  const nothing = { input: { text: 0, audio: 0 }, output: { text: 0 } }
  return { model: saneCode(model) ?? 'other', seconds: byTime ? seconds : 0, ...(byTime ? nothing : tokens) }
}
