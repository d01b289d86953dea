import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { GatewayError, type E164 } from '@llc-phone/core'
import { fakeClock, type FakeClock } from '@llc-phone/core/testing'
import SQLite from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { wish } from '@llc-phone/store/testing'
import { migrationFolder, tempFolder } from './fixtures/temp-folder.ts'

const number = '+14155550142' as E164
const message = { callId: 'call 1', callerName: 'Anna', callerNumber: null, text: 'Hello', urgency: 'normal' } as const

/** A database with one message, as an earlier gateway left it. */
const earlier = async (file: string): Promise<void> => {
  const store = await openSqliteStore({ url: `file:${file}` })
  await store.messages.take(message)
  await store.close()
}

/** As a backup that is older than two seconds takes the place of what is there. */
const restore = (good: string, file: string): void => {
  copyFileSync(good, `${file}.new`)
  utimesSync(`${file}.new`, new Date(0), new Date(0))
  renameSync(`${file}.new`, file)
}

/** Time goes on until the next attempt has succeeded. */
const recovered = (store: DrizzleStore, clock: FakeClock): Promise<void> =>
  vi.waitFor(async () => {
    await clock.advance(30_000)
    expect(store.problem()).toBeUndefined()
  })

const overwrite = (file: string, from: number, bytes: number): void => {
  const writable = openSync(file, 'r+')
  writeSync(writable, Buffer.alloc(bytes, 0xa5), 0, bytes, from)
  closeSync(writable)
}

/** What is wrong with the database at the start, how it is put right, and what the operator reads. */
const wrong: readonly {
  readonly what: string
  readonly spoil: (file: string) => void
  readonly says: RegExp
  readonly repair: (file: string, good: string) => void
}[] = [
  {
    what: 'is not a database',
    spoil: (file) => writeFileSync(file, 'Dear diary, '.repeat(1_000)),
    says: /not a SQLite database/,
    repair: (file, good) => restore(good, file),
  },
  {
    what: 'has lost its header',
    spoil: (file) => overwrite(file, 0, 100),
    says: /not a SQLite database/,
    repair: (file, good) => restore(good, file),
  },
  {
    what: 'is damaged where its tables are listed',
    spoil: (file) => overwrite(file, 100, 4_000),
    says: /damaged.*restore a backup/,
    repair: (file, good) => restore(good, file),
  },
  {
    what: 'is a folder',
    spoil(file) {
      rmSync(file)
      mkdirSync(file)
    },
    says: /something else is in its place/,
    repair(file, good) {
      rmSync(file, { recursive: true })
      restore(good, file)
    },
  },
  {
    what: 'comes from a newer version',
    spoil(file) {
      const database = new SQLite(file)
      database.exec(`INSERT INTO __migrations VALUES ('store', '9999_from_the_future', 'hash', 0)`)
      database.close()
    },
    says: /newer version/,
    repair: (file, good) => restore(good, file),
  },
]

const patient = async (file: string, clock = fakeClock()) => {
  const problems: (string | undefined)[] = []
  const opening = openSqliteStore({
    url: `file:${file}`,
    keepTrying: true,
    clock,
    onProblem: (problem) => problems.push(problem?.message),
  })
  opening.then(
    (store) => onTestFinished(() => store.close()),
    () => undefined,
  )
  return { opening, clock, problems }
}

const ports = (store: DrizzleStore): Record<string, () => Promise<unknown>> => ({
  message: () => store.messages.take(message),
  begun: () => store.journal.recent(1),
  optOut: () => store.doNotCall.add({ number, source: 'call' }),
  lookUp: () => store.doNotCall.find(number),
  contact: () => store.contacts.find(number),
  note: () => store.callNotes.add({ callId: 'call 1', text: 'lost' }),
  outbound: () => store.outbound.begin(wish('call 2')),
  numbers: () => store.numbers.list(),
})

const refuses = async (store: DrizzleStore, says: RegExp): Promise<void> => {
  const begun = performance.now()
  for (const ask of Object.values(ports(store))) {
    const error = await ask().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(GatewayError)
    expect(error).toMatchObject({ code: 'database_failed', message: expect.stringMatching(says) as string })
  }
  // Nobody's greeting waits for what fails anyway.
  expect(performance.now() - begun).toBeLessThan(500)
}

