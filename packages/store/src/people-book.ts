import { createHash } from 'node:crypto'

/** A person who may use the operator routes. */
export interface Person {
  readonly id: string
  /** Unique among those who are not removed, whatever the case of its letters. */
  readonly name: string
  readonly role: 'viewer' | 'operator' | 'manager' | 'owner'
  readonly addedAt: Date
}

/** A key of a person; the key itself is not kept. */
export interface PersonKey {
  readonly id: string
  readonly personId: string
  readonly label?: string
  readonly addedAt: Date
  /** To the minute. */
  readonly lastUsedAt?: Date
  readonly revokedAt?: Date
}

/** A key that was not revoked, and whose it is. */
export interface KeyInForce {
  readonly keyId: string
  /** See {@link hashOfKey}. */
  readonly hash: string
  readonly person: Person
}

/** The people who may use the operator routes, and their keys. */
export interface PeopleBook {
  /** Those who are not removed, by name. */
  list(): Promise<readonly Person[]>
  /** By name or id; only somebody who is not removed. */
  find(nameOrId: string): Promise<Person | undefined>
  /** `undefined`: there is somebody of this name. */
  add(name: string, role: Person['role']): Promise<Person | undefined>
  setRole(id: string, role: Person['role']): Promise<void>
  /** Removes the person and revokes all their keys. */
  remove(id: string): Promise<void>
  /** Issues a key, `llc_` and 32 random bytes in base64url. It can be read nowhere else. */
  issueKey(personId: string, label?: string): Promise<PersonKey & { readonly key: string }>
  /** All keys ever issued to somebody, or to everybody who is not removed; the oldest first. */
  keys(personId?: string): Promise<readonly PersonKey[]>
  /** The key, unless it is unknown or revoked already. */
  revokeKey(id: string): Promise<PersonKey | undefined>
  /** Every key that opens something now. */
  keysInForce(): Promise<readonly KeyInForce[]>
  /** Notes that a key was used. */
  used(keyId: string, at: Date): Promise<void>
}

/** The hash a key is known by: SHA-256, hex. A key is random, so that a slow hash protects nothing more. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')
