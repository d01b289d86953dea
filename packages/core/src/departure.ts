import type { E164 } from './telephone/e164.ts'
import type { Fault } from './errors.ts'

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
  /** What the caller says is recorded. */
  | { readonly kind: 'voicemail'; readonly route: string; readonly label: string; readonly reason: string }
  /** A person has accepted and waits in the room `name`. */
  | { readonly kind: 'conference'; readonly name: string; readonly label: string }
  /** Tones for whoever is at the other end; the conversation goes on afterwards. */
  | { readonly kind: 'keys'; readonly digits: string }
  /** The model is not to be had: apologise and hand the caller to whoever answers failures on this number. */
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
  /** Its process died; noted by the next one. */
  | 'cut_off'

/** How an attempt to reach a person ended. */
export type TransferOutcome = 'bridged' | 'busy' | 'no_answer' | 'failed' | 'declined'

/** What has become of a caller while their audio was away. */
export interface AwayReport {
  readonly transfer?: TransferOutcome
  /** `lost`: the caller spoke, but the message could not be kept. */
  readonly voicemail?: 'recorded' | 'empty' | 'lost'
}

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
