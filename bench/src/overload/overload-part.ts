import type { Part, Verdict } from '../part.ts'
import { renderTable } from '../render-table.ts'
import type { Seen } from '../relay/relay-messages.ts'
import { measureOverload, type Overload } from './overload-run.ts'

/** Live calls must not notice that others ring. */
const MAX_ADDED_P99_MS = 2
const MAX_REFUSAL_P99_MS = 200
const MAX_WEBHOOK_P99_MS = 20
const LEAST_HELD_SHARE = 0.98
const MAX_RECOVERY_MS = 10_000

/** Quantiles of nothing come as `null` from another process. */
const ms = (value: number | null): string => `${(value ?? 0).toFixed(1)} ms`
const worst = ({ toModelMs, toCallerMs }: Seen): number => Math.max(toModelMs.p99, toCallerMs.p99)

const judge = ({
  calls,
  before,
  during,
  duringRush,
  burst,
  hour,
  rush,
  rated,
  held,
  recoveredMs,
  broken,
}: Overload): Verdict[] => {
  const dropped = broken + burst.dropped + hour.dropped + rush.dropped
  const failed = burst.failed + hour.failed + rush.failed
  const refusedP99 = Math.max(burst.refusedMs.p99, rush.refusedMs.p99)
  return [
    {
      target: `${calls} calls and ${burst.offered} rings at once: relay delay p99 at most ${MAX_ADDED_P99_MS} ms more`,
      measured: `${ms(worst(during))}, before ${ms(worst(before))}; ${burst.admitted} let in`,
      met: worst(during) <= worst(before) + MAX_ADDED_P99_MS,
    },
    {
      target: `${rated} calls and three times as many rings: relay delay p99 at most ${MAX_ADDED_P99_MS} ms more`,
      measured: `${ms(worst(duringRush))}, before ${ms(worst(before))}`,
      met: worst(duringRush) <= worst(before) + MAX_ADDED_P99_MS,
    },
    {
      target: `three times as many rings as there is room for: at least ${LEAST_HELD_SHARE * 100} % of the room in use`,
      measured: `${held.toFixed(1)} of ${rated}`,
      met: held >= rated * LEAST_HELD_SHARE,
    },
    {
      target: `a refusal is answered within ${MAX_REFUSAL_P99_MS} ms (p99), every ring is answered`,
      measured: `${ms(refusedP99)} of ${burst.refused + rush.refused}, ${failed} without an answer`,
      met: refusedP99 <= MAX_REFUSAL_P99_MS && failed === 0,
    },
    {
      target: `10 calls a second: webhook to TwiML p99 at most ${MAX_WEBHOOK_P99_MS} ms, nobody refused`,
      measured: `${ms(hour.admittedMs.p99)}, ${hour.refused} of ${hour.offered} refused`,
      met: hour.admittedMs.p99 <= MAX_WEBHOOK_P99_MS && hour.refused === 0,
    },
    {
      target: `callers are let in again at most ${MAX_RECOVERY_MS / 1_000} s after the rush`,
      measured: ms(recoveredMs),
      met: recoveredMs <= MAX_RECOVERY_MS,
    },
    { target: 'no call that was let in is dropped', measured: String(dropped), met: dropped === 0 },
  ]
}

const render = ({ before, during, duringRush }: Overload): string =>
  renderTable(
    ['', 'relay delay p99', 'before', 'burst', 'rush'],
    [
      ['', 'caller → model', ...[before, during, duringRush].map(({ toModelMs }) => ms(toModelMs.p99))],
      ['', 'model → caller', ...[before, during, duringRush].map(({ toCallerMs }) => ms(toCallerMs.p99))],
      ['', 'load generator late', ...[before, during, duringRush].map(({ lateMs }) => ms(lateMs.p99))],
    ],
  ).join('\n')

export const part: Part = {
  name: 'overload',
  describe:
    'has five hundred callers ring at once, and then three times as many as there is room for, while others talk: what ' +
    'those hear of it, and how the others are turned away. A minute and a half.',
  byDefault: true,
  async run({ calls }) {
    const most = Math.min(...calls)
    console.error(`overload: ${most} calls, and everybody rings …`)
    const result = await measureOverload(most)
    return { result, text: render(result), verdicts: judge(result) }
  },
}
