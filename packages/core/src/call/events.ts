import type { Fault } from '../errors.ts'
import type { AnsweredBy, Instruction } from '../line.ts'
import type { HeardPart, ModelCommand } from '../model.ts'
import type { PhraseKey } from '../phrases.ts'
import type { CallSettings } from './settings.ts'
import type { AwayReport, Consultation, Departure, Disposition, ToolRequest, TransferOutcome } from '../departure.ts'

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
  | 'refresh' // the session is to be replaced; or the fresh one must be there; or another attempt is due
  | 'refreshLate' // the session is about to expire
  | 'silence' // nobody has spoken
  | 'limitWarning' // the call is about to reach its limit
  | 'limit' // the call has reached its limit

/** How a reply ended, and what it amounted to. */
export interface ReplyEnd {
  readonly outcome: 'completed' | 'cancelled' | 'failed' | 'incomplete'
  /** Nobody here asked for the cancellation. */
  readonly unasked?: true
  /** The reply had sound. */
  readonly audible: boolean
  /** Length of the sound (ms); none when absent. */
  readonly soundMs?: number
  /** The reply called a tool. */
  readonly acted: boolean
  /** How long the server wants us to wait before the next request (ms). */
  readonly retryAfterMs?: number
  /** What the model read for it, in tokens. */
  readonly inputTokens?: number
}

/** What is known about a tool before it has run. */
export interface ToolTraits {
  /** It usually takes long enough for the caller to notice. */
  readonly slow?: true
  /** Its result is not spoken, so an answered caller does not wait for it. */
  readonly silent?: true
  /** It is keep_listening: a reply that calls nothing else is silent on purpose. */
  readonly listens?: true
}

/** A carrier's question how the call goes on, with its report of the caller's time away. */
export interface CarrierQuestion {
  readonly report?: AwayReport
}

/** Where an operator sends the caller: to a recording or a number at once, or to a person who is asked first. */
export interface OperatorTransfer {
  readonly departure?: Extract<Departure, { readonly kind: 'transfer' | 'voicemail' }>
  readonly consultation?: Consultation
}

