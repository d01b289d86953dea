import { describe, expect, it } from 'vitest'
import { isSamePostcode, readDateOfBirth, readPin, readPostcode, readProof } from '../src/read-proof.ts'
import { NOW } from './fixtures.ts'

const born = (said: string) => readDateOfBirth(said, NOW)

describe('a date of birth', () => {
  it.each([
    '1984-05-17',
    '1984-5-17',
    '1984/05/17',
    '1984.05.17',
    '19840517',
    '1984-05-17T00:00:00Z',
    '17 May 1984',
    '17th of May, 1984',
    'May 17, 1984',
    'MAY 17TH 1984',
    'the 17th of may 1984',
    '1984 May 17',
    '17-May-1984',
    '17/05/1984',
    '05/17/1984',
    '17.5.1984',
    '17. 5. 1984',
    'Thursday, May 17, 1984',
    '1984-05-17 00:00:00',
  ])('that is said as %s is that day', (said) => expect(born(said)).toBe('1984-05-17'))

  it.each([
    ['a year nobody lives in', '0090-05-17'],
    ['two digits of a year', '17 May 84'],
    ['a day that was never', '1984-02-31'],
    ['a leap day in no leap year', '1985-02-29'],
    ['a month too many', '1984-13-01'],
    ['zeros', '0000-00-00'],
    ['the future', '2026-03-07'],
    ['a far future', '9999-12-31'],
    ['a person of 150 years', '1876-01-01'],
    ['a day that may be two', '05/06/1984'],
    ['half a date', 'May 1984'],
    ['a year', '1984'],
    ['a word', 'unknown'],
    ['nothing', '-'],
  ])('that is %s (%s) has to be asked for again', (_, said) => expect(born(said)).toBeUndefined())

  it('may be today, where the day has begun', () => {
    expect(born('2026-03-05')).toBe('2026-03-05')
    expect(born('05/05/1984')).toBe('1984-05-05')
    expect(born('5.6.1984')).toBe('1984-06-05')
  })
})

describe('a postcode', () => {
  it.each([
    ['94110', '94110-1234'],
    ['94110-1234', '941101234'],
    ['94110', '9 4 1 1 0'],
    ['94110', 'nine four one one oh'],
    ['94110', '94110.'],
    ['SW1A 1AA', 'sw1a1aa'],
    ['SW1A 1AA', 's w one a, one a a'],
    ['SW1A 0AA', 'SW1A OAA'],
    ['1012 AB', '1012ab'],
    ['10115', 'D-10115'],
    ['K1A 0B1', 'k1a-0b1'],
    ['９４１１０', '94110'],
    ['10115', 'DE 10115'],
    ['10115', 'D10115'],
    ['94110', 'CA 94110'],
    ['94110', 'US-94110-1234'],
    ['94110', 'my ZIP code is 94110'],
    ['94110', 'zip: nine four double one oh'],
    ['94110', 'ninety-four one ten'],
    ['00-950', 'PL 00-950'],
    ['1012 AB', 'NL 1012 AB'],
    ['K1A 0B1', 'KIA OB1'],
    ['E1 6AN', 'E-1 6AN'],
    ['D04 V2X6', 'DO4V2X6'],
    ['C1420ABC', 'c1420 abc'],
    ['VLT 1117', 'vlt1117'],
  ])('%s is %s', (one, other) => {
    expect(isSamePostcode(one, other)).toBe(true)
    expect(isSamePostcode(other, one)).toBe(true)
  })

  it.each([
    ['94110', '94117'],
    ['94110-1234', '94110-9999'],
    ['94110', '9411'],
    ['94110', '941101'],
    ['SW1A 1AA', 'SW1A'],
    ['SW1A 1AA', 'SW1A 1AB'],
    ['VLT 1117', 'MSD 1117'],
    ['N1 9GU', 'E1 9GU'],
    ['1012 AB', '1012 AC'],
    ['0112345', '12345'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('%s is not %s', (one, other) => expect(isSamePostcode(one, other)).toBe(false))
})

it('what is no postcode is asked for again and is no try', () => {
  expect(['10115 Berlin', 'double one', 'Mike one Alpha', 'Springfield 5', '9', 'none'].map(readPostcode)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  )
})

it('a PIN is its digits, however they are said', () => {
  expect(['2468', '2 4 6 8', '24-68', '2468.', '#2468', 'two four six eight', 'my PIN is 24 68'].map(readPin)).toEqual(
    Array.from({ length: 7 }, () => '2468'),
  )
  expect(['', '246', '123456789', 'unknown', 'n/a', '24a68'].map(readPin)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  )
})

it('what was not said and what was not understood are told apart', () => {
  expect(readProof({ dateOfBirth: '0090-01-01', postcode: ' ', pin: 'n/a' }, NOW)).toEqual({
    proof: {},
    unclear: ['dateOfBirth', 'pin'],
  })
})
