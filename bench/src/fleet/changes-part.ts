import { setTimeout as wait } from 'node:timers/promises'
import { freeAddress, GATEWAYS } from '@llc-phone/example-fleet'
import pg from 'pg'
import type { Part } from '../part.ts'
import { ADMIN_TOKEN, NUMBERS } from '../process/gateway-env.ts'
import { stop, untilReady } from '../process/processes.ts'
import { startGateway, withCluster } from './fleet-world.ts'

const NOWHERE = { modelUrl: 'ws://127.0.0.1:1', restUrl: 'http://127.0.0.1:1' }
const MOST_MS = 300
const MOST_WITHOUT_NOTIFY_MS = 2_000
const GIVES_UP_AFTER_MS = 10_000
const LOOK_EVERY_MS = 10

/** Cuts the connections that are told of changes; their gateways connect again after a while. */
const CUT = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query ILIKE 'listen%'`

const measure = (rounds: number) =>
  withCluster(async (cluster) => {
    await cluster.create('changes')
    const databaseUrl = cluster.url('changes')
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    const gateways = await Promise.all(
      GATEWAYS.map(async (name) => {
        const address = await freeAddress()
        return { address, process: startGateway({ ...NOWHERE, databaseUrl, name, address }) }
      }),
    )
    const number = encodeURIComponent(NUMBERS.IVR_DID)
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
    const modeAt = async (address: string): Promise<string> => {
      const response = await fetch(`http://${address}/numbers/${number}`, { headers })
      return ((await response.json()) as { readonly mode: string }).mode
    }
    const round = async (nth: number): Promise<number> => {
      const mode = nth % 2 === 0 ? 'frontDesk' : 'menu'
      const from = gateways[nth % gateways.length]!
      const response = await fetch(`http://${from.address}/numbers/${number}`, {
        method: 'PUT',
        headers,
        body: JSON.stringify({ mode }),
      })
      if (!response.ok) throw new Error(`PUT /numbers answered ${response.status}: ${await response.text()}`)
      const begun = performance.now()
      const known = gateways.map(async ({ address }) => {
        while ((await modeAt(address)) !== mode) {
          if (performance.now() - begun > GIVES_UP_AFTER_MS) return Infinity
          await wait(LOOK_EVERY_MS)
        }
        return performance.now() - begun
      })
      return Math.max(...(await Promise.all(known)))
    }
    try {
      await Promise.all(gateways.map(({ process: child, address }) => untilReady(child, `http://${address}`)))
      const notified: number[] = []
      const polled: number[] = []
      for (let nth = 0; nth < rounds; nth++) notified.push(await round(nth))
      for (let nth = rounds; nth < 2 * rounds; nth++) {
        await client.query(CUT)
        polled.push(await round(nth))
      }
      return { rounds, notifiedMs: Math.max(...notified), polledMs: Math.max(...polled) }
    } finally {
      await Promise.all(gateways.map(({ process: child }) => stop(child)))
      await client.end()
    }
  })

export const part: Part = {
  name: 'fleet-changes',
  describe:
    'changes who answers a number at one of three gateways: how soon all of them do as it says, with NOTIFY and when that is ' +
    'cut. Two minutes.',
  byDefault: false,
  numbers: [{ name: 'changes', describe: 'changes of each kind', usual: 50, quick: 3, most: 1_000 }],
  async run(options) {
    const result = await measure(options.numberOf('changes'))
    const { rounds, notifiedMs, polledMs } = result
    return {
      result,
      text: `${rounds} changes of each kind`,
      verdicts: [
        {
          target: `a change is in force at every gateway within ${MOST_MS} ms`,
          measured: `${notifiedMs.toFixed(0)} ms at most`,
          met: notifiedMs <= MOST_MS,
          isTiming: true,
        },
        {
          target: `and within ${MOST_WITHOUT_NOTIFY_MS} ms when nobody is told of it`,
          measured: `${polledMs.toFixed(0)} ms at most`,
          met: polledMs <= MOST_WITHOUT_NOTIFY_MS,
          isTiming: true,
        },
      ],
    }
  },
}
