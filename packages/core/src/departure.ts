import type { E164 } from './telephone/e164.ts'
import type { Fault } from './errors.ts'

/** Why a call is kept without a media stream. */
export type AwayKind =
  | 'transfer' // a person is being rung
  | 'voicemail' // the caller is leaving a message
  | 'keys' // tones are being sent
  | 'reconnect' // the socket was lost

/** How a conversation is left, and where the caller goes. */
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
  /** The caller leaves a recorded message. */
  | { readonly kind: 'voicemail'; readonly route: string; readonly label: string; readonly reason: string }
  /** A person has accepted and waits in the conference `name`. */
  | { readonly kind: 'conference'; readonly name: string; readonly label: string }
  /** Keypad tones are sent to the other end; the conversation goes on afterwards. */
  | { readonly kind: 'keys'; readonly digits: string }
  /** The model is unavailable: apologise, and send the caller to the fallback route of this number. */
  | { readonly kind: 'fallback'; readonly error: Fault }

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
  /** The gateway process died during the call; recorded by the next process. */
  | 'cut_off'

/** How an attempt to reach a person ended. */
export type TransferOutcome = 'bridged' | 'busy' | 'no_answer' | 'failed' | 'declined'

/** What a carrier reports about the caller's time away. */
export interface AwayReport {
  readonly transfer?: TransferOutcome
  /** `lost`: the caller spoke, but the message could not be kept. */
  readonly voicemail?: 'recorded' | 'empty' | 'lost'
}

/** A person rung for a warm transfer, on a separate leg, while the caller stays with the assistant. */
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
 * The last words before the conversation is left. `once`: those spoken along with the tool call, else one sentence that is
 * asked for; `afterwards`: a sentence about the result, whatever was said before; `none`: no words, to a recording.
 */
export type LastWords = 'once' | 'afterwards' | 'none'

/**
 * Why the model keeps silent: it heard `noise`; the caller asked us to wait (`hold`); a recording talks before its `tone`; or
 * a recorded voice was told who is calling, and a `person` may come.
 */
export type ListeningReason = 'noise' | 'hold' | 'tone' | 'person'

/** What a tool asks of its call besides returning a result. */
export interface ToolRequest {
  readonly departure?: Departure
  /** The last words before the departure; `once` when absent. */
  readonly lastWords?: LastWords
  readonly consultation?: Consultation
  readonly listening?: ListeningReason
}
