import type { Dialect, WireSettings } from './dialect.ts'
import type { LeftOut } from './left-out.ts'
import type { ClientEvent, ResponseOptions, WireError, WireSession } from './protocol.ts'
import type { Body, Reading } from './refused-field.ts'

/** Encodes for a server: in its dialect, without the fields it has refused. */
export interface Fitted {
  session(config: WireSettings, first: boolean): WireSession
  encode(event: ClientEvent): object
  /** Reads a refusal of these settings; see `LeftOut.learn`. */
  learnOfSession(error: WireError, config: WireSettings, first: boolean, reading: Reading): ReturnType<LeftOut['learn']>
  /** Whether the refusal of a response request names a field, which is left out from now on. */
  learnOfResponse(error: WireError, asked: ResponseOptions): boolean
}

/** Combines a dialect with the fields a server has refused. */
export const fitDialect = (dialect: Dialect, leftOut: LeftOut): Fitted => {
  const responseOf = (event: ClientEvent): Body | undefined => (dialect.encode(event) as { response?: Body }).response
  return {
    session: (config, first) => leftOut.fit('session', dialect.session(config, first)),
    encode(event) {
      if (event.type !== 'response.create' || !event.response) return dialect.encode(event)
      return { ...event, response: leftOut.fit('response', responseOf(event) ?? {}) }
    },
    learnOfSession: (error, config, first, reading) =>
      leftOut.learn('session', error, dialect.session(config, first), reading),
    learnOfResponse: (error, response) =>
      leftOut.learn('response', error, responseOf({ type: 'response.create', response }) ?? {}) === 'left',
  }
}
