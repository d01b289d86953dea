/** What the REST API does with a call that is up. */
import { runCall } from './run-twiml.ts'
import { methodOf } from './scene.ts'
import { TwilioFailure } from './types.ts'
import type { Leg } from './world.ts'

/** The form of a REST request. */
export type Form = Record<string, string | string[] | undefined>

/** The first value of a form field. */
export const one = (form: Form, name: string): string | undefined => {
  const value = form[name]
  return Array.isArray(value) ? value[0] : value
}

/** Hangs up, cancels, or replaces the running TwiML at once. */
export function updateCall(leg: Leg, form: Form): void {
  if (leg.over) throw new TwilioFailure(21220, `Call is not in-progress. Cannot redirect.`)
  const status = one(form, 'Status')
  const twiml = one(form, 'Twiml')
  const url = one(form, 'Url')
  if (status === 'completed') return leg.end('completed', 'ended by REST')
  if (status === 'canceled') {
    if (leg.answeredAtMs === undefined) leg.end('canceled', 'canceled by REST')
    return
  }
  if (status !== undefined) throw new TwilioFailure(20001, `Status ${status} is not allowed`)
  if (url === undefined && twiml === undefined) return
  if (leg.answeredAtMs === undefined) throw new TwilioFailure(21220, 'Call is not in-progress. Cannot redirect.')
  if (twiml !== undefined && twiml.length > 4000) throw new TwilioFailure(32018, 'Twiml is too long')
  if (url !== undefined && !/^https?:\/\//.test(url)) throw new TwilioFailure(21205, `Url is not a valid URL: ${url}`)
  leg.log({ type: 'redirected', text: 'by REST', ...(url !== undefined && { url }) })
  void runCall(
    leg,
    url === undefined ? { document: twiml! } : { name: 'redirect', url, method: methodOf(one(form, 'Method')) },
  )
}
