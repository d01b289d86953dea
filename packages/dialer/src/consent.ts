import { maskNumber, type ConsentPurpose, type E164 } from '@llc-phone/core'
import type { Consent, Contact } from '@llc-phone/store'
import { refusal, type Refusal } from './refusal.ts'

/** Whether a contact has agreed to be called for that purpose, and still does. */
export const checkConsent = (
  to: E164,
  needed: ConsentPurpose | undefined,
  contact: Pick<Contact, 'consents'> | undefined,
  at: Date,
): Refusal | undefined => {
  if (needed === undefined) return undefined
  // Consent to marketing calls includes informational ones.
  const fitting = contact?.consents.filter(({ purpose }) => purpose === needed || purpose === 'marketing') ?? []
  const isRevoked = ({ revokedAt }: Consent): boolean => revokedAt !== undefined && revokedAt <= at
  const holds = fitting.some(
    (consent) =>
      consent.givenAt <= at && (consent.expiresAt === undefined || consent.expiresAt > at) && !isRevoked(consent),
  )
  // A revoked consent to this purpose wins over any other consent on record.
  const isTakenBack = fitting.some((consent) => consent.purpose === needed && isRevoked(consent))
  if (holds && !isTakenBack) return undefined
  const shown = maskNumber(to)
  if (fitting.length === 0) return refusal('consent', `There is no record that ${shown} agreed to ${needed} calls.`)
  return refusal('consent', `The consent of ${shown} to ${needed} calls was revoked, has expired or has not begun.`)
}
