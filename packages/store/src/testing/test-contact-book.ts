import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ContactBook } from '../contact-book.ts'
import { at, callee, HOUR_MS, numberOf } from './outbound-fixtures.ts'

/** A book under test, empty. */
export interface ContactsRig {
  readonly contacts: Pick<ContactBook, 'find' | 'setTimeZone' | 'giveConsent' | 'revokeConsent' | 'remove'>
  /** The clock that the book dates revocations by. */
  now(): Date
  close(): Promise<void>
}

const form = { purpose: 'informational', source: 'Web form', givenAt: at(1) } as const
const advertising = { ...form, purpose: 'marketing' } as const
const revokedAt = expect.any(Date) as Date

/** The contract of the contact book, as vitest tests; books of the tests pass it as that in the database does. */
export const testContactBook = (name: string, open: () => Promise<ContactsRig>): void => {
  describe(`the contact book "${name}"`, () => {
    let rig: ContactsRig
    let contacts: ContactsRig['contacts']
    beforeEach(async () => {
      rig = await open()
      contacts = rig.contacts
    })
    afterEach(() => rig.close())

    const consents = async () => (await contacts.find(callee))?.consents

    it('has a time zone of a contact that can be changed and forgotten', async () => {
      await contacts.setTimeZone(callee, null)
      expect(await contacts.find(callee)).toBeUndefined()
      await contacts.setTimeZone(callee, 'America/Denver')
      await contacts.setTimeZone(callee, 'America/Boise')
      expect(await contacts.find(callee)).toEqual({ number: callee, timeZone: 'America/Boise', consents: [] })
      await contacts.setTimeZone(callee, null)
      expect(await contacts.find(callee)).toEqual({ number: callee, consents: [] })
    })

    it('forgets a contact with its consents', async () => {
      await contacts.giveConsent(callee, form)
      expect(await contacts.remove(callee)).toBe(true)
      expect(await contacts.remove(callee)).toBe(false)
      await contacts.setTimeZone(callee, 'Europe/Zurich')
      expect(await contacts.find(callee)).toEqual({ number: callee, timeZone: 'Europe/Zurich', consents: [] })
    })

    it('has one consent for each purpose, with its source and its end, and none of others', async () => {
      await contacts.giveConsent(callee, { ...advertising, expiresAt: at(100) })
      await contacts.giveConsent(callee, form)
      expect(await consents()).toEqual([form, { ...advertising, expiresAt: at(100) }])
      expect(await contacts.find(numberOf(1))).toBeUndefined()
    })

    it('replaces a consent by a newer one, and never by an older', async () => {
      const newer = { ...form, source: 'On paper', givenAt: at(2) }
      await contacts.giveConsent(callee, { ...form, expiresAt: at(50) })
      await contacts.giveConsent(callee, newer)
      await contacts.giveConsent(callee, { ...form, expiresAt: at(50) })
      expect(await consents()).toEqual([newer])
    })

    it('keeps a consent revoked when the list it came from is read again, until it is given anew', async () => {
      await contacts.giveConsent(callee, form)
      await contacts.giveConsent(callee, advertising)
      await contacts.revokeConsent(callee, 'marketing')
      await contacts.giveConsent(callee, advertising)
      expect(await consents()).toEqual([form, { ...advertising, revokedAt }])
      const anew = { ...advertising, givenAt: new Date(rig.now().getTime() + HOUR_MS) }
      await contacts.giveConsent(callee, anew)
      expect(await consents()).toEqual([form, anew])
    })

    it('does not take a consent of tomorrow for given again by the same list either', async () => {
      const tomorrow = { ...form, givenAt: new Date(rig.now().getTime() + 24 * HOUR_MS) }
      await contacts.giveConsent(callee, tomorrow)
      await contacts.revokeConsent(callee)
      await contacts.giveConsent(callee, tomorrow)
      expect(await consents()).toEqual([{ ...tomorrow, revokedAt }])
    })

    it('revokes all consents when no purpose is named', async () => {
      await contacts.giveConsent(callee, form)
      await contacts.giveConsent(callee, advertising)
      await contacts.revokeConsent(callee)
      expect(await consents()).toEqual([
        { ...form, revokedAt },
        { ...advertising, revokedAt },
      ])
      await contacts.revokeConsent(numberOf(1))
      expect(await contacts.find(numberOf(1))).toBeUndefined()
    })
  })
}
