import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { bundleFixture } from './fixtures/bundle.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const ROUNDS = 26
/** Started ahead: most of a round would be the start of a process. */
const AHEAD = 2

it.each(['messages', 'opt-outs', 'batches'])(
  `what was confirmed survives a kill right after it: ${ROUNDS} rounds of %s`,
  { timeout: 60_000 },
  async (what) => {
    const folder = tempFolder()
    const script = await bundleFixture('die-after-confirmation', folder)
    const url = `file:${join(folder, 'a.db')}`
    const log = join(folder, 'confirmed')
    writeFileSync(log, '')
    const store = await openSqliteStore({ url })
    await store.database.run(
      sql`CREATE TABLE ledger (name TEXT NOT NULL, part INTEGER NOT NULL, PRIMARY KEY (name, part))`,
    )
    await store.close()

    const start = (round: number) => {
      const child = spawn(process.execPath, [script, url, log, what, String(round), String(1 + (round % 7))], {
        env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache') },
        stdio: ['pipe', 'inherit', 'inherit'],
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      return { child, ended: once(child, 'exit') }
    }
    const started = Array.from({ length: AHEAD }, (_, round) => start(round))
    for (let round = 0; round < ROUNDS; round++) {
      const { child, ended } = started.shift()!
      child.stdin.write('go\n')
      expect(await ended).toEqual([null, 'SIGKILL'])
      if (round + AHEAD < ROUNDS) started.push(start(round + AHEAD))
    }

    const after = await openSqliteStore({ url })
    onTestFinished(() => after.close())
    expect(await after.database.all(sql`PRAGMA integrity_check`)).toEqual([['ok']])
    const confirmed = readFileSync(log, 'utf8').trim().split('\n')
    expect(confirmed.length).toBeGreaterThanOrEqual(ROUNDS)
    expect(new Set(confirmed.map((name) => name.split('.')[0])).size).toBe(ROUNDS)
    const kept =
      what === 'messages'
        ? (await after.messages.list()).map(({ text }) => text)
        : what === 'opt-outs'
          ? (await after.doNotCall.list({ limit: 10_000 })).map(({ number }) => number as string)
          : (await after.database.all<[string, number]>(sql`SELECT name, count(*) FROM ledger GROUP BY name`)).map(
              ([name, parts]) => `${name}${parts === 3 ? '' : ` has ${parts} parts of 3`}`,
            )
    expect(kept.filter((name) => name.includes('parts'))).toEqual([])
    expect(confirmed.filter((name) => !kept.includes(name))).toEqual([])
  },
)
