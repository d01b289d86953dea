import type { Quantiles } from '../world/samples.ts'

/** What the load of a first-frame measurement is to do. */
export interface FirstFrameJob {
  readonly origin: string
  readonly calls: number
  /** How long a model's session takes to come about. */
  readonly startUpMs: number
  /** Warming never succeeds, so that every call connects its model when media starts. */
  readonly cold: boolean
}

/** What callees waited for, in milliseconds. */
export interface FirstFrameResult {
  /** `greet: "immediately"`: from `start` on the media socket to the assistant's first frame. */
  readonly greetedMs: Quantiles
  /** The callee speaks first: from the end of their speech to the first frame, less the time the model took to reply. */
  readonly answeredMs: Quantiles
  /** Calls whose session was configured before Twilio was asked to dial. */
  readonly dialledWarm: number
  /** Calls in which nothing was heard. */
  readonly silent: number
  readonly lateMs: Quantiles
  readonly problems: readonly string[]
}

/** What the load of a measurement of held calls is to do. */
export interface HoldJob {
  readonly origin: string
  /** Calls that are answered and held; a fourth as many come to nothing. */
  readonly held: number
}

/** What was left of calls that were over. */
export interface HoldResult {
  readonly asked: number
  readonly placed: number
  /** Callees who were rung more than once. */
  readonly rungTwice: number
  readonly heldAtOnce: number
  readonly sessions: number
  /** Model sessions that were open longer than five seconds after their call, or still are. */
  readonly leakedSessions: number
  /** How long sessions outlived their calls. */
  readonly outlivedMs: Quantiles & { readonly max: number }
  readonly leakedMedia: number
  /** Connections to the model, in whatever state, when all is over. */
  readonly openAtEnd: number
  readonly lateMs: Quantiles
  readonly problems: readonly string[]
}