describe('a gateway whose database', () => {
  it.each(wrong)('$what starts, keeps nothing, and goes on when it is repaired', async ({ spoil, says, repair }) => {
    const folder = tempFolder()
    const file = join(folder, 'a.db')
    const good = join(folder, 'good.db')
    await earlier(file)
    copyFileSync(file, good)
    spoil(file)
    utimesSync(file, new Date(0), new Date(0))
    const { opening, clock, problems } = await patient(file)
    const store = await opening
    expect(store.problem()?.message).toMatch(says)
    await refuses(store, says)
    await clock.advance(1_000)
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    await refuses(store, says)

    repair(file, good)
    await recovered(store, clock)
    await store.callNotes.add({ callId: 'call 1', text: 'kept' })
    expect(await store.messages.list()).toMatchObject([{ text: 'Hello' }])
    expect(problems).toEqual([expect.stringMatching(says), undefined])
  })

  it('is held by another process starts within two seconds, and goes on when that lets go', async () => {
    const file = join(tempFolder(), 'a.db')
    await earlier(file)
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('BEGIN IMMEDIATE; CREATE TABLE theirs (n); COMMIT')
    const { opening, clock } = await patient(file)
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    await clock.advance(2_000)
    const store = await opening
    await refuses(store, /another process may hold it/)
    other.close()
    await vi.waitFor(() => expect(store.problem()).toBeUndefined())
    expect(await store.messages.list()).toMatchObject([{ text: 'Hello' }])
  })

  it('is being written by another process for long starts at once, and is read meanwhile', async () => {
    const file = join(tempFolder(), 'a.db')
    await earlier(file)
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    other.exec('BEGIN IMMEDIATE')
    const store = await (await patient(file)).opening
    expect(await store.messages.list()).toMatchObject([{ text: 'Hello' }])
    await expect(store.callNotes.add({ callId: 'call 1', text: 'lost' })).rejects.toThrow(/Another process/)
    other.exec('COMMIT')
    await store.callNotes.add({ callId: 'call 1', text: 'kept' })
    expect(await store.callNotes.of('call 1')).toMatchObject([{ text: 'kept' }])
  })

  it('cannot be made yet makes it when it can be', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'disk'), 'not mounted yet')
    const file = join(folder, 'disk', 'a.db')
    const { opening, clock } = await patient(file)
    const store = await opening
    await refuses(store, /something else is in its place/)
    rmSync(join(folder, 'disk'))
    await recovered(store, clock)
    await store.messages.take(message)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('was there and could not be opened is not made anew: a backup is about to take its place', async () => {
    const folder = tempFolder()
    const file = join(folder, 'a.db')
    const good = join(folder, 'good.db')
    await earlier(good)
    writeFileSync(file, 'Dear diary, '.repeat(1_000))
    const { opening, clock } = await patient(file)
    const store = await opening
    rmSync(file)
    await clock.advance(1_000)
    await vi.waitFor(() => expect(store.problem()?.message).toMatch(/deleted, moved or replaced/))
    expect(existsSync(file)).toBe(false)
    restore(good, file)
    await recovered(store, clock)
    expect(await store.messages.list()).toMatchObject([{ text: 'Hello' }])
  })

  it('is still being copied into its place is not opened before the copy is whole', async () => {
    const folder = tempFolder()
    const file = join(folder, 'a.db')
    await earlier(file)
    const good = readFileSync(file)
    writeFileSync(file, 'Dear diary, '.repeat(1_000))
    const { opening, clock } = await patient(file)
    const store = await opening
    for (const sofar of [0, 4_096, 20_000]) {
      writeFileSync(file, good.subarray(0, sofar))
      await vi.waitFor(async () => {
        await clock.advance(30_000)
        expect(store.problem()?.message).toMatch(/written a moment ago/)
      })
      await refuses(store, /written a moment ago/)
    }
    writeFileSync(file, good)
    utimesSync(file, new Date(0), new Date(0))
    await recovered(store, clock)
    expect(await store.messages.list()).toMatchObject([{ text: 'Hello' }])
  })

  it('does not take the tables of a mode keeps nothing until it does', async () => {
    const file = join(tempFolder(), 'a.db')
    const { opening, clock } = await patient(file)
    const store = await opening
    await store.messages.take(message)
    const folder = migrationFolder({ '0000_first': 'CREATE TABLE parked (n INTEGER) STRICT' })
    const sql = join(folder, 'sqlite', '0000_first.sql')
    writeFileSync(sql, 'CREATE TABLE messages (n)')
    await store.migrate('a mode', folder)
    await refuses(store, /already exists/)
    writeFileSync(sql, 'CREATE TABLE parked (n INTEGER) STRICT')
    await recovered(store, clock)
    expect(await store.messages.list()).toHaveLength(1)
  })

  it('is opened late still gets the tables of every mode', async () => {
    const disk = join(tempFolder(), 'disk')
    writeFileSync(disk, 'not mounted yet')
    const { opening, clock } = await patient(join(disk, 'a.db'))
    const store = await opening
    await store.migrate('a mode', migrationFolder({ '0000_first': 'CREATE TABLE parked (n INTEGER) STRICT' }))
    rmSync(disk)
    await recovered(store, clock)
    await store.close()
    const database = new SQLite(join(disk, 'a.db'))
    onTestFinished(() => void database.close())
    expect(database.prepare('SELECT count(*) AS n FROM parked').get()).toEqual({ n: 0 })
  })

  it('is named by what is no file at all does not start: that is a mistake in the settings', async () => {
    await expect(openSqliteStore({ url: 'mysql://localhost/phone', keepTrying: true })).rejects.toMatchObject({
      code: 'config_invalid',
    })
  })
})
