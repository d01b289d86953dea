import type { TurnDetection } from '../model.ts'
import type { ModelTuning, Transcription } from '../tuning.ts'
import type { Dialect, WireSettings } from './dialect.ts'
import { takesLists } from './profile.ts'
import { ignoredServerEvents, type IgnoredServerEvent, type ServerEvent, type WireSession } from './protocol.ts'

/** Server events we read; with the ignored ones they are all GA events. A missing one is a compile error. */
const readEvents: Readonly<Record<Exclude<ServerEvent['type'], IgnoredServerEvent>, true>> = {
  'rate_limits.updated': true,
  error: true,
  'session.created': true,
  'session.updated': true,
  'input_audio_buffer.speech_started': true,
  'input_audio_buffer.speech_stopped': true,
  'input_audio_buffer.committed': true,
  'conversation.item.added': true,
  'conversation.item.input_audio_transcription.completed': true,
  'response.created': true,
  'response.done': true,
  'response.output_item.done': true,
  'response.output_audio.delta': true,
  'response.output_audio.done': true,
  'response.output_audio_transcript.done': true,
}
const vocabulary: ReadonlySet<string> = new Set([...Object.keys(readEvents), ...ignoredServerEvents])

/** Whether a GA server event of this name exists. */
export const isServerEvent = (event: { readonly type: string }): event is ServerEvent => vocabulary.has(event.type)

/** The turn-detection object, which both dialects share. */
export const wireTurnDetection = (turns: TurnDetection): object | null => {
  if (turns.kind === 'none') return null
  const replies = { create_response: turns.autoReply, interrupt_response: turns.interrupts ?? turns.autoReply }
  if (turns.kind === 'semantic') return { type: 'semantic_vad', eagerness: turns.eagerness, ...replies }
  return {
    type: 'server_vad',
    ...(turns.threshold === undefined ? {} : { threshold: turns.threshold }),
    ...(turns.prefixPaddingMs === undefined ? {} : { prefix_padding_ms: turns.prefixPaddingMs }),
    ...(turns.silenceMs === undefined ? {} : { silence_duration_ms: turns.silenceMs }),
    ...replies,
  }
}

/** The tools key, which both dialects share. A function tool is flat, and an extra key would refuse the whole update. */
export const wireTools = (config: WireSettings): object =>
  config.tools
    ? {
        tools: config.tools.map(({ name, description, parameters }) => ({
          type: 'function',
          name,
          description,
          parameters,
        })),
        tool_choice: 'auto',
      }
    : {}

/** The longest reply in tokens, the same in both dialects. */
export const wireLength = ({ maxReplyTokens }: ModelTuning): number | 'inf' | undefined =>
  maxReplyTokens === 'unlimited' ? 'inf' : maxReplyTokens

/** The noise reduction, the same in both dialects; `undefined` when it is not set. */
export const wireNoise = ({ noiseReduction }: ModelTuning): object | null | undefined =>
  noiseReduction === 'off' ? null : noiseReduction && { type: noiseReduction }

/** The transcription settings: newer models take lists, older ones a single language. */
export const wireTranscription = ({ model, languages, keywords }: Transcription): object => {
  if (!takesLists(model)) return { model, ...(languages ? { language: languages[0] } : {}) }
  return { model, ...(languages ? { languages } : {}), ...(keywords ? { keywords } : {}) }
}

const gaTuning = (tuning: ModelTuning): object => {
  const { effort, parallelTools, memory } = tuning
  const length = wireLength(tuning)
  return {
    ...(effort === undefined ? {} : { reasoning: { effort } }),
    ...(parallelTools === undefined ? {} : { parallel_tool_calls: parallelTools }),
    ...(length === undefined ? {} : { max_output_tokens: length }),
    ...(memory === undefined
      ? {}
      : {
          truncation: {
            type: 'retention_ratio',
            retention_ratio: memory.keep,
            ...(memory.maxTokens === undefined ? {} : { token_limits: { post_instructions: memory.maxTokens } }),
          },
        }),
  }
}

const gaHearing = (tuning: ModelTuning): object => {
  const { transcription } = tuning
  const noise = wireNoise(tuning)
  return {
    ...(noise === undefined ? {} : { noise_reduction: noise }),
    ...(transcription === undefined
      ? {}
      : { transcription: transcription === 'off' ? null : wireTranscription(transcription) }),
  }
}

const gaInput = (config: WireSettings, first: boolean): object => ({
  ...(first ? { format: { type: 'audio/pcmu' } } : {}),
  ...gaHearing(config.tuning ?? {}),
  ...(config.turnDetection ? { turn_detection: wireTurnDetection(config.turnDetection) } : {}),
})

interface EchoedInput {
  readonly turn_detection?: unknown
  readonly transcription?: { readonly model?: unknown } | null
}

const gaSession = (config: WireSettings, first: boolean): WireSession => {
  const input = gaInput(config, first)
  const output = {
    ...(first ? { format: { type: 'audio/pcmu' } } : {}),
    ...(config.voice === undefined ? {} : { voice: config.voice }),
  }
  const audio = {
    ...(Object.keys(input).length > 0 ? { input } : {}),
    ...(Object.keys(output).length > 0 ? { output } : {}),
  }
  return {
    type: 'realtime',
    ...(first ? { output_modalities: ['audio'] } : {}),
    ...(config.instructions === undefined ? {} : { instructions: config.instructions }),
    ...(Object.keys(audio).length > 0 ? { audio } : {}),
    ...wireTools(config),
    ...gaTuning(config.tuning ?? {}),
  }
}

const inputOf = (session: WireSession) => (session['audio'] as { input?: EchoedInput | null } | null | undefined)?.input

/** The wire of api.openai.com since May 2026: a nested session. Its names are our internal ones, so little is translated. */
export const ga: Dialect = {
  name: 'ga',
  headers: {},
  lacks: [],
  usualTranscriber: 'gpt-transcribe',
  audioDelta: 'response.output_audio.delta',
  session: gaSession,
  encode: (event) => event,
  decode(raw) {
    // Some servers still send the old name of this event.
    if (raw.type === 'conversation.item.created') return { ...raw, type: 'conversation.item.added' } as ServerEvent
    return isServerEvent(raw) ? raw : undefined
  },
  wrongFormat(session) {
    const audio = session['audio'] as Partial<Record<'input' | 'output', { format?: { type?: string } }>> | undefined
    if (audio?.input?.format?.type !== 'audio/pcmu') return 'audio.input.format'
    return audio.output?.format?.type === 'audio/pcmu' ? undefined : 'audio.output.format'
  },
  turnsInForce: (session) => inputOf(session)?.turn_detection,
  transcriber: (session) => inputOf(session)?.transcription?.model,
  isShapeRefusal: ({ code, param }) =>
    code === 'unknown_parameter' &&
    (param === 'session.type' || param === 'session.output_modalities' || param === 'session.audio'),
}
