import type { SessionConfig } from '../model.ts'
import type { Dialect } from './dialect.ts'
import { isServerEvent, wireTools, wireTurnDetection } from './ga.ts'
import type { ClientEvent, ContentPart, ServerEvent, WireSession } from './protocol.ts'

/** Server events that the GA interface renamed. */
const renamed: Readonly<Record<string, string>> = {
  'response.text.delta': 'response.output_text.delta',
  'response.text.done': 'response.output_text.done',
  'response.audio.delta': 'response.output_audio.delta',
  'response.audio.done': 'response.output_audio.done',
  'response.audio_transcript.delta': 'response.output_audio_transcript.delta',
  'response.audio_transcript.done': 'response.output_audio_transcript.done',
  'conversation.item.created': 'conversation.item.added',
}

const flatSession = (config: Partial<SessionConfig>, first: boolean): WireSession => ({
  ...(first
    ? { modalities: ['text', 'audio'], input_audio_format: 'g711_ulaw', output_audio_format: 'g711_ulaw' }
    : {}),
  ...(config.instructions === undefined ? {} : { instructions: config.instructions }),
  ...(config.voice === undefined ? {} : { voice: config.voice }),
  ...(config.transcribe === undefined
    ? {}
    : { input_audio_transcription: config.transcribe ? { model: 'whisper-1' } : null }),
  ...(config.turnDetection ? { turn_detection: wireTurnDetection(config.turnDetection) } : {}),
  ...wireTools(config),
  // The GA wire has no such key and would refuse the whole update for it.
  ...(config.cacheKey === undefined ? {} : { prompt_cache_key: config.cacheKey }),
})

const flatContent = (part: ContentPart): object => (part.type === 'output_text' ? { ...part, type: 'text' } : part)

const encode = (event: ClientEvent): object => {
  if (event.type === 'conversation.item.create' && event.item.type === 'message')
    return { ...event, item: { ...event.item, content: event.item.content.map(flatContent) } }
  if (event.type === 'response.create' && event.response) {
    const { output_modalities, max_output_tokens, ...rest } = event.response
    const response = {
      ...rest,
      ...(output_modalities ? { modalities: output_modalities[0] === 'audio' ? ['text', 'audio'] : ['text'] } : {}),
      ...(max_output_tokens === undefined ? {} : { max_response_output_tokens: max_output_tokens }),
    }
    return { ...event, response }
  }
  return event
}

/** The wire before May 2026, which compatible servers still speak: a flat session and a header. */
export const flat: Dialect = {
  name: 'flat',
  headers: { 'OpenAI-Beta': 'realtime=v1' },
  audioDelta: 'response.audio.delta',
  session: flatSession,
  encode,
  decode(raw) {
    const name = renamed[raw.type]
    if (name) return { ...raw, type: name } as ServerEvent
    return isServerEvent(raw) ? raw : undefined
  },
  wrongFormat(session) {
    if (session['input_audio_format'] !== 'g711_ulaw') return 'input_audio_format'
    return session['output_audio_format'] === 'g711_ulaw' ? undefined : 'output_audio_format'
  },
  turnsInForce: (session) => session['turn_detection'],
  transcriber: (session) => (session['input_audio_transcription'] as { model?: unknown } | null | undefined)?.model,
  isShapeRefusal: ({ code, param }) =>
    code === 'beta_api_shape_disabled' ||
    (code === 'missing_required_parameter' && param === 'session.type') ||
    (code === 'unknown_parameter' && (param === 'session.modalities' || param === 'session.input_audio_format')),
}
