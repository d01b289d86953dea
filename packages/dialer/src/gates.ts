import { CallRefused, maskNumber, type Clock, type ConsentPurpose, type E164 } from '@llc-phone/core'
import type { ContactBook, DoNotCallList, ReserveOutcome } from '@llc-phone/store'
import { DateTime } from 'luxon'
import { checkCallingHours } from './calling-hours.ts'
import { checkConsent } from './consent.ts'
import { checkDestination, countriesOf } from './destination.ts'
import type { DialingPolicy } from './policy.ts'
import { refusal, type Refusal } from './refusal.ts'
import { zonesOfCountries } from './time-zones.ts'

export interface GatesOptions {
  readonly policy: DialingPolicy
  readonly doNotCall: Pick<DoNotCallList, 'find'>
  readonly contacts: Pick<ContactBook, 'find'>
  readonly clock: Clock
  isOurs(number: E164): boolean
}

const toError = ({ gate, sentence, until }: Refusal): CallRefused => new CallRefused(gate, sentence, until)

const listedSentence = (to: E164): string => `${maskNumber(to)} is on the do-not-call list.`

/** The error of a cap that the ledger has counted. */
export const capRefused = (to: E164, outcome: ReserveOutcome & { granted: false }): CallRefused => {
  const shown = maskNumber(to)
  const sentences = {
    do_not_call: listedSentence(to),
    in_progress: `Another call to ${shown} is in progress, or it is unclear whether it is.`,
    frequency: `${shown} has been called as often as the policy allows.`,
    spend: 'What the policy allows to be spent on a day is spent.',
  }
  return new CallRefused(outcome.gate, sentences[outcome.gate], outcome.until)
}

/** Whom must not be called now, whatever else: nothing is asked of the carrier before all gates are open. */
export const createGates = ({ policy, doNotCall, contacts, clock, isOurs }: GatesOptions) => {
  const listed = async (to: E164): Promise<Refusal | undefined> =>
    (await doNotCall.find(to)) && refusal('do_not_call', listedSentence(to))

  return {
    /**
     * Every gate that counts nothing; also the last look before a call is placed. Rejects with `CallRefused`, or as the
     * store does: then nobody is called either.
     */
    async pass(to: E164, from: E164, consent: ConsentPurpose | undefined): Promise<void> {
      const wrongPlace = checkDestination(to, policy.destinations, (number) => number === from || isOurs(number))
      if (wrongPlace) throw toError(wrongPlace)
      const [unwanted, contact] = await Promise.all([listed(to), contacts.find(to)])
      const at = clock.date()
      const zones = contact?.timeZone === undefined ? zonesOfCountries(countriesOf(to)) : [contact.timeZone]
      const refused =
        unwanted ?? checkConsent(to, consent, contact, at) ?? checkCallingHours(policy.callingHours, zones, at)
      if (refused) throw toError(refused)
    },
    /** What the ledger counts by at that moment. */
    limitsAt(at: Date) {
      const { perDayUsd, reserveUsd, timeZone } = policy.spend
      const day = DateTime.fromJSDate(at, { zone: timeZone }).startOf('day')
      const { frequency } = policy
      const dayEnd = day.plus({ days: 1 }).startOf('day').toJSDate()
      return { at, reserveUsd, perDayUsd, dayStart: day.toJSDate(), dayEnd, frequency }
    },
  }
}

export type Gates = ReturnType<typeof createGates>
