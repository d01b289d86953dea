import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { GATEWAYS } from '@llc-phone/example-fleet'
import { placeKillCall } from '../kill/kill-caller.ts'
import { startKillModel } from '../kill/kill-model.ts'
import type { Part } from '../part.ts'
import { NUMBERS } from '../process/gateway-env.ts'
import { createPayloads } from '../world/payloads.ts'
import { createTicker } from '../world/ticker.ts'
import { withFleet } from './fleet-world.ts'

const CALLS = 30
const RING_EVERY_MS = 60
/** How long a call lasts. */
const LASTS_MS = { least: 4_000, most: 12_000 }
const BETWEEN_CALLS_MS = 500
const MAX_PROBLEMS = 5

const measure = async (deploys: number) => {
  const deltas = createPayloads(1_600)
  const world = { ticker: createTicker(() => {}), frames: createPayloads(160), deltas }
  const model = await startKillModel(deltas)
  try {
    return await withFleet({ modelUrl: model.url, restUrl: 'http://127.0.0.1:1' }, async (fleet) => {
      const over = new AbortController()
      let calls = 0
      let torn = 0
      let refused = 0
      const problems: string[] = []
      const ringOnAndOn = async (slot: number): Promise<void> => {
        await wait(slot * RING_EVERY_MS)
        for (; !over.signal.aborted; await wait(BETWEEN_CALLS_MS)) {
          const index = calls++
          try {
            const origin = fleet.publicUrl
            const call = await placeKillCall({ ...world, index, origin, dialled: NUMBERS.RECEPTIONIST_DID })
            const { least, most } = LASTS_MS
            const lasts = wait(least + Math.random() * (most - least), 'lasted' as const)
            if ((await Promise.race([lasts, call.heardAgainAt])) !== 'lasted') torn++
            await call.hangUp()
          } catch (error) {
            refused++
            if (problems.length < MAX_PROBLEMS) problems.push(error instanceof Error ? error.message : String(error))
          }
        }
      }
      const ringing = Promise.all(Array.from({ length: CALLS }, (_, slot) => ringOnAndOn(slot)))
      for (let deploy = 0; deploy < deploys; deploy++) {
        for (const name of GATEWAYS) {
          const exited = once(fleet.processes[name], 'exit')
          fleet.processes[name].kill('SIGTERM')
          await exited
          await fleet.again(name)
        }
        console.error(`fleet-deploys: ${deploy + 1} of ${deploys}, ${torn} torn and ${refused} refused so far`)
      }
      over.abort()
      await ringing
      return { deploys, calls, torn, refused, problems }
    })
  } finally {
    world.ticker.stop()
    model.close()
  }
}

export const part: Part = {
  name: 'fleet-deploys',
  describe: `starts three gateways anew one after the other, over and over, while ${CALLS} calls come and go. A minute a round.`,
  byDefault: false,
  numbers: [{ name: 'deploys', describe: 'rolling deployments', usual: 20, quick: 1, most: 1_000 }],
  async run(options) {
    const result = await measure(options.numberOf('deploys'))
    const { deploys, calls, torn, refused, problems } = result
    return {
      result,
      text: [`${deploys} deployments under ${calls} calls`, ...problems].join('\n'),
      verdicts: [
        { target: `${deploys} rolling deployments: no call is torn`, measured: `${torn} of ${calls}`, met: torn === 0 },
        { target: 'Twilio gets no error', measured: `${refused} calls were refused`, met: refused === 0 },
      ],
    }
  },
}
