import { execFile } from 'node:child_process'
import { chmodSync, closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { fakeClock } from '@llc-phone/core/testing'
import SQLite from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore, type SqliteOptions } from '../src/index.ts'
import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { databaseError, isStorageFailure } from '../src/database/failure.ts'
import { isRefused } from '@llc-phone/store'
import { bundleFixture } from './fixtures/bundle.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const message = (text: string) =>
  ({ callId: 'call 1', callerName: 'Anna Keller', callerNumber: null, text, urgency: 'normal' }) as const

const open = async (file: string, options: Partial<SqliteOptions> = {}): Promise<DrizzleStore> => {
  const store = await openSqliteStore({ url: `file:${file}`, ...options })
  onTestFinished(() => store.close())
  return store
}

const temporary = () => join(tempFolder(), 'a.db')

const texts = async (store: DrizzleStore) => (await store.messages.list()).map(({ text }) => text)

describe('a full disk', () => {
  it('fails writes with a remedy, keeps reads, and is over when there is room', async () => {
    const store = await open(temporary())
    await store.messages.take(message('before'))
    await store.database.run(sql`PRAGMA max_page_count = 1`) // SQLite takes it as "no more than there are now"
    const large = 'x'.repeat(100_000)
    for (const write of [
      () => store.messages.take(message(large)),
      () => runQuery(store.database.batch([store.database.run(sql`CREATE TABLE t AS SELECT ${large}`)])),
    ])
      await expect(write()).rejects.toMatchObject({
        code: 'database_failed',
        message: expect.stringMatching(/full.*Make room/) as string,
        cause: { code: 'SQLITE_FULL' },
      })
    expect(await texts(store)).toEqual(['before'])
    expect(store.problem()?.message).toMatch(/full.*Make room/)

    await store.database.run(sql`PRAGMA max_page_count = 1000000`)
    await store.messages.take(message(large))
    expect(store.problem()).toBeUndefined()
    expect(await texts(store)).toEqual(['before', large])
    expect(await store.database.all(sql`PRAGMA integrity_check`)).toEqual([['ok']])
  })
})

describe('a database that another process is writing to', () => {
  it('is waited for, without holding up those who read', async () => {
    const file = temporary()
    const store = await open(file)
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const taken = store.messages.take(message('later'))
    // Were the write waited for in the thread, this could not be answered while the lock is held.
    expect(await texts(store)).toEqual([])
    expect(await store.journal.find('nobody')).toBeUndefined()
    other.exec('COMMIT')
    await taken
    expect(await texts(store)).toEqual(['later'])
  })

  it('is given up when that takes long, and works when it is over', async () => {
    const file = temporary()
    const store = await open(file)
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    await expect(store.messages.take(message('never'))).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringMatching(/Another process/) as string,
      cause: { code: 'SQLITE_BUSY' },
    })
    expect(store.problem()?.message).toMatch(/Another process/)
    other.exec('COMMIT')
    await store.messages.take(message('after'))
    expect(await texts(store)).toEqual(['after'])
    expect(store.problem()).toBeUndefined()
  })
})

const PAGE_BYTES = 4_096

describe('a damaged database', () => {
  it('fails what touches the damage, says so, and serves the rest', async () => {
    const file = temporary()
    const first = await openSqliteStore({ url: `file:${file}` })
    for (let n = 0; n < 100; n++) await first.messages.take(message(`${n} ${'x'.repeat(1_000)}`))
    await first.close()
    const writable = openSync(file, 'r+')
    const stored = readFileSync(file)
    for (let at = 0; at < stored.length; at += PAGE_BYTES)
      if (stored.subarray(at, at + PAGE_BYTES).includes('xxxxxxxx'))
        writeSync(writable, Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, at)
    closeSync(writable)

    const store = await open(file)
    await expect(store.messages.list()).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringMatching(/damaged.*backup/) as string,
      cause: { code: expect.stringMatching(/^SQLITE_CORRUPT/) as string },
    })
    expect(await store.journal.recent(1)).toEqual([])
    // It does not heal by other pages being written.
    await store.callNotes.add({ callId: 'call 1', text: 'kept' })
    expect(store.problem()?.message).toMatch(/damaged/)
  })

  it('whose header is gone is not opened, nor written over', async () => {
    const file = temporary()
    await (await openSqliteStore({ url: `file:${file}` })).close()
    const writable = openSync(file, 'r+')
    writeSync(writable, Buffer.alloc(100, 0xa5), 0, 100, 0)
    closeSync(writable)
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(openSqliteStore({ url: `file:${file}` })).rejects.toMatchObject({
        code: 'database_failed',
        cause: { code: 'SQLITE_NOTADB' },
      })
  })
})