/** Everything that can happen to a call. */
export type CallEvent =
  | { readonly type: 'opened'; readonly settings: CallSettings } // the call was created: open the model
  /** `expiresInMs`: how long the session may live, where that is known. */
  | { readonly type: 'modelConfigured'; readonly expiresInMs?: number }
  /** The spare connection has taken over. */
  | { readonly type: 'modelReplaced'; readonly expiresInMs?: number }
  | { readonly type: 'modelLost'; readonly error: Fault; readonly retry: boolean }
  | { readonly type: 'mediaAttached' }
  | { readonly type: 'mediaDetached'; readonly graceful: boolean; readonly heard: readonly HeardPart[] }
  | { readonly type: 'speechStarted'; readonly heard: readonly HeardPart[] }
  | { readonly type: 'speechStopped' }
  | { readonly type: 'replyStarted' }
  | { readonly type: 'replyAudible' } // the first sound of a reply, or the first after a phrase
  | { readonly type: 'replyDelivered' } // the last sound of a part of the reply has come
  | ({ readonly type: 'replyEnded' } & ReplyEnd)
  | { readonly type: 'greetingFound' } // there is a recording of this call's greeting
  /** More audio of a reply is queued than a caller listens to; the rest is dropped. `sent`: what is kept of its parts. */
  | { readonly type: 'audioAhead'; readonly sent: readonly HeardPart[] }
  | { readonly type: 'greetingMissing' } // it was requested, and the mode has none for this call
  | { readonly type: 'configureRefused' } // the server did not take the conversation settings
  | { readonly type: 'reconfigured' } // it did take them, perhaps late
  /** The spare connection can take over. `asked`: it was asked for the owed reply, and has begun to speak. */
  | { readonly type: 'spareReady'; readonly asked: boolean }
  | { readonly type: 'spareLost' }
  | { readonly type: 'soundStarted' } // the caller begins to hear audio from us
  | { readonly type: 'soundEnded' } // the caller hears no audio from us any more
  | { readonly type: 'playedOut' } // all audio sent so far has been heard
  | { readonly type: 'callerQuiet' } // the model reports speech, but the line has been quiet for long
  | { readonly type: 'speechMissed' } // the caller has spoken, and the model has not noticed
  | { readonly type: 'streamOffered' } // the carrier was told where to connect the media stream
  | ({
      readonly type: 'toolCalled'
      readonly toolCallId: string
      readonly name: string
      readonly argumentsJson: string
    } & ToolTraits)
  | {
      readonly type: 'toolSettled'
      readonly toolCallId: string
      readonly output: string
      readonly spoken: boolean
      /** The tool has not done what it was called for. */
      readonly failed?: true
      readonly request?: ToolRequest
      /** For a request to leave without last words: the parts not heard to their end. */
      readonly heard?: readonly HeardPart[]
    }
  | { readonly type: 'digitPressed'; readonly digit: string; readonly heard: readonly HeardPart[] }
  | { readonly type: 'bargeInConfirmed'; readonly heard: readonly HeardPart[] } // the caller has spoken long enough to interrupt
  | { readonly type: 'transferEnded'; readonly outcome: TransferOutcome }
  /** `lost`: the caller spoke, but the message could not be kept. */
  | { readonly type: 'voicemailEnded'; readonly recorded: boolean; readonly lost?: boolean }
  | { readonly type: 'answeredBy'; readonly verdict: AnsweredBy; readonly heard: readonly HeardPart[] }
  | { readonly type: 'personAccepted'; readonly room: string }
  | { readonly type: 'personGone'; readonly outcome: TransferOutcome }
  /** The carrier has received its instruction: to take the caller over, or to connect the audio again. `asked`: it had asked for it. */
  | { readonly type: 'followed'; readonly asked?: CarrierQuestion }
  | { readonly type: 'callEnded'; readonly disposition: Disposition } // the caller's leg is over
  | { readonly type: 'handOnAsked' } // this process has to stop
  /** An operator tells the model something; `saysIt`: it is to speak about it at once. */
  | { readonly type: 'noteGiven'; readonly text: string; readonly saysIt: boolean }
  | ({ readonly type: 'transferAsked' } & OperatorTransfer) // by an operator
  | { readonly type: 'hangUpAsked'; readonly by: 'operator' | 'drain' }
  | { readonly type: 'timerFired'; readonly timer: TimerName; readonly heard?: readonly HeardPart[] }

/** What the session does about an event. */
export type CallEffect =
  | { readonly type: 'model.open'; readonly resume: boolean }
  | { readonly type: 'model.close' }
  | { readonly type: 'model.send'; readonly command: ModelCommand }
  | { readonly type: 'model.configureConversation' } // calmer turn-taking, all tools
  | { readonly type: 'model.greet' }
  | { readonly type: 'greeting.play' } // the recorded greeting
  /** A second connection beside the first. `asks: false`: it is not asked for a reply. */
  | { readonly type: 'model.openSpare'; readonly asks?: false }
  | { readonly type: 'model.adoptSpare' } // it takes the place of the first
  | { readonly type: 'model.closeSpare' }
  | { readonly type: 'phrase.play'; readonly phrase: PhraseKey } // a sentence of our own
  | { readonly type: 'media.clear' }
  | { readonly type: 'line.follow'; readonly instruction: Instruction } // instruct the carrier
  | { readonly type: 'playout.flush' } // send held audio, in order
  | { readonly type: 'playout.awaitEnd' } // report `playedOut` once everything sent has been heard
  | { readonly type: 'tool.run'; readonly toolCallId: string; readonly name: string; readonly argumentsJson: string }
  | { readonly type: 'tool.keepOutput'; readonly toolCallId: string; readonly output: string } // for the next connection
  | { readonly type: 'tool.abortAll' }
  | { readonly type: 'timer.start'; readonly timer: TimerName; readonly delayMs?: number }
  | { readonly type: 'timer.stop'; readonly timer: TimerName }
  /** Tell speech from noise by its length and level; cancelling a goodbye needs more of it. */
  | { readonly type: 'media.weighSpeech'; readonly against: 'reply' | 'goodbye' }
  | { readonly type: 'line.ringPerson'; readonly consultation: Consultation }
  | { readonly type: 'line.dropPerson' } // end the leg of the person being rung
  | { readonly type: 'report'; readonly error: Fault } // for the log
  | { readonly type: 'release' } // the call is over: close everything
