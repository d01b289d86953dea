import type { Part } from '../part.ts'
import { MAX_LATE_P99_MS, measure, type Run } from '../relay/relay-run.ts'
import { renderTable } from '../render-table.ts'

/** Beyond this a delay of ours is heard in a conversation. */
const MAX_P99_MS = 20
const WANTED = 500
const STEPS = [200, 300, 400, 500, 600, 700]

const ms = (value: number): string => `${value.toFixed(2)} ms`
const worst = ({ toModelMs, toCallerMs }: Run): number => Math.max(toModelMs.p99, toCallerMs.p99)
const isCarried = (run: Run): boolean => worst(run) < MAX_P99_MS && run.brokenSockets === 0 && run.faults.lost === 0

export const part: Part = {
  name: 'density',
  describe:
    'puts more and more calls on one core until their audio is more than 20 ms late: how many a process carries, which ' +
    'the usual MAX_CALLS goes by. Five minutes.',
  byDefault: false,
  async run({ seconds }) {
    const runs: Run[] = []
    for (const calls of STEPS) {
      console.error(`density: ${calls} calls …`)
      const run = await measure('gateway', { calls, seconds })
      runs.push(run)
      if (!isCarried(run)) break
    }
    const carried = runs.findLast(isCarried)
    const next = runs.find((run) => !isCarried(run))
    const isLoadToBlame = next !== undefined && next.lateMs.p99 > MAX_LATE_P99_MS
    const rows = runs.map((run) => [
      String(run.calls),
      `${(run.coreShare * 100).toFixed(0)} %`,
      ms(run.toModelMs.p99),
      ms(run.toCallerMs.p99),
      ms(run.lateMs.p99),
    ])
    return {
      result: { carried: carried?.calls ?? 0, runs },
      text: renderTable(
        ['calls', 'share of one core', 'caller → model p99', 'model → caller p99', 'load late p99'],
        rows,
      ).join('\n'),
      verdicts: [
        {
          target: `one core carries at least ${WANTED} calls with p99 below ${MAX_P99_MS} ms`,
          measured: `${carried?.calls ?? 0} calls${isLoadToBlame ? '; at the next step the load generator itself was late' : ''}`,
          met: (carried?.calls ?? 0) >= WANTED,
        },
      ],
    }
  },
}
