import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { people, peopleKeys } from '../schema/people-tables.ts'
import { withoutNulls } from './without-nulls.ts'

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

/** What keys of people begin with, so that a scanner for secrets finds one that was published. */
const KEY_PREFIX = 'llc_'

/** The hash a key is known by: SHA-256, hex. A key is random, so that a slow hash protects nothing more. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

const personOf = ({ id, name, role, addedAt }: typeof people.$inferSelect): Person => ({ id, name, role, addedAt })

const keyOf = ({ hash: _hash, ...row }: typeof peopleKeys.$inferSelect): PersonKey => withoutNulls(row)

const isHere = isNull(people.removedAt)

/** The people in the database. */
export const openPeopleBook = (database: Database): PeopleBook => {
  const find: PeopleBook['find'] = async (nameOrId) => {
    const named = sql`(lower(${people.name}) = lower(${nameOrId}) OR ${people.id} = ${nameOrId})`
    const [row] = await runQuery(database.select().from(people).where(and(isHere, named)).limit(1))
    return row && personOf(row)
  }

  return {
    find,
    async list() {
      const rows = await runQuery(database.select().from(people).where(isHere).orderBy(asc(people.name)))
      return rows.map(personOf)
    },
    async add(name, role) {
      const row = { id: randomUUID(), name, role, addedAt: new Date() }
      // One statement, so that two at once do not both add the name.
      const [added] = await runQuery(
        database.all(
          sql`INSERT INTO ${people} (id, name, role, added_at)
            SELECT ${row.id}, ${name}, ${role}, ${row.addedAt.getTime()}
            WHERE NOT EXISTS (SELECT 1 FROM ${people} WHERE removed_at IS NULL AND lower(name) = lower(${name}))
            RETURNING id`,
        ),
      )
      return added === undefined ? undefined : row
    },
    async setRole(id, role) {
      await runQuery(database.update(people).set({ role }).where(eq(people.id, id)))
    },
    async remove(id) {
      const now = new Date()
      await runQuery(
        database.batch([
          database.update(people).set({ removedAt: now }).where(eq(people.id, id)),
          database
            .update(peopleKeys)
            .set({ revokedAt: now })
            .where(and(eq(peopleKeys.personId, id), isNull(peopleKeys.revokedAt))),
        ]),
      )
    },
    async issueKey(personId, label) {
      const key = `${KEY_PREFIX}${randomBytes(32).toString('base64url')}`
      const row = { id: randomUUID(), personId, addedAt: new Date(), ...(label === undefined ? {} : { label }) }
      await runQuery(database.insert(peopleKeys).values({ ...row, hash: hashOfKey(key) }))
      return { ...row, key }
    },
    async keys(personId) {
      const rows = await runQuery(
        database
          .select({ key: peopleKeys })
          .from(peopleKeys)
          .innerJoin(people, eq(people.id, peopleKeys.personId))
          .where(and(isHere, personId === undefined ? undefined : eq(peopleKeys.personId, personId)))
          .orderBy(asc(peopleKeys.addedAt)),
      )
      return rows.map(({ key }) => keyOf(key))
    },
    async revokeKey(id) {
      const [row] = await runQuery(
        database
          .update(peopleKeys)
          .set({ revokedAt: new Date() })
          .where(and(eq(peopleKeys.id, id), isNull(peopleKeys.revokedAt)))
          .returning(),
      )
      return row && keyOf(row)
    },
    async keysInForce() {
      const rows = await runQuery(
        database
          .select({ keyId: peopleKeys.id, hash: peopleKeys.hash, person: people })
          .from(peopleKeys)
          .innerJoin(people, eq(people.id, peopleKeys.personId))
          .where(and(isNull(peopleKeys.revokedAt), isHere)),
      )
      return rows.map(({ person, ...key }) => ({ ...key, person: personOf(person) }))
    },
    async used(keyId, at) {
      await runQuery(database.update(peopleKeys).set({ lastUsedAt: at }).where(eq(peopleKeys.id, keyId)))
    },
  }
}
