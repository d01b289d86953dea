import { setTimeout as wait } from 'node:timers/promises'
import type { Part } from '../part.ts'
import { withDiallingFleet } from './dialling-world.ts'

const PER_SECOND = 10
const MOST_IN_A_SECOND = PER_SECOND + 1
const LEAST_USED = 0.97
/** A little faster than they may be placed: some always wait, and asking is not what is measured. */
const ASK_EVERY_MS = 80
/** Beyond what the rate takes; whoever was not called by then will not be. */
const SLACK_MS = 30_000

/** The most of these times within any second. */
const mostInASecond = (times: readonly number[]): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))

const measure = (dials: number) =>
  withDiallingFleet({ callsPerSecond: PER_SECOND }, async ({ ask, twilio, problems }) => {
    const begun = performance.now()
    const asking: Promise<boolean>[] = []
    for (let index = 0; index < dials; index++) {
      asking.push(ask(index))
      await wait(ASK_EVERY_MS)
    }
    await Promise.all(asking)
    const limitMs = (dials / PER_SECOND) * 1_000 + SLACK_MS
    while (twilio.callees.length < dials && performance.now() - begun < limitMs) await wait(100)
    const times = twilio.callees.map(({ placedAt }) => placedAt).toSorted((one, other) => one - other)
    const tookS = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000
    const placed = times.length
    return {
      dials,
      placed,
      most: mostInASecond(times),
      used: (placed - 1) / PER_SECOND / tookS,
      problems: [...problems],
    }
  })

export const part: Part = {
  name: 'fleet-pace',
  describe: `three gateways place calls at ${PER_SECOND} a second together: whether it is ever more, or much less. A minute.`,
  byDefault: false,
  numbers: [{ name: 'paced-dials', describe: 'calls', usual: 600, quick: 60, most: 1_600 }],
  async run(options) {
    const result = await measure(options.numberOf('paced-dials'))
    const { dials, placed, most, used, problems } = result
    return {
      result,
      text: [`${placed} of ${dials} calls were placed`, ...problems].join('\n'),
      verdicts: [
        {
          target: `never more than ${MOST_IN_A_SECOND} calls in a second, of ${PER_SECOND} allowed to the fleet`,
          measured: `${most} at most`,
          met: most <= MOST_IN_A_SECOND && placed === dials,
        },
        {
          target: `at least ${LEAST_USED * 100} % of what is allowed`,
          measured: `${(used * 100).toFixed(1)} %`,
          met: used >= LEAST_USED,
          isTiming: true,
        },
      ],
    }
  },
}
