import type { Part } from '../part.ts'
import { renderTable } from '../render-table.ts'
import { measureHistory, type Asked } from './history-run.ts'

const MAX_ANSWER_P95_MS = 50
/** Audio that waits longer is late by it. In the middle of many readings: what else the machine did is in the others. */
const MAX_STRETCH_MS = 2

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]!
const ms = (value: number): string => `${value.toFixed(1)} ms`

const worstOf = (asked: readonly Asked[], figure: (one: Asked) => number): Asked =>
  asked.reduce((worst, one) => (figure(one) > figure(worst) ? one : worst))
const answerP95 = ({ answerMs }: Asked): number => quantile(answerMs, 0.95)
const stretchP50 = ({ stretchMs }: Asked): number => quantile(stretchMs, 0.5)

export const part: Part = {
  name: 'history',
  describe:
    'GET /calls over a database of many calls by every filter: how long an answer takes, and how long the thread that carries ' +
    'audio works at a stretch for it. Two minutes.',
  byDefault: true,
  numbers: [
    { name: 'history-calls', describe: 'calls in the database', usual: 100_000, quick: 5_000, most: 2_000_000 },
    { name: 'history-times', describe: 'how often each list is read, by pages', usual: 15, quick: 3, most: 1_000 },
  ],
  async run({ numberOf }) {
    const calls = numberOf('history-calls')
    console.error(`history: ${calls} calls …`)
    const asked = await measureHistory(calls, numberOf('history-times'))
    const slowest = worstOf(asked, answerP95)
    const longest = worstOf(asked, stretchP50)
    const rows = asked.map((one) => [
      one.name,
      String(one.found),
      ms(quantile(one.answerMs, 0.5)),
      ms(answerP95(one)),
      ms(stretchP50(one)),
      ms(quantile(one.stretchMs, 0.95)),
    ])
    return {
      result: { calls, asked },
      text: renderTable(
        [`filter, ${calls} calls`, 'found', 'answer p50', 'p95', 'audio thread p50', 'p95'],
        rows,
        0,
      ).join('\n'),
      verdicts: [
        {
          target: `GET /calls of ${calls} calls by any filter: p95 at most ${MAX_ANSWER_P95_MS} ms`,
          measured: `${ms(answerP95(slowest))} (${slowest.name})`,
          met: answerP95(slowest) <= MAX_ANSWER_P95_MS,
        },
        {
          target: `the thread that carries audio works at most ${MAX_STRETCH_MS} ms at a stretch for it (p50)`,
          measured: `${ms(stretchP50(longest))} (${longest.name})`,
          met: stretchP50(longest) <= MAX_STRETCH_MS,
        },
      ],
    }
  },
}
