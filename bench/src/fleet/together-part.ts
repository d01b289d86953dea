import { setTimeout as wait } from 'node:timers/promises'
import { freeAddress, GATEWAYS } from '@llc-phone/example-fleet'
import pg from 'pg'
import type { Part } from '../part.ts'
import { untilReady } from '../process/processes.ts'
import { startGateway, withCluster } from './fleet-world.ts'

/** Nobody calls and nobody is called. */
const NOWHERE = { modelUrl: 'ws://127.0.0.1:1', restUrl: 'http://127.0.0.1:1' }

const measure = (rounds: number) =>
  withCluster(async (cluster) => {
    let failures = 0
    let repeated = 0
    const tookMs: number[] = []
    for (let round = 0; round < rounds; round++) {
      const database = `together_${round}`
      await cluster.create(database)
      const databaseUrl = cluster.url(database)
      const begun = performance.now()
      const gateways = await Promise.all(
        GATEWAYS.map(async (name) => {
          const address = await freeAddress()
          return { address, process: startGateway({ ...NOWHERE, databaseUrl, name, address }) }
        }),
      )
      const ready = await Promise.allSettled(
        gateways.map(({ process: child, address }) => untilReady(child, `http://${address}`)),
      )
      failures += ready.filter(({ status }) => status === 'rejected').length
      tookMs.push(performance.now() - begun)
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      const { rows } = await client.query<{ repeated: number }>(
        'SELECT (count(*) - count(DISTINCT (package, name)))::int AS repeated FROM __migrations',
      )
      await client.end()
      repeated += rows[0]!.repeated
      for (const { process: child } of gateways) child.kill('SIGKILL')
      // So that the next round has the machine to itself.
      await wait(200)
      console.error(`fleet-together: round ${round + 1} of ${rounds}`)
    }
    return { rounds, failures, repeated, longestMs: Math.max(...tookMs) }
  })

export const part: Part = {
  name: 'fleet-together',
  describe:
    'three gateways start at the same moment on an empty Postgres: whether all of them come up, and the tables are made once. ' +
    'Five seconds a round.',
  byDefault: false,
  numbers: [{ name: 'together-rounds', describe: 'how often', usual: 50, quick: 2, most: 1_000 }],
  async run(options) {
    const result = await measure(options.numberOf('together-rounds'))
    const { rounds, failures, repeated, longestMs } = result
    return {
      result,
      text: `until all three take calls: ${(longestMs / 1_000).toFixed(1)} s at most`,
      verdicts: [
        {
          target: `${rounds} times three gateways on an empty database: none fails, and no migration runs twice`,
          measured: `${failures} failed, ${repeated} migrations twice`,
          met: failures === 0 && repeated === 0,
        },
      ],
    }
  },
}
