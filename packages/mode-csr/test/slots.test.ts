import { isOpen, localDate, readWish, spokenTime, type WeeklyHours } from '@llc-phone/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Agenda, Service } from '../src/index.ts'
import { cellsOf } from '../src/db/cells.ts'
import { findSlots, type PartOfDay } from '../src/slots.ts'

const DAY_MS = 86_400_000
const timeZone = 'America/New_York'
const service: Service = { id: 's', name: 'visit', durationMinutes: 60, bufferMinutes: 0 }
const free: Agenda = { hours: [], closures: [], occupied: [new Set()] }
const everyDay = (range: string): WeeklyHours =>
  Object.fromEntries(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => [day, range]))

const slotsFrom = (
  from: string,
  changes: {
    agenda?: Partial<Agenda>
    hours?: WeeklyHours
    service?: Partial<Service>
    partOfDay?: PartOfDay
    days?: number
    zone?: string
  } = {},
) => {
  const start = new Date(from)
  return findSlots(
    { service: { ...service, ...changes.service }, from: start, partOfDay: changes.partOfDay },
    {
      business: { timeZone: changes.zone ?? timeZone, hours: changes.hours ?? everyDay('09:00-17:00') },
      agenda: { ...free, ...changes.agenda },
      until: new Date(start.getTime() + (changes.days ?? 30) * DAY_MS),
    },
  )
}

const said = (slots: readonly Date[], zone = timeZone) => slots.map((at) => spokenTime(at, zone))

