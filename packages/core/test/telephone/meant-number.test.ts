import { describe, expect, it } from 'vitest'
import { e164, meantE164 } from '../../src/index.ts'

const US = ['+14155550100']
const GB = ['+442079460000']
const DE = ['+4930123456']
const FR = ['+33123456789']
const IT = ['+390612345678']
const AU = ['+61212345678']
const MX = ['+525512345678']
const BR = ['+551123456789']
const IN = ['+911123456789']
const KR = ['+82212345678']

describe('what an operator typed who has a number in the United States', () => {
  it.each([
    '2025550100',
    '202-555-0100',
    '(202) 555-0100',
    '202.555.0100',
    '202\u2011555\u20110100',
    '\u202a202 555 0100\u202c',
    '1 202 555 0100',
    '1 (202) 555-0100',
    '12025550100',
    '+1 202 555 0100',
    '+1 1 202 555 0100',
    '+1 (202) 555-0100',
    '0012025550100',
    '011 1 202 555 0100',
    '２０２５５５０１００',
    '＋１（２０２）５５５－０１００',
    '٢٠٢٥٥٥٠١٠٠',
    'tel:202-555-0100',
    '202-555-0100 ext 22',
    '202-555-0100 x22',
    "'+12025550100",
    '+1 202-555-0100;ext=22',
  ])('%s means +12025550100', (text) => expect(meantE164(text, US)).toBe('+12025550100'))

  it.each([
    ['1-800-FLOWERS', '+18003569377'],
    ['1-800-GO-FEDEX', '+18004633339'],
    ['(415) 555-call', '+14155552255'],
  ])('%s, an advertised word, means %s', (text, meant) => expect(meantE164(text, US)).toBe(meant))

  it.each([
    ['011 44 20 7946 0123', '+442079460123'],
    ['0044 20 7946 0123', '+442079460123'],
    ['00442079460123', '+442079460123'],
    ['+44 (0)20 7946 0123', '+442079460123'],
    ['+4420 79460123', '+442079460123'],
    ['+49 30 123456', '+4930123456'],
    ['+65 6123 4567', '+6561234567'],
    ['+44 7700 900123', '+447700900123'],
    ['+44 (0) 7700 900123', '+447700900123'],
    // Where numbers have no trunk zero, one in brackets belongs to nobody's number; in Italy the zero is a part of it.
    ['+48 (0)512 345 678', '+48512345678'],
    ['+7 (0) 495 123 45 67', '+74951234567'],
    ['0034 (0)612 34 56 78', '+34612345678'],
    ['+39 (0)6 1234 5678', '+390612345678'],
  ])('%s says its country, and means %s', (text, meant) => expect(meantE164(text, US)).toBe(meant))

  it.each([
    // Egypt, to the network.
    '20255501001',
    '+202 555 0100',
    '+(202) 555-0100',
    '00 2025550100',
    '011 2025550100',
    '442079460123',
    '0123456789',
    '5550100',
    '202-555-O100',
    '202-555-0100 or 202-555-0101',
    '202-555-0100/01',
    '202-555-0100,5',
    '2.02556E+09',
    '1.20256E+10',
    'anonymous',
    '',
    '+',
    '911',
  ])('%s might be anybody: nothing is suggested', (text) => expect(meantE164(text, US)).toBeUndefined())
})

describe('what an operator typed who has a number elsewhere', () => {
  it.each([
    [GB, '020 7946 0123', '+442079460123'],
    [GB, '(020) 7946 0123', '+442079460123'],
    [GB, '2079460123', '+442079460123'],
    [GB, '442079460123', '+442079460123'],
    [GB, '07700 900123', '+447700900123'],
    [GB, '0114 496 0123', '+441144960123'],
    [GB, '00 1 202 555 0100', '+12025550100'],
    [GB, '+1 202 555 0100', '+12025550100'],
    [GB, '2025550100', undefined],
    [DE, '030/123456', '+4930123456'],
    [DE, '030 123456-0', '+49301234560'],
    [['+390612345678'], '06 1234 5678', '+390612345678'],
    [['+79123456789'], '8 (912) 345-67-89', '+79123456789'],
    [['+5491123456789'], '011 15-2345-6789', '+5491123456789'],
    [['+34612345678'], '612 34 56 78', '+34612345678'],
    [DE, '4915123456789', '+4915123456789'],
    [DE, '0049 (0)170 1234567', '+491701234567'],
    [FR, '612345678', '+33612345678'],
    [AU, '04 1234 5678', '+61412345678'],
    [AU, '1300 123 456', '+611300123456'],
    [MX, '55 1234 5678', '+525512345678'],
    [MX, '+52 1 55 1234 5678', '+525512345678'],
    [BR, '(11) 96123-4567', '+5511961234567'],
    [IT, '312 345 6789', '+393123456789'],
    [IT, '0039 06 1234 5678', '+390612345678'],
    [IN, '98765 43210', '+919876543210'],
    [IN, '098765 43210', '+919876543210'],
    [IN, '919876543210', '+919876543210'],
    [KR, '00 44 20 7946 0123', '+442079460123'],
  ])('with %s, %s means %s', (ours, text, meant) => expect(meantE164(text, ours)).toBe(meant))

  it.each([
    // Almost any digits are possible in Germany: with a plus these are somebody else's, or the area code is not there.
    [DE, '442079460123'],
    [DE, '33612345678'],
    [DE, '12025550123'],
    [DE, '2025550100'],
    [DE, '123456'],
    [IT, '541123456789'],
    [BR, '4930123456789'],
    [AU, '0011 65 6123 4567'],
    [KR, '0044 20 7946'],
    [IT, '6 1234 5678'],
    [GB, '+207 946 0123'],
    [GB, '020 7946 012'],
    [GB, '7946 0123'],
  ])('with %s, %s might be a stranger: nothing is suggested', (ours, text) =>
    expect(meantE164(text, ours)).toBeUndefined(),
  )

  it('takes the country of the first of our numbers first, and another of ours where only that fits', () => {
    expect(meantE164('2025550100', [...US, ...DE])).toBe('+12025550100')
    expect(meantE164('2025550100', [...DE, ...US])).toBe('+12025550100')
    expect(meantE164('030 123456', [...US, ...DE])).toBe('+4930123456')
  })

  it('does not guess between two countries of ours that both leave out a zero', () =>
    expect(meantE164('2079460123', [...GB, ...DE])).toBeUndefined())
})

describe('when none of our numbers is known', () => {
  it.each(['2025550100', '020 7946 0123', '442079460123'])('%s has no country', (text) =>
    expect(meantE164(text)).toBeUndefined(),
  )

  it('a setting that is refused still says what was meant where its country is written', () =>
    expect(() => e164('+1 (202) 555-0100')).toThrow('did you mean +12025550100?'))
})
