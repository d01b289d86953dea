import type { Part } from '../part.ts'
import { measure, type Run } from '../relay/relay-run.ts'
import { reportViewers } from './viewers-report.ts'
import { measureViewers } from './viewers-run.ts'

/** Both are measured so often, in turns. */
const RECORDED_ROUNDS = 2

export const part: Part = {
  name: 'viewers',
  describe:
    'what live calls notice of the console: pages that show them, one of them with a call open, somebody who listens, and ' +
    'every call recorded, each beside the same calls without. Six minutes.',
  byDefault: true,
  numbers: [
    { name: 'viewers', describe: 'how many pages show the live calls', usual: 5, quick: 5, most: 40 },
    { name: 'rounds', describe: 'how often alone, watched and listened to', usual: 8, quick: 2, most: 100 },
  ],
  async run(options) {
    const { numberOf, profileDir } = options
    const calls = Math.min(...options.calls)
    const viewers = numberOf('viewers')
    console.error(`viewers: ${calls} calls …`)
    const watched = await measureViewers({
      calls,
      viewers,
      rounds: numberOf('rounds'),
      ...(profileDir === undefined ? {} : { profileDir }),
    })
    const without: Run[] = []
    const recording: Run[] = []
    for (let round = 0; round < RECORDED_ROUNDS; round++) {
      console.error(`viewers: ${calls} calls without and with recording, ${round + 1} of ${RECORDED_ROUNDS} …`)
      without.push(await measure('gateway', { ...options, calls }))
      recording.push(await measure('recording', { ...options, calls }))
    }
    const result = { watched, without, recording }
    return { result, ...reportViewers(watched, result, viewers) }
  },
}
