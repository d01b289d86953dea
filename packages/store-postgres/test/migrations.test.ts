import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'
import { expect, inject, it, onTestFinished } from 'vitest'
import { openPostgresStore } from '../src/index.ts'
import { runPostgresMigrations } from '../src/postgres-migrations.ts'
import { createDatabase } from '../src/testing/index.ts'

const fresh = () => createDatabase(inject('postgres'))

const open = async (url: string): Promise<DrizzleStore> => {
  const store = await openPostgresStore({ url, connections: 2 })
  onTestFinished(() => store.close())
  return store
}

const applied = ({ database }: DrizzleStore) =>
  database.all<[string, string]>(sql`SELECT package, name FROM __migrations ORDER BY package, name`)

/** A folder of a package's migrations. */
const folderOf = (statements: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-migrations-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'postgres', 'meta'), { recursive: true })
  const entries = Object.keys(statements).map((tag) => ({ tag }))
  writeFileSync(join(folder, 'postgres', 'meta', '_journal.json'), JSON.stringify({ entries }))
  for (const [tag, text] of Object.entries(statements)) writeFileSync(join(folder, 'postgres', `${tag}.sql`), text)
  return folder
}

it('of gateways that start at once on an empty database one makes the tables, and none fails', async () => {
  for (let round = 0; round < 5; round++) {
    const url = await fresh()
    const stores = await Promise.all([open(url), open(url), open(url)])
    const names = (await applied(stores[0])).map(([, name]) => name)
    expect(names[0]).toBe('0000_store')
    expect(new Set(names).size).toBe(names.length)
    for (const { people } of stores) await people.add('Ann', 'owner')
    expect(await stores[2].people.list()).toHaveLength(1)
  }
})

it('a package brings its own tables up to date, all of a step or nothing', async () => {
  const url = await fresh()
  const stores = [await open(url), await open(url)]
  const first = { '0000_a': 'CREATE TABLE things (id text)' }
  const folder = folderOf(first)
  await Promise.all(stores.map((store) => store.migrate('things', folder)))
  const broken = folderOf({
    ...first,
    '0001_b': 'CREATE TABLE more (id text);--> statement-breakpoint\nCREATE TABLE things (id text)',
  })
  await expect(stores[0]!.migrate('things', broken)).rejects.toThrow(/refuses the query \(SQLSTATE 42P07\)/)
  const again = await open(url)
  expect((await applied(again)).filter(([owner]) => owner === 'things')).toEqual([['things', '0000_a']])
  expect(await again.database.all(sql`SELECT to_regclass('more')`)).toEqual([[null]])
})

it.each([
  ["INSERT INTO __migrations VALUES ('store', '9999_later', '', 0)", /comes from a newer version: .* "9999_later"/],
  ["UPDATE __migrations SET hash = 'other' WHERE name = '0000_store'", /"0000_store" of store was changed/],
])('a database of another version is refused and left alone: %s', async (change, message) => {
  const url = await fresh()
  const store = await open(url)
  await store.database.run(sql.raw(change))
  await expect(openPostgresStore({ url })).rejects.toThrow(message)
})

it('a server that is too old is refused, with what to do', async () => {
  const asked: string[] = []
  const old = {
    async query(text: string) {
      asked.push(text)
      return [[140_019]]
    },
  }
  const folder = folderOf({ '0000_a': 'SELECT 1' })
  await expect(runPostgresMigrations(old, 'store', join(folder, 'postgres'))).rejects.toThrow(
    'Postgres 14 is too old. Use Postgres 15 or newer.',
  )
  expect(asked).toHaveLength(1)
})
