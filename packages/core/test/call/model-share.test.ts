import { expect, it } from 'vitest'
import { shareAfter, shareAllows, wholeShare } from '../../src/call/model-share.ts'
import type { ModelQuota } from '../../src/model.ts'

const left = (share: number, wholeInMs = 60_000, budget = 'tokens'): ModelQuota => ({
  type: 'left',
  budget,
  left: share,
  wholeInMs,
})
const refused: ModelQuota = { type: 'refused' }

it('lets everybody in as long as nothing is known', () => {
  expect(shareAllows(wholeShare, 'outbound', 1_000, 0)).toBe(true)
})

it('keeps the end of a budget for callers, and the last of it for live calls', () => {
  const share = (of: number) => shareAfter(wholeShare, left(of), 10, 0)
  const allows = (of: number) => [shareAllows(share(of), 'inbound', 10, 1), shareAllows(share(of), 'outbound', 10, 1)]
  expect([allows(0.25), allows(0.15), allows(0.05)]).toEqual([
    [true, true],
    [true, false],
    [false, false],
  ])
})

it('lets callers in again when a fifth of the budget has come back, or a report says so', () => {
  const none = shareAfter(wholeShare, left(0), 10, 0)
  expect(shareAllows(none, 'inbound', 10, 11_999)).toBe(false)
  expect(shareAllows(none, 'inbound', 10, 12_000)).toBe(true)
  expect(shareAllows(shareAfter(none, left(0.9), 10, 1_000), 'inbound', 10, 1_000)).toBe(true)
  expect(shareAllows(shareAfter(none, left(0.9, 1, 'requests'), 10, 1_000), 'inbound', 10, 1_000)).toBe(false)
})

it('takes no new call after a refusal for as long as the server asks, or ever longer when it names no time', () => {
  const asked = shareAfter(wholeShare, { type: 'refused', retryAfterMs: 7_000 }, 10, 0)
  expect([shareAllows(asked, 'inbound', 1, 6_999), shareAllows(asked, 'inbound', 1, 7_000)]).toEqual([false, true])
  const once = shareAfter(wholeShare, refused, 10, 0)
  expect([shareAllows(once, 'inbound', 1, 999), shareAllows(once, 'inbound', 1, 1_000)]).toEqual([false, true])
  const twice = shareAfter(once, refused, 10, 1_500)
  expect([shareAllows(twice, 'inbound', 1, 3_499), shareAllows(twice, 'inbound', 1, 3_500)]).toEqual([false, true])
})

it('then tries as many calls as the server carried, and a tenth more every five seconds', () => {
  const share = shareAfter(wholeShare, refused, 101, 0)
  const most = (nowMs: number) => {
    let live = 0
    while (live < 1_000 && shareAllows(share, 'inbound', live, nowMs)) live++
    return live
  }
  expect([most(500), most(1_000), most(6_000), most(11_000), most(122_000)]).toEqual([0, 110, 120, 130, 1_000])
})

it('takes the refusals of one moment for one', () => {
  let share = shareAfter(wholeShare, refused, 50, 0)
  for (let n = 1; n < 10; n++) share = shareAfter(share, refused, 50 - n, n)
  expect(shareAllows(share, 'inbound', 40, 1_000)).toBe(true)
  expect(share.refusals).toBe(1)
})

it('does not hold an evening of many calls to what the server carried in a quiet hour', () => {
  const quiet = shareAfter(wholeShare, refused, 2, 0)
  const evening = shareAfter(quiet, refused, 200, 3_600_000)
  expect(shareAllows(evening, 'inbound', 150, 3_601_000)).toBe(true)
})

it('never shuts for good: one call is always tried', () => {
  const share = shareAfter(wholeShare, refused, 0, 0)
  expect(shareAllows(share, 'inbound', 0, 1_000)).toBe(true)
})
