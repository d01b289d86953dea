import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import type { RequestOpts } from 'twilio/lib/base/BaseTwilio.js'

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

/** An answer of the REST API, in the form that the SDK's resources read. */
export interface RestAnswer {
  readonly statusCode: number
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Time limit: Twilio answers in well under a second, and during most requests somebody waits in silence. */
const REQUEST_TIMEOUT_MS = 5_000

/** The origin that requests go to. Edge and region have an order of their own: `api.sydney.au1.twilio.com`. */
export const restOriginOf = ({ apiUrl, edge, region }: Pick<RestAccount, 'apiUrl' | 'edge' | 'region'>): string =>
  apiUrl?.replace(/\/$/, '') ?? `https://${['api', edge, region, 'twilio.com'].filter(Boolean).join('.')}`

/** Lists become repeated fields, as Twilio reads them. */
const encoded = (fields: object): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)]),
    ),
  ).toString()

/**
 * Sends the requests of the SDK's resources. The SDK's own client brings axios, 13 MB of memory for what one request of
 * Node's does. Redirects are not followed, and nothing is sent twice: a second POST would ring the same person twice.
 * Rejects with the system's error (`code`: `ECONNREFUSED`, …); `ETIMEDOUT` when the time limit is over.
 */
export const createRestTransport = (account: RestAccount, keepAlive: boolean) => {
  const origin = restOriginOf(account)
  const isSecure = origin.startsWith('https:')
  const agent = account.agent ?? new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive, timeout: REQUEST_TIMEOUT_MS })
  const auth = `${account.accountSid}:${account.authToken}`

  const request = async ({ method = 'get', uri, params, data, headers }: RequestOpts): Promise<RestAnswer> => {
    const { pathname } = new URL(uri!)
    const query = params ? `?${encoded(params)}` : ''
    const { promise, resolve, reject } = Promise.withResolvers<RestAnswer>()
    const tooLate = Object.assign(new Error('Twilio did not answer in time.'), { code: 'ETIMEDOUT' })
    const sent = (isSecure ? httpsRequest : httpRequest)(
      `${origin}${pathname}${query}`,
      {
        method: method.toUpperCase(),
        agent,
        auth,
        headers: { accept: 'application/json', connection: keepAlive ? 'keep-alive' : 'close', ...headers },
      },
      (response) => {
        text(response).then(
          (body) => resolve({ statusCode: response.statusCode!, body, headers: response.headers }),
          reject,
        )
      },
    )
    const limit = setTimeout(() => sent.destroy(tooLate), REQUEST_TIMEOUT_MS)
    sent.on('error', reject).end(data ? encoded(data) : undefined)
    return promise.finally(() => clearTimeout(limit))
  }
  return { request }
}
