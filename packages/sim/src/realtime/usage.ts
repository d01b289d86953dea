/** What a response cost, in tokens. */
import type { Entry } from './conversation.ts'
import type { Json } from './protocol.ts'

/** Tokens of one kind each. */
export interface Tokens {
  text: number
  audio: number
}

/** One piece of the model's input: what it is (to find what two inputs have in common) and what it costs. */
export interface InputPiece extends Tokens {
  key: string
}

// Caching starts at this length of identical prefix.
const SMALLEST_CACHED_PREFIX = 1024

/** About four letters make a token of text. */
export const textTokens = (text: string): number => Math.ceil(text.length / 4)

/** The caller's audio costs a token per 100 ms, the assistant's a token per 50 ms. */
export const audioTokens = (ms: number, role: 'user' | 'assistant'): number =>
  Math.ceil(ms / (role === 'user' ? 100 : 50))

/** The model's whole input: instructions and tools, then the items in order. */
export const inputPieces = (head: string, entries: readonly Entry[]): InputPiece[] => [
  { key: head, text: textTokens(head), audio: 0 },
  ...entries.map(({ item, audioMs, said }) => {
    const role = item.role === 'assistant' ? 'assistant' : 'user'
    const words = item.type === 'function_call' ? `${item.name}${item.arguments}` : said
    return {
      key: `${item.id} ${audioMs}`,
      text: audioMs > 0 ? 0 : textTokens(words),
      audio: audioTokens(audioMs, role),
    }
  }),
]

/** How much of `input` repeats the start of an earlier input, when that is long enough to be cached. */
export function cachedTokens(input: InputPiece[], earlier: InputPiece[]): Tokens {
  const firstOther = input.findIndex((piece, i) => piece.key !== earlier[i]?.key)
  const shared = total(firstOther < 0 ? input : input.slice(0, firstOther))
  return shared.text + shared.audio >= SMALLEST_CACHED_PREFIX ? shared : { text: 0, audio: 0 }
}

/** The usage object of response.done; thoughts are counted as text, and named only when there were any. */
export function usageOf(input: InputPiece[], cached: Tokens, said: Tokens, reasoning: number): Json {
  const output = { text: said.text + reasoning, audio: said.audio }
  const { text, audio } = total(input)
  return {
    total_tokens: text + audio + output.text + output.audio,
    input_tokens: text + audio,
    output_tokens: output.text + output.audio,
    input_token_details: {
      text_tokens: text,
      audio_tokens: audio,
      image_tokens: 0,
      cached_tokens: cached.text + cached.audio,
      cached_tokens_details: { text_tokens: cached.text, audio_tokens: cached.audio, image_tokens: 0 },
    },
    output_token_details: {
      text_tokens: output.text,
      audio_tokens: output.audio,
      ...(reasoning > 0 && { reasoning_tokens: reasoning }),
    },
  }
}

const total = (pieces: InputPiece[]): Tokens =>
  pieces.reduce((sum, piece) => ({ text: sum.text + piece.text, audio: sum.audio + piece.audio }), {
    text: 0,
    audio: 0,
  })

/** How much a model thinks before a response, by the effort it is asked for. */
export const reasoningTokens = (effort: unknown): number =>
  ({ minimal: 0, low: 16, medium: 48, high: 160, xhigh: 320 })[String(effort)] ?? 16

/** The usage object of a caller's transcript: tokens, or the time for models that are paid by it. */
export function transcriptUsage(model: string | undefined, seconds: number, transcript: string): Json {
  if (!/^gpt-4o(-mini)?-transcribe/.test(model ?? '')) return { type: 'duration', seconds: Math.ceil(seconds) }
  const input = audioTokens(seconds * 1000, 'user')
  const output = textTokens(transcript)
  return {
    type: 'tokens',
    total_tokens: input + output,
    input_tokens: input,
    input_token_details: { text_tokens: 0, audio_tokens: input },
    output_tokens: output,
  }
}
