/** One dialect = its schemas, the way it says a session, an item and an event, and its defaults. Inside, GA names only. */
import type { DialectName, Item, Json, ResponseRequest, SessionConfig, SessionPatch, WireEvent } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { type ClientSchemas, flatSchemas, gaSchemas } from './schemas.ts'

/** Everything that differs between the two wire shapes. */
export interface Dialect {
  readonly name: DialectName
  readonly schemas: ClientSchemas
  /** When a tool call begins that goes along with a sentence. */
  readonly callsBegin: 'whileSpeaking' | 'afterSpeech'
  readonly rateLimits: 'afterCreated' | 'afterDone'
  /** The session a client finds when it has configured nothing. */
  defaults(id: string, model: string, expiresAt: number): SessionConfig
  /** The session part of a checked session.update, in GA names. */
  readSession(session: Json): SessionPatch
  readResponse(response: Json): ResponseRequest
  readItem(item: Json): Json
  /** A server event in this wire's words; undefined where it has none. */
  encode(event: WireEvent): WireEvent | undefined
}

const PCM_24K = { type: 'audio/pcm', rate: 24_000 } as const

const defaults = (id: string, model: string, expiresAt: number): SessionConfig => ({
  id,
  model,
  expires_at: expiresAt,
  output_modalities: ['audio'],
  instructions: 'Your knowledge cutoff is 2023-10. You are a helpful, witty, and friendly AI. Act like a human.',
  audio: {
    input: {
      format: PCM_24K,
      noise_reduction: null,
      transcription: null,
      turn_detection: {
        type: 'server_vad',
        threshold: 0.5,
        prefix_padding_ms: 300,
        silence_duration_ms: 200,
        idle_timeout_ms: null,
        create_response: true,
        interrupt_response: true,
      },
    },
    output: { format: PCM_24K, voice: 'alloy', speed: 1 },
  },
  tools: [],
  tool_choice: 'auto',
  max_output_tokens: 'inf',
  include: null,
  truncation: 'auto',
  tracing: null,
  prompt: null,
})

/** An event of another kind of session, refused in the words that are known for one of them. */
export const otherSession = (kind: 'transcription' | 'translation'): Refusal =>
  new Refusal(
    'invalid_parameter',
    `Passing a ${kind} session ${kind === 'transcription' ? 'update ' : ''}event to a realtime session is not allowed.`,
  )

/** Whether a model thinks before it speaks: only those know `reasoning` and `parallel_tool_calls`. */
export const isReasoningModel = (model: string): boolean => /^gpt-realtime-[2-9]/.test(model)

