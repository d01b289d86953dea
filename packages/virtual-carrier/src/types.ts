/** What the stand-in for Twilio takes and gives: callers, far ends, faults, and the story of a call. */
import type { ReachOptions } from './reach.ts'

/** Where a number of the account points. */
export interface NumberConfig {
  /** Empty: calls to the number fail. */
  voiceUrl: string
  method?: 'GET' | 'POST'
  /** Told when an inbound call is over. */
  statusCallback?: string
  statusMethod?: 'GET' | 'POST'
  /** The status callback was assumed, not configured: its failure is no failure of the call. */
  statusIsSupposed?: boolean
}

/** What Twilio says about a call; `initiated` exists in callbacks only, never in REST. */
export type CallStatus =
  | 'queued'
  | 'initiated'
  | 'ringing'
  | 'in-progress'
  | 'completed'
  | 'busy'
  | 'no-answer'
  | 'failed'
  | 'canceled'

/** One thing a scripted person does. Between two utterances they listen first, unless a `wait`, `listen` or `interrupt` says otherwise. */
export type CallerStep =
  | { say: string; voice?: string }
  | { dtmf: string }
  /** μ-law, 8 kHz; the timeline calls it by its label (default `(audio)`). */
  | { audio: Buffer; label?: string }
  | { wait: number }
  /** Speaks `afterMs` (default 600) after the other side's audio started. */
  | { interrupt: string; afterMs?: number; voice?: string }
  /** Waits until the other side has spoken and then been silent for `quietMs` (default 700), at most `maxMs` (default 15,000). */
  | { listen: true; quietMs?: number; maxMs?: number }
  | { hangup: true }

/** Who answered, in the words of answering machine detection. */
export type AnsweredBy =
  | 'human'
  | 'machine_start'
  | 'machine_end_beep'
  | 'machine_end_silence'
  | 'machine_end_other'
  | 'fax'
  | 'unknown'

/** What happens when Twilio rings somebody; scripts run once they have answered. Who rejects the call is `busy`, a number that does not exist `failed` (it never rings). */
export interface FarEnd {
  outcome: 'answers' | 'busy' | 'no-answer' | 'failed'
  /** Decides as it rings, instead of `outcome` and `afterMs`; `no-answer` only ends at the ring timeout. */
  decide?: (ringing: AbortSignal, timeoutMs: number) => Promise<FarEnd['outcome']>
  /** How long Twilio keeps the call in its queue before it dials, in ms (default 0). */
  queuedMs?: number
  /** Time from ringing to the outcome, in ms (default 100). Longer than the ring timeout of the call: nobody answered. */
  afterMs?: number
  script?: CallerStep[]
  /** A switchboard answers: the person behind this extension comes, and the script begins, once these keys were heard. */
  extension?: string
  /** Hangs up this long after answering, in ms; 0: at once, before there can be a media stream. */
  hangsUpAfterMs?: number
  /** The verdict of answering machine detection, right or wrong; without it detection listens, as Twilio's does. */
  answeredBy?: AnsweredBy
  /** How long a given verdict takes, in ms (default 400). */
  detectionMs?: number
}

/** How the audio towards the gateway misbehaves. */
export interface MediaFaults {
  /** Sends nothing while the caller is silent (discontinuous transmission). */
  gaps?: boolean
  /** Every `everyMs` holds the audio back for `stallMs`, then sends it at once. */
  bursts?: { everyMs: number; stallMs: number }
  /** Delays each frame by up to this many ms, order kept. */
  jitterMs?: number
  /** Gives marks back so many ms late, or not at all. */
  marks?: { lateMs: number } | 'lost'
}

/** Things that go wrong on purpose; all off by default. Changes count from the next event on. */
export interface TwilioFaults {
  media?: MediaFaults
  /** More fields in the `connected` message. */
  connectedExtra?: Record<string, unknown>
  /** How each stream begins, instead of by chance: its first `timestamp`, and `customParameters` when there are none. */
  streamStart?: { firstTimestampMs?: number; customParameters?: 'empty' | 'absent' }
  /** Asks the voice webhook twice with the same CallSid; the second answer counts, as after a retry. */
  duplicateWebhook?: boolean
  /** Time between the webhook's answer and the media socket, in ms. */
  lateStreamMs?: number
  /** Does not ask the `<Connect>` action of a stream whose socket died: whether Twilio does is written nowhere. */
  asksAfterTornStream?: false
  /** Echoes the marks that a `clear` returned this late, in ms, mixed with later ones. */
  lateClearMarksMs?: number
  duplicateStatus?: boolean
  /** Swaps neighbouring status callbacks. */
  reorderStatus?: boolean
  /** Never reports these: status callbacks are best effort, the last one too. */
  dropStatus?: readonly CallStatus[]
  /** Reports the verdict of asynchronous answering machine detection twice. */
  duplicateAmd?: boolean
  /** What happens to REST requests; of several the first that fits is taken. */
  rest?: RestFault | RestFault[]
  /** Holds every REST request up before anything is done, in ms. */
  restDelayMs?: number
}

/**
 * A REST request that goes wrong. With `status` it is refused, with `lost` the connection is cut instead of an answer, with
 * `heldMs` or `heldUntil` the answer comes late: together with `lost` and `accepted` that is a call the gateway learns nothing of.
 */
