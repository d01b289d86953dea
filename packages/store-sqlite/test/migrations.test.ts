import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectDatabase } from '../src/database/connection.ts'
import shipped from '../migrations/meta/_journal.json' with { type: 'json' }
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { bundleFixture } from './fixtures/bundle.ts'
import { migrationFolder, tempFolder } from './fixtures/temp-folder.ts'

const open = async (): Promise<DrizzleStore> => {
  const store = await openSqliteStore({ url: 'file::memory:' })
  onTestFinished(() => store.close())
  return store
}

const rows = (store: DrizzleStore, query: string) => store.database.all(sql.raw(query))

const create = { '0000_notes': 'CREATE TABLE notes (id INTEGER PRIMARY KEY);' }
const widen = {
  '0001_text': `ALTER TABLE notes ADD text TEXT;\n--> statement-breakpoint\nINSERT INTO notes VALUES (1, 'a');`,
}

it('processes that start together on a fresh file all come up', { timeout: 60_000 }, async () => {
  const run = promisify(execFile)
  const script = await bundleFixture('start-store', tempFolder())
  for (let round = 0; round < 4; round++) {
    const url = `file:${join(tempFolder(), 'shared.db')}`
    const startAt = String(Date.now() + 500)
    await Promise.all([1, 2].map(() => run(process.execPath, [script, url, startAt])))
    const store = await openSqliteStore({ url })
    expect(await store.messages.list()).toHaveLength(2)
    expect(await rows(store, 'SELECT package, name FROM __migrations')).toEqual(
      shipped.entries.map(({ tag }) => ['store', tag]),
    )
    await store.close()
  }
})

