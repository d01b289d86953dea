import type { TokenUsage } from '../model.ts'
import type { WireResponse, WireUsage } from './protocol.ts'

const count = (tokens: unknown): number => (Number.isFinite(tokens) && Number(tokens) > 0 ? Number(tokens) : 0)

/** Tokens as we count them; what is missing or no finite number counts nothing. */
export const tokenUsage = ({ input_token_details: input, output_token_details: output }: WireUsage): TokenUsage => ({
  input: {
    text: count(input?.text_tokens),
    audio: count(input?.audio_tokens),
    cachedText: count(input?.cached_tokens_details?.text_tokens),
    cachedAudio: count(input?.cached_tokens_details?.audio_tokens),
  },
  output: { text: count(output?.text_tokens), audio: count(output?.audio_tokens) },
})

/** How a response ended; a server that does not say has completed it. */
export const outcomeOf = (status: string | null | undefined): 'completed' | 'cancelled' | 'failed' | 'incomplete' =>
  status === 'cancelled' || status === 'failed' || status === 'incomplete' ? status : 'completed'

/** Why a response failed, as far as the server says. */
export const problemOf = ({ status_details: details }: WireResponse): string | undefined => {
  if (typeof details === 'string') return details
  return details?.error?.code ?? details?.error?.type ?? details?.reason ?? undefined
}
