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
import { startRedirectingTwilio } from './redirecting-twilio.ts'

const CALLS = 12
const RING_EVERY_MS = 60
/** Greeted, and the message is being asked for. */
const TALKS_FIRST_MS = 3_000
/** The one that has woken has had the time to write whatever it wants to. */
const AWAKE_MS = 5_000

interface Row {
  readonly id: string
  readonly epoch: number
  readonly owner: string | null
  readonly turns: number
}
const ROWS = `SELECT id, epoch, owner, (SELECT count(*)::int FROM turns WHERE turns.call_id = calls.id) AS turns
  FROM calls WHERE ended_at IS NULL`

const measure = async (rounds: number, frozenMs: number) => {
  const deltas = createPayloads(1_600)
  const world = { ticker: createTicker(() => {}), frames: createPayloads(160), deltas }
  const model = await startKillModel(deltas)
  const twilio = await startRedirectingTwilio()
  try {
    return await withFleet({ modelUrl: model.url, restUrl: twilio.url }, async (fleet, _, databaseUrl) => {
      const client = new pg.Client({ connectionString: databaseUrl })
      await client.connect()
      let struck = 0
      let resumed = 0
      let takenBack = 0
      try {
        for (let round = 0; round < rounds; round++) {
          const ringing = []
          for (let n = 0; n < CALLS; n++) {
            const index = round * CALLS + n
            ringing.push(placeKillCall({ ...world, index, origin: fleet.publicUrl, dialled: NUMBERS.RECEPTIONIST_DID }))
            await wait(RING_EVERY_MS)
          }
          const calls = await Promise.all(ringing)
          for (const call of calls) twilio.calls.set(call.callSid, call)
          await wait(TALKS_FIRST_MS)
          const victim = GATEWAYS[round % GATEWAYS.length]!
          const hit = calls.filter(({ owner }) => owner === victim)
          fleet.processes[victim].kill('SIGSTOP')
          const frozen = wait(frozenMs, undefined)
          const heard = await Promise.all(hit.map(({ heardAgainAt }) => Promise.race([heardAgainAt, frozen])))
          struck += hit.length
          resumed += heard.filter((at) => at !== undefined).length
          await frozen
          const before = new Map((await client.query<Row>(ROWS)).rows.map((row) => [row.id, row]))
          fleet.processes[victim].kill('SIGCONT')
          await wait(AWAKE_MS)
          for (const { id, epoch, owner } of (await client.query<Row>(ROWS)).rows) {
            const was = before.get(id)
            if (was && (was.epoch !== epoch || was.owner !== owner)) takenBack++
          }
          twilio.calls.clear()
          await Promise.all(calls.map((call) => call.hangUp()))
          await wait(1_000)
          console.error(`fleet-freezes: round ${round + 1} of ${rounds}, ${resumed} of ${struck} resumed so far`)
        }
        const { rows } = await client.query<{ repeated: number }>(
          'SELECT (count(*) - count(DISTINCT call_id))::int AS repeated FROM messages',
        )
        return { rounds, struck, resumed, takenBack, repeated: rows[0]!.repeated, redirects: twilio.redirects }
      } finally {
        await client.end()
      }
    })
  } finally {
    world.ticker.stop()
    twilio.close()
    model.close()
  }
}

export const part: Part = {
  name: 'fleet-freezes',
  describe:
    'freezes a gateway and lets it go on: whether others take its calls, and whether it then does any harm. A minute a round.',
  byDefault: false,
  numbers: [
    { name: 'freezes', describe: 'how often', usual: 50, quick: 1, most: 1_000 },
    { name: 'frozen-seconds', describe: 'how long', usual: 30, quick: 12, most: 600 },
  ],
  async run(options) {
    const result = await measure(options.numberOf('freezes'), options.numberOf('frozen-seconds') * 1_000)
    const { rounds, struck, resumed, takenBack, repeated, redirects } = result
    return {
      result,
      text: `${rounds} freezes, ${redirects} calls redirected over REST`,
      verdicts: [
        {
          target: 'every caller of a frozen gateway is resumed by another',
          measured: `${resumed} of ${struck}`,
          met: struck > 0 && resumed === struck,
        },
        { target: 'a gateway that wakes takes no call back', measured: `${takenBack} calls`, met: takenBack === 0 },
        { target: 'and does nothing twice', measured: `${repeated} messages taken again`, met: repeated === 0 },
      ],
    }
  },
}
