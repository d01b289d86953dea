import { CallRefused, GatewayError, type Gate, type GatewayErrorCode } from '@llc-phone/core'
import type { Finding } from '@llc-phone/settings'
import { SettingsInvalid } from '../configuration/settings-errors.ts'

const STATUS: Partial<Record<GatewayErrorCode, number>> = {
  signature_invalid: 403,
  token_invalid: 403,
  unauthorized: 401,
  forbidden: 403,
  too_many_attempts: 429,
  request_invalid: 400,
  not_found: 404,
  call_live: 409,
  call_not_talking: 409,
  transfer_under_way: 409,
  line_cannot: 409,
  call_limit_reached: 409,
  settings_invalid: 422,
  settings_conflict: 409,
  settings_read_only: 409,
  draining: 503,
  misrouted: 421,
  call_refused: 403,
  queue_full: 429,
  test_calls_full: 429,
  test_spend_reached: 429,
  calls_full: 503,
  mode_invalid: 422,
  caller_limit_reached: 429,
  idempotency_conflict: 422,
  // Nothing was stored, so nothing was done that needs storing.
  database_failed: 503,
  // The carrier is the upstream server.
  call_not_placed: 502,
  call_control_failed: 502,
  // A call is not placed without a model to talk.
  model_outage: 503,
  model_unreachable: 503,
  model_unauthorized: 503,
  model_timeout: 503,
  model_limited: 503,
  model_refused: 503,
  model_wrong_format: 503,
  model_lost: 503,
  model_expired: 503,
  model_garbled: 503,
  model_flooded: 503,
}

/** The JSON body of every error the gateway answers with. */
export interface ErrorBody {
  readonly error: {
    readonly code: GatewayErrorCode
    readonly message: string
    /** The closed gate of a refused call, and when it opens if time opens it (ISO 8601). */
    readonly gate?: Gate
    readonly until?: string
    /** The invalid lines of a list; nothing of the list was imported. */
    readonly lines?: readonly WrongLine[]
    /** What is wrong with settings, and what is worth a look. */
    readonly findings?: readonly Finding[]
  }
}

/** A line of a list, counted from 1, and what is wrong with it. */
export interface WrongLine {
  readonly line: number
  readonly problem: string
}

/** A list that was not imported, because some of its lines are invalid. */
export class ListRefused extends GatewayError {
  readonly lines: readonly WrongLine[]

  /** `hasMore`: the rest of the list was not read. */
  constructor(lines: readonly WrongLine[], hasMore: boolean) {
    const [first] = lines
    const count = lines.length === 1 ? 'One line is' : `${lines.length} lines ${hasMore ? 'or more ' : ''}are`
    super('request_invalid', `${count} wrong, so nothing was imported. Line ${first?.line}: ${first?.problem}`)
    this.lines = lines
  }
}

/** Status and body for anything thrown in a handler. Unknown errors reveal nothing to the client. */
export const describeError = (error: unknown): { readonly status: number; readonly body: ErrorBody } => {
  if (error instanceof GatewayError && STATUS[error.code] !== undefined)
    return {
      status: STATUS[error.code]!,
      body: { error: { code: error.code, message: error.message, ...more(error) } },
    }
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  // Fastify's own refusals: body too large, media type, malformed form.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, body: errorBody('request_invalid', (error as Error).message) }
  return { status: 500, body: errorBody('internal', 'The gateway could not handle this request; its log says why.') }
}

const more = (error: GatewayError): Partial<ErrorBody['error']> => {
  if (error instanceof CallRefused)
    return { gate: error.gate, ...(error.until ? { until: error.until.toISOString() } : {}) }
  if (error instanceof SettingsInvalid) return { findings: error.findings }
  return error instanceof ListRefused ? { lines: error.lines } : {}
}

/** Seconds after which a retry may succeed, for `Retry-After`. */
export const retryAfterOf = (error: unknown, now: Date): number | undefined =>
  error instanceof CallRefused && error.until
    ? Math.max(1, Math.ceil((error.until.getTime() - now.getTime()) / 1_000))
    : undefined

/** The JSON body for a code. */
export const errorBody = (code: GatewayErrorCode, message: string): ErrorBody => ({ error: { code, message } })
