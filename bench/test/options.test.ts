import { describe, expect, it } from 'vitest'
import { calleeIndex, calleeNumber, MAX_CALLEES } from '../src/callee-numbers.ts'
import { parseOptions } from '../src/options.ts'

describe('the command line', () => {
  it('measures everything unless it is told otherwise', () => {
    expect(parseOptions([])).toMatchObject({ parts: ['relay', 'outbound'], calls: [50, 200], pickups: 200 })
    expect(parseOptions(['--', '--only', 'outbound', '--quick'])).toMatchObject({ parts: ['outbound'], pickups: 40 })
  })

  it('says what it did not understand', () => {
    expect(() => parseOptions(['--only', 'inbound'])).toThrow('--only: "inbound" is neither relay nor outbound')
    expect(() => parseOptions(['--pickups', '0'])).toThrow('--pickups: "0" is not a whole number')
    expect(() => parseOptions(['--calls', '1601'])).toThrow('from 1 to 1600')
  })
})

describe('callees', () => {
  it('have fictional numbers of their own', () => {
    const numbers = Array.from({ length: MAX_CALLEES }, (_, index) => calleeNumber(index))
    expect(new Set(numbers).size).toBe(MAX_CALLEES)
    for (const [index, number] of numbers.entries()) {
      expect(number).toMatch(/^\+1[2-9]\d\d55501\d\d$/)
      expect(calleeIndex(number)).toBe(index)
    }
  })
})
