import type { E164 } from '../telephone/e164.ts'
import type { GatewayError } from '../errors.ts'
import type { Patience } from '../mode.ts'
import type { HeardPart, ModelCommand } from '../model.ts'
import type { PhraseKey } from '../phrases.ts'
import type { AnsweredBy, MachinePlan } from '../outbound.ts'
import type { Grant, Rung } from './grant.ts'

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

/** Why a call without a media socket is kept. */
export type AwayKind =
  | 'transfer' // a person is being rung
  | 'voicemail' // the caller is leaving a message
  | 'keys' // tones are being sent
  | 'reconnect' // the socket was lost

/** How a conversation is left. */
export type Departure =
  | { readonly kind: 'hangUp' }
  | {
      readonly kind: 'transfer'
      readonly route: string
      readonly number: E164
      /** Keys that lead to the person once the number has answered. */
      readonly extension?: string
      readonly label: string
      readonly reason: string
    }
  /** Twilio records what the caller says. */
  | { readonly kind: 'voicemail'; readonly route: string; readonly label: string; readonly reason: string }
  /** A person has accepted and waits in the room `name`. */
  | { readonly kind: 'conference'; readonly name: string; readonly label: string }
  /** Tones for whoever is at the other end; the conversation goes on afterwards. */
  | { readonly kind: 'keys'; readonly digits: string }
  /** The model is not to be had: apologise and hand the caller to whoever answers failures on this number. */
  | { readonly kind: 'fallback'; readonly error: GatewayError }

/** How a call ended, in one word. */
export type Disposition =
  | 'caller_hung_up'
  | 'assistant_hung_up'
  | 'operator_hung_up'
  | 'transferred'
  | 'voicemail'
  | 'fallback'
  | 'never_connected'
  | 'drained'
  | 'answering_machine'
  | 'busy'
  | 'no_answer'
  | 'failed'
  | 'canceled'
  /** Its process died; noted by the next one. */
  | 'cut_off'

/** How an attempt to reach a person ended. */
export type TransferOutcome = 'bridged' | 'busy' | 'no_answer' | 'failed' | 'declined'

/** A person who is rung on a leg of their own while the caller stays with the assistant. */
export interface Consultation {
  readonly route: string
  readonly number: E164
  /** Keys that lead to the person once the number has answered. */
  readonly extension?: string
  readonly label: string
  /** What the person hears before they accept: who is calling and why. */
  readonly introduction: string
}

/**
 * Which words are the last before the conversation is left: what was said along with the call, or a sentence that is asked
 * for (`once`); a sentence about the result, whatever was said before (`afterwards`); or `none`, to a recording.
 */
export type LastWords = 'once' | 'afterwards' | 'none'

/**
 * Why nothing is said about what was heard: it was `noise`; the caller has asked to wait (`hold`); a recording talks before
 * its `tone`; or a recorded voice was told who is calling, and a `person` may come.
 */
export type ListeningReason = 'noise' | 'hold' | 'tone' | 'person'

/** What a tool asks of its call beside its result. */
export interface ToolRequest {
  readonly departure?: Departure
  /** Of the departure; `once` when absent. */
  readonly lastWords?: LastWords
  readonly consultation?: Consultation
  readonly listening?: ListeningReason
}

export type TimerName =
  | 'model' // the model must be configured
  | 'reopen' // wait before the model is opened again
  | 'unclaimed' // a media socket must come
  | 'away' // a lost media socket must come back
  | 'departure' // the last words must have been heard
  | 'keypad' // the caller has stopped pressing keys
  | 'retryReply' // a failed reply is asked for again
  | 'owed' // the caller waits in silence for something
  | 'deadAir' // the caller waits, and hears nothing at all
  | 'consultation' // a person must have accepted
  | 'opener' // somebody we called has said nothing yet
  | 'screening' // the person whose telephone asks who is calling must have come
  | 'silence' // nobody has spoken
  | 'limitWarning' // the call is about to reach its limit
  | 'limit' // the call has reached its limit

/**
 * What a caller waits for in silence: the model's `reply`; a `result`, of a tool or of a wait that a server has asked for;
 * or the `goodbye`, the last words before the conversation is left.
 */
export type Owed = 'reply' | 'result' | 'goodbye'

