import type { E164 } from '@llc-phone/core'
import type { Contact, ContactBook, DoNotCallEntry, DoNotCallList } from '@llc-phone/store'

/** A do-not-call list that forgets when the test is over. */
export const memoryDoNotCall = (
  now: () => Date,
): Pick<DoNotCallList, 'add' | 'remove' | 'find' | 'history'> & { has(number: string): boolean } => {
  let entries: DoNotCallEntry[] = []
  const inForce = (number: string): DoNotCallEntry | undefined =>
    entries.find((entry) => entry.number === number && !entry.removedAt)

  return {
    has: (number) => inForce(number) !== undefined,
    async add(entry) {
      if (!inForce(entry.number)) entries.push({ ...entry, addedAt: now() })
    },
    async remove(number, by) {
      const listed = inForce(number)
      entries = entries.map((entry) => (entry === listed ? { ...entry, removedAt: now(), removedBy: by } : entry))
      return listed !== undefined
    },
    find: async (number) => inForce(number),
    history: async (number) => entries.filter((entry) => entry.number === number).toReversed(),
  }
}

/** A contact book that forgets when the test is over. */
export const memoryContacts = (
  now: () => Date,
): Pick<ContactBook, 'find' | 'setTimeZone' | 'giveConsent' | 'revokeConsent' | 'remove'> => {
  const contacts = new Map<string, Contact>()
  const contactOf = (number: E164): Contact => contacts.get(number) ?? { number, consents: [] }

  return {
    find: async (number) => contacts.get(number),
    async setTimeZone(number, timeZone) {
      const { timeZone: _, ...rest } = contactOf(number)
      if (timeZone !== null) contacts.set(number, { ...rest, timeZone })
      else if (contacts.has(number)) contacts.set(number, rest)
    },
    async giveConsent(number, consent) {
      const contact = contactOf(number)
      const known = contact.consents.find(({ purpose }) => purpose === consent.purpose)
      const isNewer = known?.revokedAt
        ? consent.givenAt > known.givenAt && consent.givenAt > known.revokedAt
        : !known || consent.givenAt >= known.givenAt
      const others = contact.consents.filter(({ purpose }) => purpose !== consent.purpose)
      const consents = isNewer ? [...others, consent] : contact.consents
      contacts.set(number, {
        ...contact,
        consents: consents.toSorted((one, other) => (one.purpose < other.purpose ? -1 : 1)),
      })
    },
    async revokeConsent(number, purpose) {
      const contact = contacts.get(number)
      if (!contact) return
      const consents = contact.consents.map((consent) =>
        consent.revokedAt || (purpose !== undefined && consent.purpose !== purpose)
          ? consent
          : { ...consent, revokedAt: now() },
      )
      contacts.set(number, { ...contact, consents })
    },
    remove: async (number) => contacts.delete(number),
  }
}
