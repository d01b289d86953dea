import { setTimeout as wait } from 'node:timers/promises'
import { freeAddress, GATEWAYS } from '@llc-phone/example-fleet'
import pg from 'pg'
import type { Part } from '../part.ts'
import { stop, untilReady } from '../process/processes.ts'
import { startGateway, withCluster } from './fleet-world.ts'

const NOWHERE = { modelUrl: 'ws://127.0.0.1:1', restUrl: 'http://127.0.0.1:1' }
/** What the start asks for is over. */
const SETTLE_MS = 15_000
const MOST_PER_SECOND = 4

/** Statements by their text, without those that begin and end transactions and those of this measurement. */
const COUNT = `SELECT query, sum(calls)::int AS calls FROM pg_stat_statements
  WHERE query !~* '^(begin|commit|rollback|start transaction)' AND query NOT LIKE '%pg_stat_statements%'
  GROUP BY query ORDER BY 2 DESC`

const measure = (seconds: number) =>
  withCluster(async (cluster) => {
    await cluster.create('idle')
    const databaseUrl = cluster.url('idle')
    const ask = async (text: string): Promise<{ readonly query: string; readonly calls: number }[]> => {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      try {
        return (await client.query<{ query: string; calls: number }>(text)).rows
      } finally {
        await client.end()
      }
    }
    await ask(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await cluster.restart()
    await ask('CREATE EXTENSION pg_stat_statements')
    const gateways = await Promise.all(
      GATEWAYS.map(async (name) => {
        const address = await freeAddress()
        const child = startGateway({ ...NOWHERE, databaseUrl, name, address })
        await untilReady(child, `http://${address}`)
        return child
      }),
    )
    try {
      await wait(SETTLE_MS)
      await ask('SELECT pg_stat_statements_reset()')
      await wait(seconds * 1_000)
      const counted = await ask(COUNT)
      const calls = counted.reduce((total, each) => total + each.calls, 0)
      return { perSecond: calls / seconds / GATEWAYS.length, counted: counted.slice(0, 12), seconds }
    } finally {
      await Promise.all(gateways.map(stop))
    }
  })

export const part: Part = {
  name: 'fleet-idle',
  describe: 'what three gateways without a call ask of Postgres. Half a minute and --idle-seconds.',
  byDefault: false,
  numbers: [{ name: 'idle-seconds', describe: 'how long statements are counted', usual: 60, quick: 10, most: 3_600 }],
  async run(options) {
    const result = await measure(options.numberOf('idle-seconds'))
    const { perSecond, counted, seconds } = result
    const rate = (calls: number): string => (calls / seconds / GATEWAYS.length).toFixed(2)
    return {
      result,
      text: counted
        .map(({ query, calls }) => `${rate(calls).padStart(6)}/s  ${query.replaceAll(/\s+/g, ' ').slice(0, 90)}`)
        .join('\n'),
      verdicts: [
        {
          target: `a gateway without calls: at most ${MOST_PER_SECOND} statements a second`,
          measured: perSecond.toFixed(2),
          met: perSecond <= MOST_PER_SECOND,
        },
      ],
    }
  },
}
