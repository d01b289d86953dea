/** The client events of both dialects, read as strictly as the real server reads them: no unknown key anywhere. */
import { z } from 'zod'

const eventId = { event_id: z.string().max(512).optional() }
const bare = <const Type extends string>(type: Type) => z.strictObject({ type: z.literal(type), ...eventId })

const voices = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar']
const voice = z.union([z.enum(voices), z.strictObject({ id: z.string() })])
const anyObject = z.record(z.string(), z.unknown())
const metadata = z.record(z.string().max(64), z.string().max(512)).nullable()
const maxOutputTokens = z.union([z.literal('inf'), z.int().min(1).max(4096)])

const functionTool = z.strictObject({
  type: z.literal('function'),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'"),
  description: z.string().optional(),
  parameters: anyObject.optional(),
})
const mcpTool = z.strictObject({
  type: z.literal('mcp'),
  server_label: z.string(),
  server_url: z.string().optional(),
  tunnel_id: z.string().optional(),
  connector_id: z.string().optional(),
  authorization: z.string().optional(),
  headers: anyObject.nullable().optional(),
  allowed_tools: z
    .union([z.array(z.string()), anyObject])
    .nullable()
    .optional(),
  require_approval: z
    .union([z.enum(['always', 'never']), anyObject])
    .nullable()
    .optional(),
  server_description: z.string().optional(),
  defer_loading: z.boolean().optional(),
  allowed_callers: z.unknown().optional(),
})
const tracing = z
  .union([
    z.literal('auto'),
    z.strictObject({
      workflow_name: z.string().optional(),
      group_id: z.string().optional(),
      metadata: anyObject.optional(),
    }),
  ])
  .nullable()
const turnFlags = { create_response: z.boolean().optional(), interrupt_response: z.boolean().optional() }
const serverVad = {
  threshold: z.number().min(0).max(1).optional(),
  prefix_padding_ms: z.int().min(0).optional(),
  silence_duration_ms: z.int().min(0).optional(),
  ...turnFlags,
}
const semanticVad = z.strictObject({
  type: z.literal('semantic_vad'),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  ...turnFlags,
})
const noiseReduction = { type: z.enum(['near_field', 'far_field']) }

// ── ga ──

const gaFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).optional() }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
])
const gaTools = z.array(z.discriminatedUnion('type', [functionTool, mcpTool]))
const gaToolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('function'), name: z.string() }),
    z.strictObject({ type: z.literal('mcp'), server_label: z.string(), name: z.string().nullable().optional() }),
  ]),
])
const gaSession = z.strictObject({
  type: z.enum(['realtime', 'transcription']),
  model: z.string().optional(),
  output_modalities: z.array(z.enum(['text', 'audio'])).optional(),
  instructions: z.string().optional(),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: gaFormat.optional(),
          noise_reduction: z
            .strictObject({ ...noiseReduction, strength: z.number().optional() })
            .nullable()
            .optional(),
          transcription: z
            .strictObject({
              model: z.string().optional(),
              language: z.string().optional(),
              languages: z.array(z.string()).optional(),
              keywords: z.array(z.string()).optional(),
              prompt: z.string().optional(),
              delay: z.string().optional(),
            })
            .nullable()
            .optional(),
          turn_detection: z
            .discriminatedUnion('type', [
              z.strictObject({
                type: z.literal('server_vad'),
                ...serverVad,
                idle_timeout_ms: z.int().min(5000).max(30_000).nullable().optional(),
              }),
              semanticVad,
            ])
            .nullable()
            .optional(),
        })
        .optional(),
      output: z
        .strictObject({
          format: gaFormat.optional(),
          voice: voice.optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
  include: z.array(z.literal('item.input_audio_transcription.logprobs')).nullable().optional(),
  tools: gaTools.optional(),
  tool_choice: gaToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z.strictObject({ effort: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional() }).optional(),
  max_output_tokens: maxOutputTokens.optional(),
  truncation: z
    .union([
      z.enum(['auto', 'disabled']),
      z.strictObject({
        type: z.literal('retention_ratio'),
        retention_ratio: z.number().min(0).max(1),
        token_limits: z.strictObject({ post_instructions: z.int().min(0).optional() }).optional(),
      }),
    ])
    .optional(),
  tracing: tracing.optional(),
  prompt: z
    .strictObject({
      id: z.string(),
      version: z.string().nullable().optional(),
      variables: anyObject.nullable().optional(),
    })
    .nullable()
    .optional(),
})

// ── flat ──

const flatFormat = z.enum(['pcm16', 'g711_ulaw', 'g711_alaw'])
const flatToolChoice = z.union([
  z.enum(['auto', 'none', 'required']),
  z.strictObject({ type: z.literal('function'), name: z.string() }),
])
const temperature = z.number().min(0.6).max(1.2)
const flatSession = z.strictObject({
  modalities: z.array(z.enum(['text', 'audio'])).optional(),
  model: z.string().optional(),
  instructions: z.string().optional(),
  voice: z.enum(voices).optional(),
  speed: z.number().min(0.25).max(1.5).optional(),
  input_audio_format: flatFormat.optional(),
  output_audio_format: flatFormat.optional(),
  input_audio_transcription: z
    .strictObject({ model: z.string().optional(), language: z.string().optional(), prompt: z.string().optional() })
    .nullable()
    .optional(),
  input_audio_noise_reduction: z.strictObject(noiseReduction).nullable().optional(),
  turn_detection: z
    .union([z.strictObject({ type: z.literal('server_vad').optional(), ...serverVad }), semanticVad])
    .nullable()
    .optional(),
  tools: z.array(functionTool).optional(),
  tool_choice: flatToolChoice.optional(),
  temperature: temperature.optional(),
  max_response_output_tokens: maxOutputTokens.optional(),
  tracing: tracing.optional(),
  // Servers of this shape took it; the nested wire has no word for it.
  prompt_cache_key: z.string().optional(),
})