/** How a reply was generated, and whether anything came of it. */
export interface ReplyEnd {
  readonly outcome: 'completed' | 'cancelled' | 'failed' | 'incomplete'
  /** The server has cancelled it by itself. */
  readonly unasked?: true
  /** It had sound. */
  readonly audible: boolean
  /** How much sound; none when absent. */
  readonly soundMs?: number
  /** It called a tool. */
  readonly acted: boolean
  /** The server wants this long a pause before it is asked again. */
  readonly retryAfterMs?: number
}

/** A tool that is being run. */
export interface RunningTool extends ToolManner {
  readonly toolCallId: string
  /** Turns of the other side that it is about: those that nothing has been said or done about before. */
  readonly turns: number
}

/** What is known of a tool before anything has come of it. */
export interface ToolManner {
  /** It is known to take its time. */
  readonly slow?: true
  /** Nothing is said about what comes of it: who has been answered does not wait for it. */
  readonly silent?: true
  /** It only keeps listening: a reply that calls nothing else answers nobody, and is meant to. */
  readonly listens?: true
}

/** The state a call's decisions depend on; audio is not in it. */
export interface CallState {
  readonly phase: CallPhase
  readonly awayKind?: AwayKind
  readonly direction: 'inbound' | 'outbound'
  readonly model: 'closed' | 'opening' | 'configured'
  /** Connections tried since the caller last heard the model. */
  readonly modelAttempts: number
  /** Connections opened in all. */
  readonly connections: number
  /** A second connection is being opened beside a model that owes a reply. */
  readonly spare: boolean
  /** Why the model is closed, when it is. */
  readonly modelProblem?: { readonly error: GatewayError; readonly retry: boolean }
  /** The conversation had begun before this connection: it is told what was said. */
  readonly resuming: boolean
  readonly mediaAttached: boolean
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
  /** What becomes of the call when a machine has answered. */
  readonly machine: MachinePlan
  /** Turns of theirs that are over since the model was last heard or called a tool. */
  readonly unansweredTurns: number
  /** The caller has said something that the model, as far as we know, has not heard. */
  readonly unheardTurn: boolean
  /** Turns of the other side that are over: who has had one is taken to be a person. */
  readonly callerTurns: number
  /** Those of them in which a recording talked before its tone. */
  readonly recordedTurns: number
  /** Whether the greeting may be interrupted before it was heard. */
  readonly shield: 'full' | 'off'
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
  /** Routes that keys alone can choose. */
  readonly keypad: Readonly<Record<string, Departure>>
  /** What the model must be told as soon as it and the caller are both there. */
  readonly notes: readonly string[]
  /** Speech over the assistant must prove itself before it stops it; the model then leaves interrupting to us. */
  readonly bargeInGuarded: boolean
  /** There is speech over the assistant, but not yet enough of it. */
  readonly bargeInPending: boolean
  readonly patience: Patience
  /** How often the caller's words have taken a leaving back. */
  readonly takenBack: number
  /** The call has lasted as long as it may: it ends as soon as the caller is back with the assistant. */
  readonly overtime: boolean
  readonly grant: Grant
  /** How often each person has been rung. */
  readonly rung: Rung
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
  readonly departure?: Departure
  /**
   * Of a departure: the goodbye is still to start; may be what the reply that asked to leave is saying; is being spoken; is
   * playing out; or we have let go.
   */
  readonly goodbye?: 'due' | 'perhaps' | 'speaking' | 'playing' | 'gone'
  /** Of a departure: replies in a row that were to be the goodbye and have said nothing, or left something untold. */
  readonly goodbyesMissed: number
  readonly disposition?: Disposition
}

