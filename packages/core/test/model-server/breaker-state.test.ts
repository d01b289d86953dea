import { describe, expect, it } from 'vitest'
import {
  closedBreaker,
  probed,
  probeDelayMs,
  withEvidence,
  type BreakerState,
  type Evidence,
} from '../../src/model-server/breaker-state.ts'

const served: Evidence = { type: 'served' }
const failed: Evidence = { type: 'failed', code: 'model_unreachable' }
const late: Evidence = { type: 'failed', code: 'model_timeout', late: true }
const denied: Evidence = { type: 'denied', code: 'model_unauthorized' }

/** The state after these, a second apart. */
const after = (evidence: readonly Evidence[], from: BreakerState = closedBreaker, at = 0): BreakerState =>
  evidence.reduce((state, one, index) => withEvidence(state, one, at + index * 1_000), from)
const isOpen = (evidence: readonly Evidence[]): boolean => after(evidence).outage !== undefined
const times = <One>(count: number, one: One): One[] => Array.from({ length: count }, () => one)

describe('the breaker opens', () => {
  it('at the third failure in a row, and not before', () => {
    expect(isOpen([failed, failed])).toBe(false)
    expect(after([failed, failed, failed]).outage).toEqual({ kind: 'failed', code: 'model_unreachable', since: 2_000 })
  })

  it('at the second in a row that kept its caller waiting', () => {
    expect(isOpen([late])).toBe(false)
    expect(isOpen([late, late])).toBe(true)
    expect(isOpen([failed, late])).toBe(true)
  })

  it('not while every other connection is served', () => {
    expect(isOpen([failed, failed, served, failed, failed, served])).toBe(false)
  })

  it('when half of the last twenty have failed', () => {
    const mixed = times(9, [failed, served]).flat()
    expect(isOpen(mixed)).toBe(false)
    expect(isOpen([...mixed, failed])).toBe(true)
    expect(isOpen([...mixed, ...times(12, served), failed]), 'what is older is forgotten').toBe(false)
  })

  it('not over failures that lie hours apart', () => {
    const hourly = times(12, [failed, served]).flat()
    expect(hourly.reduce((state, one, hour) => withEvidence(state, one, hour * 3_600_000), closedBreaker).outage).toBe(
      undefined,
    )
  })

  it('at once when the server refuses us for good', () => {
    expect(after([denied]).outage).toMatchObject({ kind: 'denied', code: 'model_unauthorized' })
    const turned = after([denied], after([failed, failed, failed]), 5_000)
    expect(turned.outage, 'an outage that turns out to be a refusal').toMatchObject({ kind: 'denied', since: 2_000 })
  })
})

describe('the breaker closes', () => {
  const open = after([failed, failed, failed])

  it('as soon as one connection is served, and has forgotten the failures', () => {
    const closed = withEvidence(open, served, 9_000)
    expect(closed.outage).toBe(undefined)
    expect(after([failed, failed], closed, 10_000).outage).toBe(undefined)
  })

  it('and asks after 1, 2 and then every 5 seconds whether it may', () => {
    const delays: (number | undefined)[] = []
    let state = open
    for (let probes = 0; probes < 5; probes++) {
      delays.push(probeDelayMs(state))
      state = withEvidence(probed(state), failed, 5_000)
    }
    expect(delays).toEqual([1_000, 2_000, 5_000, 5_000, 5_000])
    expect(probeDelayMs(closedBreaker)).toBe(undefined)
  })

  it('asks every 5 seconds from the beginning when it has opened again soon', () => {
    const again = after([failed, failed, failed], withEvidence(open, served, 9_000), 20_000)
    expect(probeDelayMs(again)).toBe(5_000)
    const later = after([failed, failed, failed], withEvidence(open, served, 9_000), 200_000)
    expect(probeDelayMs(later)).toBe(1_000)
  })

  it('asks after a second and then twice a minute where it is refused', () => {
    expect(probeDelayMs(after([denied]))).toBe(1_000)
    expect(probeDelayMs(probed(after([denied])))).toBe(30_000)
  })
})