describe('open slots', () => {
  it('are the soonest, a few a day, far enough apart to be a choice', async () => {
    expect(said(await slotsFrom('2026-03-05T20:10:00Z'))).toEqual([
      'Thursday, March 5 at 3:15 PM',
      'Friday, March 6 at 9 AM',
      'Friday, March 6 at 10 AM',
      'Saturday, March 7 at 9 AM',
    ])
  })

  it('keep to the part of the day, to closures and to breaks', async () => {
    expect(said(await slotsFrom('2026-03-05T12:00:00Z', { partOfDay: 'afternoon', days: 1 }))).toEqual([
      'Thursday, March 5 at 12 PM',
      'Thursday, March 5 at 1 PM',
    ])
    expect(await slotsFrom('2026-03-05T12:00:00Z', { partOfDay: 'evening' })).toEqual([])
    expect(
      said(
        await slotsFrom('2026-03-05T12:00:00Z', { agenda: { closures: [{ from: '2026-03-05', to: '2026-03-08' }] } }),
      )[0],
    ).toBe('Monday, March 9 at 9 AM')
    const hours = [
      { weekday: 4, opens: '11:30', closes: '12:30' },
      { weekday: 4, opens: '14:00', closes: '15:00' },
    ]
    expect(said(await slotsFrom('2026-03-05T12:00:00Z', { agenda: { hours }, days: 2 }))).toEqual([
      'Thursday, March 5 at 11:30 AM',
      'Thursday, March 5 at 2 PM',
    ])
  })

  it('need one chair that is free, buffer included', async () => {
    const first = new Set(cellsOf(new Date('2026-03-05T15:00:00Z'), { durationMinutes: 360, bufferMinutes: 0 }))
    const from = '2026-03-05T14:00:00Z'
    const once = { hours: everyDay('09:00-17:00'), days: 0.2 }
    expect(said(await slotsFrom(from, { ...once, agenda: { occupied: [first] } }))).toEqual([
      'Thursday, March 5 at 9 AM',
    ])
    expect(await slotsFrom(from, { ...once, agenda: { occupied: [first] }, service: { bufferMinutes: 5 } })).toEqual([])
    expect(await slotsFrom(from, { ...once, agenda: { occupied: [first, new Set()] } })).toHaveLength(2)
    expect(await slotsFrom(from, { ...once, agenda: { occupied: [] } })).toEqual([])
  })

  it('leave out the hour that the clock skips, and name no hour twice when it is set back', async () => {
    const night = { hours: everyDay('01:00-04:00'), days: 0.3, service: { durationMinutes: 30 } }
    // 2 AM becomes 3 AM on March 8, and 2 AM becomes 1 AM on November 1.
    expect(said(await slotsFrom('2026-03-08T05:00:00Z', night))).toEqual([
      'Sunday, March 8 at 1 AM',
      'Sunday, March 8 at 3 AM',
    ])
    const names = said(await slotsFrom('2026-11-01T04:00:00Z', night))
    expect(new Set(names).size).toBe(names.length)
  })

  it('begin at one where the clock jumps at midnight', async () => {
    const night = { hours: everyDay('00:00-03:00'), days: 0.9, zone: 'Africa/Cairo' }
    expect(said(await slotsFrom('2026-04-23T22:00:00Z', night), night.zone)).toEqual([
      'Friday, April 24 at 1 AM',
      'Friday, April 24 at 2 AM',
    ])
  })

  it('on a wall clock stay the same in winter and summer, and differ in UTC', async () => {
    const [winter, summer] = await Promise.all(
      ['2026-03-07T05:00:00Z', '2026-03-09T05:00:00Z'].map(async (from) => (await slotsFrom(from))[0]!),
    )
    expect(winter!.toISOString()).toBe('2026-03-07T14:00:00.000Z')
    expect(summer!.toISOString()).toBe('2026-03-09T13:00:00.000Z')
  })

  it('are always within hours, free, in the future and in order, wherever and whenever', async () => {
    const zones = [
      'America/New_York',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Cairo',
      'America/Santiago',
    ]
    const clock = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
    const range = fc
      .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }))
      .filter(([opens, length]) => opens + length <= 96)
      .map(([opens, length]) => `${clock(opens * 15)}-${clock((opens + length) * 15)}`)
    const weekly = fc.record(
      { sun: range, mon: range, tue: range, wed: range, thu: range, fri: range, sat: range },
      { requiredKeys: [] },
    )
    const booked = fc.array(
      fc.record({
        dayAhead: fc.integer({ min: 0, max: 10 }),
        quarter: fc.integer({ min: 0, max: 95 }),
        durationMinutes: fc.integer({ min: 5, max: 300 }),
      }),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zones),
        weekly,
        fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }),
        fc.integer({ min: 5, max: 240 }),
        fc.integer({ min: 0, max: 60 }),
        booked,
        async (zone, hours, from, durationMinutes, bufferMinutes, others) => {
          const taken = new Set(
            others.flatMap(({ dayAhead, quarter, ...other }) =>
              cellsOf(new Date(from.getTime() + dayAhead * DAY_MS + quarter * 900_000), { ...other, bufferMinutes: 0 }),
            ),
          )
          const wanted = { ...service, durationMinutes, bufferMinutes }
          const until = new Date(from.getTime() + 12 * DAY_MS)
          const slots = await findSlots(
            { service: wanted, from },
            { business: { timeZone: zone, hours }, agenda: { ...free, occupied: [taken] }, until },
          )
          expect(slots.length).toBeLessThanOrEqual(4)
          let last = from
          for (const start of slots) {
            const lastMinute = new Date(start.getTime() + durationMinutes * 60_000 - 1)
            expect(start >= last && start < until).toBe(true)
            expect(isOpen({ timeZone: zone, hours }, start) && isOpen({ timeZone: zone, hours }, lastMinute)).toBe(true)
            expect(localDate(start, zone)).toBe(localDate(lastMinute, zone))
            expect(cellsOf(start, wanted).some((cell) => taken.has(cell))).toBe(false)
            last = start
          }
          expect(new Set(said(slots, zone)).size).toBe(slots.length)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('are looked for without keeping others waiting', async () => {
    const occupied = [new Set(cellsOf(new Date('2026-03-01'), { durationMinutes: 70 * 1440, bufferMinutes: 0 }))]
    let turns = 0
    let isOver = false
    const others = (): void => {
      turns++
      if (!isOver) setImmediate(others)
    }
    setImmediate(others)
    expect(await slotsFrom('2026-03-05T12:00:00Z', { agenda: { occupied }, days: 45 })).toEqual([])
    isOver = true
    expect(turns).toBeGreaterThan(40)
  })
})

it('a local date or time is a moment in the zone of the business', () => {
  expect(readWish('2026-03-09', timeZone).at.toISOString()).toBe('2026-03-09T04:00:00.000Z')
  expect(readWish('2026-03-09T14:30', 'Europe/Berlin').at.toISOString()).toBe('2026-03-09T13:30:00.000Z')
  expect(() => readWish('2026-02-30', timeZone)).toThrow('There is no such date: February 30, 2026')
})
