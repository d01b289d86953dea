import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exposureOf, openSpool, openStore, type Spool } from '../src/index.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const spoolAt = (folder: string) => openSpool(`file:${join(folder, 'a.db')}`)!

const drained = async (spool: Spool): Promise<unknown[]> => {
  const found: unknown[] = []
  await spool.drain(async (value) => found.push(value) > 0)
  return found
}

describe('what the database does not take', () => {
  it('is there for the next process, once, and readable by the owner only', async () => {
    const folder = tempFolder()
    const story = { callId: 'a/../b', turns: ['"Hällo"\n'] }
    await spoolAt(folder).add('a/../b', story)
    await spoolAt(folder).add('a/../b', story)
    const place = join(folder, 'a.db-unwritten')
    expect(readdirSync(folder)).toEqual(['a.db-unwritten'])
    expect(statSync(place).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(place)) expect(statSync(join(place, name)).mode & 0o777).toBe(0o600)
    expect(await drained(spoolAt(folder))).toEqual([story])
    expect(await drained(spoolAt(folder))).toEqual([])
  })

  it('stays when it is not taken after all', async () => {
    const spool = spoolAt(tempFolder())
    await spool.add('one', 1)
    await spool.add('two', 2)
    await spool.drain(async (value) => value === 2)
    await expect(spool.drain(() => Promise.reject(new Error('still locked')))).rejects.toThrow('still locked')
    expect(await drained(spool)).toEqual([1])
  })

  it('is not held up by what a crash has left half written, or somebody else has put there', async () => {
    const folder = tempFolder()
    const spool = spoolAt(folder)
    await spool.add('one', 1)
    const place = join(folder, 'a.db-unwritten')
    writeFileSync(join(place, 'half.json.partial'), '{"callId":')
    writeFileSync(join(place, 'broken.json'), '{"callId":')
    expect(await drained(spool)).toEqual([1])
  })

  it('fails as the database does where there is no place for it', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'a.db-unwritten'), 'in the way')
    await expect(spoolAt(folder).add('one', 1)).rejects.toMatchObject({ code: 'database_failed' })
    rmSync(folder, { recursive: true })
    await expect(spoolAt(folder).add('one', 1)).rejects.toMatchObject({ code: 'database_failed' })
    expect(existsSync(folder)).toBe(false)
    expect(await drained(spoolAt(folder))).toEqual([])
  })

  it('has a bound', async () => {
    const folder = tempFolder()
    const place = join(folder, 'a.db-unwritten')
    mkdirSync(place)
    for (let n = 0; n < 5_000; n++) writeFileSync(join(place, `${n}.json`), '1')
    await expect(spoolAt(folder).add('one more', 1)).rejects.toMatchObject({ code: 'database_failed' })
  })

  it('has no place beside a database in memory', () => {
    expect(openSpool('file::memory:')).toBeUndefined()
  })
})

describe('a database that others can read', () => {
  it('is named, with what to run', async () => {
    const file = join(tempFolder(), `a's.db`)
    const url = `file:${file}`
    expect(exposureOf(url)).toBeUndefined()
    const store = await openStore({ url })
    await store.messages.take({ callId: '1', callerName: 'A', callerNumber: null, text: 'B', urgency: 'normal' })
    expect(exposureOf(url)).toBeUndefined()
    for (const mode of [0o644, 0o640, 0o604, 0o660]) {
      chmodSync(file, mode)
      expect(exposureOf(url)).toContain(`chmod 600 '${file.replace("'", `'\\''`)}'`)
    }
    chmodSync(file, 0o600)
    chmodSync(`${file}-wal`, 0o644)
    expect(exposureOf(url)).toContain('-wal')
    await store.close()
    expect(readFileSync(file).length).toBeGreaterThan(0)
  })

  it('is none when it is in memory', () => {
    expect(exposureOf('file::memory:')).toBeUndefined()
  })
})
