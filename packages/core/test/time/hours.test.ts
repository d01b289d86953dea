import * as fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import {
  businessSchema,
  clockTimesOf,
  closingTime,
  issueSentences,
  isOpen,
  isOpenAt,
  nextClosingAt,
  nextOpening,
  monthNamed,
  nextOpeningAt,
  rangeBetween,
  readDayHours,
  spokenRanges,
  weekOf,
  weekOfDays,
  type WeeklyHours,
} from '../../src/index.ts'

const ZONE = 'America/New_York'
const at = (text: string, zone = ZONE): Date => DateTime.fromISO(text, { zone }).toJSDate()
const problems = (hours: unknown): string[] =>
  issueSentences(businessSchema.safeParse({ name: 'Bar', timeZone: ZONE, hours }).error)
const openAt = (hours: WeeklyHours, ...moments: string[]): boolean[] =>
  moments.map((moment) => isOpen({ timeZone: ZONE, hours }, at(moment)))

describe('two times on the clock', () => {
  it.each([
    ['09:00', '17:30', [540, 1_050]],
    ['18:00', '02:00', [1_080, 1_560]],
    ['00:00', '24:00', [0, 1_440]],
    ['08:00', '08:00', [480, 1_920]],
  ] as const)('%s to %s is a range, and can be told from it again', (opens, closes, range) => {
    expect(rangeBetween(opens, closes)).toEqual(range)
    expect(clockTimesOf(range)).toEqual([opens, closes])
  })
})

it.each([
  ['March', 3],
  ['sept', 9],
  ['DEC', 12],
  ['maybe', 5],
  ['3', undefined],
  ['winter', undefined],
])('%s is the month %s', (word, month) => expect(monthNamed(word)).toBe(month))

describe('hours as they are written', () => {
  it.each([
    ['09:00-17:30', [[540, 1_050]]],
    [
      '09:00-12:00, 13:00-17:00',
      [
        [540, 720],
        [780, 1_020],
      ],
    ],
    [
      ' 13:00 - 17:00,09:00-12:00 ',
      [
        [540, 720],
        [780, 1_020],
      ],
    ],
    ['18:00-02:00', [[1_080, 1_560]]],
    ['18:00-24:00', [[1_080, 1_440]]],
    ['18:00-00:00', [[1_080, 1_440]]],
    ['00:00-24:00', [[0, 1_440]]],
    ['closed', []],
    ['Closed', []],
    ['9:00–17:30', [[540, 1_050]]],
    ['09:00 — 17:30', [[540, 1_050]]],
    ['09:00−17:30', [[540, 1_050]]],
    [
      ['09:00-12:00', '13:00-17:00'],
      [
        [540, 720],
        [780, 1_020],
      ],
    ],
  ])('%j are understood', (text, ranges) => expect(readDayHours(text)).toEqual(ranges))

  it.each([
    [{ mon: '9-5' }, 'hours.mon: write "closed" or the hours of one day, like "10:00-17:00"'],
    [{ mon: '09:00-25:00' }, 'hours.mon: write "closed"'],
    [{ mon: '24:00-02:00' }, 'hours.mon: write "closed"'],
    [{ mon: '09:00-24:30' }, 'hours.mon: write "closed"'],
    [{ mon: '' }, 'hours.mon: write "closed"'],
    [{ mon: [] }, 'hours.mon: write "closed"'],
    [{ mon: 9 }, 'hours.mon: write "closed"'],
    [{ mon: '09:00-12:00,' }, 'hours.mon: write "closed"'],
    [{ mon: 'closed, 09:00-12:00' }, 'hours.mon: write "closed"'],
    [{ tue: '09:00-09:00' }, 'hours.tue: "09:00-09:00" ends as it begins; the whole day is "00:00-24:00"'],
    [{ 'mon-fri': '09:00-13:00, 12:00-17:00' }, 'hours.mon-fri: these hours overlap'],
    [{ fri: '18:00-04:00, 22:00-23:00' }, 'hours.fri: these hours overlap'],
    [{ monday: '09:00-17:00' }, 'hours: "monday" is no day: write one of sun, mon'],
    [{ 'mon-': '09:00-17:00' }, 'hours: "mon-" is no day'],
    [{ 'mon-wed-fri': '09:00-17:00' }, 'hours: "mon-wed-fri" is no day'],
    [{ 'mon-fri': '09:00-17:00', 'fri-sun': 'closed' }, 'hours.fri-sun: fri is in "mon-fri" already'],
  ])('%j are refused by name', (hours, problem) => {
    expect(problems(hours)).toHaveLength(1)
    expect(problems(hours)[0]).toContain(problem)
  })

  it('may name days together, and a day by itself wins', () => {
    const hours = { wed: 'closed', 'mon-fri': '09:00-17:00', 'sat-sun': '10:00-12:00' } as const
    expect(problems(hours)).toEqual([])
    expect(weekOf(hours).map((ranges) => spokenRanges(ranges))).toEqual([
      '10 AM to 12 PM',
      '9 AM to 5 PM',
      '9 AM to 5 PM',
      'closed',
      '9 AM to 5 PM',
      '9 AM to 5 PM',
      '10 AM to 12 PM',
    ])
    expect(weekOf({ 'fri-mon': '20:00-02:00' }).map((ranges) => ranges.length)).toEqual([1, 1, 0, 0, 0, 1, 1])
  })

  it('may be the same every day with exceptions', () => {
    const week = weekOfDays('08:00-21:00', { 'sat-sun': 'closed', fri: '08:00-12:00' })
    expect(week.map(([range]) => range?.[1])).toEqual([undefined, 1_260, 1_260, 1_260, 1_260, 720, undefined])
  })

  it('are said as people say them', () => {
    const said = (text: string) => spokenRanges(readDayHours(text) as [number, number][])
    expect(said('09:00-12:30, 13:00-17:00')).toBe('9 AM to 12:30 PM and 1 PM to 5 PM')
    expect(said('18:00-02:00')).toBe('6 PM to 2 AM the next day')
    expect(said('00:00-24:00')).toBe('all day')
    expect(said('18:00-24:00')).toBe('6 PM to midnight')
  })
})

