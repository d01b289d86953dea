import { endOf, GatewayError, type StrayLeg } from '@llc-phone/core'
import domain from 'twilio/lib/base/Domain.js'
import version from 'twilio/lib/base/Version.js'
import { CallListInstance, type CallListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/call.js'
import { createRestTransport, type RestAccount } from './rest-transport.ts'
import { legStatusOf } from './words.ts'

/** Twilio's codes for a call that does not exist any more, or is not in progress. */
const OVER_CODES = new Set([20404, 21220])

/** The default import of a CommonJS module is all its exports under Node, and its default export under the test runner. */
const defaultOf = <Default>(module: { readonly default: Default }): Default =>
  module.default ?? (module as unknown as Default)

const Domain = defaultOf(domain)
const Version = defaultOf(version)

/** The REST API of one account, as far as it is used. */
export interface RestClient {
  readonly calls: CallListInstance
}

/** What live calls are steered by: the REST API, or a carrier in this process that has its words. */
export interface LegsClient {
  readonly calls: {
    (callSid: string): { update(change: CallChange): Promise<unknown> }
    create(call: CallListInstanceCreateOptions): Promise<{ readonly sid: string }>
  }
}

/**
 * The calls of one account. Of the SDK only this resource is loaded: all of it is 7 MB of source, which took 40 MB of memory
 * and half a second of every start.
 */
export const createRestClient = (
  account: RestAccount,
  { keepAlive = true }: { readonly keepAlive?: boolean } = {},
): RestClient => {
  // The SDK's Domain uses only `request` of its client, and a list uses nothing of its version.
  const api = new Domain(createRestTransport(account, keepAlive) as never, 'https://api.twilio.com')
  return { calls: CallListInstance(new Version(api, '2010-04-01') as never, account.accountSid) }
}

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

const update = async (client: LegsClient, callSid: string, change: CallChange): Promise<void> => {
  try {
    await client.calls(callSid).update(change)
  } catch (error) {
    const { status, code = 0 } = readFailure(error)
    if (status === 404 || OVER_CODES.has(code)) return
    throw restError('end the call', error)
  }
}

/** What a call that is up is changed to. */
export type CallChange = { readonly status: 'completed' } | { readonly twiml: string }

/** Ends a call in any state; succeeds if it is over or never existed. */
export const endCall = (client: LegsClient, callSid: string): Promise<void> =>
  update(client, callSid, { status: 'completed' })

/** Replaces the TwiML of a live call; succeeds if the call is over. */
export const redirectCall = (client: LegsClient, callSid: string, document: string): Promise<void> =>
  update(client, callSid, { twiml: document })

/** What Twilio knows of a call; `undefined` when there is none. */
export const lookAt = async (client: RestClient, callSid: string): Promise<StrayLeg | undefined> => {
  try {
    const { status, endTime } = await client.calls(callSid).fetch()
    const isUp = endOf(legStatusOf(status)) === undefined
    return { isUp, ...(endTime instanceof Date && !Number.isNaN(endTime.getTime()) ? { endedAt: endTime } : {}) }
  } catch (error) {
    if (readFailure(error).status === 404) return undefined
    throw restError('tell about the call', error)
  }
}

/** Has Twilio ask this address what to do with a live call; succeeds if the call is over. */
export const askAgain = async (client: RestClient, callSid: string, url: string): Promise<void> => {
  try {
    await client.calls(callSid).update({ url, method: 'POST' })
  } catch (error) {
    const { status, code = 0 } = readFailure(error)
    if (status === 404 || OVER_CODES.has(code)) return
    throw restError('fetch the call back', error)
  }
}
