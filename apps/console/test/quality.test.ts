import { expect, it } from 'vitest'
import { csvOf, latencyFinding, latencyTracks, problemRows, sparkline, stacked } from '../src/pages/quality/findings.ts'
import { blockOf, placeOf } from '../src/parts/listen-in.ts'

const day = { from: '2026-03-09T00:00:00Z', to: '2026-03-10T00:00:00Z' }

it('latency has a gap where there were too few calls, and says whether it keeps the budget', () => {
  const whole = { calls: 40, measured: 40, p50Ms: 700, p95Ms: 1_200, p99Ms: 2_000 }
  const buckets = [
    { ...day, ...whole },
    { ...day, calls: 3, measured: 3, tooFew: true as const },
  ]
  expect(latencyTracks({ buckets })[0]!.values).toEqual([700, null])
  expect(latencyFinding('First words', { whole }, 1_000)).toContain('▲ over the budget')
  expect(latencyFinding('First words', { whole }, 1_500)).toContain('within the budget')
  expect(latencyFinding('First words', { whole: { calls: 3, measured: 3 } }, 1_000)).toContain('too few calls')
})

it('a stack puts each track on those before it', () => {
  const tracks = [
    { label: 'a', values: [1, null, 3] },
    { label: 'b', values: [2, null, 1] },
  ]
  expect(stacked(tracks).map(({ values }) => values)).toEqual([
    [1, null, 3],
    [3, null, 4],
  ])
})

it('a CSV has no cell that a spreadsheet takes for a formula', () => {
  expect(csvOf(['2026-03-09'], [{ label: '=cmd()', values: [null] }])).toBe("from,'=cmd()\r\n2026-03-09,")
})

it('problems come with the most frequent first, and their days', () => {
  const whole = { calls: 9, troubled: 5, problems: { tool_failed: 2, model_lost: 3 } }
  const rows = problemRows({ whole, buckets: [{ ...day, ...whole, problems: { model_lost: 3 } }] })
  expect(rows.map(({ code, byDay }) => [code, ...byDay])).toEqual([
    ['model_lost', 3],
    ['tool_failed', 0],
  ])
  expect(sparkline([0, 2])).toBe('0.0,19.0 100.0,1.0')
})

it('a block of a live call has its time and both tracks', () => {
  const message = Uint8Array.from([0, 0, 1, 0, 10, 11, 20, 21]).buffer
  expect(blockOf(message)).toEqual({
    atMs: 256,
    caller: Uint8Array.from([10, 11]),
    assistant: Uint8Array.from([20, 21]),
  })
  expect(placeOf(1, 2)).toBeGreaterThan(2)
  expect(placeOf(2.1, 2)).toBe(2.1)
  expect(placeOf(9, 2)).toBeUndefined()
})
