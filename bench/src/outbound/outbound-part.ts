import type { Part } from '../part.ts'
import { MAX_CALLEES } from './callee-numbers.ts'
import { measureFirstFrames } from './first-frame.ts'
import { measureHold } from './hold.ts'
import { judgeOutbound, renderOutbound, type Outbound } from './outbound-report.ts'

/** Enough calls to find a leak. */
const MAX_HELD = 200

export const part: Part = {
  name: 'outbound',
  describe:
    'measures calls we place: how long callees wait for the first word, pre-warmed and cold, for models that start slower ' +
    'and slower, and whether anything is left of many calls at once. Six minutes.',
  byDefault: true,
  numbers: [
    {
      name: 'pickups',
      describe: 'how many people are called for each start-up of the model',
      usual: 200,
      quick: 40,
      most: MAX_CALLEES,
    },
  ],
  async run({ calls, seconds, numberOf }) {
    const result: Outbound = {
      firstFrames: await measureFirstFrames(numberOf('pickups')),
      hold: await measureHold(Math.min(MAX_HELD, Math.max(...calls)), seconds),
    }
    return { result, text: renderOutbound(result), verdicts: judgeOutbound(result) }
  },
}
