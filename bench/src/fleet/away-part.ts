import { setTimeout as wait } from 'node:timers/promises'
import { freeAddress } from '@llc-phone/example-fleet'
import pg from 'pg'
import type { Part } from '../part.ts'
import { AUTH_TOKEN, NUMBERS } from '../process/gateway-env.ts'
import { messagesOf, sourceOf, start, stop, untilReady } from '../process/processes.ts'
import type { FromLoad, ToLoad } from '../relay/relay-messages.ts'
import { startGateway, withCluster } from './fleet-world.ts'

const CALLS = 30
/** Every call has greeted and taken its first turn. */
const WARM_UP_MS = 9_500
const MOST_LATER_MS = 2
const CAUGHT_UP_WITHIN_MS = 5_000
/** The model of the load is spoken to every six seconds. */
const TURN_MS = 8_000

/** Calls of which nothing was written that is younger than a turn. */
const BEHIND = `SELECT count(*)::int AS behind FROM calls LEFT JOIN LATERAL
  (SELECT max(at_ms) AS last FROM turns WHERE turns.call_id = calls.id) AS written ON true
  WHERE ended_at IS NULL AND started_at + coalesce(last, 0) < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - ${TURN_MS}`

const untilCaughtUp = async (url: string): Promise<number> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const begun = performance.now()
    for (;;) {
      const { rows } = await client.query<{ behind: number }>(BEHIND)
      const tookMs = performance.now() - begun
      if (rows[0]!.behind === 0 || tookMs > 6 * CAUGHT_UP_WITHIN_MS) return tookMs
      await wait(100)
    }
  } finally {
    await client.end()
  }
}

const measure = (seconds: number) =>
  withCluster(async (cluster) => {
    await cluster.create('away')
    const databaseUrl = cluster.url('away')
    const load = start('load', [sourceOf('relay/relay-load.ts')])
    const { tell, hear } = messagesOf<FromLoad>(load)
    const { modelUrl, restUrl } = await hear('listening')
    const address = await freeAddress()
    const gateway = startGateway({ modelUrl, restUrl, databaseUrl, name: 'a', address }, 'relay')
    const look = async () => {
      const seen = hear('seen')
      tell({ type: 'look' } satisfies ToLoad)
      return (await seen).seen
    }
    try {
      await untilReady(gateway, `http://${address}`)
      const live = hear('live')
      const numbers = Object.values(NUMBERS)
      const origin = `http://${address}`
      tell({
        type: 'begin',
        origin,
        calls: CALLS,
        warmUpMs: WARM_UP_MS,
        authToken: AUTH_TOKEN,
        numbers,
      } satisfies ToLoad)
      await live
      await look()
      await wait(seconds * 1_000)
      const before = await look()
      await cluster.restart(seconds * 1_000)
      const during = await look()
      const caughtUpMs = await untilCaughtUp(databaseUrl)
      const result = hear('result')
      tell({ type: 'finish' } satisfies ToLoad)
      return { before, during, caughtUpMs, dropped: (await result).result.brokenCallers, seconds }
    } finally {
      await stop(gateway)
      load.kill()
    }
  })

export const part: Part = {
  name: 'fleet-away',
  describe: `stops Postgres under ${CALLS} calls: what they notice, and how soon all is written afterwards. Two minutes.`,
  byDefault: false,
  numbers: [{ name: 'away-seconds', describe: 'how long it is away', usual: 30, quick: 8, most: 600 }],
  async run(options) {
    const result = await measure(options.numberOf('away-seconds'))
    const { before, during, caughtUpMs, dropped, seconds } = result
    const later = Math.max(during.toModelMs.p99 - before.toModelMs.p99, during.toCallerMs.p99 - before.toCallerMs.p99)
    return {
      result,
      text: `p99 to the model ${before.toModelMs.p99.toFixed(2)} → ${during.toModelMs.p99.toFixed(2)} ms, to the caller ${before.toCallerMs.p99.toFixed(2)} → ${during.toCallerMs.p99.toFixed(2)} ms`,
      verdicts: [
        {
          target: `Postgres away for ${seconds} s: no call dropped`,
          measured: `${dropped} of ${CALLS}`,
          met: dropped === 0,
        },
        {
          target: `audio at most ${MOST_LATER_MS} ms later meanwhile (p99)`,
          measured: `${later.toFixed(2)} ms`,
          met: later <= MOST_LATER_MS,
          isTiming: true,
        },
        {
          target: `all is written ${CAUGHT_UP_WITHIN_MS / 1_000} s after it is back`,
          measured: `${(caughtUpMs / 1_000).toFixed(1)} s`,
          met: caughtUpMs <= CAUGHT_UP_WITHIN_MS,
          isTiming: true,
        },
      ],
    }
  },
}