/** The nested shape that api.openai.com speaks. */
export const ga: Dialect = {
  name: 'ga',
  schemas: gaSchemas,
  callsBegin: 'whileSpeaking',
  rateLimits: 'afterDone',
  defaults,
  readSession({ type, ...session }) {
    if (type === 'transcription') throw otherSession('transcription')
    checkModalities(session['output_modalities'], [['text'], ['audio']], 'session.output_modalities')
    return session
  },
  readResponse(response) {
    checkModalities(response['output_modalities'], [['text'], ['audio']], 'response.output_modalities')
    return response
  },
  readItem: (item) => item,
  encode(event) {
    const { session, delta } = event
    if (session) return { ...event, session: { type: 'realtime', object: 'realtime.session', ...session } }
    return typeof delta === 'string' && event.type !== 'response.output_audio.delta'
      ? { ...event, obfuscation: paddingFor(delta) }
      : event
  },
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Letters that fill a piece of text up to a multiple of 16, so that its size on the wire does not give it away. */
const paddingFor = (delta: string): string =>
  Array.from({ length: 16 - (delta.length % 16) }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('')

const flatFormats = { pcm16: PCM_24K, g711_ulaw: { type: 'audio/pcmu' }, g711_alaw: { type: 'audio/pcma' } } as const
const flatFormatNames: Record<string, keyof typeof flatFormats> = {
  'audio/pcm': 'pcm16',
  'audio/pcmu': 'g711_ulaw',
  'audio/pcma': 'g711_alaw',
}
const flatEventNames: Record<string, string> = {
  'conversation.item.added': 'conversation.item.created',
  'response.output_text.delta': 'response.text.delta',
  'response.output_text.done': 'response.text.done',
  'response.output_audio.delta': 'response.audio.delta',
  'response.output_audio.done': 'response.audio.done',
  'response.output_audio_transcript.delta': 'response.audio_transcript.delta',
  'response.output_audio_transcript.done': 'response.audio_transcript.done',
}
const flatPartNames: Record<string, string> = { output_text: 'text', output_audio: 'audio' }
const gaPartNames: Record<string, string> = { text: 'output_text', audio: 'output_audio' }

/** The flat shape of older and compatible servers. */
export const flat: Dialect = {
  name: 'flat',
  schemas: flatSchemas,
  callsBegin: 'afterSpeech',
  rateLimits: 'afterCreated',
  defaults: (id, model, expiresAt) => ({ ...defaults(id, model, expiresAt), temperature: 0.8 }),
  readSession(session) {
    checkModalities(session['modalities'], [['text'], ['audio', 'text']], 'session.modalities')
    const { input_audio_format: input, output_audio_format: output } = session as Record<
      string,
      keyof typeof flatFormats
    >
    const patch = {
      ...pick(session, 'model', 'instructions', 'tools', 'tool_choice', 'temperature', 'tracing', 'prompt_cache_key'),
      ...rename(session, { max_response_output_tokens: 'max_output_tokens' }),
      ...('modalities' in session && { output_modalities: gaModalities(session['modalities']) }),
      audio: {
        input: {
          ...pick(session, 'turn_detection'),
          ...rename(session, {
            input_audio_transcription: 'transcription',
            input_audio_noise_reduction: 'noise_reduction',
          }),
          ...(input && { format: flatFormats[input] }),
        },
        output: { ...pick(session, 'voice', 'speed'), ...(output && { format: flatFormats[output] }) },
      },
    }
    const detection = patch.audio.input as { turn_detection?: Json | null }
    if (detection.turn_detection) detection.turn_detection = { type: 'server_vad', ...detection.turn_detection }
    return patch as SessionPatch
  },
  readResponse(response) {
    checkModalities(response['modalities'], [['text'], ['audio', 'text']], 'response.modalities')
    const { output_audio_format: output, input } = response as {
      output_audio_format?: keyof typeof flatFormats
      input?: Json[]
    }
    return {
      ...pick(response, 'conversation', 'instructions', 'metadata', 'tools', 'tool_choice'),
      ...rename(response, { max_response_output_tokens: 'max_output_tokens' }),
      ...('modalities' in response && { output_modalities: gaModalities(response['modalities']) }),
      ...(output && { audio: { output: { format: flatFormats[output] } } }),
      ...(input && { input: input.map(flat.readItem) }),
    } as ResponseRequest
  },
  readItem: (item) => renameParts(item, gaPartNames),
  encode(event) {
    if (event.type === 'conversation.item.done') return undefined
    const { session, item, response, ...rest } = event as WireEvent & {
      session?: SessionConfig
      item?: Item
      response?: Json
    }
    const out: WireEvent = { ...rest, type: flatEventNames[event.type] ?? event.type }
    if (session) out['session'] = encodeFlatSession(session)
    if (item) out['item'] = encodeFlatItem(item)
    if (response) out['response'] = encodeFlatResponse(response)
    return out
  },
}

function encodeFlatSession(session: SessionConfig): Json {
  const { input, output } = session.audio
  const { idle_timeout_ms: _, ...detection } = { idle_timeout_ms: null, ...input.turn_detection }
  return {
    id: session.id,
    object: 'realtime.session',
    model: session.model,
    expires_at: session.expires_at,
    modalities: flatModalities(session.output_modalities),
    instructions: session.instructions,
    voice: output.voice,
    speed: output.speed,
    turn_detection: input.turn_detection && detection,
    input_audio_format: flatFormatNames[input.format.type],
    output_audio_format: flatFormatNames[output.format.type],
    input_audio_transcription: input.transcription,
    input_audio_noise_reduction: input.noise_reduction,
    tool_choice: session.tool_choice,
    temperature: session.temperature,
    max_response_output_tokens: session.max_output_tokens,
    client_secret: null,
    include: session.include,
    tools: session.tools,
    tracing: session.tracing,
    ...(session.prompt_cache_key !== undefined && { prompt_cache_key: session.prompt_cache_key }),
  }
}

const encodeFlatItem = ({ id, ...item }: Item): Json => ({
  id,
  object: 'realtime.item',
  ...renameParts(item, flatPartNames),
})

/** Without images, which that wire does not know. */
const encodeFlatUsage = (usage: Json | null): Json | null => {
  const input = usage?.['input_token_details'] as (Json & { cached_tokens_details: Json }) | undefined
  if (!usage || !input) return usage
  const { image_tokens: _, cached_tokens_details: cached, ...tokens } = input
  const { image_tokens: __, ...cachedTokens } = cached
  return { ...usage, input_token_details: { ...tokens, cached_tokens_details: cachedTokens } }
}

function encodeFlatResponse({ output_modalities, audio, output, usage, ...rest }: Json): Json {
  const out = (audio as { output?: { format?: { type: string }; voice?: unknown } } | undefined)?.output
  return {
    ...rest,
    output: (output as Item[] | undefined)?.map(encodeFlatItem) ?? [],
    usage: encodeFlatUsage(usage as Json | null),
    modalities: flatModalities(output_modalities as string[]),
    voice: out?.voice,
    output_audio_format: flatFormatNames[out?.format?.type ?? ''],
    temperature: 0.8,
  }
}

// The flat wire says ["audio","text"] for speech, the nested one ["audio"].
const gaModalities = (modalities: unknown) => ((modalities as string[]).includes('audio') ? ['audio'] : ['text'])
const flatModalities = (modalities: string[]) => (modalities.includes('audio') ? ['audio', 'text'] : ['text'])

const list = (names: unknown[]) => `[${names.map((name) => `'${String(name)}'`).join(', ')}]`

function checkModalities(modalities: unknown, combinations: string[][], param: string): void {
  if (!Array.isArray(modalities)) return
  const wanted = (modalities as string[]).toSorted((a, b) => a.localeCompare(b)).join()
  if (combinations.some((combination) => combination.join() === wanted)) return
  throw new Refusal(
    'invalid_value',
    `Invalid modalities: ${list(modalities)}. Supported combinations are: ${combinations.map(list).join(' and ')}.`,
    param,
  )
}

function renameParts(item: Json, names: Record<string, string>): Json {
  if (item['role'] !== 'assistant' || !Array.isArray(item['content'])) return item
  const content = (item['content'] as { type: string }[]).map((part) => ({
    ...part,
    type: names[part.type] ?? part.type,
  }))
  return { ...item, content }
}

const pick = (from: Json, ...keys: string[]): Json =>
  Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]))
const rename = (from: Json, names: Record<string, string>): Json =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([key]) => key in from)
      .map(([key, name]) => [name, from[key]]),
  )
