import type { E164 } from '@llc-phone/core'

/** A call as the carrier is asked to place it. */
export interface Placing {
  readonly callId: string
  readonly to: E164
  /** Keys that are pressed once the number has answered. */
  readonly extension?: string
  readonly from: E164
  /** Names the media socket of this call. */
  readonly mediaToken: string
  /** How long it may ring. */
  readonly ringSeconds: number
  /** The carrier ends the call after this, whatever we do. */
  readonly timeLimitSeconds: number
  /** Whether machines are told from people: not at all, as soon as it is known, or when a message may be left. */
  readonly detection: 'off' | 'start' | 'messageEnd'
}

/** A call the carrier knows of. */
export interface CarrierCall {
  readonly legId: string
  readonly createdAt: Date
  /** Twilio's word, such as `no-answer`. */
  readonly status: string
}

/** Who carries calls to the telephone network. */
export interface Carrier {
  /** Resolves when the call exists; rejects with {@link PlacingFailed} only. */
  place(call: Placing): Promise<{ legId: string }>
  /** Calls between these numbers that were created at or after `since`. */
  find(call: { to: E164; from: E164; since: Date }): Promise<readonly CarrierCall[]>
  /** Twilio's word; `undefined` when there is no such call. */
  status(legId: string): Promise<string | undefined>
  /** Ends a call in any state; one that is over already is no failure. */
  hangUp(legId: string): Promise<void>
}

/** What a failed attempt to place a call has left behind: only `unknown` may have created a call. */
export type PlacingFailure =
  /** A definite no (4xx): trying again gives the same. */
  | 'refused'
  /** Too many at once (429, or error 10004): no call was created, later may do. */
  | 'busy'
  /** The request never reached the carrier: connection refused, no such host. */
  | 'unsent'
  /** A time-out, 5xx or reset: the call may exist. */
  | 'unknown'

/** A call could not be placed, or it is not known whether it was. The message must not contain personal data. */
export class PlacingFailed extends Error {
  readonly kind: PlacingFailure
  /** The carrier's own error number, such as 21215. */
  readonly carrierCode?: number

  constructor(kind: PlacingFailure, message: string, options: ErrorOptions & { carrierCode?: number } = {}) {
    super(message, options)
    this.name = 'PlacingFailed'
    this.kind = kind
    if (options.carrierCode !== undefined) this.carrierCode = options.carrierCode
  }
}
