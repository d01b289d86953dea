/** The official SDK, pointed at a stand-in. */
import twilio from 'twilio'
import type { SimTwilio } from '../src/twilio/create-twilio.ts'
import { accountSid, authToken } from './twilio-gateway.ts'

// The SDK always talks to *.twilio.com: only its transport is replaced.
const sendTo =
  (origin: string, timeoutMs?: number) =>
  async (request: {
    method: string
    uri: string
    username?: string
    password?: string
    data?: Record<string, unknown>
    params?: Record<string, unknown>
  }) => {
    const uri = new URL(request.uri)
    const form = new URLSearchParams()
    for (const [name, value] of Object.entries(request.data ?? {})) {
      for (const each of [value].flat()) if (each !== undefined) form.append(name, each as string)
    }
    for (const [name, value] of Object.entries(request.params ?? {})) uri.searchParams.append(name, value as string)
    const response = await fetch(`${origin}${uri.pathname}${uri.search}`, {
      method: request.method.toUpperCase(),
      headers: {
        authorization: `Basic ${Buffer.from(`${request.username}:${request.password}`).toString('base64')}`,
        ...(request.method.toLowerCase() === 'post' && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(request.method.toLowerCase() === 'post' && { body: form.toString() }),
      ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
    })
    return { statusCode: response.status, body: await response.text(), headers: {} }
  }

export const sdkFor = (stand: SimTwilio, token = authToken, timeoutMs?: number): ReturnType<typeof twilio> =>
  twilio(accountSid, token, { httpClient: { request: sendTo(stand.url, timeoutMs) } as never })