describe('migrations', () => {
  it('that take long are waited for by everybody who starts meanwhile', { timeout: 30_000 }, async () => {
    const file = join(tempFolder(), 'shared.db')
    const connections = await Promise.all([1, 2, 3].map(() => connectDatabase(file)))
    onTestFinished(async () => void (await Promise.all(connections.map(({ close }) => close()))))
    const folder = migrationFolder({
      '0000_count': `CREATE TABLE counted (n INTEGER);
        INSERT INTO counted WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)
          SELECT count(*) FROM n;`,
    })
    await Promise.all(connections.map(({ migrate }) => migrate('count', join(folder, 'sqlite'))))
    const counted = await connections[0]!.query({ sql: 'SELECT n FROM counted', params: [], method: 'all' })
    expect(counted.rows).toEqual([[3_000_000]])
  })

  it('run once each, in order, however often they are asked for', async () => {
    const store = await open()
    await store.migrate('notes', migrationFolder(create))
    await store.migrate('notes', migrationFolder({ ...create, ...widen }))
    await store.migrate('notes', migrationFolder({ ...create, ...widen }))
    expect(await rows(store, 'SELECT * FROM notes')).toEqual([[1, 'a']])
  })

  it('of two packages do not mix, even with equal names', async () => {
    const store = await open()
    await store.migrate('notes', migrationFolder(create))
    await store.migrate('other', migrationFolder({ '0000_notes': 'CREATE TABLE other (id INTEGER);' }))
    expect(await rows(store, 'SELECT * FROM other')).toEqual([])
  })

  it('that were merged late are not skipped', async () => {
    const store = await open()
    await store.migrate('notes', migrationFolder({ ...create, '0002_more': 'CREATE TABLE more (id INTEGER);' }))
    await store.migrate(
      'notes',
      migrationFolder({ ...create, ...widen, '0002_more': 'CREATE TABLE more (id INTEGER);' }),
    )
    expect(await rows(store, 'SELECT text FROM notes')).toEqual([['a']])
  })

  it('that rebuild a table keep the rows that refer to it', async () => {
    const store = await open()
    const parents = {
      '0000_family': `CREATE TABLE parents (id INTEGER PRIMARY KEY);
        CREATE TABLE children (parent INTEGER NOT NULL REFERENCES parents (id) ON DELETE CASCADE);
        INSERT INTO parents VALUES (1);
        INSERT INTO children VALUES (1), (1);`,
    }
    await store.migrate('family', migrationFolder(parents))
    const rebuild = `PRAGMA foreign_keys=OFF;
      CREATE TABLE __new_parents (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO __new_parents (id) SELECT id FROM parents;
      DROP TABLE parents;
      ALTER TABLE __new_parents RENAME TO parents;
      PRAGMA foreign_keys=ON;`
    await store.migrate('family', migrationFolder({ ...parents, '0001_name': rebuild }))
    expect(await rows(store, 'SELECT count(*) FROM children')).toEqual([[2]])
    expect(await rows(store, 'PRAGMA foreign_keys')).toEqual([[1]])
  })

  it.each([
    ['fails half way', 'CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);', /no such table/],
    [
      'leaves rows that refer to nothing',
      'CREATE TABLE half (n REFERENCES notes (id)); INSERT INTO half VALUES (9);',
      /refer to nothing/,
    ],
  ])('leave nothing behind when one %s', async (_, broken, message) => {
    const store = await open()
    const folder = migrationFolder({ ...create, '0001_half': broken })
    await expect(store.migrate('notes', folder)).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringMatching(message),
    })
    expect(await rows(store, `SELECT name FROM sqlite_schema WHERE name IN ('notes', 'half')`)).toEqual([])
    expect(await rows(store, 'PRAGMA foreign_keys')).toEqual([[1]])
  })

  it('bring what detection once said and what was once measured into the words of today', async () => {
    const url = `file:${join(tempFolder(), 'old.db')}`
    const folder = new URL('../migrations/', import.meta.url)
    const old = await connectDatabase(url.slice('file:'.length))
    const before = shipped.entries.slice(0, 8)
    const sqlOf = (tag: string) => readFileSync(new URL(`${tag}.sql`, folder), 'utf8')
    const folderBefore = migrationFolder(Object.fromEntries(before.map(({ tag }) => [tag, sqlOf(tag)])))
    await old.migrate('store', join(folderBefore, 'sqlite'))
    const words = [
      'human',
      'machine_start',
      'machine_end_beep',
      'machine_end_silence',
      'machine_end_other',
      'fax',
      null,
    ]
    for (const [n, word] of words.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await old.query({
        sql: `INSERT INTO calls (id, call_sid, mode, direction, dialled, started_at, answered_by) VALUES (?, '', 'm', 'outbound', '+1', 0, ?)`,
        params: [`call ${n}`, word],
        method: 'run',
      })
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await old.query({
        sql: `INSERT INTO outbound_calls (call_id, to_number, from_number, mode, scenario, state, requested_at, request_hash, webhook, answered_by)
          VALUES (?, '+1', '+1', 'm', 's', 'ended', 0, '', 0, ?)`,
        params: [`call ${n}`, word],
        method: 'run',
      })
    }
    await old.query({
      sql: `INSERT INTO latency_marks (call_id, position, measure, ms) VALUES ('call 0', 0, 'webhook_to_twiml', 3)`,
      params: [],
      method: 'run',
    })
    await old.close()
    const store = await openSqliteStore({ url })
    onTestFinished(() => store.close())
    expect(await rows(store, 'SELECT measure FROM latency_marks')).toEqual([['webhook_to_answer']])
    const today = ['human', 'machine', 'machine_ended', 'machine_ended', 'machine_ended', 'fax', null].map((word) => [
      word,
    ])
    expect(await rows(store, 'SELECT answered_by FROM calls ORDER BY id')).toEqual(today)
    expect(await rows(store, 'SELECT answered_by FROM outbound_calls ORDER BY call_id')).toEqual(today)
  })

  it('refuse a database that a newer version has written', async () => {
    const store = await open()
    await store.migrate('notes', migrationFolder({ ...create, ...widen }))
    await expect(store.migrate('notes', migrationFolder(create))).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringMatching(/newer version.*0001_text/),
    })
  })

  it('refuse to go on when an applied one was changed', async () => {
    const store = await open()
    await store.migrate('notes', migrationFolder(create))
    const changed = migrationFolder({ '0000_notes': 'CREATE TABLE notes (id TEXT);' })
    await expect(store.migrate('notes', changed)).rejects.toThrow(/changed after it was applied/)
  })

  it('of a new process leave the old one talking, whose words are understood', async () => {
    const store = await open()
    await rows(
      store,
      `INSERT INTO calls (id, call_sid, mode, direction, dialled, started_at, answered_by)
        VALUES ('call 1', '', 'm', 'outbound', '+1', 0, 'machine_end_beep') RETURNING id`,
    )
    await rows(
      store,
      `INSERT INTO outbound_calls (call_id, to_number, from_number, mode, scenario, state, requested_at, request_hash, webhook, answered_by)
        VALUES ('call 1', '+1', '+1', 'm', 's', 'ended', 0, '', 0, 'machine_start') RETURNING call_id`,
    )
    expect(await store.journal.find('call 1')).toMatchObject({ answeredBy: 'machine_ended' })
    expect(await store.journal.recent(1)).toMatchObject([{ answeredBy: 'machine_ended' }])
    expect(await store.outbound.find('call 1')).toMatchObject({ answeredBy: 'machine' })
  })
})
