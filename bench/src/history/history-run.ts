import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADMIN_TOKEN, gatewayEnv } from '../process/gateway-env.ts'
import {
  freePort,
  gatewayProgram,
  longestStretchOf,
  start,
  stop,
  stretchProbe,
  untilReady,
  watchStretches,
} from '../process/processes.ts'
import { fillHistory } from './history-fill.ts'

/** No server is needed there: nobody calls. */
const NOBODY = '127.0.0.1:9'
const PAGE = 50
/** Pages read of each list, one behind the other. */
const PAGES = 3
/** Code is compiled and the pages of the database are in memory by then. */
const WARM_UPS = 5

const DAY_MS = 86_400_000
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()

/** Every filter of `GET /calls`, by itself and together: what finds much, what finds little, and what finds nothing. */
const filters: Readonly<Record<string, string>> = {
  none: '',
  'a word said often': 'q=word3',
  'a word said rarely': 'q=word3777',
  'two words': 'q=word40 word90',
  'the beginning of a word': 'q=word39*',
  'words never said': 'q=xylophone',
  'a whole number': 'number=+14155550123',
  'the end of a number': 'number=0123',
  'a number that never called': 'number=+442079460000',
  instance: 'instance=csr',
  direction: 'direction=outbound',
  outcome: 'outcome=fallback',
  'any problem': 'problem=any',
  'a rare problem': 'problem=model_lost',
  'first words slower than 2 s': 'slowerThan=2000',
  'one day of last month': `from=${daysAgo(30)}&to=${daysAgo(29)}`,
  'until a year ago': `to=${daysAgo(365)}`,
  'test calls': 'test=true',
  'an old version of the settings': 'settingsVersion=2',
  'a tuning profile': 'tuningProfile=quick',
  'all that a page can ask for': `q=word3&direction=inbound&instance=ivr&outcome=caller_hung_up&problem=any&slowerThan=300&test=false&from=${daysAgo(200)}`,
}

/** What one filter took, each answer by itself. */
export interface Asked {
  readonly name: string
  /** Calls on its first page. */
  readonly found: number
  readonly answerMs: readonly number[]
  /** The longest that the thread which carries audio worked at a stretch. */
  readonly stretchMs: readonly number[]
}

interface Page {
  readonly calls: readonly unknown[]
  readonly next?: string
}

const queryOf = (filter: string, after: string | undefined): string => {
  const query = new URLSearchParams(filter.replaceAll('+', '%2B'))
  query.set('limit', String(PAGE))
  if (after !== undefined) query.set('after', after)
  return query.toString()
}

const startGateway = async (databaseDir: string, preloads: readonly string[]) => {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const env = gatewayEnv(port, `ws://${NOBODY}/v1/realtime`, `http://${NOBODY}`, databaseDir)
  // The main thread goes round all the time while it is watched: the database's thread needs a core beside it.
  const relay = start('anywhere', [...preloads, ...gatewayProgram()], env)
  await untilReady(relay, origin).catch(async (error: unknown) => {
    await stop(relay)
    throw error
  })
  return { relay, origin }
}

const readPages = async (
  origin: string,
  filter: string,
  each: (page: Page, tookMs: number) => Promise<void> | void,
) => {
  let after: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const at = performance.now()
    const answer = await fetch(`${origin}/calls?${queryOf(filter, after)}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    })
    const text = await answer.text()
    const tookMs = performance.now() - at
    if (!answer.ok) throw new Error(`GET /calls?${filter} answered ${answer.status}: ${text}`)
    const read = JSON.parse(text) as Page
    await each(read, tookMs)
    after = read.next
    if (after === undefined) break
  }
}

const askAll = async (relay: ChildProcess, origin: string, times: number): Promise<Asked[]> => {
  const asked = Object.keys(filters).map((name) => ({
    name,
    found: 0,
    answerMs: [] as number[],
    stretchMs: [] as number[],
  }))
  for (let time = 0; time < WARM_UPS; time++)
    for (const { name } of asked) await readPages(origin, filters[name]!, () => {})
  for (let time = 0; time < times; time++)
    for (const of of asked) {
      let pages = 0
      await readPages(origin, filters[of.name]!, ({ calls }, tookMs) => {
        if (pages++ === 0) of.found = calls.length
        of.answerMs.push(tookMs)
      })
    }
  watchStretches(relay)
  await longestStretchOf(relay)
  for (let time = 0; time < times; time++)
    for (const of of asked)
      await readPages(origin, filters[of.name]!, async () => void of.stretchMs.push(await longestStretchOf(relay)))
  return asked
}

/** Makes a database of so many calls, and asks for its lists by every filter, so often. */
export const measureHistory = async (calls: number, times: number): Promise<readonly Asked[]> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  try {
    const first = await startGateway(databaseDir, [])
    await stop(first.relay)
    fillHistory(join(databaseDir, 'bench.db'), calls)
    const { relay, origin } = await startGateway(databaseDir, stretchProbe)
    try {
      return await askAll(relay, origin, times)
    } finally {
      await stop(relay)
    }
  } finally {
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
