import { GatewayError } from '../errors.ts'
import type { WireError } from './protocol.ts'

/** What an error of the server's means for the connection. */
export type ErrorClass = 'benign' | 'warning' | 'retry' | 'fatal'

/** Races that settle themselves: the thing we asked for had already happened. */
const benign: ReadonlySet<string> = new Set([
  'response_cancel_not_active',
  'conversation_already_has_active_response',
  'input_audio_buffer_commit_empty',
])

/** A new connection would fail in the same way. */
const fatal: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'invalid_api_key',
  'account_deactivated',
  'billing_hard_limit_reached',
  'model_not_found',
  'beta_api_shape_disabled',
])

const retry: ReadonlySet<string> = new Set(['session_expired', 'server_error', 'rate_limit_exceeded'])

/** Sorts an `error` event. What we do not know is a warning: one refused event is no reason to end a call. */
export const classify = (error: WireError): ErrorClass => {
  const code = error.code ?? ''
  if (benign.has(code)) return 'benign'
  if (fatal.has(code)) return 'fatal'
  if (retry.has(code) || error.type === 'server_error') return 'retry'
  return 'warning'
}

/** The handshake was answered with something other than 101. Statuses of which a second try can cure are retried. */
export const handshakeError = (status: number): { error: GatewayError; retry: boolean } => {
  if (status === 401 || status === 403)
    return {
      error: new GatewayError(
        'model_unauthorized',
        `The model server refused the API key (HTTP ${status}). Check OPENAI_API_KEY.`,
      ),
      retry: false,
    }
  return {
    error: new GatewayError('model_unreachable', `The model server answered the connection with HTTP ${status}.`),
    retry: [408, 429, 500, 502, 503, 504].includes(status),
  }
}

/** The connection ended although nobody asked for it. */
export const lostError = (last: WireError | undefined, closeCode: number): { error: GatewayError; retry: boolean } => {
  if (last?.code === 'session_expired')
    return { error: new GatewayError('model_expired', 'The model session reached its maximum duration.'), retry: true }
  if (last && classify(last) === 'fatal')
    return {
      error: new GatewayError('model_refused', `The model server refused to serve us: ${last.code}.`),
      retry: false,
    }
  return { error: new GatewayError('model_lost', `The model connection was closed (code ${closeCode}).`), retry: true }
}
