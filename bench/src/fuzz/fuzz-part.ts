import type { Part } from '../part.ts'
import { judgeFuzz, renderFuzz } from './fuzz-report.ts'
import { runFuzz } from './fuzz-run.ts'

/** Enough calls that the gateway keeps no more stories of ended ones. */
const WARM_UP_SHARE = 0.5

export const part: Part = {
  name: 'fuzz',
  describe:
    'sends hostile media frames, model events and HTTP requests to the gateway while a few calls behave, and looks for ' +
    'crashes, leaks, 5xx and holes in the audio of those calls. The same seed sends the same. Ten minutes.',
  byDefault: false,
  numbers: [
    { name: 'fuzz-frames', describe: 'media frames', usual: 1_000_000, quick: 40_000, most: 100_000_000 },
    { name: 'fuzz-events', describe: 'model events', usual: 1_000_000, quick: 40_000, most: 100_000_000 },
    { name: 'fuzz-requests', describe: 'HTTP requests', usual: 100_000, quick: 4_000, most: 10_000_000 },
    { name: 'fuzz-seed', describe: 'what is sent follows from it', usual: 1, quick: 1, most: 2 ** 31 },
  ],
  async run({ numberOf }) {
    const amounts = {
      frames: numberOf('fuzz-frames'),
      events: numberOf('fuzz-events'),
      requests: numberOf('fuzz-requests'),
    }
    const halfOf = (amount: number): number => Math.ceil(amount * WARM_UP_SHARE)
    const warmUp = {
      frames: halfOf(amounts.frames),
      events: halfOf(amounts.events),
      requests: halfOf(amounts.requests),
    }
    console.error(`fuzz: seed ${numberOf('fuzz-seed')} …`)
    const result = await runFuzz({ seed: numberOf('fuzz-seed'), warmUp, amounts })
    return { result, text: renderFuzz(result), verdicts: judgeFuzz(result) }
  },
}
