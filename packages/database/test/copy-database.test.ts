import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyDatabase, openStore, type CopyProgress } from '../src/index.ts'

const isInstalled = hasPostgres()
if (!isInstalled) {
  it.skip('copies between SQLite and Postgres: no Postgres is installed (initdb was not found)')
}

const folder = mkdtempSync(join(tmpdir(), 'llc-phone-copy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let cluster: Cluster
let count = 0
const newDatabase = async (): Promise<string> => {
  const name = `copy${++count}`
  await cluster.create(name)
  return cluster.url(name)
}
const newFile = (): string => `file:${join(folder, `copy${++count}.db`)}`

/** A package with tables of its own, one of which a migration puts a row in. */
const packageFolder = join(folder, 'notes')
const writeMigration = (engine: string, statements: string): void => {
  const at = join(packageFolder, engine)
  mkdirSync(join(at, 'meta'), { recursive: true })
  writeFileSync(join(at, 'meta', '_journal.json'), JSON.stringify({ entries: [{ tag: '0000_notes' }] }))
  writeFileSync(join(at, '0000_notes.sql'), statements)
}
writeMigration(
  'sqlite',
  `CREATE TABLE a_notes (id text PRIMARY KEY, shelf text REFERENCES shelves(id), data text, isDone integer, at real);
   CREATE TABLE shelves (id text PRIMARY KEY); INSERT INTO shelves VALUES ('main'); INSERT INTO shelves VALUES ('old');`,
)
writeMigration(
  'postgres',
  `CREATE TABLE shelves (id text PRIMARY KEY);
   CREATE TABLE a_notes (id text PRIMARY KEY, shelf text REFERENCES shelves(id), data jsonb, "isDone" boolean, at double precision);
   INSERT INTO shelves VALUES ('main'); INSERT INTO shelves VALUES ('old');`,
)
const openPackages = (store: DrizzleStore): Promise<void> => store.migrate('notes', packageFolder)
const copy = (from: string, to: string, onProgress?: (progress: CopyProgress) => void) =>
  copyDatabase({ from, to, openPackages, ...(onProgress ? { onProgress } : {}) })

const CALLS = 1_203
/** What databases take differently: NUL characters, a lone half of a pair, quotes. */
const ODD = `He said "hé\u0000llo" 🦷 \uD800 'so' \\ %_ ?`

/** A database as a gateway leaves it. */
const filled = async (): Promise<string> => {
  const url = newFile()
  const store = await openStore({ url })
  await openPackages(store)
  const { database } = store
  const rows = Array.from({ length: CALLS }, (_, at) => ({ id: `c${String(at).padStart(5, '0')}`, at }))
  await database.run(sql`INSERT INTO calls (id, call_sid, mode, direction, dialled, started_at, ended_at, is_test, cost_usd, transcription)
    SELECT value ->> 'id', 'CA' || (value ->> 'at'), 'frontDesk', 'inbound', '+14155550100', 1790000000000 + (value ->> 'at') * 1000,
      1790000060000 + (value ->> 'at') * 1000, (value ->> 'at') % 2, 0.123456789, '{"model":"m","n":[1,2.5]}'
    FROM json_each(${JSON.stringify(rows)})`)
  await database.run(
    sql`INSERT INTO turns (call_id, position, speaker, text, at_ms) SELECT id, 0, 'caller', ${ODD}, 5 FROM calls`,
  )
  await database.run(
    sql`INSERT INTO turns (call_id, position, speaker, text, at_ms) VALUES ('c00007', 1, 'caller', 'the wisdom tooth', 9)`,
  )
  await database.run(sql`UPDATE calls SET words_id = 5 + rowid`)
  await store.callNotes.add({ callId: 'c00001', text: ODD })
  await database.run(sql`INSERT INTO recorded_greetings (id, mode, prompt_version, voice, model, text, audio, recorded_at)
    VALUES ('g', 'frontDesk', 'p', 'cedar', 'm', 'Hello', x'0001ff', 7)`)
  await database.run(
    sql`INSERT INTO settings_versions (document, published_at, published_by) VALUES ('{"a":"\\u0000b"}', 1, 'ann')`,
  )
  await database.run(sql`INSERT INTO settings_versions (document, published_at, published_by) VALUES ('{}', 2, 'ann')`)
  await database.run(sql`DELETE FROM settings_versions WHERE version = 2`)
  await database.run(sql`DELETE FROM shelves WHERE id = 'old'`)
  await database.run(sql`INSERT INTO a_notes VALUES ('n', 'main', '{"k":null}', 1, 1.5)`)
  await store.close()
  return url
}

describe.skipIf(!isInstalled)('copies', () => {
  let source: string
  let there: string
  beforeAll(async () => {
    cluster = await startCluster()
    source = await filled()
    there = await newDatabase()
  }, 60_000)
  afterAll(() => cluster.stop())

  it('everything into Postgres and back', { timeout: 120_000 }, async () => {
    const seen: CopyProgress[] = []
    const result = await copy(source, there, (progress) => seen.push(progress))
    expect(result.left).toEqual([])
    expect(Object.fromEntries(result.tables.map(({ table, rows }) => [table, rows]))).toMatchObject({
      calls: CALLS,
      turns: CALLS + 1,
      shelves: 1,
      a_notes: 1,
      settings_versions: 1,
    })
    expect(seen.filter(({ table }) => table === 'calls').at(-1)).toEqual({ table: 'calls', done: CALLS, rows: CALLS })

    const store = await openStore({ url: there })
    await openPackages(store)
    const found = await store.journal.find('c00001')
    expect(found).toMatchObject({
      costUsd: 0.123456789,
      turns: [{ text: ODD.replace('\0', '').replace('\uD800', '\uFFFD') }],
    })
    expect(await store.database.all(sql`SELECT id, shelf, data, "isDone", at FROM a_notes`)).toEqual([
      ['n', 'main', '{"k": null}', true, 1.5],
    ])
    // The next number is one that nobody had, also where the last one is gone.
    await store.callNotes.add({ callId: 'c00001', text: 'next' })
    await store.database.run(
      sql`INSERT INTO settings_versions (document, published_at, published_by) VALUES ('{}', 3, 'ann')`,
    )
    expect(await store.database.all(sql`SELECT version FROM settings_versions ORDER BY version`)).toEqual([[1], [3]])
    expect(await store.database.all(sql`SELECT encode(audio, 'hex') FROM recorded_greetings`)).toEqual([['0001ff']])
    // Words are found.
    expect(
      await store.database.all(sql`SELECT id FROM calls WHERE ${store.database.engine.hasWords(['wisdom'])}`),
    ).toEqual([['c00007']])
    await store.close()

    const back = newFile()
    await copy(there, back)
    const again = await openStore({ url: back })
    await openPackages(again)
    expect((await again.journal.find('c00001'))?.turns).toEqual(found?.turns)
    expect(await again.database.all(sql`SELECT id, data, isDone, at FROM a_notes`)).toEqual([
      ['n', '{"k": null}', 1, 1.5],
    ])
    expect(
      await again.database.all(sql`SELECT id FROM calls WHERE ${again.database.engine.hasWords(['wisdom'])}`),
    ).toEqual([['c00007']])
    await again.database.run(
      sql`INSERT INTO settings_versions (document, published_at, published_by) VALUES ('{}', 4, 'ann')`,
    )
    expect(await again.database.all(sql`SELECT max(version) FROM settings_versions`)).toEqual([[4]])
    await again.close()
  })

  it('nothing into a database that has tables, and says how to empty it', async () => {
    await expect(copy(source, there)).rejects.toThrow(/not empty.*DROP SCHEMA public CASCADE/)
    await expect(copy(there, source)).rejects.toThrow(/not empty.*exists/)
    await expect(copy(source, source)).rejects.toThrow('the same database')
  })

  it('nothing while a gateway works with the source', { timeout: 30_000 }, async () => {
    const url = newFile()
    const store = await openStore({ url })
    await openPackages(store)
    const tending = setInterval(() => void store.journal.tend(new Date()), 200)
    await store.journal.tend(new Date())
    try {
      await expect(copy(url, newFile())).rejects.toThrow('A gateway works with')
    } finally {
      clearInterval(tending)
      await store.close()
    }
  })

  it('nothing from another version', async () => {
    const older = await filled()
    const store = await openStore({ url: older })
    await store.database.run(sql`DELETE FROM __migrations WHERE name LIKE '0019%'`)
    await store.close()
    const to = await newDatabase()
    await expect(copy(older, to)).rejects.toThrow('older version')
    await expect(copyDatabase({ from: source, to, openPackages: async () => {} })).rejects.toThrow('tables of "notes"')
    // What was refused has left nothing: the target is still taken.
    await copy(source, to)
  })

  it('leaves nothing where it failed on the way', async () => {
    const to = await newDatabase()
    const file = newFile()
    const fail = (): never => {
      throw new Error('stopped')
    }
    for (const target of [to, file]) await expect(copy(source, target, fail)).rejects.toThrow('stopped')
    expect(existsSync(file.slice('file:'.length))).toBe(false)
    expect(readdirSync(folder).filter((name) => name.includes('copying'))).toEqual([])
    await copy(source, to)
  })
})
