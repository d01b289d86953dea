import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freeAddress } from '@llc-phone/example-fleet'
import { placeKillCall } from '../kill/kill-caller.ts'
import { startKillModel } from '../kill/kill-model.ts'
import type { Part } from '../part.ts'
import { NUMBERS } from '../process/gateway-env.ts'
import { cpuMsOf } from '../process/machine.ts'
import { stop, untilReady } from '../process/processes.ts'
import { createPayloads } from '../world/payloads.ts'
import { createTicker } from '../world/ticker.ts'
import { inFolder, startGateway, withCluster } from './fleet-world.ts'

const CALLS = 60
const RING_EVERY_MS = 150
const TALKS_MS = 6_000
/** The first calls compile. */
const WARM_UP = 20
const MOST_P99_MS = 5
const MOST_CPU = 1.05

type Engine = 'sqlite' | 'postgres'

const p99 = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.99) - 1] ?? Infinity

/** The same calls on one engine: how long each `/twiml` took, and the CPU of the gateway for one call. */
const run = async (databaseUrl: string) => {
  const deltas = createPayloads(1_600)
  const world = { ticker: createTicker(() => {}), frames: createPayloads(160), deltas }
  const model = await startKillModel(deltas)
  const address = await freeAddress()
  const origin = `http://${address}`
  const gateway = startGateway(
    { modelUrl: model.url, restUrl: 'http://127.0.0.1:1', databaseUrl, name: 'a', address },
    'relay',
  )
  const call = async (index: number): Promise<number> => {
    const caller = await placeKillCall({ ...world, index, origin, dialled: NUMBERS.RECEPTIONIST_DID })
    await wait(TALKS_MS)
    await caller.hangUp()
    return caller.twimlMs
  }
  const calls = async (count: number): Promise<number[]> => {
    const all: Promise<number>[] = []
    for (let index = 0; index < count; index++) {
      all.push(call(index))
      await wait(RING_EVERY_MS)
    }
    return Promise.all(all)
  }
  try {
    await untilReady(gateway, origin)
    await calls(WARM_UP)
    await wait(1_000)
    const before = cpuMsOf(gateway.pid!)
    const twimlMs = await calls(CALLS)
    await wait(1_000)
    return { twimlMs, cpuMsPerCall: (cpuMsOf(gateway.pid!) - before) / CALLS }
  } finally {
    await stop(gateway)
    world.ticker.stop()
    model.close()
  }
}

const measure = (rounds: number) =>
  withCluster((cluster) =>
    inFolder(async (folder) => {
      const twimlMs: Record<Engine, number[]> = { sqlite: [], postgres: [] }
      const cpuMs: Record<Engine, number> = { sqlite: 0, postgres: 0 }
      for (let round = 0; round < rounds; round++) {
        await cluster.create(`cost_${round}`)
        const urls = { sqlite: `file:${join(folder, `${round}.db`)}`, postgres: cluster.url(`cost_${round}`) }
        // In turns, and each first as often as the other: the machine's speed changes.
        const engines: readonly Engine[] = round % 2 === 0 ? ['sqlite', 'postgres'] : ['postgres', 'sqlite']
        for (const engine of engines) {
          const figures = await run(urls[engine])
          twimlMs[engine].push(...figures.twimlMs)
          cpuMs[engine] += figures.cpuMsPerCall / rounds
        }
        console.error(`fleet-cost: round ${round + 1} of ${rounds}`)
      }
      return { p99Ms: { sqlite: p99(twimlMs.sqlite), postgres: p99(twimlMs.postgres) }, cpuMs, calls: rounds * CALLS }
    }),
  )

export const part: Part = {
  name: 'fleet-cost',
  describe:
    'what a call costs the gateway on Postgres, beside SQLite: the answer to /twiml, and CPU. A minute a round.',
  byDefault: false,
  numbers: [{ name: 'cost-rounds', describe: 'rounds of sixty calls on each engine', usual: 6, quick: 1, most: 100 }],
  async run(options) {
    const result = await measure(options.numberOf('cost-rounds'))
    const { p99Ms, cpuMs, calls } = result
    const ratio = cpuMs.postgres / cpuMs.sqlite
    return {
      result,
      text: `${calls} calls on each engine`,
      verdicts: [
        {
          target: `/twiml on Postgres at most ${MOST_P99_MS} ms later than on SQLite (p99)`,
          measured: `${p99Ms.postgres.toFixed(1)} ms beside ${p99Ms.sqlite.toFixed(1)} ms`,
          met: p99Ms.postgres - p99Ms.sqlite <= MOST_P99_MS,
          isTiming: true,
        },
        {
          target: `CPU of the gateway for a call on Postgres at most ${MOST_CPU} × that on SQLite`,
          measured: `${ratio.toFixed(2)} × (${cpuMs.postgres.toFixed(0)} ms beside ${cpuMs.sqlite.toFixed(0)} ms)`,
          met: ratio <= MOST_CPU,
          isTiming: true,
        },
      ],
    }
  },
}
