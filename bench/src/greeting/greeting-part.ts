import type { Part, Verdict } from '../part.ts'
import { runBeside } from '../process/run-beside.ts'
import { MAX_OTHERS_SHARE, watchOthers } from '../process/watch-cpu.ts'
import { renderTable } from '../render-table.ts'
import type { GreetingJob, GreetingResult } from './greeting-messages.ts'

const START_UP_MS = 3_000
const MAX_FIRST_FRAME_P99_MS = 5
/** A load that is later than this measures itself. */
const MAX_LATE_P99_MS = 3

interface Greeting extends GreetingResult {
  readonly startUpMs: number
  readonly othersShare: number
}

const measureOnce = (job: Omit<GreetingJob, 'origin'>): Promise<Greeting> =>
  runBeside<GreetingResult, Greeting>(
    { load: 'greeting/greeting-load.ts', job },
    async ({ relay, load, begin, result }) => {
      const othersShare = watchOthers(relay.pid!, load.pid!)
      begin()
      const seen = await result
      return { ...seen, startUpMs: job.startUpMs, othersShare: othersShare() }
    },
  )

const ms = (value: number): string => `${value.toFixed(2)} ms`

const judge = ({ calls, recorded, firstFrameMs, silent, byModel, brokenSockets, startUpMs }: Greeting): Verdict[] => [
  {
    target: `recorded greeting: first frame p99 at most ${MAX_FIRST_FRAME_P99_MS} ms after start, with a model that needs ${startUpMs} ms`,
    measured: `${ms(firstFrameMs.p99)} of ${firstFrameMs.count}`,
    met: firstFrameMs.count === calls && firstFrameMs.p99 <= MAX_FIRST_FRAME_P99_MS,
  },
  {
    target: 'recorded greeting: recorded in one call, played in all others before there is a model',
    measured: `${recorded} recorded, ${silent} silent, ${byModel} with a model, ${brokenSockets} sockets broken`,
    met: recorded === 1 && silent === 0 && byModel === 0 && brokenSockets === 0,
  },
]

const render = ({ calls, startUpMs, firstFrameMs, lateMs, othersShare }: Greeting): string => {
  const rows = [
    ['calls, start-up of the model', `${calls}, ${startUpMs} ms`],
    ['start → first frame p50', ms(firstFrameMs.p50)],
    ['start → first frame p99', ms(firstFrameMs.p99)],
    ['load generator late p99', ms(lateMs.p99)],
  ]
  const notes = [
    ...(lateMs.p99 > MAX_LATE_P99_MS
      ? [`NOTE    greeting: the machine was busy, the load came up to ${ms(lateMs.p99)} late: measure again`]
      : []),
    ...(othersShare > MAX_OTHERS_SHARE
      ? [`NOTE    greeting: other programs used ${Math.round(othersShare * 100)} % of a core: measure again`]
      : []),
  ]
  return [...renderTable(['recorded greeting', ''], rows, 0), ...notes].join('\n')
}

export const part: Part = {
  name: 'greeting',
  describe:
    'records a greeting in one call, then rings ten times a second while the model needs three seconds to open: how soon after ' +
    'the start of the media stream the greeting is heard. Half a minute.',
  byDefault: false,
  numbers: [{ name: 'greetings', describe: 'how many calls hear the recording', usual: 200, quick: 40, most: 10_000 }],
  async run({ numberOf }) {
    const job = { calls: numberOf('greetings'), startUpMs: START_UP_MS }
    console.error(`greeting: ${job.calls} calls …`)
    let result = await measureOnce(job)
    if (result.lateMs.p99 > MAX_LATE_P99_MS) {
      console.error('  disturbed by other programs, once more …')
      const second = await measureOnce(job)
      if (second.lateMs.p99 < result.lateMs.p99) result = second
    }
    return { result, text: render(result), verdicts: judge(result) }
  },
}
