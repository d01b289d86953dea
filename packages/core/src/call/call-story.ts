import type { Disposition } from '../departure.ts'
import type { AnsweredBy } from '../line.ts'
import type { CallUsage, TokenUsage } from '../model.ts'
import type { LoggedEvent } from './event-log.ts'
import type { LatencyMeasure } from './observer.ts'
import type { OperatorAct } from './operator-acts.ts'
import type { CallPhase } from './state.ts'
import type { Transfer } from './transfers.ts'

/** What one of the two said, as far as it was heard. */
export interface Turn {
  readonly speaker: 'caller' | 'assistant'
  readonly text: string
  /** Milliseconds since the call began. */
  readonly atMs: number
  /** When the speech began and ended: of the assistant in the caller's ear, the end by how much was heard. */
  readonly startedMs?: number
  readonly endedMs?: number
  /** Of the assistant's audio: how much was sent, and how much of it the caller has heard. */
  readonly sentMs?: number
  readonly heardMs?: number
  /** How much of the audio was generated, if some of it was never sent. */
  readonly generatedMs?: number
  /** The caller has interrupted it. */
  readonly cut?: true
  /** The words behind `text` that the caller has not heard, estimated as those are. */
  readonly unheard?: string
  /** From the end of the caller's speech to the model's first audio of this turn; `latencyMs` is when that was sent. */
  readonly deltaMs?: number
  /** From the end of the caller's speech to the first audio of this turn. */
  readonly latencyMs?: number
  /** What the model counted for it, with the tool calls before it; absent in stories of earlier versions. */
  readonly usage?: TokenUsage
}

/** Speech of the caller, as far as the model or our own detector noticed it. In milliseconds since the call began. */
export interface CallerSpeech {
  readonly startedMs: number
  /** Absent while they speak. */
  readonly endedMs?: number
  /** `noise`: too short to interrupt, the assistant talked on. `kept`: said into a greeting that is not interrupted, and answered after it. */
  readonly as?: 'noise' | 'kept'
  /** It interrupted the assistant: from its beginning to the moment at which the line was told to be silent. */
  readonly clearedAfterMs?: number
}

/** When a call came into a phase, in milliseconds since it began. */
export interface PhaseTime {
  readonly phase: CallPhase
  readonly atMs: number
}

/** One run of a tool. */
export interface ToolRun {
  readonly name: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
  /** What the model asked for, and what it was told: JSON values with long texts shortened. */
  readonly input?: unknown
  readonly result?: unknown
}

/** Something that went wrong in a call, as `docs/reference/errors.md` lists it. */
export interface CallProblem {
  readonly code: string
  /** Without personal data. */
  readonly message: string
  /** Milliseconds since the call began. */
  readonly atMs: number
}

/** The story of a call for people and programs, as JSON. */
export interface CallStory {
  readonly callId: string
  readonly legId: string
  readonly mode: string
  /** The mode instance that conducted the call; absent in stories of earlier versions. */
  readonly instance?: string
  /** The version of the settings that answered, and what of them a comparison of calls needs. */
  readonly settingsVersion?: number
  readonly tuningProfile?: string
  /** What the assistant spoke; absent in stories of earlier versions. */
  readonly language?: string
  /** A call of the simulator, or of somebody who tries the line. */
  readonly isTest?: true
  /** See `Mode.promptVersion`; absent in stories of earlier versions. */
  readonly promptVersion?: string
  readonly direction: 'inbound' | 'outbound'
  readonly caller?: string
  readonly dialled: string
  readonly phase: CallPhase
  readonly disposition?: Disposition
  /** The verdict of answering machine detection. */
  readonly answeredBy?: AnsweredBy
  readonly startedAt: string
  /** When the caller's leg ended. Absent while the caller is on the line, also with somebody else. */
  readonly endedAt?: string
  /** When the assistant's part was over, if the caller stayed on the line with somebody else. */
  readonly assistantEndedAt?: string
  readonly turns: readonly Turn[]
  readonly tools: readonly ToolRun[]
  readonly transfers: readonly Transfer[]
  /** When the caller spoke, and the phases of the call; absent in stories of earlier versions. */
  readonly speech?: readonly CallerSpeech[]
  readonly phases?: readonly PhaseTime[]
  /** What people at the business did in it; absent in stories of earlier versions. */
  readonly acts?: readonly OperatorAct[]
  /** Absent in stories of earlier versions. */
  readonly problems?: readonly CallProblem[]
  /** From the media stream's start to the assistant's first words, else the first reply's delay; absent when nothing was said. */
  readonly firstWordsMs?: number
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
  readonly omitted?: {
    readonly turns?: number
    readonly tools?: number
    readonly problems?: number
    readonly events?: number
  }
}
