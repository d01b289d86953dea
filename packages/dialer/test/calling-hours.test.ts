import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { checkCallingHours, nextCallingTime } from '../src/calling-hours.ts'
import type { CallingHours } from '../src/policy.ts'
import { zonesOfCountries } from '../src/time-zones.ts'

type Hours = CallingHours

type Daily = { from: string; to: string; days?: { sat?: string; sun?: string; wed?: string } }

const DAY: Daily = { from: '08:00', to: '21:00' }
const US = zonesOfCountries(['US'])
const at = (text: string, zone = 'utc'): Date => DateTime.fromISO(text, { zone }).toJSDate()
const until = (hours: Hours, zones: readonly string[], when: Date) => checkCallingHours(hours, zones, when)?.until

describe('calling hours', () => {
  it('open at the first minute and close at the last, on the wall clock of the callee', () => {
    const zone = 'America/New_York'
    for (const [time, isOpen] of [
      ['07:59', false],
      ['08:00', true],
      ['20:59', true],
      ['21:00', false],
    ] as const)
      expect(checkCallingHours(DAY, [zone], at(`2026-06-10T${time}`, zone)) === undefined).toBe(isOpen)
  })

  it('say when they open again', () => {
    const zone = 'Europe/Berlin'
    expect(until(DAY, [zone], at('2026-06-10T05:00', zone))).toEqual(at('2026-06-10T08:00', zone))
    expect(until(DAY, [zone], at('2026-06-10T22:00', zone))).toEqual(at('2026-06-11T08:00', zone))
  })

  it('must be open in every zone of the country: from eight in Hawaii to nine in the evening in New York', () => {
    expect(US.length).toBeGreaterThan(20)
    // Eight in the evening in New York, two in the afternoon in Honolulu.
    expect(checkCallingHours(DAY, US, at('2026-01-15T20:00', 'America/New_York'))).toBeUndefined()
    expect(until(DAY, US, at('2026-01-15T09:00', 'America/New_York'))).toEqual(
      at('2026-01-15T08:00', 'Pacific/Honolulu'),
    )
    expect(until(DAY, US, at('2026-01-15T21:00', 'America/New_York'))).toEqual(
      at('2026-01-16T08:00', 'Pacific/Honolulu'),
    )
  })

  it('have no opening where no moment is inside in all zones, and say what to do about it', () => {
    const refused = checkCallingHours({ from: '09:00', to: '12:00' }, US, at('2026-01-15T12:00'))!
    expect(refused.until).toBeUndefined()
    expect(refused.sentence).toContain('Store a time zone for the contact')
  })

  it('refuse somebody whose clock nobody knows', () => {
    expect(checkCallingHours(DAY, [], at('2026-01-15T12:00'))?.sentence).toContain('Store a time zone')
    expect(checkCallingHours(DAY, ['Nowhere/Land'], at('2026-01-15T12:00'))).toMatchObject({ gate: 'calling_hours' })
  })

  it('know days that are shorter or closed', () => {
    const hours: Hours = { ...DAY, days: { sat: '10:00-17:00', sun: 'closed' } }
    const zone = 'Europe/London'
    expect(until(hours, [zone], at('2026-06-13T09:00', zone))).toEqual(at('2026-06-13T10:00', zone))
    expect(until(hours, [zone], at('2026-06-13T17:00', zone))).toEqual(at('2026-06-15T08:00', zone))
  })

  it('may be several a day, over midnight, and different each day', () => {
    const zone = 'Europe/London'
    const open = (hours: Hours, when: string) => checkCallingHours(hours, [zone], at(when, zone)) === undefined
    expect(open('09:00-12:00, 14:00-20:00', '2026-06-10T12:30')).toBe(false)
    expect(until('09:00-12:00, 14:00-20:00', [zone], at('2026-06-10T12:30', zone))).toEqual(
      at('2026-06-10T14:00', zone),
    )
    // Friday's hours last until two on Saturday.
    const night: Hours = { 'mon-thu': '09:00-20:00', fri: '18:00-02:00' }
    expect(open(night, '2026-06-13T01:59')).toBe(true)
    expect(open(night, '2026-06-13T02:00')).toBe(false)
    expect(open(night, '2026-06-13T18:00')).toBe(false)
    expect(open({ from: '18:00', to: '02:00', days: { 'sat-sun': 'closed' } }, '2026-06-12T01:00')).toBe(true)
    // Sunday is closed, so nothing is left of it on Monday.
    expect(open({ from: '18:00', to: '02:00', days: { 'sat-sun': 'closed' } }, '2026-06-15T01:00')).toBe(false)
  })

  it('never open when every day is closed', () => {
    const days = {
      mon: 'closed',
      tue: 'closed',
      wed: 'closed',
      thu: 'closed',
      fri: 'closed',
      sat: 'closed',
      sun: 'closed',
    }
    const refused = checkCallingHours({ ...DAY, days }, ['Europe/London'], at('2026-06-13T09:00'))!
    expect(refused.until).toBeUndefined()
  })

  it('open a moment after an opening that the change of the clocks leaves out', () => {
    // On 8 March 2026 clocks in New York go from 2 to 3 in the morning.
    const zone = 'America/New_York'
    const hours: Hours = { from: '02:30', to: '05:00' }
    expect(until(hours, [zone], at('2026-03-08T01:00', zone))).toEqual(at('2026-03-08T07:00'))
  })

  it('open at a change of the clocks that comes at midnight UTC', () => {
    // On 27 March 2026 clocks in Jerusalem go from 2 to 3 in the morning, which is midnight UTC.
    const zone = 'Asia/Jerusalem'
    const hours: Hours = { from: '02:00', to: '03:01' }
    expect(until(hours, [zone], at('2026-03-27T01:00', zone))).toEqual(at('2026-03-27T00:00'))
  })

  it('open twice where the clocks go back over an opening', () => {
    // On 1 November 2026 clocks in New York show the hour after 1 twice.
    const zone = 'America/New_York'
    const hours: Hours = { from: '01:30', to: '02:00' }
    expect(checkCallingHours(hours, [zone], at('2026-11-01T05:45'))).toBeUndefined()
    expect(until(hours, [zone], at('2026-11-01T06:10'))).toEqual(at('2026-11-01T06:30'))
  })

  it('agree with Luxon minute by minute, in all zones and around every change of the clocks', () => {
    const zones = Intl.supportedValuesOf('timeZone')
    const startOf2026 = Date.UTC(2026, 0, 1)
    const minute = (of: string): number => Number(of.slice(0, 2)) * 60 + Number(of.slice(3))
    const isInside = ({ from, to, days }: Daily, zone: string, ms: number): boolean => {
      const local = DateTime.fromMillis(ms, { zone })
      const name = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'][local.weekday - 1]!
      const text = (days as Record<string, string> | undefined)?.[name] ?? `${from}-${to}`
      const minutes = local.hour * 60 + local.minute
      return text !== 'closed' && minutes >= minute(text.slice(0, 5)) && minutes < minute(text.slice(6))
    }
    const changes = new Map<string, number[]>()
    /** Midnights before the clocks change, from 2026 on for a year and a half. */
    const changesOf = (zone: string): number[] => {
      const known = changes.get(zone)
      if (known) return known
      const midnights = Array.from({ length: 550 }, (_, days) => startOf2026 + days * 86_400_000)
      const offsets = midnights.map((ms) => DateTime.fromMillis(ms, { zone }).offset)
      const found = midnights.filter((_, days) => days > 0 && offsets[days] !== offsets[days + 1] && days < 549)
      changes.set(zone, found)
      return found
    }
    const nearChange = (zone: string, ms: number): number => changesOf(zone).find((change) => change >= ms) ?? ms
    const clockTime = fc
      .integer({ min: 0, max: 23 * 60 })
      .map((of) => DateTime.fromMillis(of * 60_000, { zone: 'utc' }).toFormat('HH:mm'))
    const window = fc
      .tuple(clockTime, clockTime)
      .filter(([from, to]) => from !== to)
      .map(([one, other]) => (one < other ? { from: one, to: other } : { from: other, to: one }))
    const days = fc.record(
      { sat: fc.constant('closed'), sun: fc.constant('00:00-24:00'), wed: fc.constant('11:15-11:45') },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 500 * 24 * 60 }),
        fc.boolean(),
        window,
        days,
        (zone, offset, edge, hours, special) => {
          const policy: Daily = { ...hours, days: special }
          const random = startOf2026 + offset * 60_000
          const ms = edge ? nearChange(zone, random) + (offset % 2_880) * 60_000 : random
          const inside = isInside(policy, zone, ms)
          expect(checkCallingHours(policy, [zone], new Date(ms)) === undefined).toBe(inside)
          if (inside) return
          const opens = nextCallingTime(policy, [zone], new Date(ms))!.getTime()
          expect(opens).toBeGreaterThan(ms)
          expect(isInside(policy, zone, opens)).toBe(true)
          // Nothing was open before, looked at every quarter of an hour and in the last minutes.
          for (let before = ms; before < opens; before += 15 * 60_000)
            expect(isInside(policy, zone, before)).toBe(false)
          for (const minutes of [1, 2, 7]) {
            const before = opens - minutes * 60_000
            if (before >= ms) expect(isInside(policy, zone, before)).toBe(false)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  }, 60_000)
})
