import type { Duplex } from 'node:stream'
import type { LegNews } from './aftermath.ts'
import type { CallRegistry } from './registry.ts'
import type { CallSession } from './session.ts'
import type { AwayReport } from '../departure.ts'
import type { GatewayErrorCode } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { AnsweredBy, LegStatus, Line } from '../line.ts'
import type { Language } from '../language/languages.ts'
import type { Route } from '../route.ts'
import type { E164 } from '../telephone/e164.ts'

/**
 * What a line package needs from the gateway to handle its carrier's webhooks: who answers a call, what happens to callers
 * without a session, where recordings go. The line translates that into its carrier's protocol.
 */

/** Which numbers are ours. */
export interface OurNumbers {
  /** A number of ours, whose country applies to numbers written without one. */
  readonly own?: E164 | undefined
  /** Whether a number is assigned to a mode. */
  lists(number: E164): boolean
}

/** An incoming call without a session yet. */
export interface Arrival extends Pick<CallFacts, 'legId' | 'direction' | 'otherParty'> {
  readonly line: Line
  /** Our number that was called; absent for another destination, such as a SIP address. */
  readonly dialled?: E164
}

/** A caller without a session: they hear an apology and go to the fallback route, if there is one. */
export interface TurnedAway {
  /** A callee hears another apology, and no fallback is rung. */
  readonly direction: CallFacts['direction']
  readonly language: Language
  /** Caller id for ringing the fallback. */
  readonly dialled?: E164 | undefined
  readonly fallback?: Route | undefined
}

/** A leg without a session in this process, as its carrier describes it. */
export interface UnknownLeg {
  /** Empty when the carrier gave none. */
  readonly legId: string
  readonly direction: CallFacts['direction']
  readonly dialled?: E164 | undefined
}

/** A leg that a carrier asks about, of a call that this process does not have. */
export interface LostLeg extends UnknownLeg {
  /** The line that carries it. */
  readonly line: Line
  /** The question, by the name of its route. */
  readonly entry: string
  /** The carrier named the parties. */
  readonly isNamed: boolean
  /** What the carrier reports of the caller's time away. */
  readonly report?: AwayReport | undefined
}

/** A call of another process, whose audio the carrier wants to connect here. */
export interface LostMedia {
  readonly callId: string
  readonly line: Line
  /** Whether its media token was made when so many processes had served the call. */
  isOfEpoch(epoch: number): boolean
}

/** A message recorded by the carrier. */
export interface Recording {
  readonly legId: string
  /** The caller's number, unless withheld. */
  readonly caller?: E164 | undefined
  readonly recordingId: string
  readonly recordingUrl: string
  /** The key of the route it was recorded for. */
  readonly route: string
}

/** A carrier's status report about a leg that we placed. */
export interface LegReport {
  readonly legId: string
  readonly status: LegStatus
  readonly answeredBy?: AnsweredBy
  /** Why the leg ended, in the network's terms: `SIP 404`. */
  readonly reason?: string
}

/** A log line: ids as fields, personal data only under `pii`; an exception is the field `cause`. */
export type LineLog = Readonly<Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>>

/** How to refuse requests, for carriers that use HTTP. */
export interface LineHttp {
  /** Status and body of the answer to anything thrown in a handler. */
  describeError(error: unknown): {
    readonly status: number
    readonly body: { readonly error: { readonly code: GatewayErrorCode; readonly message: string } }
  }
  /** Counts a refused request by its error code; logs `told` of it, if anything, unless there are many. */
  refused(code: GatewayErrorCode, told?: object): void
  /** Refuses a WebSocket upgrade, counts and logs it. */
  refuseUpgrade(socket: Duplex, status: number, code: GatewayErrorCode, message: string): void
}

/** A live call that another gateway serves. */
export interface CallElsewhere {
  /** What stands before the path of its URLs. */
  readonly callUrl: string
  readonly callId: string
  /** How many processes have served it. */
  readonly epoch: number
}

/**
 * What is done with a caller: their session; none; `isForAnother`, another gateway has room, and a proxy asks it when this one
 * answers 503; `isAt`, another gateway has their session already; `known`, one that has gone silent had it, and it goes on here.
 */
export type Arrived =
  | { readonly call: CallSession }
  | { readonly turnedAway: TurnedAway }
  | { readonly isForAnother: true }
  | { readonly isAt: CallElsewhere }
  | { readonly known: CallSession }

/** The gateway, as a line sees it. */
export interface LineHost {
  readonly numbers: OurNumbers
  readonly calls: Pick<CallRegistry, 'byLegId' | 'byCallId'>
  readonly log: LineLog
  readonly http: LineHttp
  /** Opens the session of an incoming call, or says what to do with its caller. Throws `request_invalid` when no number is ours. */
  arrived(call: Arrival): Arrived | Promise<Arrived>
  /** The webhook of an incoming call was answered. */
  answered(call: CallSession): void
  /**
   * Resolves when another machine could go on with the call, or after a moment; absent where there is no other machine. Await it
   * before the carrier gets its answer.
   */
  remembered?(call: CallSession): Promise<void>
  /** The language of a leg's call; for one without a session that of the number that was dialled. */
  languageOf(leg: UnknownLeg): Language
  /** What to do with a caller whose webhook could not be handled. */
  turnAway(leg: UnknownLeg): TurnedAway
  /**
   * What to do with a caller whose leg has no session, as after a restart: their call goes on in a session that is made from
   * the journal, or in another instance, which is to be asked; or they are turned away; `undefined` when the call has ended on
   * purpose, or is not ours. Rejects with `draining` when another instance is to answer.
   */
  lost(
    leg: LostLeg,
  ): Promise<
    { readonly call: CallSession } | { readonly turnedAway: TurnedAway } | { readonly instance: string } | undefined
  >
  /** The session of a call that another process had; `undefined` when it does not go on here. Absent where there is no other machine. */
  lostMedia?(media: LostMedia): Promise<CallSession | undefined>
  /**
   * The name of another instance that has this call, by its id; `undefined` when none has, or that is not known in time. Absent
   * where there is no other machine.
   */
  instanceOf?(callId: string): Promise<string | undefined>
  /** Stores a recorded message. `true` once it is durable; `false` when that failed or took too long. Never rejects. */
  keepRecording(recording: Recording): Promise<boolean>
  /** What has become of a caller whom the assistant has left, also of a call that this process does not have. */
  legReported(legId: string, news: LegNews): void
  /** A status callback about a call we placed. They come in any order, repeatedly, and for unknown calls too. */
  statusReported(callId: string, report: LegReport): void
}
