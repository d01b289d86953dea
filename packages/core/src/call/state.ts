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
 * What a caller waits for in silence: the model's `reply`; a `result`, of a tool or of a wait that a server has asked for;
 * or the `goodbye`, the last words before the conversation is left.
 */
export type Owed = 'reply' | 'result' | 'goodbye'

/** A tool that is being run. */
export interface RunningTool extends ToolTraits {
  readonly toolCallId: string
  /** Turns of the other side that it is about: those that nothing has been said or done about before. */
  readonly turns: number
}

/** What holds in every phase of a call. */
interface CommonFields extends Pick<
  CallSettings,
  'direction' | 'machine' | 'shield' | 'patience' | 'keypad' | 'bargeInGuarded' | 'fallback' | 'lineCan' | 'modelCan'
> {
  readonly model: 'closed' | 'opening' | 'configured'
  /** Connections tried since the caller last heard the model. */
  readonly modelAttempts: number
  /** Connections opened in all. */
  readonly connections: number
  /** A second connection is being opened beside a model that owes a reply. */
  readonly spare: boolean
  /** Why the model is closed, when it is. */
  readonly modelProblem?: { readonly error: Fault; readonly retry: boolean }
  /** The conversation had begun before this connection: it is told what was said. */
  readonly resuming: boolean
  readonly mediaAttached: boolean
  /** How often audio has been connected. */
  readonly connects: number
  readonly turn: 'listening' | 'thinking' | 'speaking'
  readonly callerSpeaking: boolean
  readonly replyActive: boolean
  /** The reply being generated has been interrupted: only its end is still to be reported. */
  readonly cut: boolean
  /** What the last reply has called: nothing, only to keep listening, or more. */
  readonly called: 'nothing' | 'listening' | 'tools'
  /** How much the last reply has said along with the tools it called (ms); 0 while it goes on. */
  readonly saidWithCallMs: number
  /** The caller's last turn has cut the assistant short. */
  readonly brokenOff: boolean
  /** Noise has cut the assistant short, and it was asked to go on, since somebody was last there. */
  readonly resumed: boolean
  /** What the reply has said has been delivered to the end of a part: more parts, a tool call or `replyEnded` are to come. */
  readonly delivered: boolean
  /** The caller hears something of ours. */
  readonly sounding: boolean
  /** What the caller hears is a phrase that bridges the model's silence. */
  readonly bridging: boolean
  /** Phrases said since the model was last heard. */
  readonly phrases: number
  /** The caller waits for something and hears nothing, not even words of our own. */
  readonly deadAir: 'no' | 'begun' | 'lasting'
  /** What the caller waits for in silence, and how many steps have been taken about it. */
  readonly owed?: { readonly what: Owed; readonly step: number }
  /** The server has asked for a pause before the next reply. */
  readonly pausing: boolean
  /** The greeting: not wanted, only if the other side stays silent, waiting for the model, asked for, heard by the caller. */
  readonly greeting: 'none' | 'waiting' | 'due' | 'asked' | 'heard'
  /** The caller has heard some of the greeting: it is not begun again. */
  readonly greetingBegun: boolean
  /** How long somebody we called may stay silent before the assistant opens (ms). */
  readonly speaksAfterMs: number
  /** Turns of theirs that are over since the model was last heard or called a tool. */
  readonly unansweredTurns: number
  /** The caller has said something that the model, as far as we know, has not heard. */
  readonly unheardTurn: boolean
  /** Turns of the other side that are over: who has had one is taken to be a person. */
  readonly callerTurns: number
  /** Those of them in which a recording talked before its tone. */
  readonly recordedTurns: number
  /** The caller finished a turn behind the shield; it still wants an answer. */
  readonly unanswered: boolean
  /** The session still has its opening settings: eager turn-taking, opening tools. */
  readonly opening: boolean
  /** The switch to conversation settings was refused: the model answers nothing unless it is asked. */
  readonly asksEachTurn: boolean
  readonly toolsRunning: readonly RunningTool[]
  /** Those that a connection has called which is gone: they still run, and the caller waits for what comes of them. */
  readonly toolsLeft: readonly string[]
  /**
   * Whether something is to be told: `now`, that is as soon as nobody speaks, no reply is being generated and no tool runs;
   * or `inTurn`, with the answer to what the caller has just said.
   */
  readonly replyDue: 'no' | 'inTurn' | 'now'
  /** A tool has failed, and nobody has been told. */
  readonly failureUntold: boolean
  /** A person is being rung, and the reply under way may have said so. */
  readonly announcing: boolean
  /** Replies in a row that failed or never came. */
  readonly failedReplies: number
  /** Replies in a row that called tools and said nothing. */
  readonly silentReplies: number
  /** An unfinished sentence is being continued. */
  readonly continuing: boolean
  /** Silences in a row that the caller did not end. */
  readonly silences: number
  /** The clock of a silence: stopped; running, also while it is not known whether what was heard was meant for us; or run out meanwhile. */
  readonly silenceClock: 'stopped' | 'running' | 'over'
  /** The caller has asked us to wait. */
  readonly holding: boolean
  /** It was asked whether anybody is there, and nothing has been heard since. */
  readonly nobodyThere: boolean
  readonly digits: string
  /** What the model must be told as soon as it and the caller are both there. */
  readonly notes: readonly string[]
  /** There is speech over the assistant, but not yet enough of it. */
  readonly bargeInPending: boolean
  /** How often the caller's words have taken a leaving back. */
  readonly takenBack: number
  /** Their turns by then. */
  readonly takenBackTurns: number
  /** The call has lasted as long as it may: it ends as soon as the caller is back with the assistant. */
  readonly overtime: boolean
  readonly grant: Grant
  /** How often each person has been rung. */
  readonly rung: RingCounts
  readonly consultation?: Consultation
  /** What answering machine detection said, once it did. */
  readonly verdict?: AnsweredBy
  /** A machine has answered, and nobody has spoken since. */
  readonly machineAnswered: boolean
  /**
   * A recorded voice asks who is calling, and a person may come: it is being told, it was told and we wait, or nobody came
   * in time.
   */
  readonly screening?: 'asked' | 'waiting' | 'over'
}

