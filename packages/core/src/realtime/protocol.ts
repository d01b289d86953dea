/**
 * The Realtime wire in the names of the GA interface, which we use internally. What we send is typed strictly. What we
 * receive is typed loosely, by what we read of it: optional fields arrive as null, and new events appear without notice.
 */

/** Object keys of a session body differ by dialect; see `Dialect.session`. */
export type WireSession = Readonly<Record<string, unknown>>

export type ContentPart =
  | { readonly type: 'input_text'; readonly text: string }
  | { readonly type: 'output_text'; readonly text: string }

export type ClientItem =
  | {
      readonly type: 'message'
      readonly role: 'user' | 'system' | 'assistant'
      readonly content: readonly ContentPart[]
      readonly id?: string
    }
  | {
      readonly type: 'function_call'
      readonly call_id: string
      readonly name: string
      readonly arguments: string
      readonly id?: string
    }
  | { readonly type: 'function_call_output'; readonly call_id: string; readonly output: string; readonly id?: string }

export interface ResponseOptions {
  /** `none` keeps the response out of the conversation. */
  readonly conversation?: 'auto' | 'none'
  readonly instructions?: string
  readonly output_modalities?: readonly ['audio'] | readonly ['text']
  readonly tool_choice?: 'auto' | 'none' | 'required'
  readonly max_output_tokens?: number | 'inf'
  readonly metadata?: Readonly<Record<string, string>>
}

/** Every client event of a plain WebSocket; `event_id` comes back in an error. */
export type ClientEvent = { readonly event_id?: string } & (
  | { readonly type: 'session.update'; readonly session: WireSession }
  | { readonly type: 'input_audio_buffer.append'; readonly audio: string }
  | { readonly type: 'input_audio_buffer.commit' }
  | { readonly type: 'input_audio_buffer.clear' }
  | { readonly type: 'conversation.item.create'; readonly item: ClientItem; readonly previous_item_id?: string }
  | { readonly type: 'conversation.item.retrieve'; readonly item_id: string }
  | { readonly type: 'conversation.item.delete'; readonly item_id: string }
  | {
      readonly type: 'conversation.item.truncate'
      readonly item_id: string
      readonly content_index: number
      readonly audio_end_ms: number
    }
  | { readonly type: 'response.create'; readonly response?: ResponseOptions }
  | { readonly type: 'response.cancel'; readonly response_id?: string }
)

export interface WireError {
  readonly type?: string | null
  readonly code?: string | number | null
  readonly message?: string | null
  readonly param?: string | null
  readonly event_id?: string | null
}

export interface WireItem {
  readonly id?: string
  readonly type?: string
  readonly role?: string
  readonly status?: string | null
  readonly call_id?: string
  readonly name?: string
  readonly arguments?: string
  readonly content?: readonly { readonly type?: string }[] | null
}

/** Counts as servers send them: by the schema numbers, in the field also null, text, or absent. */
type WireCount = unknown

interface WireInputDetails {
  readonly text_tokens?: WireCount
  readonly audio_tokens?: WireCount
  readonly image_tokens?: WireCount
  readonly cached_tokens?: WireCount
  readonly cached_tokens_details?: {
    readonly text_tokens?: WireCount
    readonly audio_tokens?: WireCount
    readonly image_tokens?: WireCount
  } | null
}

interface WireOutputDetails {
  readonly text_tokens?: WireCount
  readonly audio_tokens?: WireCount
  readonly reasoning_tokens?: WireCount
}

/** The details have two spellings: OpenAI's other interfaces, and servers built after them, say `tokens_details`. */
export interface WireUsage {
  readonly total_tokens?: WireCount
  readonly input_tokens?: WireCount
  readonly output_tokens?: WireCount
  readonly input_token_details?: WireInputDetails | null
  readonly output_token_details?: WireOutputDetails | null
  readonly input_tokens_details?: WireInputDetails | null
  readonly output_tokens_details?: WireOutputDetails | null
}

