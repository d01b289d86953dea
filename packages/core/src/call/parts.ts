import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { Line } from '../line.ts'
import type { Briefing, Mode } from '../mode/mode.ts'
import type { ModelProvider } from '../model.ts'
import type { MachinePlan } from '../mode/outbound.ts'
import type { PhraseBook } from '../phrases.ts'
import type { Route } from '../route.ts'
import type { Story } from './story.ts'
import type { CallNotice } from './observer.ts'
import type { Playout } from './playout.ts'
import type { Relay } from './relay.ts'
import type { SpeechMeter } from './speech-meter.ts'
import type { CallEvent } from './events.ts'
import type { CallState } from './state.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { ToolTimes } from './tool-times.ts'

/** What a call is given by those who open it. */
export interface CallSessionDeps {
  readonly clock: Clock
  readonly provider: ModelProvider
  readonly defaultVoice: string
  /** The model must be configured within this time, then a new connection is tried. */
  readonly prewarmTimeoutMs: number
  readonly line: Line
  /** Words of our own for silences of the model; without it the caller hears none. */
  readonly phrases?: PhraseBook | undefined
  /** How long tools usually take. */
  readonly toolTimes: ToolTimes
  /** Whether this is the id of the caller's leg; the first one that an outbound call meets becomes it. */
  bind(legId: string): boolean
  observe(notice: CallNotice): void
}

/** How a call is conducted. */
export interface CallConduct {
  readonly mode: Mode
  /** Who takes the caller when the model is not to be had. */
  readonly fallback?: Route
  /** What becomes of the call when a machine has answered. */
  readonly machine?: MachinePlan
  /** Has the model answer once in silence before anybody is on the line. */
  readonly primes?: boolean
}

/** What the two legs and the errands of one call share. */
export interface CallParts {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly primes: boolean
  readonly deps: CallSessionDeps
  readonly briefing: Promise<Briefing>
  readonly story: Story
  readonly playout: Playout
  readonly relay: Relay
  readonly stopwatch: Stopwatch
  readonly meter: SpeechMeter
  state(): CallState
  dispatch(event: CallEvent): void
  problem(error: GatewayError): void
}
