import type { Duplex } from 'node:stream'
import type { CallRegistry } from './registry.ts'
import type { CallSession } from './session.ts'
import type { GatewayErrorCode } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { AnsweredBy, LegStatus, Line } from '../line.ts'
import type { Route } from '../route.ts'
import type { E164 } from '../telephone/e164.ts'

/**
 * What a line needs of whoever runs it, for what its carrier asks and reports: who answers a call, who gets none, and what is
 * kept. How that is said to the carrier is the line's.
 */

/** Which numbers are ours. */
export interface OurNumbers {
  /** Tells the country of numbers without one. */
  readonly own?: E164 | undefined
  /** Whether a number has been given a mode. */
  lists(number: E164): boolean
}

/** A call that a carrier brings: it has no session yet. */
export interface Arrival extends Pick<CallFacts, 'legId' | 'direction' | 'caller'> {
  readonly line: Line
  /** The number of ours; absent when something else was rung, such as a SIP address. */
  readonly dialled?: E164
}

/** Somebody whom no session answers: they hear that we are sorry, and go to the route if there is one. */
export interface TurnedAway {
  /** Whom we have called hears other words, and nobody is rung for them. */
  readonly direction: CallFacts['direction']
  /** Shown to whoever is rung. */
  readonly dialled?: E164 | undefined
  readonly fallback?: Route | undefined
}

/** What a carrier says of a leg that has no session here. */
export interface UnknownLeg {
  /** Empty when it names none. */
  readonly legId: string
  readonly direction: CallFacts['direction']
  readonly dialled?: E164 | undefined
}

/** A message that a caller has left with the carrier. */
export interface Recording {
  readonly legId: string
  /** Whose voice it is, unless withheld. */
  readonly caller?: E164 | undefined
  readonly recordingId: string
  readonly recordingUrl: string
  /** The key of the route it was recorded for. */
  readonly route: string
}

/** What a carrier reports of a leg that we have placed. */
export interface LegReport {
  readonly legId: string
  readonly status: LegStatus
  readonly answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms: `SIP 404`. */
  readonly reason?: string
}

/** A log line: ids as fields, personal data only under `pii`; an exception is the field `cause`. */
export type LineLog = Readonly<Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>>

/** How requests are turned away, for carriers that speak HTTP. */
export interface LineHttp {
  /** Status and body of the answer to anything thrown in a handler. */
  describeError(error: unknown): {
    readonly status: number
    readonly body: { readonly error: { readonly code: GatewayErrorCode; readonly message: string } }
  }
  /** Counts a request that was turned away, by error code. */
  refused(code: GatewayErrorCode): void
  /** Turns an upgrade away, counts it and says so in the log. */
  refuseUpgrade(socket: Duplex, status: number, code: GatewayErrorCode, message: string): void
}

/** Whoever runs a line. */
export interface LineHost {
  readonly numbers: OurNumbers
  readonly calls: Pick<CallRegistry, 'byLegId' | 'byCallId'>
  readonly log: LineLog
  readonly http: LineHttp
  /** Opens the session of a call, or says what becomes of somebody who gets none. Throws `request_invalid` when no number is ours. */
  arrived(call: Arrival): { readonly call: CallSession } | { readonly turnedAway: TurnedAway }
  /** The carrier has its answer to a call that has arrived. */
  answered(call: CallSession): void
  /** What becomes of somebody whose request could not be handled. */
  turnAway(leg: UnknownLeg): TurnedAway
  /**
   * What becomes of somebody whose leg has no session here, as after a restart; `undefined` when it has ended on purpose, or
   * is none of ours. `isNamed`: the carrier names somebody.
   */
  lost(leg: UnknownLeg & { readonly isNamed: boolean }): Promise<TurnedAway | undefined>
  /** Keeps a recorded message. `true` once it is durable; `false` when it could not be kept in time. Never rejects. */
  keepRecording(recording: Recording): Promise<boolean>
  /** A callback about a call that we have placed: any order, any number of times, of calls known or not. */
  statusReported(callId: string, report: LegReport): void
}
