import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { beforeEach, describe, expect, it } from 'vitest'
import { customerDatabase } from '../src/db/schema.ts'
import type { CustomerStore } from '../src/index.ts'
import { ANNA, answer, build, business, callFrom, MARCUS, NOW, openDemo, tablesOfTest } from './fixtures.ts'

const { closures, services } = tablesOfTest()

let store: DrizzleStore
let customers: CustomerStore

beforeEach(async () => {
  ;({ store, customers } = await openDemo())
})

/** A call whose clock the test owns; it begins at noon on Thursday, 5 March 2026, in New York. */
const callAt = async (changes: Parameters<typeof build>[0] = {}, number = MARCUS) => {
  let now = NOW
  const call = await answer(build({ customers, ...changes }), callFrom(number), undefined, () => now)
  return { ...call, turnClockTo: (time: string) => void (now = new Date(time)) }
}

const wish = async (from: string, more: object = {}, changes: Parameters<typeof build>[0] = {}) =>
  (await callAt(changes)).use('find_open_slots', { service: 'cleaning', from, ...more })

const SOONEST = 'Thursday, March 5 at 1 PM'

describe('a wish that cannot be met', () => {
  it.each([
    ['a day last year', '2025-12-10', 'past', 'Wednesday, December 10, 2025 has passed', SOONEST],
    ['yesterday', '2026-03-04', 'past', 'It is Thursday, March 5, 2026 at 12 PM now', SOONEST],
    ['an hour ago', '2026-03-05T11:00', 'past', 'Thursday, March 5, 2026 at 11 AM has passed', SOONEST],
    [
      'in two years',
      '2028-03-06',
      'too_far_ahead',
      'until Saturday, March 6, 2027|nothing is planned after',
      undefined,
    ],
    [
      'on a closed day',
      '2026-03-08',
      'closed_day',
      'Sunday, March 8, 2026 is a day on which',
      'Monday, March 9 at 9 AM',
    ],
    ['at night', '2026-03-09T20:00', 'outside_hours', 'which are 9 AM to 5 PM', 'Tuesday, March 10 at 9 AM'],
    ['too early', '2026-03-09T07:00', 'outside_hours', 'at 7 AM is outside', 'Monday, March 9 at 9 AM'],
    ['shortly before closing', '2026-03-09T16:45', 'does_not_fit', '45 minutes', 'Tuesday, March 10 at 9 AM'],
  ])('%s, is said not to be, and something else is offered', async (_, from, status, why, first) => {
    const answered = await wish(from)
    expect(answered).toMatchObject({ status, say: expect.stringContaining('First say that this cannot be and why') })
    expect((answered as unknown as { why: string }).why).toMatch(new RegExp(why))
    expect(answered.slots[0]?.when).toBe(first)
    expect(answered).toMatchObject({ time_zone: 'Eastern Time' })
  })

  it('on a day of closure or leave is said not to be', async () => {
    await runQuery(customerDatabase(store).insert(closures).values({ from: '2026-03-09', to: '2026-03-10' }))
    expect(await wish('2026-03-10')).toMatchObject({ status: 'closed_day' })
    expect((await wish('2026-03-10')).slots[0]!.when).toBe('Wednesday, March 11 at 9 AM')
  })

  it('on a day that is full is said not to be', async () => {
    const [service] = await customers.services()
    for (let hour = 13; hour < 21; hour++)
      await customers.book({
        customer: { id: 'demo-anna-keller' },
        service: { ...service!, id: 'demo-cleaning', durationMinutes: 60, bufferMinutes: 0 },
        startsAt: new Date(Date.UTC(2026, 2, 9, hour)),
        callId: 'c',
      })
    expect(await wish('2026-03-09')).toMatchObject({
      status: 'full',
      why: 'Nothing is free on Monday, March 9, 2026.',
      slots: [{ when: 'Tuesday, March 10 at 9 AM' }, {}, {}, {}],
    })
    expect(await wish('2026-03-10', { part_of_day: 'evening' })).toMatchObject({
      status: 'full',
      why: 'Nothing is free on Tuesday, March 10, 2026 in the evening.',
    })
  })

  it('for a service that is longer than any opening is said to be', async () => {
    await runQuery(
      customerDatabase(store)
        .insert(services)
        .values({ id: 'long', name: 'implant', durationMinutes: 600, bufferMinutes: 0 }),
    )
    const { use } = await callAt()
    expect(await use('find_open_slots', { service: 'implant' })).toMatchObject({
      status: 'does_not_fit',
      why: 'implant takes 600 minutes, longer than it is ever open.',
    })
  })

  it('for a service that is longer than that day is said to be', async () => {
    await runQuery(
      customerDatabase(store)
        .insert(services)
        .values({ id: 'long', name: 'implant', durationMinutes: 420, bufferMinutes: 0 }),
    )
    const { use } = await callAt()
    // On Fridays it closes at three.
    expect(await use('find_open_slots', { service: 'implant', from: '2026-03-06' })).toMatchObject({
      status: 'does_not_fit',
      why: 'implant takes 420 minutes, longer than it is open on Friday, March 6, 2026.',
      slots: [{ when: 'Monday, March 9 at 9 AM' }, {}, {}, {}],
    })
  })

  it('for a service there is none of, or on a day there is none of, is asked about', async () => {
    const { use } = await callAt()
    await expect(use('find_open_slots', { service: 'haircut' })).rejects.toThrow(
      'There is no service called "haircut"; say so. Ask which service it is: check-up, dental cleaning.',
    )
    await expect(use('find_open_slots', { service: 'cleaning', from: '2026-02-31' })).rejects.toThrow(
      'There is no such date: February 31, 2026.',
    )
  })

  it('for a time that is too soon, or taken, is not bent to a later one without a word', async () => {
    expect(await wish('2026-03-05T12:10')).toMatchObject({
      status: 'free',
      slots: [{ when: SOONEST }, {}, {}, {}],
      say: expect.stringContaining('Thursday, March 5, 2026 at 12:10 PM itself is not free'),
    })
    expect(await wish('2026-03-09T10:00')).not.toHaveProperty('say')
    expect(await wish('2026-03-09')).not.toHaveProperty('say')
  })

  it('for the day on which a night ends is met there, also where that day is closed', async () => {
    const bar = { business: { ...business, hours: { sat: '18:00-02:00' } } }
    expect(await wish('2026-03-15', {}, bar)).toMatchObject({
      status: 'free',
      slots: [{ when: 'Sunday, March 15 at 12 AM' }, {}, {}, {}],
    })
    expect(await wish('2026-03-15', { part_of_day: 'afternoon' }, bar)).toMatchObject({ status: 'closed_day' })
  })

  it('that can be met is answered as before', async () => {
    for (const from of ['2026-03-05', '2026-03-05T00:00', '2026-03-09T10:00', '2026-03-06'])
      expect(await wish(from)).toMatchObject({ status: 'free' })
  })
})

