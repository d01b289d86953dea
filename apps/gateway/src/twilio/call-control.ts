import { GatewayError, type CallControlPort, type E164 } from '@llc-phone/core'
import twilio from 'twilio'
import RequestClient from 'twilio/lib/base/RequestClient.js'

/** What the gateway does to live calls from outside their TwiML. Every rejection is a `call_control_failed`. */
export interface CallControl extends CallControlPort {
  /** Whether this is the attempt to reach a person that a call is waiting for; callbacks of an earlier one come late. */
  isWaitedFor(callId: string, attempt: string): boolean
  /** The leg of that attempt is over: nothing is left to be ended. */
  personLegOver(callId: string, attempt: string): void
}

/** Twilio answers in well under a second; a caller waits in silence behind this request. */
const REQUEST_TIMEOUT_MS = 5_000

/** Most voicemail boxes pick up after this. */
const RING_SECONDS = 20

/** Bounds the cost of a leg that everybody has forgotten; longer than people talk. */
const PERSON_TIME_LIMIT_SECONDS = 7_200

/** The call does not exist any more, or is not in progress. */
const OVER_CODES = new Set([20404, 21220])

/** The number we were rung on is not one this account may show, as with a forwarded or SIP call. */
const CALLER_ID_CODES = new Set([21210, 21212])

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

const refusalOf = (error: unknown) => {
  const { status, code } = (error ?? {}) as { status?: number; code?: number | string }
  return { status, code: Number(code) }
}

/** The SDK's error can carry the request with its Authorization header and the numbers in it, so only the figures go on. */
const failure = (what: string, error: unknown): GatewayError => {
  const { status, code } = refusalOf(error)
  return new GatewayError(
    'call_control_failed',
    `Twilio did not ${what} (status ${status ?? 'none'}, code ${Number.isNaN(code) ? 'none' : code}).`,
  )
}

/** Where Twilio's REST API is, and who we are there. */
export interface RestAccount {
  readonly accountSid: string
  readonly authToken: string
  readonly apiUrl?: string | undefined
  readonly edge?: string | undefined
  readonly region?: string | undefined
}

/** The SDK's client. `edge` and `region` go together: one alone leads to a host that does not exist. */
export const createRestClient = ({ accountSid, authToken, apiUrl, edge, region }: RestAccount) =>
  twilio(accountSid, authToken, {
    httpClient: clientFor(apiUrl),
    ...(edge === undefined ? {} : { edge }),
    ...(region === undefined ? {} : { region }),
  })

/** Call control over Twilio's REST API; loads the SDK's lazy parts now, because the first call would pay 100 ms for them. */
export const createCallControl = (
  options: RestAccount & {
    readonly publicUrl: string
    /** Shown to people when the number that was dialled may not be. */
    readonly ownNumber?: E164 | undefined
  },
): CallControl => {
  const { publicUrl, ownNumber } = options
  const client = createRestClient(options)
  void client.calls
  /** By `callId`: the leg of the person who is being rung, or has come. */
  const persons = new Map<string, { readonly attempt: string; readonly legSid: Promise<string> }>()
  let attempts = 0

  const endLeg = async (callSid: string): Promise<void> => {
    try {
      await client.calls(callSid).update({ status: 'completed' })
    } catch (error) {
      const { status, code } = refusalOf(error)
      if (status === 404 || OVER_CODES.has(code)) return
      throw failure('end the call', error)
    }
  }

  const ring = async (from: E164, to: E164, path: string): Promise<string> => {
    const leg = await client.calls.create({
      to,
      from,
      url: `${publicUrl}/twilio/person/${path}`,
      statusCallback: `${publicUrl}/twilio/person-status/${path}`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      timeout: RING_SECONDS,
      timeLimit: PERSON_TIME_LIMIT_SECONDS,
    })
    return leg.sid
  }

  const ringFrom = async (dialled: E164, to: E164, path: string): Promise<string> => {
    try {
      return await ring(dialled, to, path)
    } catch (error) {
      const mayShowAnother = ownNumber !== undefined && ownNumber !== dialled
      if (!mayShowAnother || !CALLER_ID_CODES.has(refusalOf(error).code)) throw error
      return ring(ownNumber, to, path)
    }
  }

  return {
    hangUp: endLeg,
    async ringPerson({ callId, dialled }, { number }) {
      const attempt = String(++attempts)
      const legSid = ringFrom(dialled, number, `${callId}/${attempt}`)
      persons.set(callId, { attempt, legSid })
      try {
        await legSid
      } catch (error) {
        if (persons.get(callId)?.attempt === attempt) persons.delete(callId)
        throw failure('ring the person', error)
      }
    },
    async dropPerson(callId) {
      const person = persons.get(callId)
      persons.delete(callId)
      // A leg that is still being created is ended as soon as it has a name.
      const legSid = await person?.legSid.catch(() => undefined)
      if (legSid !== undefined) await endLeg(legSid)
    },
    isWaitedFor: (callId, attempt) => persons.get(callId)?.attempt === attempt,
    personLegOver(callId, attempt) {
      if (persons.get(callId)?.attempt === attempt) persons.delete(callId)
    },
  }
}