/** Root may write everywhere, so the process under test becomes nobody, who must be able to read the source. */
const canBeNobody = (): boolean => {
  if (process.getuid!() !== 0) return true
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder))
    if ((statSync(folder).mode & 0o001) === 0) return false
  return true
}

describe.runIf(canBeNobody())('a folder that may only be read', () => {
  const tryAsNobody = async (file: string): Promise<string> => {
    const run = promisify(execFile)
    const scripts = tempFolder()
    chmodSync(scripts, 0o755)
    const script = await bundleFixture('write-as-nobody', scripts)
    return (await run(process.execPath, [script, `file:${file}`])).stdout
  }

  it('is refused with a remedy when the database does not exist yet', async () => {
    const folder = tempFolder()
    chmodSync(folder, 0o555)
    expect(await tryAsNobody(join(folder, 'a.db'))).toMatch(/database_failed.*Check who owns the file/)
  })

  it('is refused with a remedy when the database is there', async () => {
    const folder = tempFolder()
    const file = join(folder, 'a.db')
    await (await openSqliteStore({ url: `file:${file}` })).close()
    chmodSync(file, 0o444)
    chmodSync(folder, 0o555)
    expect(await tryAsNobody(file)).toMatch(/database_failed.*Check who owns the file/)
  })
})

describe('a stalled disk', () => {
  it('holds up answers and no timers', { timeout: 15_000 }, async () => {
    const stallMs = 2_000
    const store = await openSqliteStore({ url: `file:${temporary()}`, stallMs })
    onTestFinished(() => store.close())
    let ticks = 0
    let longestMs = 0
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      longestMs = Math.max(longestMs, now - last)
      last = now
      ticks++
    }, 20)
    onTestFinished(() => clearInterval(timer))
    const begun = performance.now()
    await Promise.all([
      store.messages.take(message('one')),
      runQuery(store.database.batch([store.database.run(sql`CREATE TABLE t (n)`)])),
    ])
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2 * stallMs - 5)
    // On this thread there would be a handful of ticks and a gap of 2 s.
    expect(ticks).toBeGreaterThan(50)
    expect(longestMs).toBeLessThan(stallMs / 2)
  })
  it('is told to the operator after ten seconds, and when it is over', async () => {
    const clock = fakeClock()
    const told: (string | undefined)[] = []
    const onProblem: SqliteOptions['onProblem'] = (problem) => told.push(problem?.message)
    const store = await open(temporary(), { stallMs: 500, clock, onProblem })
    const taken = store.messages.take(message('late'))
    await clock.advance(10_000)
    expect(store.problem()?.message).toMatch(/does not answer/)
    await taken
    expect(told).toEqual([expect.stringMatching(/does not answer/), undefined])
    expect(clock.pending).toBe(0)
  })
})

describe('what SQLite or the system says', () => {
  it.each([
    ['SQLITE_FULL', /Make room/],
    ['ENOSPC', /Make room/],
    ['EDQUOT', /Make room/],
    ['SQLITE_IOERR_WRITE', /system log/],
    ['SQLITE_IOERR_FSYNC', /system log/],
    ['EIO', /system log/],
    ['SQLITE_BUSY_SNAPSHOT', /let it finish/],
    ['SQLITE_LOCKED', /let it finish/],
    ['SQLITE_READONLY', /Check who owns/],
    ['SQLITE_READONLY_CANTINIT', /Check who owns/],
    ['SQLITE_READONLY_DIRECTORY', /Check who owns/],
    ['SQLITE_CANTOPEN_ISDIR', /Check who owns/],
    ['EROFS', /Check who owns/],
    ['SQLITE_READONLY_DBMOVED', /Put it back/],
    ['SQLITE_CORRUPT_INDEX', /restore a backup/],
    ['SQLITE_NOTADB', /restore a backup/],
    ['ENOTDIR', /Name another file/],
    ['EMFILE', /no file handle left/],
  ])('%s becomes a sentence that tells what to do, and counts as the storage failing', (code, remedy) => {
    const error = databaseError({ message: 'as it was said', code })
    expect(error).toMatchObject({ code: 'database_failed', message: expect.stringMatching(remedy) as string })
    expect([isStorageFailure(error), isRefused(error)]).toEqual([true, false])
  })

  it.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG'])(
    '%s is about one statement, not about the storage',
    (code) => {
      const error = databaseError({ message: 'as it was said', code })
      expect([isStorageFailure(error), isRefused(error)]).toEqual([false, true])
    },
  )
})
