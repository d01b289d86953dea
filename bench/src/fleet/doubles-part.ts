import { setTimeout as wait } from 'node:timers/promises'
import { GATEWAYS } from '@llc-phone/example-fleet'
import pg from 'pg'
import { calleeNumber, MAX_CALLEES } from '../outbound/callee-numbers.ts'
import type { Part } from '../part.ts'
import { withDiallingFleet } from './dialling-world.ts'

const JOBS = 20
const ASK_EVERY_MS = 20
/** One in ten answers to a request that places a call is lost. */
const LOST = 0.1
/** The kill comes at some moment of this span. */
const KILLED_WITHIN_MS = 1_000
const RETAKEN_WITHIN_MS = 15_000
/** Beyond Twilio's own delays in telling what became of a call. */
const FINAL_WITHIN_MS = 90_000

const OPEN = `SELECT count(*)::int AS open FROM outbound_calls
  WHERE state NOT IN ('ended', 'refused', 'failed', 'unknown') AND requested_at >= $1`
const UNKNOWN = `SELECT count(*)::int AS unknown FROM outbound_calls WHERE state = 'unknown'`

const measure = (rounds: number) =>
  withDiallingFleet(
    { callsPerSecond: 50, losesAnswer: () => Math.random() < LOST },
    async ({ ask, twilio, problems }, fleet, databaseUrl) => {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      let doubled = 0
      let unfinished = 0
      const retakenMs: number[] = []
      try {
        for (let round = 0; round < rounds; round++) {
          const before = twilio.callees.length
          const begunAt = Date.now()
          const begun = performance.now()
          const indexes = Array.from({ length: JOBS }, (_, n) => (round * JOBS + n) % MAX_CALLEES)
          const victim = GATEWAYS[Math.floor(Math.random() * GATEWAYS.length)]!
          const killed = wait(Math.random() * KILLED_WITHIN_MS).then(() => {
            fleet.processes[victim].kill('SIGKILL')
            return performance.now()
          })
          const asked = []
          for (const index of indexes) {
            asked.push(ask(index, {}, `round-${round}-${index}`))
            await wait(ASK_EVERY_MS)
          }
          await Promise.allSettled(asked)
          const killedAt = await killed
          let open = JOBS
          while (open > 0 && performance.now() - begun < FINAL_WITHIN_MS) {
            await wait(250)
            open = (await client.query<{ open: number }>(OPEN, [begunAt])).rows[0]!.open
          }
          unfinished += open
          const placed = twilio.callees.slice(before)
          for (const index of indexes)
            doubled += Math.max(0, placed.filter(({ to }) => to === calleeNumber(index)).length - 1)
          retakenMs.push(
            ...placed.filter(({ placedAt }) => placedAt > killedAt).map(({ placedAt }) => placedAt - killedAt),
          )
          await fleet.again(victim)
          console.error(`fleet-doubles: round ${round + 1} of ${rounds}, ${doubled} dialled twice so far`)
        }
        const unknown = (await client.query<{ unknown: number }>(UNKNOWN)).rows[0]!.unknown
        const sorted = retakenMs.toSorted((one, other) => one - other)
        const p95Ms = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0
        return { rounds, placed: twilio.callees.length, doubled, unfinished, unknown, p95Ms, problems: [...problems] }
      } finally {
        await client.end()
      }
    },
  )

export const part: Part = {
  name: 'fleet-doubles',
  describe:
    `three gateways are asked for ${JOBS} calls, a tenth of the carrier's answers is lost, and one of them is killed with -9: ` +
    'whether anybody is ever dialled twice. Half a minute a round.',
  byDefault: false,
  numbers: [{ name: 'double-rounds', describe: 'how often', usual: 200, quick: 2, most: 1_000 }],
  async run(options) {
    const result = await measure(options.numberOf('double-rounds'))
    const { rounds, placed, doubled, unfinished, unknown, p95Ms, problems } = result
    return {
      result,
      text: [`${placed} calls placed in ${rounds} rounds, ${unknown} of unknown end`, ...problems].join('\n'),
      verdicts: [
        { target: 'nobody is dialled twice', measured: `${doubled} of ${placed}`, met: doubled === 0 && placed > 0 },
        { target: 'every call comes to an end', measured: `${unfinished} did not`, met: unfinished === 0 },
        {
          target: `what a dead gateway had waiting is placed by another within ${RETAKEN_WITHIN_MS / 1_000} s (p95)`,
          measured: `${(p95Ms / 1_000).toFixed(1)} s`,
          met: p95Ms <= RETAKEN_WITHIN_MS,
          isTiming: true,
        },
      ],
    }
  },
}
