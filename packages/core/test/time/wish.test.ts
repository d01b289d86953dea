import { describe, expect, it } from 'vitest'
import {
  isPast,
  pastSentence,
  readWish,
  sayNotJustThen,
  spokenNow,
  spokenTime,
  spokenTimeFor,
  unmetByDate,
  unmetByHours,
  wishedZone,
  weekOf,
  zoneName,
} from '../../src/index.ts'

const ZONE = 'America/New_York'
/** A Thursday at noon there. */
const NOW = new Date('2026-03-05T17:00:00Z')

describe('a date on the telephone', () => {
  it('that does not exist is named as such', () => {
    for (const [text, said] of [
      ['2026-02-31', 'There is no such date: February 31, 2026.'],
      ['2026-02-29', 'There is no such date: February 29, 2026.'],
      ['2026-13-01', 'There is no such date: 2026-13-01.'],
      ['2026-04-31T10:00', 'There is no such date: April 31, 2026.'],
      ['2026-03-09T25:00', 'There is no such time: 25:00 does not exist on March 9, 2026.'],
      ['2026-03-09T24:00', 'There is no such time: 24:00 does not exist on March 9, 2026.'],
      // The clocks go from 2 to 3 in the morning.
      ['2026-03-08T02:30', 'There is no such time: 02:30 does not exist on March 8, 2026.'],
    ] as const)
      expect(() => readWish(text, ZONE)).toThrow(said)
  })

  it('is past when its day, or its time, is over on the clock of the business', () => {
    const past = (text: string, zone = ZONE) => isPast(readWish(text, zone), NOW)
    expect(['2025-12-10', '2026-03-04', '2026-03-05T11:59'].map((text) => past(text))).toEqual([true, true, true])
    expect(['2026-03-05', '2026-03-05T00:00', '2026-03-05T12:00', '2026-03-06'].some((text) => past(text))).toBe(false)
    // It is tomorrow in Auckland already.
    expect(past('2026-03-05', 'Pacific/Auckland')).toBe(true)
    expect(pastSentence(readWish('2025-12-10', ZONE), NOW)).toBe(
      'Wednesday, December 10, 2025 has passed. It is Thursday, March 5, 2026 at 12 PM now.',
    )
  })

  it('at a time that is not free is said not to be, when another one is offered', () => {
    const wish = readWish('2026-03-09T14:00', ZONE)
    const later = new Date('2026-03-09T19:00:00Z')
    expect(sayNotJustThen(wish, [later])).toEqual({
      say: 'Monday, March 9, 2026 at 2 PM itself is not free. If they asked for just that time, say so; then offer these.',
    })
    expect(sayNotJustThen(wish, [wish.at, later])).toEqual({})
    expect(sayNotJustThen(readWish('2026-03-09', ZONE), [later])).toEqual({})
    expect(sayNotJustThen(undefined, [later])).toEqual({})
  })

  it('is too far ahead when nobody plans so far', () => {
    expect(unmetByDate(readWish('2027-03-01', ZONE), NOW)).toBeUndefined()
    expect(unmetByDate(readWish('2028-03-01', ZONE), NOW)).toEqual({
      status: 'too_far_ahead',
      why: 'Wednesday, March 1, 2028 is too far ahead: nothing is planned after Saturday, March 6, 2027.',
    })
  })

  it('is on a closed day, or outside the hours', () => {
    const opening = { week: weekOf({ 'mon-fri': '09:00-12:00, 13:00-17:00', sat: '18:00-02:00' }) }
    const unmet = (text: string) => unmetByHours(readWish(text, ZONE), opening, ZONE)
    expect(unmet('2026-03-15')).toEqual({
      status: 'closed_day',
      why: 'Sunday, March 15, 2026 is a day on which nothing is open.',
    })
    expect(unmet('2026-03-09T12:30')).toEqual({
      status: 'outside_hours',
      why: 'Monday, March 9, 2026 at 12:30 PM is outside the opening hours, which are 9 AM to 12 PM and 1 PM to 5 PM that day.',
    })
    // Saturday's hours last until two on Sunday.
    expect(unmet('2026-03-15T01:30')).toBeUndefined()
    expect(unmet('2026-03-15T02:00')).toMatchObject({ status: 'closed_day' })
  })
})

describe('a time in another zone', () => {
  it('is read there and said with the zone', () => {
    const wish = readWish('2026-03-09T14:00', ZONE, 'America/Los_Angeles')
    expect(wish.at).toEqual(new Date('2026-03-09T21:00:00Z'))
    expect(wish.said).toBe('Monday, March 9, 2026 at 2 PM Pacific Time')
    expect(readWish('2026-03-09T14:00', ZONE, 'America/Detroit').said).toBe('Monday, March 9, 2026 at 2 PM')
    // A day is a day of the business.
    expect(readWish('2026-03-09', ZONE, 'Asia/Tokyo').at).toEqual(new Date('2026-03-09T04:00:00Z'))
  })

  it('is asked for again when there is no such zone', () => {
    expect(wishedZone('Europe/Berlin', ZONE)).toBe('Europe/Berlin')
    expect(wishedZone(undefined, ZONE)).toBe(ZONE)
    expect(wishedZone('', ZONE)).toBe(ZONE)
    // In summer too, which the zone of that name has not.
    expect(['EST', 'ET', 'Eastern Time', 'PST', 'cdt'].map((said) => wishedZone(said, ZONE))).toEqual([
      ZONE,
      ZONE,
      ZONE,
      'America/Los_Angeles',
      'America/Chicago',
    ])
    for (const said of ['Pacific', 'Berlin', '+25:00', 'x'.repeat(64)])
      expect(() => wishedZone(said, ZONE)).toThrow("Ask which city's time is meant.")
  })

  it('is said in both, and with the day where that differs', () => {
    const at = new Date('2026-03-10T01:30:00Z')
    expect(spokenTimeFor(at, ZONE, 'America/Los_Angeles', NOW)).toBe(
      'Monday, March 9 at 9:30 PM Eastern Time, which is 6:30 PM Pacific Time',
    )
    expect(spokenTimeFor(at, ZONE, 'Europe/Berlin', NOW)).toBe(
      'Monday, March 9 at 9:30 PM Eastern Time, which is Tuesday, March 10 at 2:30 AM Central European Time',
    )
    expect(spokenTimeFor(at, ZONE, 'America/Detroit', NOW)).toBe('Monday, March 9 at 9:30 PM')
    expect(spokenTimeFor(at, ZONE, undefined, NOW)).toBe('Monday, March 9 at 9:30 PM')
  })
})

it('a spoken date has its year where it is not this one', () => {
  expect(spokenTime(new Date('2027-01-04T14:00:00Z'), ZONE, NOW)).toBe('Monday, January 4, 2027 at 9 AM')
  expect(spokenTime(new Date('2026-12-31T14:00:00Z'), ZONE, NOW)).toBe('Thursday, December 31 at 9 AM')
  // It is still this year in New York.
  expect(spokenTime(new Date('2027-01-01T03:00:00Z'), ZONE, NOW)).toBe('Thursday, December 31 at 10 PM')
})

it('a prompt names weekday, date, year, time and time zone', () => {
  expect(spokenNow(NOW, ZONE)).toBe('Thursday, March 5, 2026 at 12 PM Eastern Time')
  expect(zoneName('UTC', NOW)).toBe('UTC')
})
