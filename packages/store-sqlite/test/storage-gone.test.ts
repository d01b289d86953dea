import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { E164 } from '@llc-phone/core'
import SQLite from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectDatabase } from '../src/database/connection.ts'
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { tempFolder } from './fixtures/temp-folder.ts'
import { wish } from '@llc-phone/store/testing'

const message = (text: string) =>
  ({ callId: 'call 1', callerName: 'Anna Keller', callerNumber: null, text, urgency: 'normal' }) as const

const opened = async (file = join(tempFolder(), 'data', 'a.db')) => {
  const problems: (string | undefined)[] = []
  const store = await openSqliteStore({ url: `file:${file}`, onProblem: (problem) => problems.push(problem?.message) })
  onTestFinished(() => store.close())
  await store.messages.take(message('before'))
  return { store, file, problems }
}

const texts = async (store: DrizzleStore) => (await store.messages.list()).map(({ text }) => text)

const isMoved = {
  code: 'database_failed',
  message: expect.stringMatching(/deleted, moved or replaced.*restart the gateway/) as string,
}

type Act = (file: string) => void
const away: readonly (readonly [what: string, go: Act, back: Act | undefined])[] = [
  ['deleted', (file) => rmSync(file), undefined],
  ['deleted with its log', (file) => ['', '-wal', '-shm'].forEach((end) => rmSync(`${file}${end}`)), undefined],
  ['moved away', (file) => renameSync(file, `${file}.old`), (file) => renameSync(`${file}.old`, file)],
  [
    'moved away with its folder',
    (file) => renameSync(dirname(file), `${dirname(file)}-2`),
    (file) => renameSync(`${dirname(file)}-2`, dirname(file)),
  ],
  [
    'replaced by another database',
    (file) => {
      renameSync(file, `${file}.old`)
      const other = new SQLite(file)
      other.exec('CREATE TABLE messages (id)')
      other.close()
    },
    (file) => renameSync(`${file}.old`, file),
  ],
  [
    'replaced by a copy of itself',
    (file) => {
      renameSync(file, `${file}.old`)
      copyFileSync(`${file}.old`, file)
    },
    (file) => renameSync(`${file}.old`, file),
  ],
  [
    'replaced by an empty file',
    (file) => {
      renameSync(file, `${file}.old`)
      writeFileSync(file, '')
    },
    (file) => renameSync(`${file}.old`, file),
  ],
  [
    'replaced by a folder',
    (file) => {
      renameSync(file, `${file}.old`)
      mkdirSync(file)
    },
    (file) => {
      rmSync(file, { recursive: true })
      renameSync(`${file}.old`, file)
    },
  ],
]

