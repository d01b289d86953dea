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
  policy(): DialingPolicy
  readonly doNotCall: Pick<DoNotCallList, 'find'>
  readonly contacts: Pick<ContactBook, 'find'>
  readonly clock: Clock
  isOurNumber(number: E164): boolean
}

const toError = ({ gate, sentence, until }: Refusal): CallRefused => new CallRefused(gate, sentence, until)

const listedSentence = (to: E164): string => `${maskNumber(to)} is on the do-not-call list.`

/** The error for a limit that the ledger found reached. */
export const capRefused = (to: E164, outcome: ReserveOutcome & { granted: false }): CallRefused => {
  const shown = maskNumber(to)
  if (outcome.gate === 'concurrency') throw new Error('A call that only has to wait is not refused.')
  const sentences = {
    do_not_call: listedSentence(to),
    in_progress: `Another call to ${shown} is in progress, or it is unclear whether it is.`,
    frequency: `${shown} has been called as often as the policy allows.`,
    spend: 'The spending limit of the day (spend.perDayUsd) is reached.',
  }
  return new CallRefused(outcome.gate, sentences[outcome.gate], outcome.until)
}

/** Checks whether a number may be called now. The carrier is not asked before all gates are open. */
export const createGates = ({ policy, doNotCall, contacts, clock, isOurNumber }: GatesOptions) => {
  const listed = async (to: E164): Promise<Refusal | undefined> =>
    (await doNotCall.find(to)) && refusal('do_not_call', listedSentence(to))

  return {
    /**
     * Checks every gate that needs no counting; called again right before a call is placed. Rejects with `CallRefused`, or
     * with the store's error: then nobody is called either.
     */
    async pass(to: E164, from: E164, consent: ConsentPurpose | undefined): Promise<void> {
      const wrongPlace = checkDestination(to, policy().destinations, (number) => number === from || isOurNumber(number))
      if (wrongPlace) throw toError(wrongPlace)
      const [unwanted, contact] = await Promise.all([listed(to), contacts.find(to)])
      const at = clock.date()
      const zones = contact?.timeZone === undefined ? zonesOfCountries(countriesOf(to)) : [contact.timeZone]
      const refused =
        unwanted ?? checkConsent(to, consent, contact, at) ?? checkCallingHours(policy().callingHours, zones, at)
      if (refused) throw toError(refused)
    },
    /** The limits that the ledger counts by at that moment. */
    limitsAt(at: Date) {
      const { perDayUsd, reserveUsd, timeZone } = policy().spend
      const day = DateTime.fromJSDate(at, { zone: timeZone }).startOf('day')
      const { frequency } = policy()
      const dayEnd = day.plus({ days: 1 }).startOf('day').toJSDate()
      return { at, reserveUsd, perDayUsd, dayStart: day.toJSDate(), dayEnd, frequency }
    },
  }
}

export type Gates = ReturnType<typeof createGates>
