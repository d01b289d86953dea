import type { Disposition } from '../departure.ts'
import type { AnsweredBy } from '../line.ts'
import type { CallUsage } from '../model.ts'
import type { LoggedEvent } from './event-log.ts'
import type { LatencyMeasure } from './observer.ts'
import type { CallPhase } from './state.ts'
import type { Transfer } from './transfers.ts'

/** What one of the two said, as far as it was heard. */
export interface Turn {
  readonly speaker: 'caller' | 'assistant'
  readonly text: string
  /** Milliseconds since the call began. */
  readonly atMs: number
}

/** One run of a tool. */
export interface ToolRun {
  readonly name: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
}

/** The story of a call for people and programs, as JSON. */
export interface CallStory {
  readonly callId: string
  readonly legId: string
  readonly mode: string
  /** See `Mode.promptVersion`; absent in stories of earlier versions. */
  readonly promptVersion?: string
  /** What the assistant spoke; absent in stories of earlier versions. */
  readonly language?: string
  readonly direction: 'inbound' | 'outbound'
  readonly caller?: string
  readonly dialled: string
  readonly phase: CallPhase
  readonly disposition?: Disposition
  /** The verdict of answering machine detection. */
  readonly answeredBy?: AnsweredBy
  readonly startedAt: string
  readonly endedAt?: string
  readonly turns: readonly Turn[]
  readonly tools: readonly ToolRun[]
  readonly transfers: readonly Transfer[]
  /** In milliseconds, in the order of measurement. */
  readonly latency: Partial<Record<LatencyMeasure, readonly number[]>>
  readonly usage: CallUsage
  readonly audio: {
    readonly framesIn: number
    readonly framesOut: number
    readonly dropped: number
    readonly gapsFilledMs: number
    /** Frames of the media stream that could not be read; absent in stories of earlier versions. */
    readonly ignored?: number
  }
  readonly events: readonly LoggedEvent[]
  /** How many entries were left out of the middle of each list, to limit the size. */
  readonly omitted?: { readonly turns?: number; readonly tools?: number; readonly events?: number }
}
