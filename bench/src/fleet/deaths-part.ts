import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { GATEWAYS } from '@llc-phone/example-fleet'
import pg from 'pg'
import { placeKillCall } from '../kill/kill-caller.ts'
import { startKillModel } from '../kill/kill-model.ts'
import type { Part } from '../part.ts'
import { NUMBERS } from '../process/gateway-env.ts'
import { createPayloads } from '../world/payloads.ts'
import { createTicker } from '../world/ticker.ts'
import { withFleet } from './fleet-world.ts'

const CALLS = 30
const RING_EVERY_MS = 60
/** The kill comes at some moment of this span: greetings, tool calls and replies are under way in it. */
const KILLED_AFTER_MS = { least: 1_500, most: 6_000 }
const GIVES_UP_AFTER_MS = 12_000
/** The callers talk on for this long, so that repeated effects have time to show. */
const TALKS_ON_MS = 4_000

const MOST_P50_MS = 1_200
const MOST_P95_MS = 3_000
const MOST_MS = 6_000
const MOST_CLIP_MS = 800

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Infinity

const measure = async (rounds: number) => {
  const deltas = createPayloads(1_600)
  const world = { ticker: createTicker(() => {}), frames: createPayloads(160), deltas }
  const model = await startKillModel(deltas)
  try {
    return await withFleet({ modelUrl: model.url, restUrl: 'http://127.0.0.1:1' }, async (fleet, _, databaseUrl) => {
      const silentMs: number[] = []
      const speechlessMs: number[] = []
      const told = { turns: 0, missing: 0 }
      let struck = 0
      let others = 0
      for (let round = 0; round < rounds; round++) {
        const origin = fleet.publicUrl
        const ringing = []
        for (let n = 0; n < CALLS; n++) {
          ringing.push(placeKillCall({ ...world, index: round * CALLS + n, origin, dialled: NUMBERS.RECEPTIONIST_DID }))
          await wait(RING_EVERY_MS)
        }
        const calls = await Promise.all(ringing)
        const { least, most } = KILLED_AFTER_MS
        await wait(least + ((most - least) * (round + 0.5)) / rounds)
        const victim = GATEWAYS[round % GATEWAYS.length]!
        const exited = once(fleet.processes[victim], 'exit')
        const killedAt = performance.now()
        fleet.processes[victim].kill('SIGKILL')
        await exited
        const hit = calls.filter(({ owner }) => owner === victim)
        const heard = await Promise.all(
          hit.map(({ heardAgainAt, silentMs: silent }) =>
            Promise.race([
              heardAgainAt.then(async (at) => {
                const ms = await silent
                return at === undefined || ms === undefined ? undefined : { silent: ms, speechless: at - killedAt }
              }),
              wait(GIVES_UP_AFTER_MS, undefined),
            ]),
          ),
        )
        struck += hit.length
        for (const ms of heard.filter((each) => each !== undefined)) {
          silentMs.push(ms.silent)
          speechlessMs.push(ms.speechless)
        }
        const { turns, missing } = model.turnsBefore(killedAt)
        told.turns += turns
        told.missing += missing
        const torn = calls.filter(({ owner }) => owner !== victim).map(({ heardAgainAt }) => heardAgainAt)
        others += await Promise.race([
          Promise.any(torn).then(
            () => 1,
            () => 0,
          ),
          wait(100, 0),
        ])
        await wait(TALKS_ON_MS)
        await Promise.all(calls.map((call) => call.hangUp()))
        await fleet.again(victim)
        console.error(`fleet-deaths: round ${round + 1} of ${rounds}, ${silentMs.length} of ${struck} resumed so far`)
      }
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      const { rows } = await client.query<{ repeated: number }>(
        'SELECT (count(*) - count(DISTINCT call_id))::int AS repeated FROM messages',
      )
      await client.end()
      return {
        rounds,
        struck,
        resumed: silentMs.length,
        silentMs: silentMs.toSorted((a, b) => a - b),
        speechlessMs: speechlessMs.toSorted((a, b) => a - b),
        ...told,
        repeated: rows[0]!.repeated,
        others,
      }
    })
  } finally {
    world.ticker.stop()
    model.close()
  }
}

export const part: Part = {
  name: 'fleet-deaths',
  describe:
    `kills the gateway of some ten of ${CALLS} calls with -9: how many callers go on talking at another one, how soon, and ` +
    'whether anything was done twice. Twenty seconds a round.',
  byDefault: false,
  numbers: [{ name: 'death-rounds', describe: 'how often one is killed', usual: 100, quick: 2, most: 1_000 }],
  async run(options) {
    const result = await measure(options.numberOf('death-rounds'))
    const { rounds, struck, resumed, silentMs, speechlessMs, turns, missing, repeated, others } = result
    const [p50, p95, most] = [
      quantile(speechlessMs, 0.5),
      quantile(speechlessMs, 0.95),
      speechlessMs.at(-1) ?? Infinity,
    ]
    const clipP95 = quantile(silentMs, 0.95)
    return {
      result,
      text: `${rounds} gateways killed under ${struck} of ${rounds * CALLS} calls`,
      verdicts: [
        {
          target: 'every caller of a gateway that was killed is resumed by another',
          measured: `${resumed} of ${struck}`,
          met: struck > 0 && resumed === struck,
        },
        {
          target: `from the torn stream to some sound again p95 ≤ ${MOST_CLIP_MS} ms`,
          measured: `${clipP95.toFixed(0)} ms`,
          met: clipP95 <= MOST_CLIP_MS,
          isTiming: true,
        },
        {
          target: `from the kill to the model's voice again p50 ≤ ${MOST_P50_MS} ms, p95 ≤ ${MOST_P95_MS} ms, at most ${MOST_MS} ms`,
          measured: `${p50.toFixed(0)}, ${p95.toFixed(0)}, ${most.toFixed(0)} ms`,
          met: p50 <= MOST_P50_MS && p95 <= MOST_P95_MS && most <= MOST_MS,
          isTiming: true,
        },
        {
          target: 'calls of the others notice nothing',
          measured: `${others} rounds with a torn stream`,
          met: others === 0,
        },
        {
          target: 'every turn that was over half a second before is known to the new session',
          measured: `${turns - missing} of ${turns}`,
          met: turns > 0 && missing === 0,
        },
        { target: 'nothing is done twice', measured: `${repeated} messages taken again`, met: repeated === 0 },
      ],
    }
  },
}
