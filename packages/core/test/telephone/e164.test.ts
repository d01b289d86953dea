import { describe, expect, it } from 'vitest'
import { meantE164, tryE164 } from '../../src/index.ts'

describe('a telephone number', () => {
  it.each(['+14155550100', '+447700900123', '+390612345678', '+78431234567', '+5491123456789'])(
    '%s is in E.164 form',
    (number) => expect(tryE164(number)).toBe(number),
  )

  // The network would ring +14155550100 and +447700900123: a list that names those must not be got around.
  it.each(['+114155550100', '+4407700900123', '+610412345678', '+55011999991234', '+788123456789', '+54111523456789'])(
    '%s, with a trunk prefix behind the country code, is not: it is another spelling of a number',
    (number) => expect(tryE164(number)).toBeUndefined(),
  )

  it.each([
    '14155550100',
    '0014155550100',
    '+1 415 555 0100',
    '+1415555０１００',
    '+14155550100,5',
    '+1415',
    '+999123456',
  ])('%s is not', (number) => expect(tryE164(number)).toBeUndefined())

  it.each([
    ['+1 (415) 555-0100', '+14155550100'],
    ['14155550100', '+14155550100'],
    ['+44 (0)7700 900123', '+447700900123'],
    ['+52 1 55 1234 5678', '+525512345678'],
    ['nobody', undefined],
  ])('%s probably means %s', (text, meant) => expect(meantE164(text)).toBe(meant))
})
