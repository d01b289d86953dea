import type { Consultation } from './departure.ts'
import type { GatewayError } from './errors.ts'
import type { CallFacts } from './facts.ts'
import { isPerson, type Route } from './route.ts'
import type { E164 } from './telephone/e164.ts'

/**
 * The port for the caller's side of a call, as `model.ts` is for the model's side: what a call asks of a line, and what the
 * line reports, in words of no particular carrier.
 */

/** The status of a leg at its carrier; from `completed` on the leg has ended. */
export type LegStatus =
  | 'queued'
  | 'ringing'
  | 'answered'
  /** Ended after it was answered. */
  | 'completed'
  | 'busy'
  | 'no_answer'
  | 'failed'
  /** Ended by us before it was answered. */
  | 'canceled'

const ends = ['completed', 'busy', 'no_answer', 'failed', 'canceled'] as const

/** The final status of a leg; `undefined` while it has not ended. */
export const endOf = (status: LegStatus): (typeof ends)[number] | undefined => ends.find((end) => end === status)

/**
 * The verdicts of answering machine detection on a call that we placed; about one in ten is wrong. `machine`: an answering
 * machine, whose greeting may go on; `machine_ended`: its greeting is over, and a message may be left.
 */
export const answeredByVerdicts = ['human', 'machine', 'machine_ended', 'fax', 'unknown'] as const
export type AnsweredBy = (typeof answeredByVerdicts)[number]

/** What a carrier is to do with the caller's leg. */
export type Instruction =
  /** Connect its audio to this call. */
  | { readonly kind: 'connect' }
  /** Ring a person, send the extension's keys once they answer, and connect both. */
  | { readonly kind: 'dial'; readonly number: E164; readonly extension?: string; readonly label: string }
  /** Record what the caller says, for the route of this key. */
  | { readonly kind: 'record'; readonly route: string; readonly label: string }
  /** Bring it to the conference where a person waits. */
  | { readonly kind: 'conference'; readonly name: string }
  /** Send these keypad tones to the other end, then connect the audio again. */
  | { readonly kind: 'keys'; readonly digits: string }
  /** Apologise, then ring or record at the route if there is one. `interrupts`: the caller was in a conversation. */
  | { readonly kind: 'fallback'; readonly route?: Route; readonly interrupts?: true }
  | { readonly kind: 'hangUp' }

/** What a line can do. Code checks these capabilities, never the name of a carrier. */
export interface LineCapabilities {
  /** Reports when audio has been played (`heard`). Without it the clock alone decides what the caller has heard. */
  readonly marks: boolean
  /** Sends tones to the other end. Without it the model is told that keys cannot be pressed, and extensions are not rung. */
  readonly sendsKeys: boolean
  /** Records a message. Without it the model is told that none can be left, and a fallback to voicemail only apologises. */
  readonly records: boolean
  /** Rings a person on a leg of their own. Without it the model is told that nobody can be asked first. */
  readonly ringsPersons: boolean
  /** Detects answering machines on calls that we place. Without it no verdict is asked for. */
  readonly detectsMachines: boolean
}

/** Whether a line with these capabilities can bring a caller to the route. */
export const canReach = (can: Pick<LineCapabilities, 'records' | 'sendsKeys'>, to: Route): boolean =>
  isPerson(to) ? to.extension === undefined || can.sendsKeys : can.records

/** The listener of an audio connection. `audio` is the hot path. */
export interface LineListener {
  /** The connection belongs to this call and can play audio. Reported once, before everything else. */
  started(): void
  /** Caller audio, base64 μ-law 8 kHz, untouched; with the connection's own clock (ms) and the time of receipt (clock ms). */
  audio(payload: string, timestampMs: number, receivedAt: number): void
  /** No audio was received for this long; reported about four times a second. */
  quiet(quietMs: number): void
  /** The mark of this name was reached: all audio before it was played or cleared. */
  heard(mark: string): void
  /** A ping was answered after this long. */
  roundTrip(ms: number): void
  /** The caller has pressed a key: a digit, `*`, `#`, or A to D. */
  key(key: string): void
  /** For the log: why the connection ended, and the first ignored frame of each kind. */
  problem(error: GatewayError): void
  /** A frame was ignored because it could not be read. */
  ignored(): void
  /** The connection has ended; reported once. `graceful`: the carrier announced it. */
  gone(graceful: boolean): void
}

