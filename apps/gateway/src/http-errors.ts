import { GatewayError, type GatewayErrorCode } from '@llc-phone/core'

const STATUS: Partial<Record<GatewayErrorCode, number>> = {
  signature_invalid: 403,
  token_invalid: 403,
  unauthorized: 401,
  request_invalid: 400,
  not_found: 404,
  draining: 503,
}

/** The JSON body of every error the gateway answers with. */
export interface ErrorBody {
  readonly error: { readonly code: GatewayErrorCode; readonly message: string }
}

/** Status and body for anything thrown in a handler. What is not a known refusal tells the outside nothing. */
export const describeError = (error: unknown): { readonly status: number; readonly body: ErrorBody } => {
  if (error instanceof GatewayError && STATUS[error.code] !== undefined)
    return { status: STATUS[error.code]!, body: errorBody(error.code, error.message) }
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode
  // Fastify's own refusals: body too large, media type, malformed form.
  if (typeof status === 'number' && status >= 400 && status < 500)
    return { status, body: errorBody('request_invalid', (error as Error).message) }
  return { status: 500, body: errorBody('internal', 'The gateway could not handle this request; its log says why.') }
}

/** The JSON body for a code. */
export const errorBody = (code: GatewayErrorCode, message: string): ErrorBody => ({ error: { code, message } })