/** What a transcript took: `duration` has seconds, `tokens` the counts of a response. */
export interface WireTranscriptionUsage extends WireUsage {
  readonly type?: unknown
  readonly seconds?: WireCount
  readonly duration?: WireCount
}

export interface WireResponse {
  readonly id?: string
  readonly status?: string | null
  /** Null for a response outside the conversation, and for all responses of servers that do not send conversation ids. */
  readonly conversation_id?: string | null
  /** An object by the schema, a bare string in the field. */
  readonly status_details?: { readonly reason?: string | null; readonly error?: WireError | null } | string | null
  readonly usage?: WireUsage | null
  readonly output?: readonly WireItem[] | null
  readonly output_modalities?: readonly unknown[] | null
  /** The flat name of the same. */
  readonly modalities?: readonly unknown[] | null
}

/** A received message before it is known to be a server event, with the fields the audio path reads. */
export interface RawMessage {
  readonly type: string
  readonly delta?: unknown
  readonly item_id?: unknown
  readonly content_index?: unknown
  readonly response_id?: unknown
}

/** Every server event we act on; all others are `ServerEventName`s that are counted and ignored. */
export type ServerEvent =
  | { readonly type: 'error'; readonly error: WireError }
  | { readonly type: 'session.created' | 'session.updated'; readonly session: WireSession }
  | {
      readonly type:
        | 'input_audio_buffer.speech_started'
        | 'input_audio_buffer.speech_stopped'
        | 'input_audio_buffer.committed'
      readonly item_id?: string
    }
  | { readonly type: 'conversation.item.added'; readonly item: WireItem; readonly previous_item_id?: string | null }
  | {
      readonly type: 'conversation.item.input_audio_transcription.completed'
      readonly item_id: string
      readonly transcript: string
      readonly usage?: WireTranscriptionUsage | null
    }
  | { readonly type: 'response.created' | 'response.done'; readonly response: WireResponse }
  | { readonly type: 'response.output_item.done'; readonly item: WireItem; readonly response_id?: string }
  | {
      readonly type: 'response.output_audio.delta'
      readonly response_id: string
      readonly item_id: string
      readonly content_index: number
      readonly delta: string
    }
  | {
      readonly type: 'response.output_audio.done'
      readonly item_id: string
      readonly content_index: number
      readonly response_id?: string
    }
  | {
      readonly type: 'response.output_audio_transcript.done'
      readonly item_id: string
      readonly transcript: string
      readonly response_id?: string
    }
  | { readonly type: 'rate_limits.updated'; readonly rate_limits?: unknown }
  | { readonly type: IgnoredServerEvent }

/** The other server events: known, and ignored. */
export const ignoredServerEvents = [
  'conversation.created',
  'conversation.item.created',
  'conversation.item.done',
  'conversation.item.retrieved',
  'conversation.item.deleted',
  'conversation.item.truncated',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.input_audio_transcription.failed',
  'conversation.item.input_audio_transcription.segment',
  'input_audio_buffer.cleared',
  'input_audio_buffer.timeout_triggered',
  'input_audio_buffer.dtmf_event_received',
  'output_audio_buffer.started',
  'output_audio_buffer.stopped',
  'output_audio_buffer.cleared',
  'response.output_item.added',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_text.delta',
  'response.output_text.done',
  'response.output_audio_transcript.delta',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.mcp_call_arguments.delta',
  'response.mcp_call_arguments.done',
  'response.mcp_call.in_progress',
  'response.mcp_call.completed',
  'response.mcp_call.failed',
  'mcp_list_tools.in_progress',
  'mcp_list_tools.completed',
  'mcp_list_tools.failed',
] as const

export type IgnoredServerEvent = (typeof ignoredServerEvents)[number]

/** Events about the session, and audio, which is read first; the others we read are about the conversation. */
export type SessionServerEvent =
  | 'error'
  | 'session.created'
  | 'session.updated'
  | 'response.output_audio.delta'
  | 'rate_limits.updated'