// ── items and events of both ──

const content = (types: { user: z.core.$ZodTypeDiscriminable[]; assistant: [string, ...string[]] }) => ({
  user: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('input_text'), text: z.string() }),
      z.strictObject({
        type: z.literal('input_audio'),
        audio: z.string(),
        transcript: z.string().nullable().optional(),
      }),
      ...types.user,
    ]),
  ),
  assistant: z.array(
    z.strictObject({ type: z.enum(types.assistant), text: z.string().optional(), transcript: z.string().optional() }),
  ),
  system: z.array(z.strictObject({ type: z.literal('input_text'), text: z.string() })),
})

function itemSchema(parts: ReturnType<typeof content>) {
  const common = {
    id: z.string().max(32).optional(),
    object: z.literal('realtime.item').optional(),
    status: z.enum(['completed', 'incomplete', 'in_progress']).optional(),
  }
  const message = { ...common, type: z.literal('message') }
  return z.discriminatedUnion('type', [
    z.discriminatedUnion('role', [
      z.strictObject({ ...message, role: z.literal('user'), content: parts.user }),
      z.strictObject({ ...message, role: z.literal('assistant'), content: parts.assistant }),
      z.strictObject({ ...message, role: z.literal('system'), content: parts.system }),
    ]),
    z.strictObject({
      ...common,
      type: z.literal('function_call'),
      call_id: z.string().max(32).optional(),
      name: z.string(),
      arguments: z.string(),
    }),
    z.strictObject({ ...common, type: z.literal('function_call_output'), call_id: z.string(), output: z.string() }),
  ])
}

const gaItem = itemSchema(
  content({
    user: [
      z.strictObject({
        type: z.literal('input_image'),
        image_url: z.string(),
        detail: z.enum(['auto', 'low', 'high']).optional(),
      }),
    ],
    assistant: ['output_text', 'output_audio'],
  }),
)
const flatItem = itemSchema(content({ user: [], assistant: ['text', 'audio'] }))

const reference = z.strictObject({ type: z.literal('item_reference'), id: z.string() })
const response = {
  conversation: z.enum(['auto', 'none']).optional(),
  instructions: z.string().optional(),
  metadata: metadata.optional(),
}
const gaResponse = z.strictObject({
  ...response,
  output_modalities: z.array(z.enum(['text', 'audio'])).optional(),
  audio: z
    .strictObject({ output: z.strictObject({ format: gaFormat.optional(), voice: voice.optional() }).optional() })
    .optional(),
  tools: gaTools.optional(),
  tool_choice: gaToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: z.strictObject({ effort: z.string().optional() }).optional(),
  max_output_tokens: maxOutputTokens.optional(),
  prompt: anyObject.nullable().optional(),
  input: z.array(z.union([reference, gaItem])).optional(),
})
const flatResponse = z.strictObject({
  ...response,
  modalities: z.array(z.enum(['text', 'audio'])).optional(),
  voice: z.enum(voices).optional(),
  output_audio_format: flatFormat.optional(),
  tools: z.array(functionTool).optional(),
  tool_choice: flatToolChoice.optional(),
  temperature: temperature.optional(),
  max_response_output_tokens: maxOutputTokens.optional(),
  input: z.array(z.union([reference, flatItem])).optional(),
})

const events = <S extends z.ZodType, I extends z.ZodType, R extends z.ZodType>(
  session: S,
  item: I,
  responseBody: R,
) => ({
  'session.update': z.strictObject({ type: z.literal('session.update'), ...eventId, session }),
  'input_audio_buffer.append': z.strictObject({
    type: z.literal('input_audio_buffer.append'),
    ...eventId,
    audio: z.string().max(15 * 1024 * 1024),
  }),
  'input_audio_buffer.commit': bare('input_audio_buffer.commit'),
  'input_audio_buffer.clear': bare('input_audio_buffer.clear'),
  'conversation.item.create': z.strictObject({
    type: z.literal('conversation.item.create'),
    ...eventId,
    previous_item_id: z.string().nullable().optional(),
    item,
  }),
  'conversation.item.retrieve': z.strictObject({
    type: z.literal('conversation.item.retrieve'),
    ...eventId,
    item_id: z.string(),
  }),
  'conversation.item.delete': z.strictObject({
    type: z.literal('conversation.item.delete'),
    ...eventId,
    item_id: z.string(),
  }),
  'conversation.item.truncate': z.strictObject({
    type: z.literal('conversation.item.truncate'),
    ...eventId,
    item_id: z.string(),
    content_index: z.int().min(0),
    audio_end_ms: z.int().min(0),
  }),
  'response.create': z.strictObject({
    type: z.literal('response.create'),
    ...eventId,
    response: responseBody.optional(),
  }),
  'response.cancel': z.strictObject({
    type: z.literal('response.cancel'),
    ...eventId,
    response_id: z.string().optional(),
  }),
})

/** The client events of a dialect, by type. */
export type ClientSchemas = Readonly<Record<string, z.ZodType>>

/** The nested wire's client events; it also knows the names of those for other kinds of session. */
export const gaSchemas: ClientSchemas = {
  ...events(gaSession, gaItem, gaResponse),
  'session.close': bare('session.close'),
  'session.input_audio_buffer.append': z.looseObject({ type: z.string(), ...eventId }),
  'transcription_session.update': z.looseObject({ type: z.string(), ...eventId }),
}

/** The flat wire's client events. */
export const flatSchemas: ClientSchemas = events(flatSession, flatItem, flatResponse)
