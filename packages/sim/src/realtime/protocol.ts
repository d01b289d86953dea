/** Internal types of the Realtime stand-in: GA names, whatever the client's dialect. */

/** A JSON object of the wire. */
export type Json = Record<string, unknown>

/** An event of the wire, either way. */
export type WireEvent = Json & { type: string }

/** The two wire shapes of the protocol. */
export type DialectName = 'ga' | 'flat'

/** One entry of a conversation, in GA shape as the wire shows it. */
export interface Item extends Json {
  id: string
  type: 'message' | 'function_call' | 'function_call_output'
  status: 'in_progress' | 'completed' | 'incomplete'
  role?: 'user' | 'assistant' | 'system'
  /** Of a message of a model that reasons: said on the way to the answer, or the answer. */
  phase?: 'commentary' | 'final_answer'
  content?: ContentPart[]
  name?: string
  call_id?: string
  arguments?: string
  output?: string
}

/** One part of a message. */
export interface ContentPart extends Json {
  type: 'input_text' | 'input_audio' | 'input_image' | 'output_text' | 'output_audio'
  text?: string
  transcript?: string | null
}

/** A function tool as the client declared it. */
export interface FunctionTool {
  type: 'function'
  name: string
  description?: string
  parameters?: Json
}

/** How audio is written on the wire. */
export type AudioFormat = { type: 'audio/pcmu' } | { type: 'audio/pcma' } | { type: 'audio/pcm'; rate: number }

/** Who decides when the caller's turn starts and ends. */
export type TurnDetection =
  | {
      type: 'server_vad'
      threshold: number
      prefix_padding_ms: number
      silence_duration_ms: number
      idle_timeout_ms: number | null
      create_response: boolean
      interrupt_response: boolean
    }
  | {
      type: 'semantic_vad'
      eagerness: 'low' | 'medium' | 'high' | 'auto'
      create_response: boolean
      interrupt_response: boolean
    }

/** The whole effective session, GA names; `temperature` and `prompt_cache_key` exist on the flat wire only. */
export interface SessionConfig {
  id: string
  model: string
  expires_at: number
  output_modalities: ('audio' | 'text')[]
  instructions: string
  audio: {
    input: {
      format: AudioFormat
      noise_reduction: Json | null
      transcription: (Json & { model?: string }) | null
      turn_detection: TurnDetection | null
    }
    output: { format: AudioFormat; voice: string | Json; speed: number }
  }
  tools: (FunctionTool | (Json & { type: 'mcp' }))[]
  tool_choice: string | Json
  max_output_tokens: number | 'inf'
  include: string[] | null
  truncation: unknown
  tracing: unknown
  prompt: unknown
  reasoning?: Json
  parallel_tool_calls?: boolean
  temperature?: number
  prompt_cache_key?: string
}

/** What a session.update may change: any part of the session, nested parts in part. */
export type SessionPatch = Partial<Omit<SessionConfig, 'audio' | 'id' | 'expires_at'>> & {
  audio?: { input?: Partial<SessionConfig['audio']['input']>; output?: Partial<SessionConfig['audio']['output']> }
}

/** What a response.create may ask for, GA names. */
export interface ResponseRequest {
  conversation?: 'auto' | 'none'
  instructions?: string
  output_modalities?: ('audio' | 'text')[]
  audio?: { output?: { format?: AudioFormat; voice?: string | Json } }
  tools?: SessionConfig['tools']
  tool_choice?: string | Json
  max_output_tokens?: number | 'inf'
  metadata?: Json | null
  input?: Json[]
}

/** A new id as the real server makes them. */
export function newId(prefix: 'event' | 'sess' | 'conv' | 'item' | 'resp' | 'call'): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const bytes = crypto.getRandomValues(new Uint8Array(21))
  return `${prefix}_${Array.from(bytes, (byte) => letters[byte % letters.length]).join('')}`
}
