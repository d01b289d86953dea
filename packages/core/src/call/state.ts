import type { Fault } from '../errors.ts'
import type { AnsweredBy } from '../line.ts'
import type { AwayKind, Consultation, Departure, Disposition } from '../departure.ts'
import type { CallEffect, ToolTraits } from './events.ts'
import type { Grant } from '../mode/grant.ts'
import type { RingCounts } from './allowance.ts'
import type { CallSettings } from './settings.ts'

/**
 * A call's phase.
 *
 * - `warming`: the model is being opened, no caller audio yet
 * - `ready`: the model is configured and the greeting is generated and held
 * - `joining`: the caller is on the line, the model is not
 * - `live`: a conversation
 * - `away`: no media socket, the conversation is kept
 * - `leaving`: the last words are playing
 * - `ended`: over; every timer and socket is closed
 */
export type CallPhase = 'warming' | 'ready' | 'joining' | 'live' | 'away' | 'leaving' | 'ended'

/**
 * What a caller waits for in silence: the model's `reply`; a `result`, of a tool or of a pause that a server has asked for;
 * or the `goodbye`, the last words before the conversation is left.
 */
export type Owed = 'reply' | 'result' | 'goodbye'

/** A tool that is being run. */
export interface RunningTool extends ToolTraits {
  readonly toolCallId: string
  /** How many turns of the other party the tool call is about: those not answered before it. */
  readonly turns: number
}

/** How far the replacement of a session that is about to expire, or has grown large, has come. */
export interface Refresh {
  /**
   * Not due; due; a fresh session is being opened beside the active one; it is ready and waits for a quiet moment; an attempt
   * has failed, and the next one waits.
   */
  readonly stage: 'no' | 'due' | 'opening' | 'ready' | 'failed'
  /** The server is about to close the session: the next turn boundary has to do. */
  readonly isLate: boolean
  readonly failures: number
  /** Input tokens of the session's first reply; 0 before it. */
  readonly firstTokens: number
}

/** The part of the state that exists in every phase. */
interface CommonFields extends Pick<
  CallSettings,
  | 'direction'
  | 'machine'
  | 'shield'
  | 'patience'
  | 'keypad'
  | 'bargeInGuarded'
  | 'fallback'
  | 'lineCan'
  | 'modelCan'
  | 'refreshTokens'
> {
  readonly model: 'closed' | 'opening' | 'configured'
  /** Connections tried since the caller last heard the model. */
  readonly modelAttempts: number
  /** Connections opened in all. */
  readonly connections: number
  /** A second connection is being opened beside one that owes a reply. */
  readonly spare: boolean
  readonly refresh: Refresh
  /** Why the last model connection was lost. */
  readonly modelProblem?: { readonly error: Fault; readonly retry: boolean }
  /** The conversation had begun before the present connection, which is told what was said. */
  readonly resuming: boolean
  /** The process of the call died, and the caller has not heard the model since. */
  readonly restarted: boolean
  readonly mediaAttached: boolean
  /** How often audio has been connected. */
  readonly connects: number
  readonly turn: 'listening' | 'thinking' | 'speaking'
  readonly callerSpeaking: boolean
  readonly replyActive: boolean
  /** The active reply has been interrupted; only its end is still to come. */
  readonly cut: boolean
  /** Tools that the last reply has called: none, only keep_listening, or others. */
  readonly called: 'nothing' | 'listening' | 'tools'
  /** Length of the speech in a reply that called tools (ms); 0 while the reply is active. */
  readonly saidWithCallMs: number
  /** The caller's last turn has interrupted the assistant. */
  readonly brokenOff: boolean
  /** The assistant was asked to finish a sentence that noise interrupted; reset once the caller shows that they are there. */
  readonly resumed: boolean
  /** A part of the active reply has been delivered completely: another part, a tool call or `replyEnded` comes next. */
  readonly delivered: boolean
  /** The caller is hearing audio from us. */
  readonly sounding: boolean
  /** That audio is a phrase, played while the model is silent. */
  readonly bridging: boolean
  /** Phrases played since the model was last heard. */
  readonly phrases: number
  /** Dead air: the caller waits for something and hears nothing, not even a phrase. */
  readonly deadAir: 'no' | 'begun' | 'lasting'
  /** What the caller waits for in silence, and how many steps have been taken about it. */
  readonly owed?: { readonly what: Owed; readonly step: number }
  /** The server has asked for a pause before the next reply. */
  readonly pausing: boolean
  /**
   * The greeting: `none`; `waiting`, said only if the callee stays silent; `due`, waiting for the model; `asked`, requested of it;
   * `recorded`, a recording waits for the caller's audio; `playing`, that recording is being played; `heard` by the caller.
   */
  readonly greeting: 'none' | 'waiting' | 'due' | 'asked' | 'recorded' | 'playing' | 'heard'
  /** The caller has heard some of the greeting, so it is not repeated. */
  readonly greetingBegun: boolean
  /** How long the callee may stay silent before the assistant greets (ms). */
  readonly speaksAfterMs: number
  /** Turns the other party has finished since the model was last heard or called a tool. */
  readonly unansweredTurns: number
  /** The caller has spoken, and the model has not reported it. */
  readonly unheardTurn: boolean
  /** Turns the other party has finished; after one they are taken to be a person. */
  readonly callerTurns: number
  /** Those of them that were a recording talking before its tone. */
  readonly recordedTurns: number
  /** The caller finished a turn during a shielded greeting; it still needs an answer. */
  readonly unanswered: boolean
  /** The session still has its opening settings: eager turn-taking, opening tools. */
  readonly opening: boolean
  /** The server refused the conversation settings, so the model answers a turn only when it is asked. */
  readonly asksEachTurn: boolean
  readonly toolsRunning: readonly RunningTool[]
  /** Tool calls of a connection that was lost: they still run, and the caller waits for their results. */
  readonly toolsLeft: readonly string[]
  /**
   * Whether a reply must be asked for: `now`, as soon as nobody speaks, no reply is active and no tool runs; or `inTurn`,
   * as part of the answer to what the caller has just said.
   */
  readonly replyDue: 'no' | 'inTurn' | 'now'
  /** A tool has failed, and the caller has not been told. */
  readonly failureUntold: boolean
  /** A person is being rung, and the active reply may announce it. */
  readonly announcing: boolean
  /** Replies in a row that failed or never came. */
  readonly failedReplies: number
  /** Replies in a row that called tools and said nothing. */
  readonly silentReplies: number
  /** Tool calls since anybody has said a word. */
  readonly callsInTurn: number
  /** How often the model has sent more than a call may. */
  readonly floods: number
  /** An unfinished sentence is being continued. */
  readonly continuing: boolean
  /** Check-ins ("are you still there?") in a row that the caller did not answer. */
  readonly silences: number
  /** The silence timer: stopped; running, also while it is unknown whether sound was meant for us; or run out meanwhile. */
  readonly silenceClock: 'stopped' | 'running' | 'over'
  /** The caller has asked us to wait. */
  readonly holding: boolean
  /** The assistant has checked in, and nothing has been heard since. */
  readonly nobodyThere: boolean
  readonly digits: string
  /** Texts the model must be told as soon as both legs are connected. */
  readonly notes: readonly string[]
  /** The caller speaks over the assistant, but not long enough yet to interrupt it. */
  readonly bargeInPending: boolean
  /** How often the caller's speech has cancelled leaving. */
  readonly takenBack: number
  /** `callerTurns` when that last happened. */
  readonly takenBackTurns: number
  /** The call has reached its time limit: it ends as soon as the caller is with the assistant. */
  readonly overtime: boolean
  readonly grant: Grant
  /** How often each person has been rung. */
  readonly rung: RingCounts
  readonly consultation?: Consultation
  /** The verdict of answering machine detection. */
  readonly verdict?: AnsweredBy
  /** An answering machine has answered, and nobody has spoken since. */
  readonly machineAnswered: boolean
  /**
   * Call screening by a recorded voice: `asked`, the assistant is answering it; `waiting`, for the person to come; `over`,
   * nobody came in time.
   */
  readonly screening?: 'asked' | 'waiting' | 'over'
}

