/** How a session.update changes the session: in part, all or nothing. */
import { isReasoningModel } from './dialects.ts'
import type { Json, SessionConfig, SessionPatch, TurnDetection } from './protocol.ts'
import { Refusal } from './refusal.ts'

const detectionDefaults = {
  server_vad: {
    threshold: 0.5,
    prefix_padding_ms: 300,
    silence_duration_ms: 500,
    idle_timeout_ms: null,
    create_response: true,
    interrupt_response: true,
  },
  semantic_vad: { eagerness: 'auto', create_response: true, interrupt_response: true },
} as const

/** The session after the update; throws the refusal that leaves it as it was. */
export function mergeSession(session: SessionConfig, patch: SessionPatch, hasSpoken: boolean): SessionConfig {
  const { audio, ...top } = patch
  if (top.model !== undefined && top.model !== session.model) {
    throw new Refusal('invalid_value', "Cannot change the 'model' of a session.", 'session.model')
  }
  // That older models refuse these two is known, the exact words are not.
  for (const key of ['reasoning', 'parallel_tool_calls'] as const) {
    if (key in top && !isReasoningModel(session.model)) {
      throw new Refusal('unknown_parameter', `Unknown parameter: 'session.${key}'.`, `session.${key}`)
    }
  }
  refuseTranscription(audio?.input?.transcription)
  refuseTruncation(session, top)
  const voice = audio?.output?.voice
  if (hasSpoken && voice !== undefined && JSON.stringify(voice) !== JSON.stringify(session.audio.output.voice)) {
    throw new Refusal('cannot_update_voice', "Cannot update a conversation's voice if assistant audio is present.")
  }
  const input = { ...session.audio.input, ...audio?.input }
  return {
    ...session,
    ...top,
    audio: {
      input: {
        ...input,
        format: withRate(input.format),
        transcription: input.transcription && { language: null, prompt: null, ...input.transcription },
        turn_detection: fillDetection(session, audio?.input?.turn_detection),
      },
      output: {
        ...session.audio.output,
        ...audio?.output,
        format: withRate(audio?.output?.format ?? session.audio.output.format),
      },
    },
  }
}

/** Who takes lists is documented; that the others refuse them, and in which words, is a guess. */
function refuseTranscription(transcription: Json | null | undefined): void {
  if (!transcription || /^gpt-(?:live-)?transcribe$/.test(String(transcription['model']))) return
  for (const key of ['languages', 'keywords'])
    if (key in transcription) {
      const param = `session.audio.input.transcription.${key}`
      throw new Refusal('unknown_parameter', `Unknown parameter: '${param}'.`, param)
    }
}

const WINDOW_TOKENS = { thinks: 128_000, doesNot: 32_000 }
const LONGEST_REPLY_TOKENS = 4_096

/** That a limit must leave room for a reply is documented; the words of the refusal are a guess. */
function refuseTruncation(session: SessionConfig, patch: SessionPatch): void {
  const { token_limits } = (patch.truncation ?? {}) as { token_limits?: { post_instructions?: number } }
  const reply = patch.max_output_tokens ?? session.max_output_tokens
  const window = isReasoningModel(session.model) ? WINDOW_TOKENS.thinks : WINDOW_TOKENS.doesNot
  const most = window - (reply === 'inf' ? LONGEST_REPLY_TOKENS : reply)
  const asked = token_limits?.post_instructions ?? 0
  if (asked <= most) return
  const param = 'session.truncation.token_limits.post_instructions'
  const message = `Invalid '${param}': integer above maximum value. Expected a value <= ${most}, but got ${asked} instead.`
  throw new Refusal('integer_above_max_value', message, param)
}

const withRate = (format: SessionConfig['audio']['input']['format']) =>
  format.type === 'audio/pcm' ? { type: format.type, rate: 24_000 } : format

/** Of the same kind: over what was set before; of another kind: over that kind's defaults. */
function fillDetection(session: SessionConfig, patch: Partial<TurnDetection> | null | undefined): TurnDetection | null {
  const now = session.audio.input.turn_detection
  if (patch === undefined) return now
  if (patch === null) return null
  const type = patch.type ?? 'server_vad'
  return { ...detectionDefaults[type], ...(now?.type === type && now), ...patch, type } as TurnDetection
}