/** The audio of one leg, from its start to its end. A call can have several of them, one after the other. */
export interface LineConnection {
  /** Queues audio, base64 μ-law 8 kHz of any length, and plays it in real time. */
  play(payload: string): void
  /** Asks for `heard` once everything sent before has been played. No effect on a line without marks. */
  mark(name: string): void
  /** Drops audio that has not been played; its marks are reported as heard at once. */
  clear(): void
  /** Ends the connection; `gone` still follows. */
  close(): void
}

/** Takes over an accepted connection, which reports to the listener. `isOurLeg`: whether a leg of this id belongs to the call. */
export type AcceptLine = (listener: LineListener, isOurLeg: (legId: string) => boolean) => LineConnection

/** A leg whose process has gone silent, as its carrier knows it. */
export interface StrayLeg {
  readonly isUp: boolean
  /** When it ended, if the carrier says so. */
  readonly endedAt?: Date
}

/** The line that carries a call. */
export interface Line {
  readonly name: string
  readonly can: LineCapabilities
  /**
   * Instructs the carrier; the audio of the leg ends. `followed`: the carrier has the instruction; `asks`: it will ask for it,
   * and gets it from `CallSession.next`. Rejects with `call_control_failed`; the audio has ended all the same.
   */
  follow(call: CallFacts, instruction: Instruction): Promise<'followed' | 'asks'>
  /** Rings a person on a separate leg; they hear the introduction and accept with a key. */
  ringPerson(call: CallFacts, consultation: Consultation): Promise<void>
  /** Ends the leg of that person, if there is one. */
  dropPerson(callId: string): Promise<void>
  /** What the carrier knows of a leg that nobody serves; `undefined` when there is no such leg. Rejects with `call_control_failed`. */
  look?(legId: string): Promise<StrayLeg | undefined>
  /** Has the carrier leave what it does with the leg and ask this process what is next. Resolves also for a leg that is over. Rejects with `call_control_failed`. */
  fetchBack?(legId: string): Promise<void>
}

/** A request to a carrier to place a call. */
export interface Placing {
  readonly callId: string
  readonly to: E164
  /** Keys to send once the number has answered. */
  readonly extension?: string
  readonly from: E164
  /** How long to let it ring. */
  readonly ringSeconds: number
  /** The carrier ends the call after this, whatever we do. */
  readonly timeLimitSeconds: number
  /** Answering machine detection: `off`; verdict at the `start` of the call; or `messageEnd`, when a message may be left. */
  readonly detection: 'off' | 'start' | 'messageEnd'
}

/** A leg as its carrier lists it. */
export interface PlacedLeg {
  readonly legId: string
  readonly createdAt: Date
  readonly status: LegStatus
}

/** The port for placing calls. */
export interface Carrier {
  readonly can: Pick<LineCapabilities, 'detectsMachines'>
  /** Resolves when the leg exists; rejects with {@link PlacingFailed} only. */
  place(call: Placing): Promise<{ readonly legId: string }>
  /** Legs between these numbers that were created at or after `since`. */
  find(call: { readonly to: E164; readonly from: E164; readonly since: Date }): Promise<readonly PlacedLeg[]>
  /** `undefined` when there is no such leg. */
  status(legId: string): Promise<LegStatus | undefined>
  /** Ends a leg in any state. Ending one that is over or unknown is not an error. */
  end(legId: string): Promise<void>
}

/** How placing a call failed. Only after `unknown` may the call exist. */
export type PlacingFailure =
  /** The carrier refused the call: trying again gives the same result. */
  | 'refused'
  /** Too many requests: no call was created; try again later. */
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