/**
 * How far leaving has come: the goodbye is `due`; the active reply is `perhaps` saying it; it is being spoken (`speaking`);
 * it was received and is `playing`; or the carrier was told to take the caller over (`gone`).
 */
export type Goodbye = 'due' | 'perhaps' | 'speaking' | 'playing' | 'gone'

/** Fields that exist in some phases only, so that no phase inherits a stale value. */
interface PhaseFields {
  readonly awayKind?: never
  /** How the conversation is being left; later, where the caller has gone. */
  readonly departure?: never
  readonly goodbye?: never
  /** Replies in a row that should have been the goodbye and were silent, or left something untold. */
  readonly goodbyesMissed?: never
  readonly disposition?: never
}

/** The phases in which the conversation is not being left. */
interface NotLeaving extends PhaseFields {
  readonly phase: 'warming' | 'ready' | 'joining' | 'live'
}

interface Away extends Omit<PhaseFields, 'awayKind' | 'departure'> {
  readonly phase: 'away'
  readonly awayKind: AwayKind
  /** Removed once it is known that the caller comes back. */
  readonly departure?: Departure
}

interface Leaving extends Omit<PhaseFields, 'departure' | 'goodbye' | 'goodbyesMissed'> {
  readonly phase: 'leaving'
  readonly departure: Departure
  readonly goodbye: Goodbye
  readonly goodbyesMissed: number
}

interface Ended extends Omit<PhaseFields, 'departure' | 'disposition'> {
  readonly phase: 'ended'
  readonly disposition: Disposition
  /** Kept because the carrier may ask for its instruction once more. */
  readonly departure?: Departure
}

/** Everything a call's decisions depend on; contains no audio. */
export type CallState = CommonFields & (NotLeaving | Away | Leaving | Ended)

/** The state of a call whose caller is away: no media stream, the conversation is kept. */
export type AwayState = CommonFields & Away

/** The state of a call that is being left. */
export type LeavingState = CommonFields & Leaving

/** The state with a new departure. */
export const startLeaving = (state: CallState, departure: Departure, goodbye: Goodbye = 'due'): LeavingState => ({
  ...commonFields(state),
  phase: 'leaving',
  departure,
  goodbye,
  goodbyesMissed: 0,
})

/** The state without the fields of its phase. */
export const commonFields = (state: CallState): CommonFields => {
  const { phase: _p, awayKind: _a, departure: _d, goodbye: _g, goodbyesMissed: _m, disposition: _e, ...rest } = state
  return rest
}

/** The result of a step: the new state, and the effects to perform. */
export type Step<State extends CallState = CallState> = readonly [State, readonly CallEffect[]]
