/** What the parts of the stand-in share: the account, the legs of calls, the rooms, the recordings. */
import { randomBytes } from 'node:crypto'
import type { Reach } from './reach.ts'
import type { Fork } from './fork.ts'
import type { Line, LineOptions } from './line.ts'
import type { MediaStream } from './media-stream.ts'
import type { AnsweredBy, CallStatus, FarEnd, MediaFaults, SimCall, TimelineEntry, TwilioFaults } from './types.ts'
import type { WebhookAnswer } from './webhook.ts'

/** A status callback: its address and events. Events have Twilio's names: `answered` is the status `in-progress`. */
export interface Subscription {
  url: string
  method: 'GET' | 'POST'
  events: readonly string[]
  /** The callback was assumed, not configured: a failure is no error. */
  isSupposed?: boolean
}

/** The initial settings of a leg. */
export interface LegOptions extends LineOptions {
  direction: SimCall['direction']
  to: string
  from: string
  parentSid?: string
  callerName?: string
  stirVerstat?: string | null
  extra?: Record<string, string>
  /** In which whoever is on this leg speaks. */
  voice?: string
  media?: MediaFaults
  actionAfterHangup?: boolean
  subscription?: Subscription
  /** The way out of this call, when it is another than the account's. */
  reach?: Reach
}

/** A leg as the rest of the stand-in sees it. */
export interface Leg extends SimCall {
  readonly line: Line
  readonly world: World
  readonly options: LegOptions
  readonly reach: Reach
  readonly createdAt: Date
  /** When it left Twilio's queue. */
  readonly dialledAtMs: number | undefined
  readonly answeredAtMs: number | undefined
  readonly over: boolean
  /** Aborts when the leg ends, however it ends. */
  readonly signal: AbortSignal
  /** Aborts when the running document is replaced; set by whoever runs one. */
  running: AbortController | undefined
  stream: MediaStream | undefined
  /** One-way streams beside it. */
  readonly forks: Set<Fork>
  /** Digits go to the verb that waits for them. */
  onDigit: ((digit: string) => void) | undefined
  answeredBy: AnsweredBy | undefined
  /** Keys that were pressed towards whoever is on this leg. */
  keysHeard: string
  log(entry: Omit<TimelineEntry, 'atMs'>, atMs?: number): void
  warn(code: number, message: string): void
  fail(code: number, message: string): void
  setStatus(status: CallStatus): void
  /** Picks up: from here on audio flows. Does nothing the second time. */
  answer(): void
  end(status: CallStatus, why: string): void
  /** The form fields every request about this leg carries. */
  fields(): Record<string, string>
  /** Asks for TwiML. The call has not ended before the answer is in, or too late. */
  ask(name: string, url: string, method: 'GET' | 'POST', extra?: Record<string, string>): Promise<WebhookAnswer>
  /** Sends a callback in the background and only records a failure; not as an error if the callback was assumed. */
  notify(
    url: string,
    method: 'GET' | 'POST',
    params: Record<string, string>,
    name: string,
    isSupposed?: boolean,
  ): Promise<void>
  /** Something that must be over before the call counts as ended. */
  track(work: Promise<unknown>): void
}

/** A stored recording: a WAV, or nothing for an empty one. */
interface Recording {
  sid: string
  callSid: string
  wav: Buffer
  seconds: number
}

/** Who is in a conference; the room is gone when it is empty. */
export interface Room {
  sid: string
  name: string
  members: Map<string, Member>
}

/** One leg in a conference. */
export interface Member {
  leg: Leg
  label: string | undefined
  muted: boolean
  hold: boolean
  endsRoom: boolean
  leave(): void
}

/**
 * Who speaks, as 8 kHz μ-law; each voice has a name, and without one they take the usual voice for that purpose. What is
 * returned is not written into.
 */
export interface Voices {
  /** What the carrier itself says, as by `<Say>`. */
  speak(text: string): Promise<Buffer>
  /** What a person on a leg says. */
  speakAsCaller(text: string, voice: string | undefined): Promise<Buffer>
}

/** Everything of one stand-in. */
export interface World {
  readonly accountSid: string
  readonly authToken: string
  readonly webhookTimeoutMs: number
  /** The way out: to webhooks and media sockets. */
  readonly reach: Reach
  faults: TwilioFaults
  /** Chance, the same in every run. */
  readonly random: () => number
  readonly legs: Map<string, Leg>
  readonly rooms: Map<string, Room>
  readonly recordings: Map<string, Recording>
  /** What happens when this number is rung. */
  farEnd(to: string, direction: SimCall['direction']): FarEnd
  /** The account's own numbers. */
  readonly numbers: { owns(number: string): boolean }
  readonly voices: Voices
  /** Origin of the REST API. */
  url(): string
  createLeg(options: LegOptions): Leg
}

/** A new Twilio id: two letters and 32 hex digits. */
export const newSid = (prefix: string): string => prefix + randomBytes(16).toString('hex')
