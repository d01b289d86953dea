/** The requests Twilio makes: signed as the official SDK expects them, within Twilio's time budget. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { NotAllowed, type Reach } from './reach.ts'
import { TwilioFailure } from './types.ts'

/** A webhook may take this long altogether. */
export const WEBHOOK_TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024

/** The answer of a webhook, with its time. */
export interface WebhookAnswer {
  status: number
  body: string
  tookMs: number
}

/** The signature Twilio puts on a request; for the media socket `params` is empty. */
export const signRequest = (authToken: string, url: string, params: Record<string, string> = {}): string =>
  getExpectedTwilioSignature(authToken, url.replace(/#.*$/, ''), params)

/** How often and after what a request is tried again, by the fragment of its address (connection overrides). */
interface Retries {
  count: number
  policies: ReadonlySet<string>
}

const MAX_RETRIES = 5

/**
 * Reads `#rc=2&rp=ct,rt,5xx`; without it a connection that could not be made is tried once more. Throws 11200 for what Twilio
 * would not take.
 */
export function retriesOf(url: string): Retries {
  const overrides = new URLSearchParams(/#(.*)$/.exec(url)?.[1] ?? '')
  const count = Number(overrides.get('rc') ?? '1')
  const policies = (overrides.get('rp') ?? 'ct').split(',')
  const isKnown = policies.every((policy) => ['4xx', '5xx', 'ct', 'rt', 'all'].includes(policy))
  if (!Number.isInteger(count) || count < 0 || count > MAX_RETRIES || !isKnown)
    throw new TwilioFailure(11200, `Invalid connection overrides: ${url}`)
  return { count, policies: new Set(policies) }
}

const mayRetry = ({ policies }: Retries, outcome: 'ct' | 'rt' | '4xx' | '5xx'): boolean =>
  policies.has('all') || policies.has(outcome)

/**
 * Asks a webhook, and again as its address says, all within the limit and without pauses. No connection is 11205, an unsuccessful
 * answer 11200, a large one 11750; TLS has codes of its own.
 */
export async function askWebhook(request: {
  reach: Reach
  authToken: string
  url: string
  method: 'GET' | 'POST'
  params: Record<string, string>
  timeoutMs?: number
  retry?: boolean
}): Promise<WebhookAnswer> {
  const { reach, authToken, method, params, timeoutMs = WEBHOOK_TIMEOUT_MS } = request
  const url = new URL(request.url.replace(/#.*$/, ''))
  const form = new URLSearchParams(params)
  if (method === 'GET') for (const [name, value] of form) url.searchParams.append(name, value)
  // The address is signed as it was configured: `URL` may only rewrite it where parameters were added.
  const target = method === 'GET' ? url.href : request.url.replace(/#.*$/, '')
  const startedMs = performance.now()
  const send = () =>
    reach.ask(target, {
      method,
      headers: {
        'user-agent': 'TwilioProxy/1.1',
        'x-home-region': 'us1',
        'x-twilio-signature': signRequest(authToken, target, method === 'GET' ? {} : params),
        ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
      },
      ...(method === 'POST' && { body: form.toString() }),
      signal: AbortSignal.timeout(timeoutMs),
    })
  const retries = retriesOf(request.url)
  const isOver = () => performance.now() - startedMs >= timeoutMs
  const ask = async (left: number): Promise<Awaited<ReturnType<typeof send>>> => {
    const tried = await send().catch((error: unknown) => {
      const outcome = isTimeout(error) ? 'rt' : 'ct'
      if (left === 0 || isOver() || error instanceof NotAllowed || !mayRetry(retries, outcome)) throw error
      return undefined
    })
    if (!tried) return ask(left - 1)
    const kind = tried.status >= 500 ? '5xx' : tried.status >= 400 ? '4xx' : undefined
    return kind && left > 0 && !isOver() && mayRetry(retries, kind) ? ask(left - 1) : tried
  }
  const isWithout = request.retry === false && !request.url.includes('#')
  const { status, body } = await ask(isWithout ? 0 : retries.count).catch((error: unknown) => {
    const reason = isTimeout(error) ? `no answer within ${timeoutMs} ms` : describe(error)
    throw new TwilioFailure(codeOf(error), `HTTP connection failure: ${target}: ${reason}`)
  })
  if (status < 200 || status > 299) {
    throw new TwilioFailure(11200, `HTTP retrieval failure: ${target} answered ${status}`)
  }
  if (body.length > MAX_ANSWER_BYTES) throw new TwilioFailure(11750, 'TwiML response body too large')
  return { status, body: new TextDecoder().decode(body), tookMs: performance.now() - startedMs }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

/** Twilio's code for a request that got no answer. */
function codeOf(error: unknown): number {
  if (isTimeout(error)) return 11200
  if (error instanceof NotAllowed) return 11210
  const reason = describe(error)
  if (reason === 'ERR_TLS_CERT_ALTNAME_INVALID') return 11235
  if (reason === 'CERT_HAS_EXPIRED') return 11236
  if (isUntrusted(reason)) return 11237
  return isTlsFailure(reason) ? 11220 : 11205
}

/** Whether a connection failed because of an untrusted certificate. */
export const isUntrusted = (code: string): boolean =>
  /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|REJECTED|SIGNATURE)/.test(code)

/** Whether it has to do with TLS at all; a server that speaks plain HTTP on the port is one of them. */
export const isTlsFailure = (code: string): boolean => /SELF_SIGNED|UNABLE_TO_|CERT|TLS|SSL|EPROTO/.test(code)

const describe = (error: unknown): string =>
  error instanceof Error && !(error instanceof NotAllowed) && 'code' in error ? String(error.code) : String(error)
