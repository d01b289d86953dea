import { statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { tempFolder } from './fixtures/temp-folder.ts'

const open = async (url: string): Promise<DrizzleStore> => {
  const store = await openSqliteStore({ url })
  onTestFinished(() => store.close())
  return store
}

const message = {
  callId: 'call 1',
  callerName: 'Anna Keller',
  callerNumber: '+14155550199',
  text: 'Please call back about the invoice.',
  urgency: 'urgent',
} as const

describe('a store in a file', () => {
  it('commits durably, checks references and never waits long for a lock', async () => {
    const { database, messages } = await open(`file:${join(tempFolder(), 'a.db')}`)
    await messages.take(message)
    const pragma = async (name: string) => (await database.all<[unknown]>(sql.raw(`PRAGMA ${name}`)))[0]?.[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    expect(await pragma('busy_timeout')).toBeLessThanOrEqual(100)
  })

  it('creates missing folders, and a file only its owner can read', async () => {
    const file = join(tempFolder(), 'deep', 'er', 'a.db')
    const { messages } = await open(`file:${file}`)
    await messages.take(message)
    for (const path of [file, `${file}-wal`]) expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('still has the messages after it was closed and opened again', async () => {
    const url = `file:${join(tempFolder(), 'a.db')}`
    const first = await openSqliteStore({ url })
    const before = Date.now()
    const { id } = await first.messages.take(message)
    await first.messages.take({ ...message, callerNumber: null, text: `'; DROP TABLE messages; --` })
    await first.close()

    const [kept, second, ...rest] = await (await open(url)).messages.list()
    expect(kept).toEqual({ ...message, id, createdAt: expect.any(Date) })
    expect(kept!.createdAt.getTime()).toBeGreaterThanOrEqual(before)
    expect(second).toMatchObject({ callerNumber: null, text: `'; DROP TABLE messages; --` })
    expect(rest).toEqual([])
  })

  it('takes absolute file URLs', async () => {
    const file = join(tempFolder(), 'a b.db')
    await open(`file://${file.replace(' ', '%20')}`)
    expect(statSync(file).isFile()).toBe(true)
  })

  it('says so when the file is no database', async () => {
    await expect(openSqliteStore({ url: `file:${import.meta.filename}` })).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringContaining('not a SQLite database') as string,
      cause: { code: 'SQLITE_NOTADB' },
    })
  })
})

describe('a store in memory', () => {
  it('starts empty every time', async () => {
    const first = await open('file::memory:')
    await first.messages.take(message)
    expect(await (await open('file::memory:')).messages.list()).toEqual([])
  })
})

it.each(['postgres://localhost/calls', 'data/llc-phone.db', 'file:', ''])('refuses the URL %j', async (url) => {
  await expect(openSqliteStore({ url })).rejects.toMatchObject({ code: 'config_invalid' })
})