describe('a database file that is gone under the gateway', () => {
  it.each(away)('is noticed when it was %s: nothing more is confirmed', async (_what, go, back) => {
    const { store, file, problems } = await opened()
    expect(store.problem()).toBeUndefined()
    go(file)
    const number = '+14155550142' as E164
    const writes: Record<string, () => Promise<unknown>> = {
      message: () => store.messages.take(message('lost')),
      optOut: () => store.doNotCall.add({ number, source: 'call' }),
      note: () => store.callNotes.add({ callId: 'call 1', text: 'lost' }),
      outbound: () => store.outbound.begin(wish('call 2')),
      assignment: () => store.numbers.set(number, 'menu', 'tests'),
    }
    for (const write of Object.values(writes)) await expect(write()).rejects.toMatchObject(isMoved)
    expect(store.problem()).toMatchObject(isMoved)
    expect(problems).toEqual([isMoved.message])
    // What is known is still of use to callers.
    expect(await texts(store)).toEqual(['before'])

    if (!back) return
    back(file)
    await store.messages.take(message('after'))
    expect(await texts(store)).toEqual(['before', 'after'])
    expect([store.problem(), problems]).toEqual([undefined, [isMoved.message, undefined]])
  })

  it('is not made anew by a thread that takes over from one that died', async () => {
    const file = join(tempFolder(), 'a.db')
    const connection = await connectDatabase(file)
    onTestFinished(() => connection.close())
    const run = (text: string) => connection.query({ sql: text, params: [], method: 'run' })
    await run('CREATE TABLE kept (n INTEGER)')
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`)
    await connection.worker.terminate()
    await expect(run('CREATE TABLE kept (n INTEGER)')).rejects.toMatchObject(isMoved)
    expect(existsSync(file)).toBe(false)
    expect(connection.problem()).toMatchObject(isMoved)
  })

  it('is noticed behind a link that leads elsewhere now', async () => {
    const folder = tempFolder()
    const real = join(folder, 'real.db')
    await (await openSqliteStore({ url: `file:${real}` })).close()
    const file = join(folder, 'link.db')
    symlinkSync(real, file)
    const { store } = await opened(file)
    copyFileSync(real, join(folder, 'other.db'))
    rmSync(file)
    symlinkSync(join(folder, 'other.db'), file)
    await expect(store.messages.take(message('lost'))).rejects.toMatchObject(isMoved)
  })
})

describe('a log that was deleted beside the open database', () => {
  it.each([[['-wal']], [['-shm']], [['-wal', '-shm']]])(
    'costs nothing that was confirmed: %j',
    async (ends: readonly string[]) => {
      const { store, file, problems } = await opened()
      for (const end of ends) rmSync(`${file}${end}`)
      await store.messages.take(message('after'))
      // As after a power failure: whatever has a name, and nothing that only this process has open.
      const folder = tempFolder()
      for (const end of ['', '-wal'])
        if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, join(folder, `a.db${end}`))
      const found = await openSqliteStore({ url: `file:${join(folder, 'a.db')}` })
      onTestFinished(() => found.close())
      expect(await texts(found)).toEqual(['before', 'after'])
      expect(problems).toEqual([])
    },
  )

  it('is not mixed with the log that another process has begun', async () => {
    const { store, file } = await opened()
    rmSync(`${file}-wal`)
    writeFileSync(`${file}-wal`, readFileSync(file).subarray(0, 4_096))
    await expect(store.messages.take(message('lost'))).rejects.toMatchObject(isMoved)
  })
})

describe('a database that was cut short in place', () => {
  const half = (file: string) => truncateSync(file, Math.floor(statSync(file).size / 8_192) * 4_096)
  const isDamaged = { code: 'database_failed', message: expect.stringMatching(/damaged.*restore a backup/) as string }

  it.each<[what: string, cut: Act]>([
    ['the file, to nothing', (file) => truncateSync(file)],
    ['the file, to half', half],
    ['the log, to nothing', (file) => truncateSync(`${file}-wal`)],
    ['the log, to half', (file) => half(`${file}-wal`)],
  ])('is noticed, and nothing more is confirmed: %s', async (_what, cut) => {
    const { store, file, problems } = await opened()
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    other.pragma('wal_checkpoint(TRUNCATE)')
    for (const text of ['one', 'two', 'three']) await store.messages.take(message(text))
    cut(file)
    for (const text of ['lost', 'lost too'])
      await expect(store.messages.take(message(text))).rejects.toMatchObject(isDamaged)
    expect(problems).toEqual([isDamaged.message])
  })

  it('is not begun anew by the next process: its log may hold what was confirmed', async () => {
    const { file } = await opened()
    truncateSync(file)
    await expect(openSqliteStore({ url: `file:${file}` })).rejects.toMatchObject(isDamaged)
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  })

  it('is not taken for one that another process has tidied', async () => {
    const { store, file, problems } = await opened()
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    for (const tidy of ['wal_checkpoint(TRUNCATE)', 'wal_checkpoint(RESTART)', 'wal_checkpoint(PASSIVE)']) {
      other.exec('CREATE TABLE ballast AS SELECT randomblob(500000)')
      other.pragma(tidy)
      await store.messages.take(message(tidy))
      other.exec('DROP TABLE ballast; VACUUM')
      await store.messages.take(message(`${tidy}, smaller`))
      other.pragma('wal_checkpoint(TRUNCATE)')
      await store.messages.take(message(`${tidy}, smaller still`))
    }
    expect(problems).toEqual([])
    expect(await texts(store)).toHaveLength(10)
  })
})