export interface RestFault {
  method?: 'GET' | 'POST' | 'DELETE'
  /** How the path ends, such as `/Calls.json` (creating and listing calls); default every path. */
  path?: string
  /** How many requests it meets; default all. Counted down in place. */
  times?: number
  /** Whether Twilio acts on the request in spite of the fault; default only when neither `status` nor `lost` is given. */
  accepted?: boolean
  status?: number
  /** Twilio's own code, such as 20429 (too many requests) or 10004 (too many calls at once); default 20500. */
  code?: number
  message?: string
  lost?: boolean
  heldMs?: number
  /** Holds the answer until the call that was created has come so far, or is over. */
  heldUntil?: TimelineType
}

/** An inbound call: its numbers and the caller's script. */
export interface PlaceCallOptions {
  to: string
  from: string
  script?: CallerStep[]
  voice?: string
  callerName?: string
  /** Attestation of the caller's number (default `TN-Validation-Passed-A`); null leaves the field out. */
  stirVerstat?: string | null
  /** More fields in every webhook of this call. */
  extra?: Record<string, string>
  /** Asked instead of the number's own address. */
  voiceUrl?: string
  /** How the voice webhook is asked. */
  method?: 'GET' | 'POST'
  /** Told when the call is over instead of the number's own address; null for nobody. */
  statusCallback?: string | null
  /** Faults of this call, beside those of the stand-in. */
  reach?: ReachOptions
  /** Time before the webhook is asked, in ms (default 0). */
  ringMs?: number
  /** With nothing left to say, hangs up after this much silence on both sides, in ms (default 8000). */
  maxSilenceMs?: number
  /** Hangs up in any case, in ms (default 120,000). */
  maxCallMs?: number
  media?: MediaFaults
  /** Also asks the `<Connect>`, `<Dial>` or `<Record>` action after the caller hung up, with CallStatus=completed. */
  actionAfterHangup?: boolean
}

/** Entries of the timeline. */
export type TimelineType =
  | 'webhook'
  | 'twiml'
  | 'answered'
  | 'socket-opened'
  | 'media-start'
  | 'first-audio'
  | 'assistant-start'
  | 'assistant-stop'
  | 'caller-start'
  | 'caller-stop'
  | 'clear'
  | 'mark'
  | 'mark-echoed'
  | 'dtmf'
  | 'stop'
  | 'socket-closed'
  | 'say'
  | 'play'
  | 'gather'
  | 'record'
  | 'dial'
  | 'bridged'
  | 'dialled'
  | 'conference'
  | 'redirected'
  | 'callback'
  | 'warning'
  | 'error'
  | 'ended'

/** One thing that happened, in ms since the call was placed; both audio tracks use the same clock. */
export interface TimelineEntry {
  atMs: number
  type: TimelineType
  /** Words spoken, a document, a reason. */
  text?: string
  /** The language that `<Say>` names; the simulated voice is English all the same. */
  language?: string
  /** A mark's name, or whose callback it was. */
  name?: string
  digits?: string
  url?: string
  streamSid?: string
  status?: string
  code?: number
  /** How long it took, or how much audio was cut, in ms. */
  tookMs?: number
  params?: Record<string, string>
}

/** An entry of Twilio's debugger: 31950 malformed message, 31951 invalid message, 12100 bad document and so on. */
export interface TwilioNotice {
  code: number
  message: string
}

/** The record of a finished call. */
export interface CallResult {
  sid: string
  status: CallStatus
  durationMs: number
  timeline: TimelineEntry[]
  /** μ-law 8 kHz from the moment the call was placed. `heard` is what reached the ear: cleared audio is not in it. */
  tracks: { caller: Buffer; heard: Buffer }
  /** What the gateway sent that Twilio would have warned of; empty for a correct gateway. */
  warnings: TwilioNotice[]
  errors: TwilioNotice[]
}

/** A call that can be watched and steered while it lasts. */
export interface SimCall {
  readonly sid: string
  readonly to: string
  readonly from: string
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-dial'
  readonly parentSid: string | undefined
  readonly status: CallStatus
  readonly timeline: readonly TimelineEntry[]
  readonly warnings: readonly TwilioNotice[]
  readonly errors: readonly TwilioNotice[]
  /** The media stream that is open now. */
  readonly streamSid: string | undefined
  /** Settles when everything about the call is over, its callbacks included; never rejects. */
  readonly ended: Promise<CallResult>
  onTimeline(listener: (entry: TimelineEntry) => void): void
  /** Speaks at once; resolves when the words are out. */
  say(text: string, voice?: string): Promise<void>
  /** Plays μ-law into the call; resolves when it is out. */
  play(audio: Buffer, label?: string): Promise<void>
  press(digits: string): void
  /** Waits for the other side to be speaking; false when it was not within `maxMs` (default 15,000). */
  heardSpeech(maxMs?: number): Promise<boolean>
  /** Waits for this much silence from the other side; false when it never came. */
  quiet(ms: number, maxMs?: number): Promise<boolean>
  /** Waits for a timeline entry, past or future; undefined when the call ended first. */
  seen(type: TimelineType, nth?: number): Promise<TimelineEntry | undefined>
  hangUp(): void
  /** What has reached the ear so far: μ-law 8 kHz from the moment the call was placed. */
  heardSoFar(): Buffer
  /** The media socket dies without a close frame. */
  killSocket(): void
}

/** The Twilio error the stand-in answers with. */
export class TwilioFailure extends Error {
  readonly code: number
  readonly status: number
  constructor(code: number, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}
