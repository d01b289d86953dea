import type { SessionConfig } from '../model.ts'
import type { ModelTuning } from '../tuning.ts'
import type { ReadError } from './server-errors.ts'
import type { ClientEvent, ServerEvent, WireSession } from './protocol.ts'

/** The content of a `session.update`: a session config whose wishes were translated into settings. */
export type WireSettings = Partial<Omit<SessionConfig, 'wishes' | 'primes' | 'history'>> & {
  readonly tuning?: ModelTuning
}

/** A wire shape of the Realtime protocol. To drop one, delete its file and its row in the tests. */
export interface Dialect {
  readonly name: 'ga' | 'flat'
  readonly headers: Readonly<Record<string, string>>
  /** Settings that do not exist on this wire. */
  readonly lacks: readonly (keyof ModelTuning | 'transcription.lists')[]
  /** The transcription model unless one is set. */
  readonly usualTranscriber: string
  /** The event that carries audio, compared before anything else is decoded. */
  readonly audioDelta: string
  /** The body of a `session.update`; what is absent from `config` is absent from the body. */
  session(config: WireSettings, first: boolean): WireSession
  encode(event: ClientEvent): object
  /** `undefined`: not an event of this wire. */
  decode(raw: { readonly type: string }): ServerEvent | undefined
  /** The session field in which the server did not accept the audio format, if there is one. */
  wrongFormat(session: WireSession): string | undefined
  /** The turn detection in force by the server's echo: `null` for none, `undefined` when it does not say. */
  turnsInForce(session: WireSession): unknown
  /** The transcription model of a session body or its echo. */
  transcriber(session: WireSession): unknown
  /** Whether this error means that the server speaks another dialect. */
  isShapeRefusal(error: ReadError): boolean
}
