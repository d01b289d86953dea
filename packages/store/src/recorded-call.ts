import type { StoryOrigin, CallStory, Transfer } from '@llc-phone/core'
import type { CallTrial } from './call-trial.ts'
import type { KeptEvents } from './event-archive.ts'

/** The fields of a call known when it begins; a `CallStory` has them. */
export type CallOpening = Pick<
  CallStory,
  'callId' | 'legId' | 'mode' | 'direction' | 'caller' | 'dialled' | 'startedAt' | keyof StoryOrigin
>

/** What a call cost. */
export interface CallBill {
  readonly model?: string | undefined
  /** US dollars for the model's tokens and for transcription; absent when the model has no published price. */
  readonly costUsd?: number | undefined
}

/** What is kept of a call beside its story. */
export interface CallExtras extends CallBill {
  /** The call's log; absent when none is kept. */
  readonly log?: KeptEvents | undefined
  /** See {@link LiveJournal.epochOf}, for a story that was kept beside the database; absent: as far as this process knows. */
  readonly epoch?: number | undefined
}

/** A call in a list. */
export interface CallSummary extends CallOpening, CallBill {
  /**
   * Absent while the call lasts. For a call that a crash cut off (disposition `cut_off`): when its process was last seen
   * alive, or for calls recorded before that was tracked, when the call began.
   */
  readonly endedAt?: string
  /** When the assistant's part was over, if the caller stayed on the line; `endedAt` is absent while they are. */
  readonly assistantEndedAt?: string
  readonly disposition?: NonNullable<CallStory['disposition']>
  readonly promptVersion?: NonNullable<CallStory['promptVersion']>
  /** Of a call we placed: who has answered, as far as Twilio could tell. */
  readonly answeredBy?: NonNullable<CallStory['answeredBy']>
  /** Absent in other calls than those from the console. */
  readonly trial?: CallTrial
  readonly usage: CallStory['usage']
  readonly firstWordsMs?: number
  /** The codes of its problems, each once; absent when there were none. */
  readonly problemCodes?: readonly string[]
  readonly transfers?: readonly Transfer[]
  /** How often somebody spoke; in lists only. */
  readonly turnCount?: number
}

/** A call as a person reads it afterwards. Keys that were pressed are not kept. */
export interface RecordedCall extends CallSummary {
  readonly turns: CallStory['turns']
  readonly tools: CallStory['tools']
  readonly transfers: readonly Transfer[]
  /** Absent in older rows. */
  readonly speech?: CallStory['speech']
  readonly phases?: CallStory['phases']
  /** Absent when there were none, and in older rows. */
  readonly problems?: CallStory['problems']
  /** Absent when there were none, and in older rows. */
  readonly acts?: CallStory['acts']
  readonly latency: CallStory['latency']
  readonly audio?: CallStory['audio']
}
