import type { CallFacts, Consultation, E164, Language, StrayLeg } from '@llc-phone/core'
import type { Accounts } from './accounts.ts'
import { askAgain, endCall, lookAt, readFailure, redirectCall, restError } from './rest-client.ts'
import { retried } from './retried.ts'
import { farewell, keysOfExtension } from './twiml.ts'

/** Changes live calls over the REST API. Every rejection is a `call_control_failed`. */
export interface CallControl {
  hangUp(call: CallFacts): Promise<void>
  /** Ends a call whose person has left, and says so. */
  sayPersonGone(call: CallFacts, language: Language): Promise<void>
  /** Rings a person on a separate leg; they hear the introduction and accept with a key. */
  ringPerson(call: CallFacts, consultation: Consultation): Promise<void>
  /** Ends the person's leg, if there is one. */
  dropPerson(callId: string): Promise<void>
  /**
   * Whether this is the call's current attempt to reach a person; callbacks of earlier attempts come late. One of another process
   * is, if this one has made none for the call.
   */
  isWaitedFor(callId: string, attempt: string): boolean
  /** Notes the leg of a person whom another process has rung, so that it can be ended. */
  personSeen(callId: string, attempt: string, legSid: string): void
  /** See `Line.look`. */
  look(callSid: string): Promise<StrayLeg | undefined>
  /** See `Line.fetchBack`. */
  fetchBack(callSid: string): Promise<void>
  /** Notes that the leg of that attempt is over and need not be ended. */
  personLegOver(callId: string, attempt: string): void
}

/** How long to ring: most voicemail boxes pick up after this. */
const RING_SECONDS = 20

/** Limits the cost of a forgotten leg; longer than people talk. */
const PERSON_TIME_LIMIT_SECONDS = 7_200

/** Twilio's code for a caller id that this account may not show, as with a forwarded or SIP call. */
const CALLER_ID_CODES = new Set([21210, 21212])

/** Legs of persons that are remembered; the end of a leg may never be reported. */
const MAX_PERSONS = 10_000

interface Person {
  readonly attempt: string
  readonly legSid: Promise<string>
}

type Reach = Pick<Consultation, 'number' | 'extension'>

/** Call control over Twilio's REST API. */
export const createCallControl = (options: {
  readonly accounts: Accounts
  readonly publicUrl: string
  /** Caller id for people when the dialled number may not be shown. */
  readonly ownNumber?: E164 | undefined
  /** Begins the names of the attempts of this process; others have others. */
  readonly processTag?: string
}): CallControl => {
  const { accounts, publicUrl, ownNumber, processTag = '' } = options
  /** The person's leg, ringing or answered, by `callId`. */
  const persons = new Map<string, Person>()
  let attempts = 0

  const isOfAnother = (attempt: string): boolean => processTag !== '' && !attempt.startsWith(processTag)

  const remember = (callId: string, person: Person): void => {
    persons.set(callId, person)
    if (persons.size > MAX_PERSONS) persons.delete(persons.keys().next().value!)
  }

  const endLeg = (callSid: string): Promise<void> => endCall(accounts.steering(callSid), callSid)

  const ring = async (legId: string, from: E164, { number: to, extension }: Reach, path: string): Promise<string> => {
    const leg = await accounts.steering(legId).calls.create({
      to,
      from,
      ...(extension === undefined ? {} : { sendDigits: keysOfExtension(extension) }),
      url: retried(`${publicUrl}/twilio/person/${path}`),
      statusCallback: retried(`${publicUrl}/twilio/person-status/${path}`),
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      timeout: RING_SECONDS,
      timeLimit: PERSON_TIME_LIMIT_SECONDS,
    })
    return leg.sid
  }

  const ringFrom = async (legId: string, dialled: E164, to: Reach, path: string): Promise<string> => {
    try {
      return await ring(legId, dialled, to, path)
    } catch (error) {
      const mayShowAnother = ownNumber !== undefined && ownNumber !== dialled
      if (!mayShowAnother || !CALLER_ID_CODES.has(readFailure(error).code ?? 0)) throw error
      return ring(legId, ownNumber, to, path)
    }
  }

  return {
    hangUp: ({ legId }) => endLeg(legId),
    sayPersonGone: ({ legId }, language) =>
      redirectCall(accounts.steering(legId), legId, farewell(language, 'personGone')),
    async ringPerson({ callId, legId, dialled }, consultation) {
      const attempt = `${processTag}${++attempts}`
      const legSid = ringFrom(legId, dialled, consultation, `${callId}/${attempt}`)
      remember(callId, { attempt, legSid })
      try {
        await legSid
      } catch (error) {
        if (persons.get(callId)?.attempt === attempt) persons.delete(callId)
        throw restError('ring the person', error)
      }
    },
    async dropPerson(callId) {
      const person = persons.get(callId)
      persons.delete(callId)
      // A leg that is still being created is ended as soon as its id is known.
      const legSid = await person?.legSid.catch(() => undefined)
      if (legSid !== undefined) await endLeg(legSid)
    },
    look: (callSid) => lookAt(accounts.ofLeg(callSid).unkept, callSid),
    fetchBack: (callSid) => askAgain(accounts.ofLeg(callSid).unkept, callSid, retried(`${publicUrl}/twiml/resume`)),
    isWaitedFor(callId, attempt) {
      const person = persons.get(callId)
      return person ? person.attempt === attempt : isOfAnother(attempt)
    },
    personSeen(callId, attempt, legSid) {
      if (!isOfAnother(attempt) || persons.has(callId)) return
      remember(callId, { attempt, legSid: Promise.resolve(legSid) })
    },
    personLegOver(callId, attempt) {
      if (persons.get(callId)?.attempt === attempt) persons.delete(callId)
    },
  }
}
