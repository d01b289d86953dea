import type { Role } from '../../app/role.ts'

/** Somebody, as far as it counts here. */
interface Someone {
  readonly name: string
  readonly role: Role
}

/** A key, as far as it counts here. */
interface SomeKey {
  readonly id: string
  readonly person: string
  readonly revokedAt?: string | undefined
}

/** What is about to be done. */
export type Change =
  | { readonly kind: 'role'; readonly name: string; readonly role: Role }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'revoke'; readonly key: string }

/** Whether a change takes the last owner away who has a key; not when there was none before. */
export const losesLastOwner = (people: readonly Someone[], keys: readonly SomeKey[], change: Change): boolean => {
  const owners = (who: readonly Someone[], valid: readonly SomeKey[]) =>
    who.filter(({ name, role }) => role === 'owner' && valid.some(({ person }) => person === name)).length
  const valid = keys.filter(({ revokedAt }) => !revokedAt)
  const later =
    change.kind === 'role'
      ? people.map((one) => (one.name === change.name ? { ...one, role: change.role } : one))
      : change.kind === 'remove'
        ? people.filter(({ name }) => name !== change.name)
        : people
  const validLater = change.kind === 'revoke' ? valid.filter(({ id }) => id !== change.key) : valid
  return owners(people, valid) > 0 && owners(later, validLater) === 0
}
