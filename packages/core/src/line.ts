import type { Consultation } from './departure.ts'
import type { GatewayError } from './errors.ts'
import type { CallFacts } from './facts.ts'
import { isPerson, type Route } from './route.ts'
import type { E164 } from './telephone/e164.ts'

/**
 * The caller's side of a call as a port, the twin of `model.ts`: what a call asks of whoever carries it, and what it hears
 * from there, in words that are no carrier's.
 */

/** Where a leg stands at its carrier; from `completed` on it is over. */
export type LegStatus =
  | 'queued'
  | 'ringing'
  | 'answered'
  /** Over after it was answered. */
  | 'completed'
  | 'busy'
  | 'no_answer'
  | 'failed'
  /** Ended by us before it was answered. */
  | 'canceled'

const ends = ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const

/** How a leg has ended; `undefined` while it has not. */
export const endOf = (status: LegStatus): (typeof ends)[number] | undefined => ends.find((end) => end === status)

/**
 * Who has answered a call that we placed, as a carrier's detection sees it; about one verdict in ten is wrong. `machine`: an
 * answering machine, whose greeting may go on; `machine_ended`: its greeting is over, and a message may be left.
 */
export const answeredByVerdicts = ['human', 'machine', 'machine_ended', 'fax', 'unknown'] as const
export type AnsweredBy = (typeof answeredByVerdicts)[number]

/** What a carrier is to do with the caller's leg. */
export type Instruction =
  /** Join it with the audio of this call. */
  | { readonly kind: 'connect' }
  /** Ring a person, press the extension's keys when they have answered, and join both. */
  | { readonly kind: 'dial'; readonly number: E164; readonly extension?: string; readonly label: string }
  /** Record what the caller says, for the route of this key. */
  | { readonly kind: 'record'; readonly route: string; readonly label: string }
  /** Bring it to the room where a person waits. */
  | { readonly kind: 'conference'; readonly name: string }
  /** Send these tones to the other end, then connect. */
  | { readonly kind: 'keys'; readonly digits: string }
  /** Say that we are sorry, then ring or record at the route if there is one. */
  | { readonly kind: 'fallback'; readonly route?: Route }
  | { readonly kind: 'hangUp' }

/** What a line can do; guards ask for these, never for a carrier. */
export interface LineCapabilities {
  /** Says when audio has been played (`heard`). Without it the clock alone decides what the caller has heard. */
  readonly marks: boolean
  /** Sends tones to the other end. Without it the model is told that keys cannot be pressed, and nobody behind an extension is rung. */
  readonly sendsKeys: boolean
  /** Records a message. Without it the model is told that none can be left, and a fallback to voicemail only apologises. */
  readonly records: boolean
  /** Rings a person on a leg of their own. Without it the model is told that nobody can be asked first. */
  readonly ringsPersons: boolean
  /** Tells machines from people on calls that we place. Without it no verdict is asked for. */
  readonly detectsMachines: boolean
}

/** Whether a line that can do this brings a caller to the route. */
export const canReach = (can: Pick<LineCapabilities, 'records' | 'sendsKeys'>, to: Route): boolean =>
  isPerson(to) ? to.extension === undefined || can.sendsKeys : can.records

/** Where an audio connection reports to. `audio` is the hot path. */
export interface LineListener {
  /** The connection belongs to this call and can be spoken on. Comes before everything else, once. */
  started(): void
  /** Base64 μ-law 8 kHz, untouched; the connection's own clock (ms), and when it came (clock ms). */
  audio(payload: string, timestampMs: number, receivedAt: number): void
  /** No audio for this long, told about four times a second. */
  quiet(quietMs: number): void
  /** The mark of this name, and so all audio before it, has been played; or was cleared. */
  heard(mark: string): void
  /** A message of ours was answered after this long. */
  roundTrip(ms: number): void
  /** The caller has pressed a key: a digit, `*`, `#`, or A to D. */
  key(key: string): void
  /** The reason of an end, and the first of each kind of frame that was passed over, for the log. */
  problem(error: GatewayError): void
  /** A frame was passed over. */
  ignored(): void
  /** The connection is over, once. `graceful`: the carrier had said so. */
  gone(graceful: boolean): void
}

