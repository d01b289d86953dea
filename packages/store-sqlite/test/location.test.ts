import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { backUpDatabase } from '../src/database/backup.ts'
import { examineSqlite, openSqliteStore } from '../src/index.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

/** What DATABASE_URL may name that can be no database, and what the operator reads. */
const places: readonly (readonly [what: string, make: (path: string) => unknown, says: string, inside: string])[] = [
  ['a folder', (path) => mkdirSync(path), 'is a folder. Name a file in it, like file:', ''],
  ['a named pipe', (path) => execFileSync('mkfifo', [path]), 'is a named pipe. Name a file on a disk', ''],
  [
    'a link that leads nowhere',
    (path) => symlinkSync('/nowhere/at/all.db', path),
    'is a link to /nowhere/at/all.db, where nothing is',
    '',
  ],
  ['a link in a circle', (path) => symlinkSync(path, path), 'where nothing is', ''],
  ['a link to a device', (path) => symlinkSync('/dev/zero', path), 'is a device. Name a file on a disk', ''],
  ['something in a file', (path) => writeFileSync(path, 'x'), 'is no folder. Name a file on a disk', 'below/it.db'],
]

describe.each(places)('a DATABASE_URL that names %s', (_, make, says, inside) => {
  const sentence = new RegExp(`something else is in its place: .*${says.replaceAll('.', String.raw`\.`)}`)
  const prepared = (): string => {
    const path = join(tempFolder(), 'place')
    make(path)
    return join(path, inside)
  }

  it('is refused in a sentence that names it, by commands and by the doctor', async () => {
    const file = prepared()
    const refusal = { code: 'database_failed', message: expect.stringMatching(sentence) }
    await expect(openSqliteStore({ url: `file:${file}` })).rejects.toMatchObject(refusal)
    await expect(examineSqlite(`file:${file}`)).rejects.toMatchObject(refusal)
    await expect(backUpDatabase(file, join(tempFolder(), 'copy.db'))).rejects.toMatchObject(refusal)
  })

  it('does not keep a gateway from its calls, and is told once', async () => {
    const onProblem = vi.fn()
    const store = await openSqliteStore({ url: `file:${prepared()}`, keepTrying: true, onProblem })
    onTestFinished(() => store.close())
    expect(onProblem.mock.calls).toEqual([[expect.objectContaining({ message: expect.stringMatching(sentence) })]])
  })
})

it('a socket is told apart too', async () => {
  const path = join(tempFolder(), 's')
  const server = createServer().listen(path)
  onTestFinished(() => void server.close())
  await vi.waitFor(() => expect(server.listening).toBe(true))
  await expect(openSqliteStore({ url: `file:${path}` })).rejects.toThrow(/is a socket/)
})

it('a DATABASE_URL with a slash at its end names a folder', async () =>
  expect(openSqliteStore({ url: 'file:data/' })).rejects.toMatchObject({ code: 'config_invalid' }))

it.each(['file:~/a.db', 'file:$HOME/a.db', 'file:data/${NAME}.db', 'file:a.db?mode=rwc', 'file:///~/a.db'])(
  '%s would make a file that nobody looks for, and is refused',
  async (url) =>
    expect(openSqliteStore({ url })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('Write the whole path'),
    }),
)

it('a DATABASE_URL may name this machine, as addresses of files do', async () => {
  const file = join(tempFolder(), 'a.db')
  await (await openSqliteStore({ url: `file://localhost${file}` })).close()
  expect(existsSync(file)).toBe(true)
})

describe('a database that another process holds', () => {
  const heldDatabase = async (how: string): Promise<string> => {
    const file = join(tempFolder(), 'a.db')
    await (await openSqliteStore({ url: `file:${file}` })).close()
    const other = new SQLite(file)
    onTestFinished(() => void other.close())
    other.exec(how)
    return file
  }
  const LOCKED = 'PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE'
  const EXCLUSIVE = 'PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; CREATE TABLE theirs (n); COMMIT'

  it('is named in a moment by commands, the doctor and the backup', async () => {
    const file = await heldDatabase(LOCKED)
    const begun = performance.now()
    const asked = [
      () => openSqliteStore({ url: `file:${file}` }),
      () => examineSqlite(`file:${file}`),
      () => backUpDatabase(file, join(tempFolder(), 'copy.db')),
    ]
    for (const ask of asked) await expect(ask()).rejects.toThrow(/^Another process holds the database/)
    // Half of what each of them would have waited before.
    expect(performance.now() - begun).toBeLessThan(15_000)
  })

  it.each([LOCKED, EXCLUSIVE, 'BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE'])(
    'by %s is told by a gateway that starts',
    async (how) => {
      const file = await heldDatabase(how)
      const told = Promise.withResolvers<string | undefined>()
      const store = await openSqliteStore({
        url: `file:${file}`,
        keepTrying: true,
        onProblem: (problem) => told.resolve(problem?.message),
      })
      onTestFinished(() => store.close())
      expect(await told.promise).toMatch(/another process/i)
    },
  )
})