/**
 * How far a departure has come: the goodbye is still to start; may be what the reply that asked to leave is saying; is
 * being spoken; is playing out; or we have let go.
 */
export type Goodbye = 'due' | 'perhaps' | 'speaking' | 'playing' | 'gone'

/** What means something in one phase only: elsewhere it is not there, so that nothing is left behind. */
interface PhaseFields {
  readonly awayKind?: never
  /** How the conversation is left, and then where the caller has gone. */
  readonly departure?: never
  readonly goodbye?: never
  /** Replies in a row that were to be the goodbye and have said nothing, or left something untold. */
  readonly goodbyesMissed?: never
  readonly disposition?: never
}

/** Nobody is leaving. */
interface NotLeaving extends PhaseFields {
  readonly phase: 'warming' | 'ready' | 'joining' | 'live'
}

interface Away extends Omit<PhaseFields, 'awayKind' | 'departure'> {
  readonly phase: 'away'
  readonly awayKind: AwayKind
  /** Until it is known that they come back. */
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
  /** What had been agreed: the carrier may ask once more. */
  readonly departure?: Departure
}

/** The state a call's decisions depend on; audio is not in it. */
export type CallState = CommonFields & (NotLeaving | Away | Leaving | Ended)

/** The state of a call whose caller is elsewhere for a while. */
export type AwayState = CommonFields & Away

/** The state of a call that is being left. */
export type LeavingState = CommonFields & Leaving

/** A departure that has not been begun. */
export const startLeaving = (state: CallState, departure: Departure, goodbye: Goodbye = 'due'): LeavingState => ({
  ...commonFields(state),
  phase: 'leaving',
  departure,
  goodbye,
  goodbyesMissed: 0,
})

/** What of a state holds in the next phase as well. */
export const commonFields = (state: CallState): CommonFields => {
  const { phase: _p, awayKind: _a, departure: _d, goodbye: _g, goodbyesMissed: _m, disposition: _e, ...rest } = state
  return rest
}

/** What a call has come to, and what is to be done about it. */
export type Step<State extends CallState = CallState> = readonly [State, readonly CallEffect[]]
