import type { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { GatewayError } from '@llc-phone/core'
import twilio from 'twilio'
import RequestClient from 'twilio/lib/base/RequestClient.js'

/** Address and credentials of Twilio's REST API. */
export interface RestAccount {
  readonly accountSid: string
  readonly authToken: string
  readonly apiUrl?: string | undefined
  readonly edge?: string | undefined
  readonly region?: string | undefined
  /** Makes the connections, for example through a proxy; default: directly. */
  readonly agent?: HttpAgent | undefined
}

/** Time limit: Twilio answers in well under a second, and during most requests somebody waits in silence. */
const REQUEST_TIMEOUT_MS = 5_000

/** Twilio's codes for a call that does not exist any more, or is not in progress. */
const OVER_CODES = new Set([20404, 21220])

type RequestOptions = Parameters<InstanceType<typeof RequestClient>['request']>[0]

/** Sends the SDK's requests to another origin: the SDK itself only knows *.twilio.com. */
const clientFor = (apiUrl: string | undefined, keepAlive: boolean, agent: HttpAgent | undefined) => {
  // No automatic retries: a second POST would ring the same person twice.
  const inner = new RequestClient({ timeout: REQUEST_TIMEOUT_MS, keepAlive, autoRetry: false })
  // The SDK would use HTTP_PROXY in its own way: for https only, and for this machine too.
  inner.axios.defaults.httpsAgent = agent ?? new HttpsAgent({ keepAlive, timeout: REQUEST_TIMEOUT_MS })
  if (agent) inner.axios.defaults.httpAgent = agent
  if (apiUrl === undefined) return inner
  const base = apiUrl.replace(/\/$/, '')
  const request = inner.request.bind(inner)
  inner.request = <Body>(options: RequestOptions) => {
    const { pathname, search } = new URL(options.uri)
    return request<Body>({ ...options, uri: `${base}${pathname}${search}` } as never)
  }
  return inner
}

/**
 * The SDK's client, with its lazy parts loaded: the first call would pay 100 ms for them. `edge` and `region` go together:
 * one alone leads to a host that does not exist.
 */
export const createRestClient = (
  { accountSid, authToken, apiUrl, edge, region, agent }: RestAccount,
  { keepAlive = true }: { readonly keepAlive?: boolean } = {},
) => {
  const client = twilio(accountSid, authToken, {
    httpClient: clientFor(apiUrl, keepAlive, agent),
    ...(edge === undefined ? {} : { edge }),
    ...(region === undefined ? {} : { region }),
  })
  void client.calls
  return client
}

/** The SDK's client for one account. */
export type RestClient = ReturnType<typeof createRestClient>

/** HTTP status and Twilio's code of a failed request, or the system's code (`ECONNREFUSED`) when there was no answer. */
export interface RestFailure {
  readonly status?: number
  readonly code?: number
  readonly cause?: string
}

/** Reads the codes of a failed request. The SDK's error itself may contain the Authorization header and telephone numbers. */
export const readFailure = (error: unknown): RestFailure => {
  const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown }
  const number = Number(code)
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(code === undefined || code === null || Number.isNaN(number) ? {} : { code: number }),
    ...(typeof code === 'string' && Number.isNaN(number) ? { cause: code } : {}),
  }
}

/** The error for a failed request, without the data that was sent. */
export const restError = (what: string, error: unknown): GatewayError => {
  const { status, code } = readFailure(error)
  return new GatewayError(
    'call_control_failed',
    `Twilio did not ${what} (status ${status ?? 'none'}, code ${code ?? 'none'}).`,
  )
}

const update = async (client: RestClient, callSid: string, change: CallChange): Promise<void> => {
  try {
    await client.calls(callSid).update(change)
  } catch (error) {
    const { status, code = 0 } = readFailure(error)
    if (status === 404 || OVER_CODES.has(code)) return
    throw restError('end the call', error)
  }
}

type CallChange = { readonly status: 'completed' } | { readonly twiml: string }

/** Ends a call in any state; succeeds if it is over or never existed. */
export const endCall = (client: RestClient, callSid: string): Promise<void> =>
  update(client, callSid, { status: 'completed' })

/** Replaces the TwiML of a live call; succeeds if the call is over. */
export const redirectCall = (client: RestClient, callSid: string, document: string): Promise<void> =>
  update(client, callSid, { twiml: document })
