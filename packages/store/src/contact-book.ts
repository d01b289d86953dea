import type { ConsentPurpose, E164 } from '@llc-phone/core'

/** What somebody has agreed to be called for. */
export interface Consent {
  readonly purpose: ConsentPurpose
  /** Where it is documented, such as a form and its date. */
  readonly source: string
  readonly givenAt: Date
  readonly expiresAt?: Date
  readonly revokedAt?: Date
}

/** Somebody we may want to call. */
export interface Contact {
  readonly number: E164
  /** IANA name. */
  readonly timeZone?: string
  /** Expired and revoked ones too; a purpose has one at most. */
  readonly consents: readonly Consent[]
}

/** What is known of people we call. */
export interface ContactBook {
  find(number: string): Promise<Contact | undefined>
  /** `null` deletes the field. */
  setTimeZone(number: E164, timeZone: string | null): Promise<void>
  /** Replaces an earlier consent; one that is older than the present consent or its revocation changes nothing. */
  giveConsent(number: E164, consent: Omit<Consent, 'revokedAt'>): Promise<void>
  /** All of them, or that for one purpose. */
  revokeConsent(number: string, purpose?: ConsentPurpose): Promise<void>
  /** Deletes the contact and its consents. Resolves to whether there was one. */
  remove(number: string): Promise<boolean>
  /** By number, beginning behind the number `after` or with the one that `skip` others are before; 100 unless told otherwise. */
  list(options?: {
    readonly limit?: number
    readonly after?: string
    readonly skip?: number
  }): Promise<readonly Contact[]>
}
