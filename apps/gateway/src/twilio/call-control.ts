import { GatewayError } from '@llc-phone/core'
import twilio from 'twilio'
import RequestClient from 'twilio/lib/base/RequestClient.js'

/** What the gateway does to a live call from outside its TwiML. */
export interface CallControl {
  /** Ends the caller's leg. A call that is over already counts as success. Rejects with `call_control_failed`. */
  hangUp(callSid: string): Promise<void>
}

/** Twilio answers in well under a second; a caller waits in silence behind this request. */
const REQUEST_TIMEOUT_MS = 5_000

/** The call does not exist any more, or is not in progress. */
const OVER_CODES = new Set([20404, 21220])

type RequestOptions = Parameters<InstanceType<typeof RequestClient>['request']>[0]

/** The SDK always speaks to *.twilio.com; this sends the same request to another origin instead. */
const clientFor = (apiUrl: string | undefined) => {
  const inner = new RequestClient({ timeout: REQUEST_TIMEOUT_MS, keepAlive: true })
  if (apiUrl === undefined) return inner
  const base = apiUrl.replace(/\/$/, '')
  const request = inner.request.bind(inner)
  inner.request = <Body>(options: RequestOptions) => {
    const { pathname, search } = new URL(options.uri)
    return request<Body>({ ...options, uri: `${base}${pathname}${search}` } as never)
  }
  return inner
}

/** Call control over Twilio's REST API; loads the SDK's lazy parts now, because the first call would pay 100 ms for them. */
export const createCallControl = (options: {
  readonly accountSid: string
  readonly authToken: string
  readonly apiUrl?: string | undefined
  readonly edge?: string | undefined
  readonly region?: string | undefined
}): CallControl => {
  const client = twilio(options.accountSid, options.authToken, {
    httpClient: clientFor(options.apiUrl),
    ...(options.edge === undefined ? {} : { edge: options.edge }),
    ...(options.region === undefined ? {} : { region: options.region }),
  })
  void client.calls
  return {
    async hangUp(callSid) {
      try {
        await client.calls(callSid).update({ status: 'completed' })
      } catch (error) {
        const { status, code } = (error ?? {}) as { status?: number; code?: number }
        if (status === 404 || OVER_CODES.has(Number(code))) return
        // The SDK's error can carry the request with its Authorization header, so only the numbers go on.
        throw new GatewayError(
          'call_control_failed',
          `Twilio did not end the call (status ${status ?? 'none'}, code ${code ?? 'none'}).`,
        )
      }
    },
  }
}
