import { describe, expect, it } from 'vitest'
import { isLeaked, outlivedMs } from '../src/outbound/leaks.ts'

const NOW = 20_000

describe('a session', () => {
  it('is no leak when it closes in time', () => {
    const lifetime = { closedAt: 14_999, endedAt: 10_000 }
    expect(outlivedMs(lifetime, NOW)).toBe(4_999)
    expect(isLeaked(lifetime, NOW)).toBe(false)
  })

  it('is no leak when it closes before its call', () => {
    const lifetime = { closedAt: 9_000, endedAt: 10_000 }
    expect(outlivedMs(lifetime, NOW)).toBe(0)
    expect(isLeaked(lifetime, NOW)).toBe(false)
  })

  it('is a leak when it closes too late', () => {
    expect(isLeaked({ closedAt: 15_001, endedAt: 10_000 }, NOW)).toBe(true)
  })

  it('is a leak when it is still open, whatever its call', () => {
    expect(outlivedMs({ closedAt: undefined, endedAt: 10_000 }, NOW)).toBe(10_000)
    expect(isLeaked({ closedAt: undefined, endedAt: 19_999 }, NOW)).toBe(true)
    expect(isLeaked({ closedAt: undefined, endedAt: undefined }, NOW)).toBe(true)
  })
})