/** Everything that can happen to a call. */
export type CallEvent =
  | { readonly type: 'opened' } // the call exists: open the model
  | { readonly type: 'modelConfigured' }
  | { readonly type: 'modelLost'; readonly error: GatewayError; readonly retry: boolean }
  | { readonly type: 'mediaAttached' }
  | { readonly type: 'mediaDetached'; readonly graceful: boolean; readonly heard: readonly HeardPart[] }
  | { readonly type: 'speechStarted'; readonly heard: readonly HeardPart[] }
  | { readonly type: 'speechStopped' }
  | { readonly type: 'replyStarted' }
  | { readonly type: 'replyAudible' } // the first sound of a reply, or the first after a phrase
  | { readonly type: 'replyDelivered' } // the last sound of a part of the reply has come
  | ({ readonly type: 'replyEnded' } & ReplyEnd)
  | { readonly type: 'configureRefused' } // the switch to conversation settings did not come about
  | { readonly type: 'reconfigured' } // it did, however late
  /** A second connection can take over. `asked`: it was asked for the owed reply, and has begun to speak. */
  | { readonly type: 'spareReady'; readonly asked: boolean }
  | { readonly type: 'spareLost' }
  | { readonly type: 'soundStarted' } // the caller begins to hear something of ours
  | { readonly type: 'soundEnded' } // the caller hears nothing of ours any more
  | { readonly type: 'playedOut' } // all audio sent so far has been heard
  | { readonly type: 'callerQuiet' } // the model hears speech, but the line has long been quiet
  | { readonly type: 'speechMissed' } // the caller has spoken, and the model has not noticed
  | { readonly type: 'streamOffered' } // somebody was told where the media stream is to go
  | ({
      readonly type: 'toolCalled'
      readonly toolCallId: string
      readonly name: string
      readonly argumentsJson: string
    } & ToolManner)
  | {
      readonly type: 'toolSettled'
      readonly toolCallId: string
      readonly output: string
      readonly spoken: boolean
      /** It has not done what it was called for. */
      readonly failed?: true
      readonly request?: ToolRequest
      /** Of a request to leave without a word: what has been said so far. */
      readonly heard?: readonly HeardPart[]
    }
  | { readonly type: 'digitPressed'; readonly digit: string; readonly heard: readonly HeardPart[] }
  | { readonly type: 'bargeInConfirmed'; readonly heard: readonly HeardPart[] } // it was speech
  | { readonly type: 'transferEnded'; readonly outcome: TransferOutcome }
  /** `lost`: the caller spoke, but the message could not be kept. */
  | { readonly type: 'voicemailEnded'; readonly recorded: boolean; readonly lost?: boolean }
  | { readonly type: 'answeredBy'; readonly verdict: AnsweredBy; readonly heard: readonly HeardPart[] }
  | { readonly type: 'personAccepted'; readonly room: string }
  | { readonly type: 'personGone'; readonly outcome: TransferOutcome }
  | { readonly type: 'letGo' } // Twilio has been told how the call goes on
  | { readonly type: 'callEnded'; readonly disposition: Disposition } // the caller's leg is over
  | { readonly type: 'hangUpAsked'; readonly by: 'operator' | 'drain' }
  | { readonly type: 'timerFired'; readonly timer: TimerName; readonly heard?: readonly HeardPart[] }

/** What the session does about it. */
export type CallEffect =
  | { readonly type: 'model.open'; readonly resume: boolean }
  | { readonly type: 'model.close' }
  | { readonly type: 'model.send'; readonly command: ModelCommand }
  | { readonly type: 'model.configureConversation' } // calmer turn-taking, all tools
  | { readonly type: 'model.greet' }
  | { readonly type: 'model.openSpare' } // a second connection beside the first
  | { readonly type: 'model.adoptSpare' } // it takes the place of the first
  | { readonly type: 'model.closeSpare' }
  | { readonly type: 'phrase.play'; readonly phrase: PhraseKey } // words of our own
  | { readonly type: 'media.clear' }
  | { readonly type: 'media.close' }
  | { readonly type: 'playout.flush' } // what was held goes out in order
  | { readonly type: 'playout.awaitEnd' } // report `playedOut` once everything sent has been heard
  | { readonly type: 'tool.run'; readonly toolCallId: string; readonly name: string; readonly argumentsJson: string }
  | { readonly type: 'tool.abortAll' }
  | { readonly type: 'timer.start'; readonly timer: TimerName; readonly delayMs?: number }
  | { readonly type: 'timer.stop'; readonly timer: TimerName }
  /** Tell speech from noise by its length and level; more of it is needed to take back a goodbye. */
  | { readonly type: 'media.weighSpeech'; readonly against: 'reply' | 'goodbye' }
  | { readonly type: 'control.hangUp' } // end the caller's leg by REST
  | { readonly type: 'control.ringPerson'; readonly consultation: Consultation }
  | { readonly type: 'control.dropPerson' } // end the leg of the person being rung
  | { readonly type: 'report'; readonly error: GatewayError } // for the log
  | { readonly type: 'release' } // the call is over: close everything

export type Step = readonly [CallState, readonly CallEffect[]]