describe('a bar that is open over midnight', () => {
  // Saturday night goes on until Sunday, two o'clock; on Sunday itself it does not open.
  const bar = { fri: '18:00-02:00', sat: '18:00-02:00' }

  it('belongs to the evening it opened on', () => {
    expect(openAt(bar, '2026-03-06T17:59', '2026-03-06T18:00', '2026-03-07T01:59', '2026-03-07T02:00')).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(openAt(bar, '2026-03-08T01:59', '2026-03-08T18:00', '2026-03-09T01:00', '2026-03-06T01:00')).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  it('says until when it is open, and when it opens', () => {
    expect(closingTime({ timeZone: ZONE, hours: bar }, at('2026-03-06T20:00'))).toBe('2 AM')
    expect(closingTime({ timeZone: ZONE, hours: bar }, at('2026-03-07T01:00'))).toBe('2 AM')
    expect(closingTime({ timeZone: ZONE, hours: bar }, at('2026-03-07T03:00'))).toBeUndefined()
    expect(nextOpening({ timeZone: ZONE, hours: bar }, at('2026-03-07T03:00'))).toBe('today at 6 PM')
    expect(nextOpening({ timeZone: ZONE, hours: bar }, at('2026-03-08T03:00'))).toBe('on Friday at 6 PM')
  })

  it('and every night is open between two nights as well', () => {
    const always = { 'sun-sat': '00:00-24:00' } as const
    expect(closingTime({ timeZone: ZONE, hours: always }, at('2026-03-06T20:00'))).toBeUndefined()
    expect(nextOpening({ timeZone: ZONE, hours: always }, at('2026-03-06T20:00'))).toBeUndefined()
    const long = { fri: '08:00-24:00', sat: '00:00-24:00', sun: '00:00-18:00' }
    expect(closingTime({ timeZone: ZONE, hours: long }, at('2026-03-06T10:00'))).toBe('Sunday at 6 PM')
    expect(nextOpening({ timeZone: ZONE, hours: long }, at('2026-03-06T10:00'))).toBe('on Friday at 8 AM')
  })
})

describe('a lunch break', () => {
  const office = { 'mon-fri': '09:00-12:00, 13:00-17:00' } as const

  it('is a time at which nobody is there, and the afternoon is when they are back', () => {
    expect(openAt(office, '2026-03-05T11:59', '2026-03-05T12:00', '2026-03-05T13:00')).toEqual([true, false, true])
    expect(nextOpening({ timeZone: ZONE, hours: office }, at('2026-03-05T12:30'))).toBe('today at 1 PM')
    expect(closingTime({ timeZone: ZONE, hours: office }, at('2026-03-05T09:30'))).toBe('12 PM')
    expect(nextOpening({ timeZone: ZONE, hours: office }, at('2026-03-06T17:00'))).toBe('on Monday at 9 AM')
  })
})

describe('when the clocks change', () => {
  // 8 March 2026: 2 AM becomes 3 AM. 1 November 2026: 2 AM becomes 1 AM.
  it('hours over the missing hour are open on both sides of it', () => {
    const night = { sat: '18:00-04:00' }
    expect(openAt(night, '2026-03-08T01:59', '2026-03-08T03:00', '2026-03-08T03:59', '2026-03-08T04:00')).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect(nextClosingAt({ week: weekOf(night) }, ZONE, at('2026-03-08T01:00'))).toEqual(at('2026-03-08T04:00'))
  })

  it('hours that begin in the missing hour begin after it, and those that end in it end with it', () => {
    const opening = { week: weekOf({ sun: '02:30-05:00' }) }
    expect(nextOpeningAt(opening, [ZONE], at('2026-03-08T01:00'))).toEqual(at('2026-03-08T03:00'))
    const closing = { week: weekOf({ sun: '00:00-02:30' }) }
    expect(nextClosingAt(closing, ZONE, at('2026-03-08T01:00'))).toEqual(at('2026-03-08T03:00'))
  })

  it('hours within the hour that comes twice are open twice', () => {
    const opening = { week: weekOf({ sun: '01:15-01:45' }) }
    const first = new Date('2026-11-01T05:15:00Z')
    expect(nextOpeningAt(opening, [ZONE], at('2026-11-01T00:00'))).toEqual(first)
    expect(nextOpeningAt(opening, [ZONE], first)).toEqual(new Date('2026-11-01T06:15:00Z'))
  })
})

it('days of leave close what begins on them, until after midnight', () => {
  const opening = { week: weekOf({ 'sun-sat': '18:00-02:00' }), closedOn: (day: string) => day === '2026-03-05' }
  expect(isOpenAt(opening, ZONE, at('2026-03-05T01:00'))).toBe(true)
  expect(isOpenAt(opening, ZONE, at('2026-03-05T20:00'))).toBe(false)
  expect(isOpenAt(opening, ZONE, at('2026-03-06T01:00'))).toBe(false)
  expect(nextOpeningAt(opening, [ZONE], at('2026-03-05T12:00'))).toEqual(at('2026-03-06T18:00'))
})

it('a next opening in another year is said with the year', () => {
  const opening = { mon: '09:00-17:00' }
  expect(nextOpening({ timeZone: ZONE, hours: opening }, at('2026-12-28T18:00'))).toBe('on Monday at 9 AM')
})

describe('whatever the hours, in every zone and around every change of the clocks', () => {
  const zones = [
    ZONE,
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'America/Santiago',
    'Asia/Kathmandu',
    'UTC',
  ]
  const clock = (minutes: number): string => DateTime.fromMillis(minutes * 60_000, { zone: 'utc' }).toFormat('HH:mm')
  const range = fc
    .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 0, max: 95 }))
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => `${clock(from * 15)}-${clock(to * 15)}`)
  const day = fc.oneof(
    { weight: 3, arbitrary: range },
    fc.constantFrom('closed', '00:00-24:00', '09:00-12:00, 13:00-17:00', '08:00-10:00, 22:00-03:00'),
  )
  const weekly = fc.record(
    { sun: day, mon: day, tue: day, wed: day, thu: day, fri: day, sat: day },
    { requiredKeys: [] },
  )
  const quarters = fc.oneof(
    fc.integer({ min: 0, max: 365 * 96 }),
    // Around the changes of spring and autumn.
    fc.integer({ min: 60 * 96, max: 110 * 96 }),
    fc.integer({ min: 270 * 96, max: 310 * 96 }),
  )
  const moment = quarters.map((quarter) => Date.UTC(2026, 0, 1) + quarter * 900_000)

  /** The rule in words: the wall clock is within a range of this day, or of one that began the day before. */
  const expected = (hours: WeeklyHours, zone: string, ms: number): boolean => {
    const local = DateTime.fromMillis(ms, { zone })
    const minutes = local.hour * 60 + local.minute
    const week = weekOf(hours)
    const [today, yesterday] = [local.weekday % 7, (local.weekday + 6) % 7]
    return (
      week[today]!.some(([opens, closes]) => minutes >= opens && minutes < closes) ||
      week[yesterday]!.some(([, closes]) => minutes + 1_440 < closes)
    )
  }

  it('they are open when the clock on the wall says so, and open and close next when they do', () => {
    fc.assert(
      fc.property(weekly, fc.constantFrom(...zones), moment, (hours, zone, ms) => {
        const opening = { week: weekOf(hours) }
        const isOpenNow = isOpenAt(opening, zone, ms)
        expect(isOpenNow).toBe(expected(hours, zone, ms))
        const next = isOpenNow
          ? nextClosingAt(opening, zone, new Date(ms))
          : nextOpeningAt(opening, [zone], new Date(ms))
        const end = next?.getTime() ?? ms + 8 * 86_400_000
        for (let before = ms; before < end; before += 900_000)
          if (expected(hours, zone, before) !== isOpenNow)
            throw new Error(`changed at ${new Date(before).toISOString()}`)
        if (next) expect(expected(hours, zone, end)).toBe(!isOpenNow)
      }),
      { numRuns: 500 },
    )
  }, 30_000)

  it('they are said without a hole', () => {
    fc.assert(
      fc.property(weekly, fc.constantFrom(...zones), moment, (hours, zone, ms) => {
        const now = new Date(ms)
        const words = [nextOpening({ timeZone: zone, hours }, now), closingTime({ timeZone: zone, hours }, now)]
        for (const ranges of weekOf(hours)) words.push(spokenRanges(ranges))
        for (const said of words) if (said !== undefined) expect(said).not.toMatch(/undefined|NaN|Invalid/)
      }),
      { numRuns: 200 },
    )
  }, 30_000)
})
