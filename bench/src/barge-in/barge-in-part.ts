import type { Part, Verdict } from '../part.ts'
import { runBeside } from '../process/run-beside.ts'
import { MAX_OTHERS_SHARE, watchOthers } from '../process/watch-cpu.ts'
import { renderTable } from '../render-table.ts'
import type { BargeInJob, BargeInResult } from './barge-in-messages.ts'

const CALLS = 20
const MAX_CLEAR_P99_MS = 5
const MAX_ERROR_P99_MS = 5
/** A load that is later than this measures itself. */
const MAX_LATE_P99_MS = 3

interface BargeIn extends BargeInResult {
  readonly wanted: number
  readonly jitterMs: number
  readonly othersShare: number
}

const measureOnce = (job: Omit<BargeInJob, 'origin'>): Promise<BargeIn> =>
  runBeside<BargeInResult, BargeIn>(
    { load: 'barge-in/barge-in-load.ts', job },
    async ({ relay, load, begin, result }) => {
      const othersShare = watchOthers(relay.pid!, load.pid!)
      begin()
      const seen = await result
      return { ...seen, wanted: job.bargeIns, jitterMs: job.jitterMs, othersShare: othersShare() }
    },
  )

const ms = (value: number): string => `${value.toFixed(2)} ms`

const judge = ({ bargeIns, wanted, clearMs, truncateErrorMs, missing, brokenSockets }: BargeIn): Verdict[] => [
  {
    target: `barge-in: clear p99 at most ${MAX_CLEAR_P99_MS} ms after speech_started`,
    measured: ms(clearMs.p99),
    met: clearMs.p99 <= MAX_CLEAR_P99_MS,
  },
  {
    target: `barge-in: what the model is told was heard is p99 at most ${MAX_ERROR_P99_MS} ms wrong`,
    measured: `${ms(truncateErrorMs.p99)} of ${truncateErrorMs.count}`,
    met: truncateErrorMs.count > 0 && truncateErrorMs.p99 <= MAX_ERROR_P99_MS,
  },
  {
    target: `${wanted} barge-ins: each stops the audio and is told the model`,
    measured: `${bargeIns} barge-ins, ${missing} without, ${brokenSockets} sockets broken`,
    met: bargeIns >= wanted && missing === 0 && brokenSockets === 0,
  },
]

const render = ({ bargeIns, jitterMs, clearMs, truncateErrorMs, lateMs, othersShare }: BargeIn): string => {
  const rows = [
    ['barge-ins, marks up to this late', `${bargeIns}, ${jitterMs} ms`],
    ['speech_started → clear p50', ms(clearMs.p50)],
    ['speech_started → clear p99', ms(clearMs.p99)],
    ['truncate error p50', ms(truncateErrorMs.p50)],
    ['truncate error p99', ms(truncateErrorMs.p99)],
    ['truncate error, largest', ms(truncateErrorMs.max)],
    ['load generator late p99', ms(lateMs.p99)],
  ]
  const notes = [
    ...(lateMs.p99 > MAX_LATE_P99_MS
      ? [`NOTE    barge-in: the machine was busy, the load came up to ${ms(lateMs.p99)} late: measure again`]
      : []),
    ...(othersShare > MAX_OTHERS_SHARE
      ? [`NOTE    barge-in: other programs used ${Math.round(othersShare * 100)} % of a core: measure again`]
      : []),
  ]
  return [...renderTable(['barge-in', ''], rows, 0), ...notes].join('\n')
}

export const part: Part = {
  name: 'barge-in',
  describe:
    `has ${CALLS} callers break into every reply: how soon the audio stops, and how far what the model is told was heard ` +
    'is from what was played, with marks that come late by different times. Two minutes.',
  byDefault: false,
  numbers: [
    { name: 'barge-ins', describe: 'how often callers break in', usual: 500, quick: 100, most: 100_000 },
    {
      name: 'mark-jitter',
      describe: 'milliseconds that the echo of a mark is late at most',
      usual: 100,
      quick: 100,
      most: 2_000,
    },
  ],
  async run({ numberOf }) {
    const job = { calls: CALLS, bargeIns: numberOf('barge-ins'), jitterMs: numberOf('mark-jitter') }
    console.error(`barge-in: ${job.bargeIns} times …`)
    let result = await measureOnce(job)
    if (result.lateMs.p99 > MAX_LATE_P99_MS) {
      console.error('  disturbed by other programs, once more …')
      const second = await measureOnce(job)
      if (second.lateMs.p99 < result.lateMs.p99) result = second
    }
    return { result, text: render(result), verdicts: judge(result) }
  },
}
