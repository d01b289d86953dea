import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  businessSchema,
  closedDays,
  closingTime,
  isOpen,
  isRouteOpen,
  localDate,
  nextOpening,
  nextOpeningAt,
  nextRouteOpening,
  officeNow,
  openingOf,
  rangesAt,
  type Business,
  type Closure,
  type WeeklyHours,
} from '../../src/index.ts'
import { e164 } from '../../src/telephone/e164.ts'

const christmas: Closure = { from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' }
const bistro: Business = {
  name: 'Pier Bistro',
  timeZone: 'America/New_York',
  hours: { 'mon-fri': '09:00-17:00', sat: '18:00-02:00' },
  closures: [christmas, { from: '2027-01-01' }],
}
/** That time in New York, in winter. */
const at = (local: string): Date => new Date(`${local}:00-05:00`)

describe('a closed day', () => {
  it('is closed in its hours, and is told with its reason and the next opening', () => {
    expect(officeNow(bistro, at('2026-12-24T10:00'))).toBe(
      'The office is closed today for Christmas and opens on Monday at 9 AM.',
    )
    expect(officeNow(bistro, at('2027-01-01T10:00'))).toBe('The office is closed today and opens tomorrow at 6 PM.')
    expect(officeNow(bistro, at('2026-12-23T10:00'))).toBe('The office is open until 5 PM.')
    expect(officeNow(bistro, at('2026-12-23T20:00'))).toBe('The office is closed and opens on Monday at 9 AM.')
  })

  it('lets the hours of the evening before go on over midnight', () => {
    const night: Business = { ...bistro, hours: { 'sun-sat': '18:00-02:00' } }
    expect(isOpen(night, at('2026-12-24T01:00'))).toBe(true)
    expect(isOpen(night, at('2026-12-24T19:00'))).toBe(false)
    // Hours past midnight belong to the day they begin on, which was closed.
    expect(isOpen(night, at('2026-12-27T01:00'))).toBe(false)
    expect(closingTime(night, at('2026-12-23T23:00'))).toBe('2 AM')
  })

  it('counts where no hours are known', () => {
    const { hours: _, ...unknown } = bistro
    expect(officeNow(unknown, at('2026-12-25T10:00'))).toBe('The office is closed today for Christmas.')
    expect(officeNow(unknown, at('2026-12-23T10:00'))).toBe('')
  })

  it('is looked past, however long it lasts', () => {
    const closures = [{ from: '2026-07-01', to: '2027-03-31', reason: 'for renovation.' }]
    expect(officeNow({ ...bistro, closures }, at('2026-12-24T10:00'))).toBe(
      'The office is closed today for renovation and opens on Thursday, April 1, 2027 at 9 AM.',
    )
    const forever = [{ from: '2026-07-01', to: '2036-07-01' }]
    expect(nextOpening({ ...bistro, closures: forever }, at('2026-12-24T10:00'))).toBeUndefined()
  })
})

describe('of the next two weeks', () => {
  it.each([
    ['2026-12-09T10:00', ''],
    ['2026-12-10T10:00', 'Closed from Thursday, December 24 to Saturday, December 26 for Christmas.'],
    [
      '2026-12-23T10:00',
      'Closed from tomorrow, December 24 to Saturday, December 26 for Christmas. Closed Friday, January 1, 2027.',
    ],
    ['2026-12-26T10:00', 'Closed today, December 26 for Christmas. Closed Friday, January 1.'],
    ['2027-01-02T10:00', ''],
  ])('at %s', (now, said) => {
    expect(closedDays(bistro, at(now))).toBe(said)
  })
})

describe('a route', () => {
  const desk = { number: e164('+14155550112'), label: 'the desk' }
  const now = at('2026-12-25T10:00')

  it('is closed with its business, with hours of its own and without', () => {
    expect(isRouteOpen(desk, bistro, now)).toBe(false)
    expect(nextRouteOpening(desk, bistro, now)).toBe('on Sunday at 12 AM')
    const hours: WeeklyHours = { 'sun-sat': '08:00-20:00' }
    expect(isRouteOpen({ ...desk, hours }, bistro, now)).toBe(false)
    expect(nextRouteOpening({ ...desk, hours }, bistro, now)).toBe('on Sunday at 8 AM')
    expect(isRouteOpen(desk, bistro, at('2026-12-20T03:00')), 'else it is rung at any hour').toBe(true)
  })

  it('stays open as an emergency line, or to record a message', () => {
    expect(isRouteOpen({ ...desk, openOnClosures: true }, bistro, now)).toBe(true)
    expect(isRouteOpen({ voicemail: true, label: 'our voicemail' }, bistro, now)).toBe(true)
  })
})

const pad = (part: number): string => String(part).padStart(2, '0')
const clock = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 15, 30, 59) })
const range = fc
  .tuple(clock, clock)
  .filter(([from, to]) => from.hour !== to.hour)
  .map((ends) => ends.map(({ hour, minute }) => `${pad(hour)}:${pad(minute)}`).join('-'))
const hours = fc.dictionary(fc.constantFrom('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'), range, { minKeys: 1 })
const zone = fc.constantFrom('America/New_York', 'Europe/Madrid', 'Asia/Kolkata', 'Pacific/Auckland', 'America/Havana')
const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }).map((ms) => new Date(ms))
const closure = fc.tuple(moment, fc.integer({ min: 0, max: 20 })).map(([from, days]) => ({
  from: from.toISOString().slice(0, 10),
  to: new Date(from.getTime() + days * 86_400_000).toISOString().slice(0, 10),
}))

it('for any hours, closures, zone and moment: nothing begins on a closed day, and the rest stays as it is', () => {
  fc.assert(
    fc.property(hours, fc.array(closure, { maxLength: 6 }), zone, moment, (week, closures, timeZone, now) => {
      const open: Business = { name: 'x', timeZone, hours: week }
      const business: Business = { ...open, closures }
      const isClosed = (day: string) => closures.some(({ from, to }) => from <= day && day <= to)
      const today = localDate(now, timeZone)
      const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10)

      if (!isClosed(today) && !isClosed(yesterday)) expect(isOpen(business, now)).toBe(isOpen(open, now))
      if (isClosed(today) && isClosed(yesterday)) expect(isOpen(business, now)).toBe(false)
      if (isClosed(today)) expect(rangesAt(openingOf(business), timeZone, now)).toEqual([])
      if (isOpen(business, now)) expect(isOpen(open, now)).toBe(true)

      const next = nextOpeningAt(openingOf(business), [timeZone], now)
      if (!next) return
      expect(isOpen(business, next)).toBe(true)
      if (!isOpen(business, now))
        for (let step = 1; step < 20; step++) {
          const between = new Date(now.getTime() + ((next.getTime() - 60_000 - now.getTime()) * step) / 20)
          if (between > now) expect(isOpen(business, between)).toBe(false)
        }
    }),
    { numRuns: 500 },
  )
})

it.each([
  ['closures.0.from', [{ from: '2026-02-30' }]],
  ['closures.0.to', [{ from: '2026-12-24', to: '2026-12-23' }]],
  ['closures.1.reason', [{ from: '2026-12-24' }, { from: '2026-12-24', reason: ' ' }]],
  ['closures', Array.from({ length: 101 }, () => ({ from: '2026-12-24' }))],
])('a wrong %s is refused', (path, closures) => {
  const { error } = businessSchema.safeParse({ ...bistro, closures })
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
})
