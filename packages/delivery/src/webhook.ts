import { createHmac } from 'node:crypto'
import { isLoopback, type Clock } from '@llc-phone/core'
import * as z from 'zod'

/** Settings of a webhook. Its URL comes from the configuration only; nothing a caller says can change it. */
export interface WebhookSettings {
  /** `https:`; `http:` only on this machine. */
  readonly url: string
  /** Shared with the receiver, as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 random bytes. */
  readonly secret: string
}

/** An event; posted as JSON `{ type, timestamp, data }`, the envelope of Standard Webhooks. */
export interface WebhookEvent {
  /** The same at every attempt. */
  readonly id: string
  /** Such as `message.taken`. */
  readonly type: string
  /** When it happened. */
  readonly timestamp: Date
  readonly data: object
  /** The W3C context of the call it is about, sent as a header when there is one. */
  readonly traceparent?: string | undefined
}

const REQUEST_TIMEOUT_MS = 10_000

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/

const keyOf = (secret: string): Buffer => Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64')

/** Addresses of the link alone, as `URL` writes them: nobody receives messages there, and clouds give out their keys. */
const LINK_LOCAL = /^(?:169\.254\.|\[fe[89ab][\da-f]:|\[::ffff:a9fe:|metadata\.google\.internal\.?$)/

/** Whether callers' words may be posted there: encrypted, or to this machine; a password would be logged by the receiver. */
export const isSafeUrl = (text: string): boolean => {
  const url = URL.parse(text)
  if (!url || url.username || url.password || LINK_LOCAL.test(url.hostname)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(text))
}

/** Checks the secret of a webhook. */
export const webhookSecretSchema = z.string().refine((secret) => {
  const { length } = keyOf(secret)
  return length >= 24 && length <= 64
}, 'write whsec_ and base64 of 24 to 64 random bytes, as from: echo whsec_$(openssl rand -base64 32)')

/** Checks {@link WebhookSettings}. */
export const webhookSchema = z.strictObject({
  url: z.string().refine(isSafeUrl, 'use an https: address without a password in it'),
  secret: webhookSecretSchema,
})

/**
 * Posts an event, signed over id, time and body (https://www.standardwebhooks.com), so that receivers can reject forged and
 * old ones. Resolves when the receiver answered 2xx; redirects are not followed.
 */
export const createWebhook = ({ url, secret }: WebhookSettings, clock: Clock) => {
  const key = keyOf(secret)
  return async ({ id, traceparent, ...event }: WebhookEvent, signal: AbortSignal): Promise<void> => {
    const body = JSON.stringify(event)
    const timestamp = String(Math.floor(clock.date().getTime() / 1_000))
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    const late = new AbortController()
    const deadline = clock.after(REQUEST_TIMEOUT_MS, () => late.abort(new DOMException('no answer', 'TimeoutError')))
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.any([signal, late.signal]),
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${signature}`,
          ...(traceparent === undefined ? {} : { traceparent }),
        },
        body,
      })
      // Do not read the answer's body, which may be long.
      await response.body?.cancel()
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
    } finally {
      deadline.stop()
    }
  }
}
