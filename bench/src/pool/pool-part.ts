import type { Part, Verdict } from '../part.ts'
import { runBeside } from '../process/run-beside.ts'
import { MAX_OTHERS_SHARE, watchOthers } from '../process/watch-cpu.ts'
import { renderTable } from '../render-table.ts'
import type { PoolJob, PoolResult } from './pool-messages.ts'

const START_UP_MS = 1_000
const POOL = 4
/** What a caller may wait for the first word once the stream has started. */
const MAX_ADDED_MS = 15

interface PoolRun extends PoolResult {
  readonly pool: number
  readonly othersShare: number
}

const measure = (job: Omit<PoolJob, 'origin'>, pool: number): Promise<PoolRun> =>
  runBeside<PoolResult, PoolRun>(
    { load: 'pool/pool-load.ts', job, env: { MODEL_POOL: String(pool) } },
    async ({ relay, load, begin, result }) => {
      const othersShare = watchOthers(relay.pid!, load.pid!)
      begin()
      const seen = await result
      return { ...seen, pool, othersShare: othersShare() }
    },
  )

const ms = (value: number): string => `${value.toFixed(1)} ms`

const judge = ({ afterStreamMs, silent }: PoolRun): Verdict => ({
  target: `pool: first audio at most ${MAX_ADDED_MS} ms behind the stream's start, with a model that takes ${START_UP_MS} ms (p50)`,
  measured: `${ms(afterStreamMs.p50)} (p99 ${ms(afterStreamMs.p99)}), ${silent} silent`,
  met: silent === 0 && afterStreamMs.p50 <= MAX_ADDED_MS,
})

const render = (runs: readonly PoolRun[]): string => {
  const rows = runs.map(({ pool, firstAudioMs, afterStreamMs, sessions, lateMs }) => [
    pool === 0 ? 'without a pool' : `MODEL_POOL=${pool}`,
    ms(firstAudioMs.p50),
    ms(firstAudioMs.p99),
    ms(afterStreamMs.p50),
    ms(afterStreamMs.p99),
    String(sessions),
    ms(lateMs.p99),
  ])
  const head = [
    `a model that takes ${START_UP_MS} ms`,
    'webhook → first audio p50',
    'p99',
    'stream → first audio p50',
    'p99',
    'sessions',
    'load late p99',
  ]
  const disturbed = runs.some(({ othersShare }) => othersShare > MAX_OTHERS_SHARE)
  return [...renderTable(head, rows, 0), ...(disturbed ? ['Other programs took a part of the cores.'] : [])].join('\n')
}

export const part: Part = {
  name: 'pool',
  describe:
    'measures how long callers of a busy number wait for the first word when the model takes a second to set up a session, ' +
    'with and without warm sessions. Two minutes.',
  byDefault: true,
  numbers: [
    { name: 'rings', describe: 'how many calls are timed, with a pool and without', usual: 20, quick: 4, most: 1_000 },
  ],
  async run({ numberOf }) {
    const job = { calls: numberOf('rings'), startUpMs: START_UP_MS }
    const cold = await measure(job, 0)
    const warm = await measure(job, POOL)
    return { result: { cold, warm }, text: render([cold, warm]), verdicts: [judge(warm)] }
  },
}
