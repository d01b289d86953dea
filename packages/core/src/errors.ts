/** Every way the gateway can refuse or fail; each code has a row in docs/reference/errors.md. */
export const gatewayErrorCodes = [
  'config_invalid',
  'mode_invalid',
  'mode_failed',
  'phone_number_invalid',
  'port_in_use',
  'signature_invalid',
  'unauthorized',
  'forbidden',
  'too_many_attempts',
  'request_invalid',
  'settings_invalid',
  'settings_conflict',
  'settings_read_only',
  'not_found',
  'call_live',
  'recording_failed',
  'call_not_talking',
  'transfer_under_way',
  'line_cannot',
  'draining',
  'misrouted',
  'token_invalid',
  'frame_invalid',
  'line_flooded',
  'start_missing',
  'start_mismatch',
  'media_silent',
  'backlog_exceeded',
  'mark_lost',
  'model_outage',
  'model_unreachable',
  'model_unauthorized',
  'model_timeout',
  'model_limited',
  'model_refused',
  'model_wrong_format',
  'model_lost',
  'model_expired',
  'model_garbled',
  'model_flooded',
  'call_control_failed',
  'call_limit_reached',
  'database_failed',
  'call_refused',
  'queue_full',
  'calls_full',
  'caller_limit_reached',
  'test_calls_full',
  'test_spend_reached',
  'idempotency_conflict',
  'call_not_placed',
  'log_invalid',
  'log_version',
  'log_truncated',
  'internal',
] as const
/** One of {@link gatewayErrorCodes}. */
export type GatewayErrorCode = (typeof gatewayErrorCodes)[number]

/** An error as data, for a call's log and state. */
export interface Fault {
  readonly code: GatewayErrorCode
  readonly message: string
}

/** The one error class of the gateway: `code` is a public contract, `message` tells the reader what to do. */
export class GatewayError extends Error {
  readonly code: GatewayErrorCode

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GatewayError'
    this.code = code
  }
}

/** The error as data, without its cause. */
export const faultOf = ({ code, message }: GatewayError): Fault => ({ code, message })
