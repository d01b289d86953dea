import { GatewayError } from '../errors.ts'
import { saneCode, saneField, saneId } from './bounds.ts'
import type { WireError } from './protocol.ts'
import { retryAfterMs } from './translate.ts'

/** An `error` as far as it may be passed on: short words of the server's, and how long to wait. */
export interface ReadError {
  readonly type?: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
  readonly event_id?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/** Reads an `error`; its message goes no further than this. */
export const readError = ({ type, code, param, event_id, message }: WireError): ReadError => ({
  type: saneCode(type),
  code: saneCode(code),
  param: saneField(param),
  event_id: saneId(event_id),
  retryAfterMs: retryAfterMs(message),
})

/** The one word for an error. */
export const codeOf = ({ code, type }: ReadError): string => code ?? type ?? 'unknown'

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
  'account_deactivated',
  'billing_hard_limit_reached',
  'beta_api_shape_disabled',
])

/** What is wrong with what we introduced ourselves with, and where it is set. */
const unauthorized: ReadonlyMap<string, { readonly what: string; readonly variable: string }> = new Map(
  [
    {
      codes: ['invalid_api_key', 'missing_api_key', 'authentication_error'],
      what: 'API key',
      variable: 'OPENAI_API_KEY',
    },
    { codes: ['missing_model', 'invalid_model', 'model_not_found'], what: 'model', variable: 'OPENAI_MODEL' },
  ].flatMap(({ codes, what, variable }) => codes.map((code) => [code, { what, variable }] as const)),
)

const retry: ReadonlySet<string> = new Set(['session_expired', 'server_error', 'rate_limit_exceeded'])

/** Sorts an `error` event. What we do not know is a warning: one refused event is no reason to end a call. */
export const classify = (error: ReadError): ErrorClass => {
  const code = error.code ?? ''
  if (benign.has(code)) return 'benign'
  if (fatal.has(code) || unauthorized.has(codeOf(error))) return 'fatal'
  if (retry.has(code) || error.type === 'server_error') return 'retry'
  return 'warning'
}

/** What went wrong, and whether a new connection could help. */
export interface Failure {
  readonly error: GatewayError
  readonly retry: boolean
}

const keyRefused = (how: string): Failure => ({
  error: new GatewayError('model_unauthorized', `The model server refused the API key (${how}). Check OPENAI_API_KEY.`),
  retry: false,
})

/** The server will not serve us. */
export const refusal = (error: ReadError, doing = 'refused to serve us'): Failure => {
  const code = codeOf(error)
  const wrong = unauthorized.get(code)
  if (wrong?.variable === 'OPENAI_API_KEY') return keyRefused(code)
  if (wrong)
    return {
      error: new GatewayError(
        'model_unauthorized',
        `The model server refused the ${wrong.what} (${code}). Check ${wrong.variable}.`,
      ),
      retry: false,
    }
  const field = error.param ? ` (${error.param})` : ''
  return {
    error: new GatewayError('model_refused', `The model server ${doing}: ${code}${field}.`),
    retry: classify(error) === 'retry',
  }
}

/** The handshake was answered with something other than 101. Statuses of which a second try can cure are retried. */
export const handshakeError = (status: number): Failure => {
  if (status === 401 || status === 403) return keyRefused(`HTTP ${status}`)
  return {
    error: new GatewayError('model_unreachable', `The model server answered the connection with HTTP ${status}.`),
    retry: [408, 429, 500, 502, 503, 504].includes(status),
  }
}

/** OpenAI closes with this when it does not know the key, and only then says so. */
const KEY_REFUSED_CLOSE = 3000

/** The word behind the last dot of a close reason: `invalid_request_error.missing_model`. */
export const closeWord = (reason: string): ReadError => ({ code: saneCode(reason.split('.').at(-1)) })

/** The session has come to its end, as announced. */
export const expired = (): Failure => ({
  error: new GatewayError('model_expired', 'The model session reached its maximum duration.'),
  retry: true,
})

/** The connection ended although nobody asked for it. */
export const lostError = (last: ReadError | undefined, closeCode: number, reason = ''): Failure => {
  const why = closeWord(reason)
  if (last?.code === 'session_expired' || why.code === 'session_expired') return expired()
  if (last && classify(last) === 'fatal') return refusal(last)
  if (classify(why) === 'fatal') return refusal(why)
  if (closeCode === KEY_REFUSED_CLOSE) return keyRefused(`close code ${closeCode}`)
  return { error: new GatewayError('model_lost', `The model connection was closed (code ${closeCode}).`), retry: true }
}
