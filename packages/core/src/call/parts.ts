import type { CallGreeting } from './call-greeting.ts'
import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors.ts'
import type { GreetingBook } from '../greetings.ts'
import type { CallFacts } from '../facts.ts'
import type { Line } from '../line.ts'
import type { Briefing, Mode } from '../mode/mode.ts'
import type { ModelProvider } from '../model.ts'
import type { MachinePlan } from '../mode/outbound.ts'
import type { PhraseBook } from '../phrases.ts'
import type { Route } from '../route.ts'
import type { AllowanceSpent } from './allowance.ts'
import type { RememberedCall } from './memory.ts'
import type { Story } from './story.ts'
import type { CallNotice } from './observer.ts'
import type { CallOrigin } from './origin.ts'
import type { Playout } from './playout.ts'
import type { Relay } from './relay.ts'
import type { SpeechMeter } from './speech-meter.ts'
import type { CallEvent } from './events.ts'
import type { CallState } from './state.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { ToolTimes } from './tool-times.ts'

/** The dependencies of a call session. */
export interface CallSessionDeps {
  readonly clock: Clock
  readonly provider: ModelProvider
  readonly defaultVoice: string
  /** Deadline of a model connection (ms); then a new one is tried. */
  readonly prewarmTimeoutMs: number
  /** See `CallSettings.refreshTokens`. */
  readonly refreshTokens?: number | undefined
  readonly line: Line
  /** Phrases for when the model is silent; without it the caller hears none. */
  readonly phrases?: PhraseBook | undefined
  /** Recorded greetings; without it the model speaks every greeting. */
  readonly greetings?: GreetingBook | undefined
  /** How long tools usually take. */
  readonly toolTimes: ToolTimes
  /** Whether this is the id of the caller's leg; an outbound call takes the first id it is given. */
  bind(legId: string): boolean
  observe(notice: CallNotice): void
  /** The caller's audio is connected for the first time, and nothing has been played yet. */
  mediaBegins?(): void
  /** The caller of a call that was taken over hears something again, so long (ms) after the last sign of the process before. */
  soundsAgain?(afterMs: number): void
  /**
   * Writes down what the call has noted so far, for a process that may have to go on with it. Never rejects, and has a limit of
   * its own: a disk that stalls delays no call. `false`: another process has the call, and acts for it.
   */
  persist?(): Promise<boolean>
  /** The trace context of a call, which tools are given. Must not throw. */
  readonly traceparentOf?: ((callId: string) => string | undefined) | undefined
}

/** How a call is conducted, apart from its dependencies. */
export interface CallConduct extends CallOrigin {
  readonly mode: Mode
  /** Who takes the caller when the model is unavailable. */
  readonly fallback?: Route
  /** What to do when an answering machine answers. */
  readonly machine?: MachinePlan
  /** Has the model answer once, unheard, before anybody is on the line. */
  readonly primes?: boolean
  /** What the process that died has left of the call. */
  readonly resumes?: RememberedCall
}

/** What the legs and errands of one call share. */
export interface CallParts {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly primes: boolean
  readonly deps: CallSessionDeps
  readonly briefing: Promise<Briefing>
  readonly greeting: CallGreeting
  readonly story: Story
  readonly playout: Playout
  readonly relay: Relay
  readonly stopwatch: Stopwatch
  readonly meter: SpeechMeter
  /** How much of its grant the call had used when this process took it over. */
  readonly spent?: AllowanceSpent | undefined
  state(): CallState
  dispatch(event: CallEvent): void
  problem(error: GatewayError): void
}
