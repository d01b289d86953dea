import type { Fault } from '../errors.ts'
import type { CallUsage } from '../model.ts'
import type { OperatorAct } from './operator-acts.ts'
import { shortenText } from './shorten-text.ts'
import type { Disposition } from '../departure.ts'
import type { CallPhase } from './state.ts'
import type { RefreshResult } from './steps/refresh.ts'

/** Stages of a call that are measured; each is a histogram. `relay_*` are sampled, the others are complete. */
export const latencyMeasures = [
  'webhook_to_answer',
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

/**
 * What a call reports to its observers. Transcripts are personal data, and so is `said`, because a server may repeat what
 * it was told. `message` of a `problem` never contains any.
 */
export type CallNotice =
  | {
      readonly type: 'phase'
      readonly phase: CallPhase
      /** These two only at the end. */
      readonly disposition?: Disposition
      readonly promptVersion?: string
    }
  /** The caller begins to hear the greeting. */
  | { readonly type: 'greeting'; readonly source: 'recording' | 'model' }
  /** An attempt to replace the model's session by a fresh one has ended. */
  | { readonly type: 'refresh'; readonly result: RefreshResult }
  | { readonly type: 'transcript'; readonly speaker: 'caller' | 'assistant'; readonly text: string }
  | {
      readonly type: 'tool'
      readonly name: string
      readonly durationMs: number
      readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
    }
  | { readonly type: 'latency'; readonly measure: LatencyMeasure; readonly ms: number }
  | { readonly type: 'usage'; readonly usage: CallUsage }
  /** Somebody at the business acts in the call, or has ended listening. */
  | { readonly type: 'act'; readonly act: OperatorAct }
  /** The assistant's part is over, and since then a transfer has had its outcome or the caller's leg has ended. */
  | { readonly type: 'leg'; readonly isOver: boolean }
  | {
      readonly type: 'problem'
      readonly code: string
      readonly message: string
      /** The model server's own words. */
      readonly said?: string
      readonly cause?: unknown
    }

/** What observers are told of an error. */
export const problemNotice = (error: Fault & { readonly cause?: unknown }): CallNotice => ({
  type: 'problem',
  code: error.code,
  message: error.message,
  ...(error.cause ? { cause: error.cause } : {}),
})

const MAX_MESSAGE_LENGTH = 500

/** The code if it is a single word, as logs and metrics need; `other` for anything else a server sends. */
export const codeOf = (code: string): string => (/^[a-z][\w.:-]{0,63}$/i.test(code) ? code : 'other')

/** The notice with its texts shortened. */
export const shortenNotice = (notice: CallNotice): CallNotice => {
  if (notice.type !== 'problem') return notice
  const { said, ...rest } = notice
  return {
    ...rest,
    code: codeOf(notice.code),
    message: shortenText(notice.message, MAX_MESSAGE_LENGTH),
    ...(said ? { said: shortenText(said, MAX_MESSAGE_LENGTH) } : {}),
  }
}
