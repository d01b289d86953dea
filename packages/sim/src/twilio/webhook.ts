/** The requests Twilio makes: signed as the official SDK expects them, within Twilio's time budget. */
import twilio from 'twilio'
import { TwilioFailure } from './types.ts'

const { getExpectedTwilioSignature } = twilio as unknown as {
  getExpectedTwilioSignature(authToken: string, url: string, params: Record<string, unknown>): string
}

/** A webhook may take this long altogether. */
export const WEBHOOK_TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024

/** What was answered, and when. */
export interface WebhookAnswer {
  status: number
  body: string
  tookMs: number
}

/** The signature Twilio puts on a request; for the media socket `params` is empty. */
export const signRequest = (authToken: string, url: string, params: Record<string, string> = {}): string =>
  getExpectedTwilioSignature(authToken, url.replace(/#.*$/, ''), params)

/** Asks a webhook. A failed connection is tried once more (11205), an unsuccessful answer is 11200, a large one 11750. */
export async function askWebhook(request: {
  authToken: string
  url: string
  method: 'GET' | 'POST'
  params: Record<string, string>
  timeoutMs?: number
  retry?: boolean
}): Promise<WebhookAnswer> {
  const { authToken, method, params, timeoutMs = WEBHOOK_TIMEOUT_MS } = request
  const url = new URL(request.url.replace(/#.*$/, ''))
  const form = new URLSearchParams(params)
  if (method === 'GET') for (const [name, value] of form) url.searchParams.append(name, value)
  // The address is signed as it was configured: `URL` may only rewrite it where parameters were added.
  const target = method === 'GET' ? url.href : request.url.replace(/#.*$/, '')
  const startedMs = performance.now()
  const send = (): Promise<Response> =>
    fetch(target, {
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
  let response: Response
  let body: string
  try {
    response = await send().catch((error: unknown) => {
      if (isTimeout(error) || request.retry === false) throw error
      return send()
    })
    body = await response.text()
  } catch (error) {
    const reason = isTimeout(error) ? `no answer within ${timeoutMs} ms` : describe(error)
    throw new TwilioFailure(isTimeout(error) ? 11200 : 11205, `HTTP connection failure: ${target}: ${reason}`)
  }
  if (!response.ok) throw new TwilioFailure(11200, `HTTP retrieval failure: ${target} answered ${response.status}`)
  if (Buffer.byteLength(body) > MAX_ANSWER_BYTES) throw new TwilioFailure(11750, 'TwiML response body too large')
  return { status: response.status, body, tookMs: performance.now() - startedMs }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'

function describe(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return String(error)
}
