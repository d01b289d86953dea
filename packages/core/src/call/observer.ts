import type { TokenUsage } from '../model.ts'
import type { CallPhase, Disposition } from './state.ts'

/** Stages of a call that are measured; each is a histogram. `relay_*` are sampled, the others are complete. */
export const latencyMeasures = [
  'webhook_to_twiml',
  'webhook_to_model_open',
  'webhook_to_model_created',
  'webhook_to_model_configured',
  'webhook_to_greeting_delta',
  'media_to_greeting_frame',
  'speech_end_to_delta',
  'speech_end_to_frame',
  'speech_start_to_clear',
  'tool_to_output',
  'relay_in',
  'relay_out',
] as const
export type LatencyMeasure = (typeof latencyMeasures)[number]

/** What a call tells those who watch it. Transcripts are personal data; `problem` messages never contain any. */
export type CallNotice =
  | { readonly type: 'phase'; readonly phase: CallPhase; readonly disposition?: Disposition }
  | { readonly type: 'transcript'; readonly speaker: 'caller' | 'assistant'; readonly text: string }
  | {
      readonly type: 'tool'
      readonly name: string
      readonly durationMs: number
      readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
    }
  | { readonly type: 'latency'; readonly measure: LatencyMeasure; readonly ms: number }
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  | { readonly type: 'problem'; readonly code: string; readonly message: string; readonly cause?: unknown }
