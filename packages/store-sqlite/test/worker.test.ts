import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connectDatabase } from '../src/database/connection.ts'
import { openSqliteStore } from '../src/index.ts'
import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { sqliteTables } from '../src/database/sqlite-database.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const { messages } = sqliteTables

const row = (id: string) => ({
  id,
  callId: 'call 1',
  callerName: 'Anna Keller',
  callerNumber: '+14155550199',
  text: 'Hello',
  urgency: 'normal' as const,
  createdAt: new Date(),
})

/** Keeps SQLite busy for some hundred milliseconds. */
const SLOW = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n'

let store: DrizzleStore

beforeEach(async () => {
  store = await openSqliteStore({ url: 'file::memory:' })
  onTestFinished(() => store.close())
})

describe('a batch', () => {
  it('does all or nothing', async () => {
    const { database } = store
    const insert = (id: string) => database.insert(messages).values(row(id))
    await expect(runQuery(database.batch([insert('a'), insert('b'), insert('a')]))).rejects.toMatchObject({
      code: 'database_failed',
      cause: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' },
    })
    expect(await store.messages.list()).toEqual([])
    const [, found] = await database.batch([insert('a'), database.select().from(messages).where(eq(messages.id, 'a'))])
    expect(found).toMatchObject([{ id: 'a' }])
  })

  it('is not mixed with what others ask meanwhile', async () => {
    const { database } = store
    const failing = runQuery(
      database.batch([database.insert(messages).values(row('a')), database.insert(messages).values(row('a'))]),
    )
    const other = runQuery(database.insert(messages).values(row('b')))
    await expect(failing).rejects.toThrow(/UNIQUE/)
    await other
    expect(await store.messages.list()).toMatchObject([{ id: 'b' }])
  })
})

describe('a query', () => {
  it('that opens a transaction is refused, and the next one is not inside it', async () => {
    await expect(runQuery(store.database.run(sql`BEGIN`))).rejects.toThrow(/batch/)
    await store.messages.take(row('a'))
    await expect(runQuery(store.database.run(sql`ROLLBACK`))).rejects.toThrow(/no transaction is active/)
    expect(await store.messages.list()).toHaveLength(1)
  })

  it('for one row answers that row or undefined', async () => {
    const find = (id: string) => store.database.select().from(messages).where(eq(messages.id, id)).get()
    await runQuery(store.database.insert(messages).values(row('a')))
    expect(await find('a')).toEqual(expect.objectContaining({ id: 'a', createdAt: expect.any(Date) }))
    expect(await find('b')).toBeUndefined()
  })

  it('fails without telling anybody its parameters', async () => {
    await runQuery(store.database.insert(messages).values(row('a')))
    const error = await runQuery(store.database.insert(messages).values(row('a'))).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'database_failed' })
    expect(String((error as Error).stack) + JSON.stringify(error)).not.toContain('Anna')
  })
})

describe('the thread that carries audio', () => {
  it('keeps its timers while a slow statement and two hundred queries run', async () => {
    let done = false
    let ticks = 0
    const tick = (): void => {
      ticks++
      if (!done) setTimeout(tick, 5)
    }
    setTimeout(tick, 5)
    await Promise.all([
      store.database.run(sql.raw(SLOW)),
      ...Array.from({ length: 200 }, (_, n) => store.messages.take({ ...row(''), text: String(n) })),
    ]).finally(() => (done = true))
    // On this thread the statement alone would leave room for one.
    expect(ticks).toBeGreaterThan(5)
    expect(await store.messages.list()).toHaveLength(200)
  })
})

describe('a database thread', () => {
  it('that dies rejects what was asked and whatever is asked later', async () => {
    const connection = await connectDatabase(':memory:')
    const ask = () => connection.query({ sql: 'SELECT 1', params: [], method: 'all' })
    const pending = [connection.query({ sql: SLOW, params: [], method: 'all' }), ask(), ask()]
    const ended = connection.worker.terminate()
    await Promise.all(pending.map((query) => expect(query).rejects.toMatchObject({ code: 'database_failed' })))
    await ended
    await expect(ask()).rejects.toMatchObject({ code: 'database_failed' })
    await connection.close()
  })

  it('that dies is replaced: what was asked fails, what is asked later is done', async () => {
    const lost: unknown[] = []
    const connection = await connectDatabase(join(tempFolder(), 'a.db'), { onLost: (error) => lost.push(error) })
    onTestFinished(() => connection.close())
    const ask = (text: string) => connection.query({ sql: text, params: [], method: 'all' })
    await ask('CREATE TABLE kept (n INTEGER)')
    await ask('INSERT INTO kept VALUES (1)')
    const pending = [ask(SLOW), ask('INSERT INTO kept VALUES (2)')]
    const first = connection.worker
    const ended = first.terminate()
    await Promise.all(pending.map((query) => expect(query).rejects.toMatchObject({ code: 'database_failed' })))
    expect((await ask('SELECT n FROM kept')).rows).toEqual([[1]])
    await ask('INSERT INTO kept VALUES (3)')
    await ended
    expect((await ask('SELECT n FROM kept')).rows).toEqual([[1], [3]])
    expect(connection.worker).not.toBe(first)
    expect(lost).toMatchObject([{ code: 'database_failed' }])
  })

  it('that dies again at once is not replaced for ever', async () => {
    const connection = await connectDatabase(join(tempFolder(), 'a.db'))
    onTestFinished(() => connection.close())
    const ask = () => connection.query({ sql: 'SELECT 1', params: [], method: 'all' })
    await connection.worker.terminate()
    await ask()
    const second = connection.worker
    await second.terminate()
    await expect(ask()).rejects.toMatchObject({ code: 'database_failed' })
    expect(connection.worker).toBe(second)
  })

  it('that is closed answers what was asked before, and nothing after', async () => {
    const connection = await connectDatabase(':memory:')
    const before = connection.query({ sql: 'SELECT 1', params: [], method: 'all' })
    await Promise.all([connection.close(), connection.close()])
    expect(await before).toEqual({ rows: [[1]] })
    await expect(connection.query({ sql: 'SELECT 1', params: [], method: 'all' })).rejects.toMatchObject({
      code: 'database_failed',
    })
  })
})
