import type { ModelTuning, Transcription } from '../tuning.ts'
import type { Dialect, WireSettings } from './dialect.ts'
import { isServerEvent, wireLength, wireNoise, wireTools, wireTurnDetection } from './ga.ts'
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

/** This wire takes one language only. */
const flatTranscription = ({ model, languages }: Transcription): object => ({
  model,
  ...(languages ? { language: languages[0] } : {}),
})

const flatTuning = (tuning: ModelTuning): object => {
  const { transcription } = tuning
  const length = wireLength(tuning)
  const noise = wireNoise(tuning)
  return {
    ...(length === undefined ? {} : { max_response_output_tokens: length }),
    ...(noise === undefined ? {} : { input_audio_noise_reduction: noise }),
    ...(transcription === undefined
      ? {}
      : { input_audio_transcription: transcription === 'off' ? null : flatTranscription(transcription) }),
  }
}

const flatSession = (config: WireSettings, first: boolean): WireSession => ({
  ...(first
    ? { modalities: ['text', 'audio'], input_audio_format: 'g711_ulaw', output_audio_format: 'g711_ulaw' }
    : {}),
  ...(config.instructions === undefined ? {} : { instructions: config.instructions }),
  ...(config.voice === undefined ? {} : { voice: config.voice }),
  ...flatTuning(config.tuning ?? {}),
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

/** The wire before May 2026, which compatible servers still use: a flat session and a header. */
export const flat: Dialect = {
  name: 'flat',
  headers: { 'OpenAI-Beta': 'realtime=v1' },
  lacks: ['effort', 'parallelTools', 'memory', 'transcription.lists'],
  usualTranscriber: 'whisper-1',
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