/** The audio of one leg, from its start to its end. A call can have several of them, one after the other. */
export interface LineConnection {
  /** Base64 μ-law 8 kHz of any length. The line queues it and plays it in time. */
  play(payload: string): void
  /** Has `heard` told once all that was sent before has been played. No effect where the line cannot. */
  mark(name: string): void
  /** Throws away what has not been played; its marks are told as heard at once. */
  clear(): void
  /** Ends the connection; `gone` still follows. */
  close(): void
}

/** Takes over an accepted connection that is to report to the listener. `isOurs`: whether a leg of this id is the call's. */
export type AcceptLine = (listener: LineListener, isOurs: (legId: string) => boolean) => LineConnection

/** Who carries a call. */
export interface Line {
  readonly name: string
  readonly can: LineCapabilities
  /**
   * Has the caller's leg go on in this way; its audio ends. `followed`: the carrier has been told; `asks`: it will come for
   * the instruction, which `CallSession.next` gives it. Rejects with `call_control_failed`; the audio has ended all the same.
   */
  follow(call: CallFacts, instruction: Instruction): Promise<'followed' | 'asks'>
  /**
   * Has the caller told, in place of whatever they are in, that we have to end the call, and ends it. Rejects with
   * `call_control_failed`.
   */
  sayGoodbye(call: CallFacts): Promise<void>
  /** Rings a person on a leg of their own, who hears the introduction and accepts with a key. */
  ringPerson(call: CallFacts, consultation: Consultation): Promise<void>
  /** Ends that leg, if there is one. */
  dropPerson(callId: string): Promise<void>
}

/** A call as a carrier is asked to place it. */
export interface Placing {
  readonly callId: string
  readonly to: E164
  /** Keys that are pressed once the number has answered. */
  readonly extension?: string
  readonly from: E164
  /** How long it may ring. */
  readonly ringSeconds: number
  /** The carrier ends the call after this, whatever we do. */
  readonly timeLimitSeconds: number
  /** Whether machines are told from people: not at all, as soon as it is known, or when a message may be left. */
  readonly detection: 'off' | 'start' | 'messageEnd'
}

/** A leg that a carrier knows of. */
export interface PlacedLeg {
  readonly legId: string
  readonly createdAt: Date
  readonly status: LegStatus
}

/** Who places calls. */
export interface Carrier {
  readonly can: Pick<LineCapabilities, 'detectsMachines'>
  /** Resolves when the leg exists; rejects with {@link PlacingFailed} only. */
  place(call: Placing): Promise<{ readonly legId: string }>
  /** Legs between these numbers that were created at or after `since`. */
  find(call: { readonly to: E164; readonly from: E164; readonly since: Date }): Promise<readonly PlacedLeg[]>
  /** `undefined` when there is no such leg. */
  status(legId: string): Promise<LegStatus | undefined>
  /** Ends a leg in any state; one that is over, or never was, is no failure. */
  end(legId: string): Promise<void>
}

/** What a failed attempt to place a call has left behind: only `unknown` may have created one. */
export type PlacingFailure =
  /** A definite no: trying again gives the same. */
  | 'refused'
  /** Too many at once: no call was created, later may do. */
  | 'busy'
  /** The request never reached the carrier: connection refused, no such host. */
  | 'unsent'
  /** A time-out, a broken answer or a reset: the call may exist. */
  | 'unknown'

/** A call could not be placed, or it is not known whether it was. The message must not contain personal data. */
export class PlacingFailed extends Error {
  readonly kind: PlacingFailure
  /** The carrier's own error number. */
  readonly carrierCode?: number

  constructor(kind: PlacingFailure, message: string, options: ErrorOptions & { carrierCode?: number } = {}) {
    super(message, options)
    this.name = 'PlacingFailed'
    this.kind = kind
    if (options.carrierCode !== undefined) this.carrierCode = options.carrierCode
  }
}
