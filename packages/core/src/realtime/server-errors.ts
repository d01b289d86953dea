import { GatewayError } from '../errors.ts'
import { saneCode, saneField, saneId } from './bounds.ts'
import { KEY, objectionTo, type Objection } from './objections.ts'
import { errorFrom } from './error-shapes.ts'
import type { WireError } from './protocol.ts'
import { retryAfterMs } from './translate.ts'

/** The parts of a server's error that may be passed on: codes, a field name, and how long to wait. */
export interface ReadError {
  readonly type?: string | undefined
  readonly code?: string | undefined
  readonly param?: string | undefined
  readonly event_id?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/** The error in an event; compatible servers also send it as a sentence, a list, or as fields beside the type. */
export const errorIn = (event: { readonly error?: unknown }): WireError => {
  if (event.error !== undefined && event.error !== null) return errorFrom(event.error)
  return errorFrom({ ...event, type: undefined, event_id: undefined })
}

const MAX_SAID_CHARS = 1_000

/** Sentences of servers that send no code, and the code they stand for. */
const CODES_BY_SENTENCE: readonly (readonly [RegExp, string])[] = [
  [/\b(?:incorrect|invalid|missing|unknown|expired|wrong|no|bad)\b[\w ]{0,20}\bapi[ _-]?key\b/i, 'invalid_api_key'],
  [/\bapi[ _-]?key\b[\w ]{0,12}\b(?:incorrect|invalid|missing|expired|not valid|not found)\b/i, 'invalid_api_key'],
  [
    /\bmodel(?::? ["'`]?(?!was |is )[\w.:/-]{1,100}["'`]?(?: was| is)?)?:? (?:does not exist|not found)\b/i,
    'model_not_found',
  ],
  [/\b(?:invalid|unknown|no such) model\b/i, 'invalid_model'],
]

const codeInSentence = (text: unknown): string | undefined =>
  typeof text === 'string'
    ? CODES_BY_SENTENCE.find(([sentence]) => sentence.test(text.slice(0, MAX_SAID_CHARS)))?.[1]
    : undefined

/** Sentences that name a refused parameter. */
const NAMED_PARAMETER = /^(unknown|unrecognized|missing required) parameter:? ["'`]?([a-z][\w.[\]]*)/i

/** The code, unless it is an unspecific HTTP status. */
const exactCode = (code: unknown): string | undefined =>
  /^(?:400|404|422)$/.test(String(code)) ? undefined : saneCode(code)

/** Reads an `error`. Of its message only a field name, a code and a waiting time are kept. */
export const readError = ({ type, code, param, event_id, message }: WireError): ReadError => {
  const [, how = '', named] = NAMED_PARAMETER.exec(typeof message === 'string' ? message : '') ?? []
  const implied = how.toLowerCase().startsWith('missing') ? 'missing_required_parameter' : 'unknown_parameter'
  return {
    type: saneCode(type),
    code: exactCode(code) ?? (named === undefined ? codeInSentence(message) : implied),
    param: saneField(param) ?? saneField(named),
    event_id: saneId(event_id),
    retryAfterMs: retryAfterMs(message),
  }
}

/** The code of an error, else its type. */
export const codeOf = ({ code, type }: ReadError): string => code ?? type ?? 'unknown'

/** What a server's error means for the connection. */
export type ErrorClass = 'benign' | 'warning' | 'retry' | 'fatal'

/** Harmless races: what we asked for had already happened. */
const benign: ReadonlySet<string> = new Set([
  'response_cancel_not_active',
  'conversation_already_has_active_response',
  'input_audio_buffer_commit_empty',
])

const LIMITED = 'rate_limit_exceeded'

const retry: ReadonlySet<string> = new Set(['session_expired', 'server_error', LIMITED])

/** Classifies an error. Unknown ones are warnings: one refused event is no reason to end a call. */
export const classify = (error: ReadError): ErrorClass => {
  const code = error.code ?? ''
  if (benign.has(code)) return 'benign'
  if (code === 'beta_api_shape_disabled' || objectionTo(error)) return 'fatal'
  if (retry.has(code) || error.type === 'server_error') return 'retry'
  return 'warning'
}

/** Why a connection was lost, and whether a new one could help. */
export interface Failure {
  readonly error: GatewayError
  readonly retry: boolean
}

/** The model by its configured name, for messages. */
const namedModel = (model: string | undefined): string => (model === undefined ? 'the model' : `the model "${model}"`)

const unauthorized = ({ what, cure }: Objection, word: string, model?: string): Failure => ({
  error: new GatewayError(
    'model_unauthorized',
    `The model server refused ${what === 'the model' ? namedModel(model) : what} (${word}). ${cure}`,
  ),
  retry: false,
})

/** A limit of the account is reached: the server is well. */
const limited = (how: string): Failure => ({
  error: new GatewayError(
    'model_limited',
    `The model server has reached a limit of the account (${how}). Ask for higher rate limits, or lower MAX_CALLS.`,
  ),
  retry: true,
})

/** The failure for an error that ends the session. */
export const refusal = (error: ReadError, model?: string, doing = 'refused to serve us'): Failure => {
  const against = objectionTo(error)
  if (against) return unauthorized(against.objection, against.word, model)
  if (error.code === LIMITED) return limited(LIMITED)
  const field = error.param ? ` (${error.param})` : ''
  return {
    error: new GatewayError('model_refused', `The model server ${doing}: ${codeOf(error)}${field}.`),
    retry: classify(error) === 'retry',
  }
}

/**
 * The failure for a refused handshake, by its HTTP status and the `error` in its body. Only statuses that may be temporary
 * are retried: those of proxies and content networks (520 to 530) among them.
 */
export const handshakeError = (status: number, error: ReadError = {}, model?: string): Failure => {
  if (objectionTo(error)) return refusal(error, model)
  if (status === 401 || status === 403) return unauthorized(KEY, `HTTP ${status}`)
  if (status === 429) return limited('HTTP 429')
  const hint = status === 404 ? ' Check OPENAI_REALTIME_URL and OPENAI_MODEL.' : ''
  return {
    error: new GatewayError(
      'model_unreachable',
      `The model server answered the connection with HTTP ${status}.${hint}`,
    ),
    retry: status >= 500 || status === 408 || status === 425,
  }
}

/** OpenAI accepts the handshake and closes with this code when it does not know the key. */
const KEY_REFUSED_CLOSE = 3000

/** The word behind the last dot of a close reason: `invalid_request_error.missing_model`. */
export const closeReasonError = (reason: string): ReadError => ({
  code:
    codeInSentence(reason) ??
    saneCode(
      reason
        .trim()
        .split('.')
        .at(-1)
        ?.replaceAll(/[\s-]+/g, '_'),
    ),
})

/** The failure for a session that reached its maximum duration. */
export const expired = (): Failure => ({
  error: new GatewayError('model_expired', 'The model session reached its maximum duration.'),
  retry: true,
})

/** The failure for a connection that the server closed. */
export const lostError = (last: ReadError | undefined, closeCode: number, reason = '', model?: string): Failure => {
  const why = closeReasonError(reason)
  if (last?.code === 'session_expired' || why.code === 'session_expired') return expired()
  if (last && classify(last) === 'fatal') return refusal(last, model)
  if (classify(why) === 'fatal') return refusal(why, model)
  if (closeCode === KEY_REFUSED_CLOSE) return unauthorized(KEY, `close code ${closeCode}`)
  return { error: new GatewayError('model_lost', `The model connection was closed (code ${closeCode}).`), retry: true }
}
