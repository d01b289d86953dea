import { openStore } from '@llc-phone/database'
import pg from 'pg'
import type { Part } from '../part.ts'
import { messagesOf, sourceOf, start } from '../process/processes.ts'
import { withCluster } from './fleet-world.ts'
import type { RaceJob, RaceResult } from './race-messages.ts'

const PROCESSES = 4
const RESERVERS = 12
const CAP = 10
const NUMBERS = 16
/** Calls that are over are deleted meanwhile, or adding up the day would be what is measured. */
const SWEEP_EVERY_MS = 500

const measure = (attempts: number) =>
  withCluster(async (cluster) => {
    await cluster.create('races')
    const url = cluster.url('races')
    await (await openStore({ url })).close()
    const sweeper = new pg.Pool({ connectionString: url, max: 1 })
    sweeper.on('error', () => {})
    const sweep = setInterval(
      () => void sweeper.query(`DELETE FROM outbound_calls WHERE state = 'ended'`).catch(() => {}),
      SWEEP_EVERY_MS,
    )
    const racers = Array.from({ length: PROCESSES }, (_, racer) =>
      start('anywhere', [
        sourceOf('fleet/race-load.ts'),
        JSON.stringify({ url, racer, reservers: RESERVERS, attempts, cap: CAP, numbers: NUMBERS } satisfies RaceJob),
      ]),
    )
    const begun = performance.now()
    try {
      const results = await Promise.all(
        racers.map(async (racer) => {
          const { hear } = messagesOf<{ readonly type: 'result'; readonly result: RaceResult }>(racer)
          return (await hear('result')).result
        }),
      )
      const sum = (key: keyof RaceResult): number => results.reduce((total, result) => total + result[key], 0)
      const took = (performance.now() - begun) / 1_000
      return {
        attempts: sum('attempts'),
        granted: sum('granted'),
        over: sum('over'),
        late: sum('late'),
        perSecond: sum('attempts') / took,
      }
    } finally {
      clearInterval(sweep)
      for (const racer of racers) racer.kill()
      await sweeper.end()
    }
  })

export const part: Part = {
  name: 'fleet-races',
  describe:
    `48 reservers in ${PROCESSES} processes ask one Postgres for the ${CAP} places, the money and the numbers there are: whether ` +
    'ever one too many is given. Some ten minutes.',
  byDefault: false,
  numbers: [
    { name: 'race-attempts', describe: 'attempts of each reserver', usual: 10_000, quick: 50, most: 1_000_000 },
  ],
  async run(options) {
    const result = await measure(options.numberOf('race-attempts'))
    const { attempts, granted, over, late, perSecond } = result
    return {
      result,
      text: `${attempts} attempts to reserve, ${granted} granted, ${perSecond.toFixed(0)} a second, ${late} waited too long and asked again`,
      verdicts: [
        {
          target: `${attempts} racing reservations: none over a limit`,
          measured: `${over} over`,
          met: over === 0 && granted > 0,
        },
      ],
    }
  },
}
