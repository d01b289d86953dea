import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import SQLite from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { backUpDatabase } from '../src/database/backup.ts'
import { openSqliteStore } from '../src/index.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const message = (text: string) =>
  ({ callId: 'call 1', callerName: 'Anna Keller', callerNumber: null, text, urgency: 'normal' }) as const

const cli = fileURLToPath(new URL('../src/cli/backup-command.ts', import.meta.url))
const backUp = (url: string, ...args: string[]) =>
  // Under a script of pnpm's, as tests run, help would name pnpm.
  promisify(execFile)(process.execPath, [cli, ...args], {
    env: { ...process.env, DATABASE_URL: url, PHONE_AS: './phone' },
  })

describe('pnpm backup', () => {
  it('while the store is writing copies everything confirmed before, and the copy can be used', async () => {
    const file = join(tempFolder(), 'a.db')
    const store = await openSqliteStore({ url: `file:${file}` })
    onTestFinished(() => store.close())
    for (let n = 0; n < 50; n++) await store.messages.take(message(`before ${n}`))
    const done = new AbortController()
    let written = 0
    const writer = (async () => {
      while (!done.signal.aborted) await store.messages.take(message(`while ${written++}`))
    })()
    const target = join(dirname(file), 'deep', 'copy.db')
    const { stdout } = await backUp(`file:${file}`, target)
    const duringBackup = written
    done.abort()
    await writer
    expect(stdout).toMatch(/copy\.db: \d+ bytes, checked/)
    expect(duringBackup).toBeGreaterThan(0)

    expect(readdirSync(dirname(target))).toEqual(['copy.db'])
    expect(statSync(target).mode & 0o777).toBe(0o600)
    const restored = await openSqliteStore({ url: `file:${target}` })
    onTestFinished(() => restored.close())
    const texts = (await restored.messages.list()).map(({ text }) => text)
    expect(texts.filter((text) => text.startsWith('before'))).toHaveLength(50)
    expect(await restored.database.all(sql`PRAGMA integrity_check`)).toEqual([['ok']])
    await restored.messages.take(message('after'))
  })

  it('without a file names the copy for the time, beside the database', async () => {
    const file = join(tempFolder(), 'a.db')
    await (await openSqliteStore({ url: `file:${file}` })).close()
    await backUp(`file:${file}`)
    expect(readdirSync(join(dirname(file), 'backups'))).toEqual([
      expect.stringMatching(/^llc-phone-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.db$/),
    ])
  })

  it('explains itself, and ends with 1 when there is no database', async () => {
    expect((await backUp('', '--help')).stdout).toMatch(/^Usage: \.\/phone backup/)
    await expect(backUp(`file:${join(tempFolder(), 'none.db')}`)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/There is no database/) as string,
    })
  })
})

describe('a backup', () => {
  it('is never written over a file that exists', async () => {
    const file = join(tempFolder(), 'a.db')
    await (await openSqliteStore({ url: `file:${file}` })).close()
    await expect(backUpDatabase(file, file)).rejects.toThrow(/exists already/)
  })

  it('of a damaged database is refused, and leaves nothing behind', async () => {
    const folder = tempFolder()
    const file = join(folder, 'a.db')
    const store = await openSqliteStore({ url: `file:${file}` })
    await store.messages.take(message('one'))
    await store.close()
    const database = new SQLite(file)
    database.unsafeMode().exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'calls') WHERE name = 'messages'`)
    database.close()
    const target = join(folder, 'copy.db')
    await expect(backUpDatabase(file, target)).rejects.toMatchObject({
      code: 'database_failed',
      message: expect.stringMatching(/damaged/) as string,
    })
    expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual([])
  })

  it('of something else is refused', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a.db'), 'no database, but long enough to be looked at'.repeat(100))
    const target = join(folder, 'copy.db')
    await expect(backUpDatabase(join(folder, 'a.db'), target)).rejects.toMatchObject({
      code: 'database_failed',
      cause: { code: 'SQLITE_NOTADB' },
    })
    expect(existsSync(target)).toBe(false)
  })
})