describe('a time in another zone', () => {
  it('is looked for there and said in both, also when it is booked', async () => {
    const { use } = await callAt()
    const { slots } = await use('find_open_slots', {
      service: 'cleaning',
      from: '2026-03-09T07:00',
      time_zone: 'America/Los_Angeles',
    })
    const when = 'Monday, March 9 at 10 AM Eastern Time, which is 7 AM Pacific Time'
    expect(slots[0]!.when).toBe(when)
    expect(await use('book_appointment', { slot_id: 'slot-1' })).toMatchObject({ status: 'booked', when })
  })

  it('outside the hours here is said to be, though it would be within them there', async () => {
    expect(await wish('2026-03-09T16:00', { time_zone: 'America/Los_Angeles' })).toMatchObject({
      status: 'outside_hours',
      why: expect.stringContaining('Monday, March 9, 2026 at 4 PM Pacific Time is outside'),
    })
  })
})

describe('the clock on a long call', () => {
  it('makes a time that was offered past, and offers the next ones instead of booking it', async () => {
    const { use, turnClockTo } = await callAt()
    await use('find_open_slots', { service: 'cleaning' })
    turnClockTo('2026-03-05T18:00:00Z')
    const answered = await use('book_appointment', { slot_id: 'slot-1' })
    expect(answered.status).toBe('past')
    expect(answered.slots[0]!.when).toBe('Thursday, March 5 at 2 PM')
  })

  it('lets nobody move an appointment to a time that has passed, or one that has', async () => {
    const { use, turnClockTo } = await callAt({}, ANNA)
    await use('get_appointments', { customer_id: 'demo-anna-keller' })
    await use('find_open_slots', { service: 'cleaning' })
    const move = { appointment_id: 'appointment-1', slot_id: 'slot-1' }
    turnClockTo('2026-03-05T18:30:00Z')
    expect(await use('reschedule_appointment', move)).toMatchObject({ status: 'past', slots: [{}, {}, {}, {}] })
    turnClockTo('2026-03-07T18:30:00Z')
    await expect(use('reschedule_appointment', move)).rejects.toThrow('has passed, so it cannot be moved')
    await expect(use('cancel_appointment', { appointment_id: 'appointment-1' })).rejects.toThrow('has passed')
    expect(await use('get_appointments', { customer_id: 'demo-anna-keller' })).toMatchObject({ appointments: [] })
  })

  it('closes the desk meanwhile: nobody is rung there, and it opens meanwhile too', async () => {
    const desk = { frontDesk: { number: ANNA, label: 'the front desk', hours: business.hours } }
    const { use, asked, turnClockTo } = await callAt({ routes: desk })
    const human = { reason: 'a complaint', summary: 'The caller is unhappy.' }
    turnClockTo('2026-03-05T22:00:00Z')
    expect(await use('escalate_to_human', human)).toMatchObject({
      status: 'closed',
      opens: 'tomorrow at 9 AM',
      time_zone: 'Eastern Time',
    })
    expect(await use('transfer_call', { destination: 'frontDesk', reason: 'x' })).toMatchObject({ status: 'closed' })
    expect(asked).toEqual([])
    turnClockTo('2026-03-06T14:00:00Z')
    expect(await use('escalate_to_human', human)).toMatchObject({ status: 'ringing' })
  })
})

it('an evening business is booked over midnight, on the evening it belongs to', async () => {
  const night = { ...business, hours: { fri: '18:00-02:00' } }
  const call = await callAt({ business: night })
  const { slots } = await call.use('find_open_slots', { service: 'check-up', from: '2026-03-06T23:30' })
  expect(slots.map(({ when }) => when)).toEqual([
    'Friday, March 6 at 11:30 PM',
    'Saturday, March 7 at 12:30 AM',
    'Friday, March 13 at 6 PM',
    'Friday, March 13 at 7 PM',
  ])
})

it('the prompt names the year and the time zone', async () => {
  expect((await callAt()).instructions).toContain('It is Thursday, March 5, 2026 at 12 PM Eastern Time (2026-03-05).')
})
