import type { Agent } from 'node:http'
import { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'
import type { ModelListener, ModelQuota, SessionConfig } from '../model.ts'
import { callerHeaders } from './caller-identity.ts'
import type { Dialect } from './dialect.ts'
import type { ReadError } from './server-errors.ts'
import type { LeftOut } from './left-out.ts'

/** For the handshake alone; the call has its own deadline for the configured session. */
const HANDSHAKE_TIMEOUT_MS = 8_000
/** Far above the largest delta. */
const MAX_MESSAGE_BYTES = 4_194_304

/** Everything needed to open one connection. */
export interface ConnectionOptions {
  readonly url: string
  readonly apiKey: string
  readonly model: string
  readonly dialect: Dialect
  readonly config: Promise<SessionConfig> | SessionConfig
  /** The other side's number, where it is known. */
  readonly caller?: string | undefined
  /** See `ConnectionPurpose.isSpare`. */
  readonly isSpare?: true | undefined
  readonly listener: ModelListener
  readonly clock: Clock
  /** How long a session lives at most (ms), whatever the server says. */
  readonly sessionLimitMs: number
  /** The fields this server is known to refuse. */
  readonly leftOut: LeftOut
  /** Called instead of `lost` when the server closes after we resent the settings; `true` when a new connection takes over. */
  onClosedOver?(): boolean
  readonly agent?: Agent | undefined
  /** Called when the server says something about limits that all calls share. */
  onQuota?(quota: ModelQuota): void
  /** Called instead of `lost` when the server speaks another dialect and the session is not configured yet. */
  onShapeRefused?(error: ReadError): boolean
}

/** Begins the handshake with the API key, the model and a keyed hash of the caller's number. */
export const dial = ({ url: base, apiKey, model, dialect, caller, agent }: ConnectionOptions): WebSocket => {
  const url = new URL(base)
  url.searchParams.set('model', model)
  return new WebSocket(url, {
    headers: { ...dialect.headers, ...callerHeaders(caller, apiKey), authorization: `Bearer ${apiKey}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    ...(agent ? { agent } : {}),
    perMessageDeflate: false,
    // The reader checks UTF-8, for the messages that it parses.
    skipUTF8Validation: true,
    maxPayload: MAX_MESSAGE_BYTES,
  })
}
