import { PlacingFailed, type Carrier, type PlacingFailure } from '@llc-phone/core'
import type { Accounts } from './accounts.ts'
import { endCall, readFailure, restError, type RestFailure } from './rest-client.ts'
import { keysOfExtension } from './twiml.ts'
import { legStatusOf } from './words.ts'
import { retried } from './retried.ts'

/** Too many requests at a time (429), or more calls than the account may have (10004): nothing was created. */
const BUSY_CODES = new Set([20429, 10004])

/** The request was not sent, or no connection was made: Twilio cannot have acted on it. */
const UNSENT_CAUSES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

/** A proxy timed out; Twilio may have acted. */
const UNDECIDED_STATUS = 408

/** Twilio dates calls to the second, and clocks differ. */
const CLOCK_TOLERANCE_MS = 5_000

/** Page size of the search: more calls than two numbers can have within its minute. */
const FOUND_MAX = 20

const CALL_SID = /^CA[0-9a-f]{32}$/i

const DETECTION = { start: 'Enable', messageEnd: 'DetectMessageEnd' } as const

const kindOf = ({ status, code, cause }: RestFailure): PlacingFailure => {
  if (status === 429 || (code !== undefined && BUSY_CODES.has(code))) return 'busy'
  if (status !== undefined && status >= 400 && status < 500 && status !== UNDECIDED_STATUS) return 'refused'
  if (status === undefined && cause !== undefined && UNSENT_CAUSES.has(cause)) return 'unsent'
  return 'unknown'
}

/** Hints for error codes that an operator can do something about (twilio.com/docs/api/errors). */
const CURES: Readonly<Record<number, string>> = {
  20003: 'TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is wrong',
  21202: 'premium numbers are not enabled for the account',
  21203: 'international calls are not enabled for the account',
  21210: 'the number we call from is not owned or verified',
  21211: 'the number is not a valid one',
  21212: 'the number we call from is not a valid one',
  21214: 'the number cannot be reached',
  21215: 'calls to this country are not permitted in the account’s geographic permissions',
  21216: 'the number is blocked',
  21217: 'the number does not look valid',
  21219: 'a trial account can only call verified numbers',
}

const messageOf = (kind: PlacingFailure, { status, code, cause }: RestFailure): string => {
  const figures = `status ${status ?? 'none'}, code ${code ?? cause ?? 'none'}`
  const cure = code === undefined ? undefined : CURES[code]
  switch (kind) {
    case 'refused':
      return `Twilio refuses the call${cure ? `: ${cure}` : ''} (${figures}).`
    case 'busy':
      return `Twilio takes no more calls at the moment (${figures}).`
    case 'unsent':
      return `Twilio cannot be reached (${figures}).`
    case 'unknown':
      return `Twilio has not said whether it places the call (${figures}).`
  }
}

/**
 * Places calls over Twilio's REST API. The request contains the TwiML, which saves a fetch at pickup. The callbacks carry our
 * call id, because they may come before the answer with Twilio's id.
 */
export const createCarrier = (options: {
  readonly accounts: Accounts
  readonly publicUrl: string
  /** The TwiML that connects the callee with the media stream of this call. */
  connect(callId: string): string
}): Carrier => {
  const { accounts, publicUrl, connect } = options

  return {
    can: { detectsMachines: true },
    async place({ callId, to, extension, from, ringSeconds, timeLimitSeconds, detection }) {
      const fail = (failure: RestFailure): never => {
        const kind = kindOf(failure)
        const { code } = failure
        throw new PlacingFailed(kind, messageOf(kind, failure), code === undefined ? {} : { carrierCode: code })
      }
      const created = await accounts
        .ofNumber(from)
        .unkept.calls.create({
          to,
          ...(extension === undefined ? {} : { sendDigits: keysOfExtension(extension) }),
          from,
          twiml: connect(callId),
          timeout: ringSeconds,
          timeLimit: timeLimitSeconds,
          statusCallback: retried(`${publicUrl}/twilio/status/${callId}`),
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          ...(detection === 'off'
            ? {}
            : {
                machineDetection: DETECTION[detection],
                asyncAmd: 'true',
                asyncAmdStatusCallback: retried(`${publicUrl}/twilio/amd/${callId}`),
              }),
        })
        .catch((error: unknown) => fail(readFailure(error)))
      // An answer without a call id does not count as one.
      return CALL_SID.test(created.sid) ? { legId: created.sid } : fail({})
    },
    async find({ to, from, since }) {
      try {
        const calls = await accounts.ofNumber(from).unkept.calls.list({ to, from, limit: FOUND_MAX })
        const earliest = since.getTime() - CLOCK_TOLERANCE_MS
        // Twilio filters by start only, and a call that still rings has not started.
        return calls
          .map(({ sid, dateCreated, status }) => ({ legId: sid, createdAt: dateCreated, status: legStatusOf(status) }))
          .filter(({ createdAt }) => createdAt.getTime() >= earliest)
      } catch (error) {
        throw restError('list the calls', error)
      }
    },
    async status(callSid) {
      try {
        return legStatusOf((await accounts.ofLeg(callSid).unkept.calls(callSid).fetch()).status)
      } catch (error) {
        if (readFailure(error).status === 404) return undefined
        throw restError('tell about the call', error)
      }
    },
    end: (callSid) => endCall(accounts.ofLeg(callSid).unkept, callSid),
  }
}
