import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { createRestClient } from './rest-client.ts'
import type { RestAccount } from './rest-transport.ts'

/** The result of one check. */
export interface TwilioFinding {
  readonly name: string
  readonly outcome: 'ok' | 'failed'
  readonly detail: string
  /** What to do; absent when nothing is wrong. */
  readonly action?: string
}

const REQUEST_LIMIT_MS = 5_000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Checks whether the account answers. Places no call. */
export const examineAccount = async (account: RestAccount): Promise<TwilioFinding> => {
  const name = 'twilio'
  try {
    await createRestClient(account).calls.list({ limit: 1 })
    return { name, outcome: 'ok', detail: 'the account answers REST requests' }
  } catch (error) {
    const { status } = error as { status?: number }
    return status === 401
      ? {
          name,
          outcome: 'failed',
          detail: 'The account SID or the auth token is wrong (HTTP 401).',
          action: 'Copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from the home page of the Twilio Console.',
        }
      : {
          name,
          outcome: 'failed',
          detail: messageOf(error),
          action:
            'Look whether this machine may connect to api.twilio.com (proxy, firewall), and at status.twilio.com.',
        }
  }
}

/**
 * Sends a webhook as Twilio does: over the public URL, with a signature over exactly that URL. Rejects when nothing
 * answers there.
 */
export const examineSignature = async (publicUrl: string, authToken: string): Promise<TwilioFinding> => {
  const name = 'signature'
  const url = `${publicUrl}/twilio/status`
  const form = { CallSid: `CA${'0'.repeat(32)}`, CallStatus: 'completed' }
  const ask = async (signature: string): Promise<number> => {
    const { status } = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { 'x-twilio-signature': signature },
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    })
    return status
  }
  const signed = await ask(getExpectedTwilioSignature(authToken, url, form))
  const forged = await ask('forged')
  if (signed >= 400) {
    return {
      name,
      outcome: 'failed',
      detail: `A signed request to ${url} is answered ${signed}.`,
      action:
        'Restart the gateway if .env was changed; look whether PUBLIC_URL and TWILIO_AUTH_TOKEN are what it runs with.',
    }
  }
  if (forged !== 403)
    return {
      name,
      outcome: 'failed',
      detail: `A forged request to ${url} is answered ${forged} instead of 403.`,
      action: 'Look at what answers there: a proxy must pass requests on as they are.',
    }
  return { name, outcome: 'ok', detail: 'accepted when right, refused when forged' }
}
