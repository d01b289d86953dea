import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Part, Verdict } from '../part.ts'
import { gatewayEnv, NUMBERS } from '../process/gateway-env.ts'
import { freePort, gatewayProgram, start, stop, untilReady } from '../process/processes.ts'
import { createPayloads } from '../world/payloads.ts'
import { createTicker } from '../world/ticker.ts'
import { placeKillCall } from './kill-caller.ts'
import { startKillModel } from './kill-model.ts'

const CALLS = 30
const RING_EVERY_MS = 60
/** The kill comes at some moment of this span: greetings, tool calls and replies are under way in it. */
const KILLED_AFTER_MS = { least: 1_500, most: 6_000 }
/** A caller who has heard nothing by then has hung up. */
const GIVES_UP_AFTER_MS = 12_000
/** The callers talk on for this long, so that repeated effects have time to show. */
const TALKS_ON_MS = 5_000

const LEAST_RESUMED = 0.99
const MAX_FIRST_WORDS_P95_MS = 3_000

interface Round {
  readonly resumed: number
  /** From the moment the new process was ready; callers who were not resumed have none. */
  readonly firstWordsMs: readonly number[]
  readonly restartMs: number
}

/** Calls in which the one message was taken, and how many more were. */
const effectsIn = (path: string): { readonly once: number; readonly repeated: number } => {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare('SELECT count(*) AS n FROM messages GROUP BY call_id').all() as { readonly n: number }[]
  database.close()
  return { once: rows.length, repeated: rows.reduce((sum, { n }) => sum + n - 1, 0) }
}

const measure = async (rounds: number) => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const deltas = createPayloads(1_600)
  const world = { ticker: createTicker(() => {}), frames: createPayloads(160), deltas }
  const model = await startKillModel(deltas)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const run = async (): Promise<ChildProcess> => {
    const gateway = start('relay', gatewayProgram(), gatewayEnv(port, model.url, 'http://127.0.0.1:1', databaseDir))
    await untilReady(gateway, origin)
    return gateway
  }
  let gateway = await run()
  const all: Round[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const callers = []
      for (let n = 0; n < CALLS; n++) {
        callers.push(placeKillCall({ ...world, index: round * CALLS + n, origin, dialled: NUMBERS.RECEPTIONIST_DID }))
        await sleep(RING_EVERY_MS)
      }
      const calls = await Promise.all(callers)
      const { least, most } = KILLED_AFTER_MS
      await sleep(least + ((most - least) * (round + 0.5)) / rounds)
      const exited = once(gateway, 'exit')
      const killedAt = performance.now()
      gateway.kill('SIGKILL')
      await exited
      gateway = await run()
      const readyAt = performance.now()
      const heard = await Promise.all(
        calls.map(({ heardAgainAt }) => Promise.race([heardAgainAt, sleep(GIVES_UP_AFTER_MS, undefined)])),
      )
      await sleep(TALKS_ON_MS)
      await Promise.all(calls.map((call) => call.hangUp()))
      const firstWordsMs = heard.filter((at) => at !== undefined).map((at) => Math.max(0, at - readyAt))
      all.push({ resumed: firstWordsMs.length, firstWordsMs, restartMs: readyAt - killedAt })
      console.error(`kill: round ${round + 1} of ${rounds}, ${firstWordsMs.length} of ${CALLS} resumed`)
    }
    return { rounds: all, asked: model.asked, ...effectsIn(join(databaseDir, 'bench.db')) }
  } finally {
    await stop(gateway)
    world.ticker.stop()
    model.close()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}

const judge = (rounds: readonly Round[], repeated: number): Verdict[] => {
  const resumed = rounds.reduce((sum, round) => sum + round.resumed, 0)
  const share = resumed / (rounds.length * CALLS)
  const sorted = rounds.flatMap(({ firstWordsMs }) => firstWordsMs).toSorted((one, other) => one - other)
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Infinity
  return [
    {
      target: `killed and started again under ${CALLS} calls: at least ${LEAST_RESUMED * 100} % of callers resumed`,
      measured: `${resumed} of ${rounds.length * CALLS} (${(share * 100).toFixed(1)} %)`,
      met: share >= LEAST_RESUMED,
    },
    {
      target: `the model's first words at most ${MAX_FIRST_WORDS_P95_MS / 1_000} s after the new process is ready (p95)`,
      measured: `${p95.toFixed(0)} ms`,
      met: p95 <= MAX_FIRST_WORDS_P95_MS,
    },
    { target: 'nothing is done twice', measured: `${repeated} messages taken again`, met: repeated === 0 },
  ]
}

export const part: Part = {
  name: 'kill',
  describe:
    'kills the gateway under thirty calls and starts it again: how many callers go on talking, how soon, and whether ' +
    'anything was done twice. Half a minute a round.',
  byDefault: false,
  numbers: [{ name: 'kill-rounds', describe: 'how often it is killed', usual: 20, quick: 2, most: 200 }],
  async run(options) {
    const result = await measure(options.numberOf('kill-rounds'))
    const restarts = result.rounds.map(({ restartMs }) => restartMs)
    const mean = restarts.reduce((sum, ms) => sum + ms, 0) / restarts.length
    const text = `${result.once} of ${result.asked} messages that the model asked for were taken; a restart took ${mean.toFixed(0)} ms`
    return { result, text, verdicts: judge(result.rounds, result.repeated) }
  },
}
