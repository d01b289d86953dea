/** How a session.update changes the session: in part, all or nothing. */
import { isReasoningModel } from './dialects.ts'
import type { SessionConfig, SessionPatch, TurnDetection } from './protocol.ts'
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
