import { hashOfKey, type PeopleBook, type Person, type PersonKey } from '@llc-phone/store'
import { randomBytes, randomUUID } from 'node:crypto'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { noteChange } from './fleet-book.ts'
import { whole } from './whole.ts'
import { withoutNulls } from './without-nulls.ts'
import type { StoreTables } from '../schema/store-tables.ts'

/** What keys of people begin with, so that a scanner for secrets finds one that was published. */
const KEY_PREFIX = 'llc_'

const personOf = ({ id, name, role, addedAt }: StoreTables['people']['$inferSelect']): Person => ({
  id,
  name,
  role,
  addedAt,
})

const keyOf = ({ hash: _hash, ...row }: StoreTables['peopleKeys']['$inferSelect']): PersonKey => withoutNulls(row)

/** The people in the database. */
export const openPeopleBook = (database: Database): PeopleBook => {
  const { people, peopleKeys } = database.tables
  const isHere = isNull(people.removedAt)

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
      const [[added]] = await runQuery(
        database.alone('people').batch([
          database.all(sql`INSERT INTO ${people} (id, name, role, added_at)
            SELECT ${row.id}, ${name}, ${role}, ${whole(row.addedAt.getTime())}
            WHERE NOT EXISTS (SELECT 1 FROM ${people} WHERE removed_at IS NULL AND lower(name) = lower(${name}))
            RETURNING id`),
          noteChange(database, 'people'),
        ]),
      )
      return added === undefined ? undefined : row
    },
    async setRole(id, role) {
      await runQuery(
        database.batch([
          database.update(people).set({ role }).where(eq(people.id, id)),
          noteChange(database, 'people'),
        ]),
      )
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
          noteChange(database, 'people'),
        ]),
      )
    },
    async issueKey(personId, label) {
      const key = `${KEY_PREFIX}${randomBytes(32).toString('base64url')}`
      const row = { id: randomUUID(), personId, addedAt: new Date(), ...(label === undefined ? {} : { label }) }
      await runQuery(
        database.batch([
          database.insert(peopleKeys).values({ ...row, hash: hashOfKey(key) }),
          noteChange(database, 'people'),
        ]),
      )
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
      const [[row]] = await runQuery(
        database.batch([
          database
            .update(peopleKeys)
            .set({ revokedAt: new Date() })
            .where(and(eq(peopleKeys.id, id), isNull(peopleKeys.revokedAt)))
            .returning(),
          noteChange(database, 'people'),
        ]),
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
