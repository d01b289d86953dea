import type { SessionConfig } from '../model.ts'
import type { ModelTuning } from '../tuning.ts'
import type { ReadError } from './server-errors.ts'
import type { ClientEvent, ServerEvent, WireSession } from './protocol.ts'

/** What a `session.update` says: wishes have become settings that this model and this wire take. */
export type WireSettings = Partial<Omit<SessionConfig, 'wishes' | 'primes'>> & { readonly tuning?: ModelTuning }

/** A wire shape of the Realtime protocol. Dropping one is deleting its file and its row in the tests. */
export interface Dialect {
  readonly name: 'ga' | 'flat'
  readonly headers: Readonly<Record<string, string>>
  /** Settings that this wire has no word for. */
  readonly lacks: readonly (keyof ModelTuning | 'transcription.lists')[]
  /** Who writes the caller's words down unless somebody is named. */
  readonly usualTranscriber: string
  /** The event that carries audio, compared before anything else is decoded. */
  readonly audioDelta: string
  /** The body of a `session.update`; what is absent from `config` is absent from the body. */
  session(config: WireSettings, first: boolean): WireSession
  encode(event: ClientEvent): object
  /** `undefined`: not an event of this wire. */
  decode(raw: { readonly type: string }): ServerEvent | undefined
  /** Names the session field whose echo is not what a phone call needs, if there is one. */
  wrongFormat(session: WireSession): string | undefined
  /** The turn-taking that an echo says is in force: `null` for none, `undefined` when it does not say. */
  turnsInForce(session: WireSession): unknown
  /** The model that writes the caller's words down, as a session (ours or an echo) names it. */
  transcriber(session: WireSession): unknown
  /** Whether this error means that the server speaks another dialect. */
  isShapeRefusal(error: ReadError): boolean
}
