import { e164, ToolError, type Business } from '@llc-phone/core'
import { openCustomers } from '@llc-phone/mode-csr'
import type { AppointmentsPort } from '@llc-phone/mode-outbound'
import { openStore } from '@llc-phone/database'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { calendarOf } from '../src/configuration/calendar.ts'

const hours = '08:00-18:00'
const business: Business = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
}
const NEW = e164('+14155550180')
const signal = AbortSignal.timeout(60_000)
/** A Thursday at noon in New York. */
const NOW = new Date('2026-03-05T17:00:00Z')
const soon = '2026-03-12'

let store: DrizzleStore
let calendar: AppointmentsPort
let service: string

/** The times found, and what stands against the wish if anything does. */
const find = async (wish: Parameters<AppointmentsPort['openSlots']>[0]) => {
  const found = await calendar.openSlots(wish, signal)
  return 'unmet' in found ? found : { slots: found, unmet: undefined }
}

beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  const customers = await openCustomers(store, { demoData: true, now: NOW })
  calendar = calendarOf(customers, business, () => NOW)
  service = (await customers.services())[0]!.name
})
afterAll(() => store.close())

it('offers free times of the service that was named, from the wished day on', async () => {
  const { slots } = await find({ service: service.toUpperCase(), from: soon })
  expect(slots.length).toBeGreaterThan(1)
  for (const slot of slots) {
    expect(slot.service).toBe(service)
    expect(slot.startsAt.toISOString() >= soon).toBe(true)
  }
})

it('books a time for somebody new under their full name, and never for two', async () => {
  const [slot] = (await find({ service, from: soon })).slots
  const wish = { slotId: slot!.id, callId: 'call-1' }
  await expect(calendar.book({ ...wish, callee: { number: NEW } })).rejects.toThrow(ToolError)
  await expect(calendar.book({ ...wish, callee: { number: NEW, name: 'Mrs.' } })).rejects.toThrow('first and last name')
  const ann = { number: NEW, name: 'Ann Miller' }
  expect(await calendar.book({ ...wish, callee: ann })).toBe('booked')
  expect(await calendar.book({ ...wish, callee: ann })).toBe('booked')
  // Ann has a record now.
  expect(await calendar.book({ ...wish, callee: { number: NEW } })).toBe('booked')
  const { slots: next } = await find({ service, from: soon })
  const others = await Promise.all(
    Array.from({ length: 6 }, async (_, n) =>
      calendar.book({
        slotId: next[0]!.id,
        callId: `call-${n + 2}`,
        callee: { number: e164(`+1415555019${n}`), name: `Bob Number${n}` },
      }),
    ),
  )
  const resources = others.filter((outcome) => outcome === 'booked').length
  expect(resources).toBeGreaterThan(0)
  expect(others).toContain('taken')
})

it('books for the record of whoever is called so in another way, and for nobody of another name', async () => {
  const customers = await openCustomers(store)
  const [slot, second] = (await find({ service, from: soon })).slots
  const anna = e164('+14155550199')
  const bookFor = (slotId: string, name: string) =>
    calendar.book({ slotId, callId: 'call-n', callee: { number: anna, name } })
  expect(await bookFor(slot!.id, 'KELLER, Anna M.')).toBe('booked')
  expect(await customers.upcomingAppointments('demo-anna-keller', NOW)).toHaveLength(2)
  expect(await bookFor(second!.id, 'Hanna Keller')).toBe('booked')
  expect(await customers.upcomingAppointments('demo-anna-keller', NOW)).toHaveLength(2)
})

it('books for somebody with one name', async () => {
  const [slot] = (await find({ service, from: soon })).slots
  const sukarno = { number: e164('+14155550181'), name: 'Mr. Sukarno' }
  expect(await calendar.book({ slotId: slot!.id, callId: 'call-s', callee: sukarno })).toBe('booked')
  expect(await (await openCustomers(store)).findByNumber(sukarno.number)).toMatchObject([
    { firstName: 'Sukarno', lastName: '' },
  ])
})

it.each([
  [{ service: 'haircut' }, 'Ask which service it is: '],
  [{}, 'Ask which service it is: '],
  [{ service: '', from: '2026-13-40' }, ''],
])('asks back about the wish %o', async (wish, message) => {
  const asked = await calendar.openSlots(wish, signal).catch((error: unknown) => error)
  expect(asked).toBeInstanceOf(ToolError)
  expect((asked as Error).message).toContain(message)
})

it.each(['', '123', 'soon@cleaning', `${Date.UTC(2026, 2, 12)}@constructor`])(
  'books nothing for the made-up time %j',
  async (slotId) => {
    const callee = { number: NEW, name: 'Ann Miller' }
    await expect(calendar.book({ slotId, callee, callId: 'call-9' })).rejects.toThrow('not offered any more')
  },
)

it.each([
  ['past', '2025-12-10', 'Wednesday, December 10, 2025 has passed. It is Thursday, March 5, 2026 at 12 PM now.'],
  ['no date', '2026-02-31', 'There is no such date: February 31, 2026.'],
])('says that the wished day is %s', async (_, from, message) => {
  await expect(find({ service, from })).rejects.toThrow(message)
})

it.each([
  ['2026-03-08', 'closed_day', 'Sunday, March 8, 2026 is a day on which nothing is open.'],
  ['2026-03-09T19:00', 'outside_hours', 'which are 8 AM to 6 PM that day.'],
  ['2028-03-09', 'too_far_ahead', 'nothing is planned after Saturday, March 6, 2027.'],
])('says why nothing can be had on %s', async (from, status, why) => {
  expect((await find({ service, from })).unmet).toEqual({ status, why: expect.stringContaining(why) })
})

it('names the service that there is not', async () => {
  await expect(find({ service: 'haircut' })).rejects.toThrow('There is no service called "haircut"; say so. Ask which')
})

it('books nothing whose time has come', async () => {
  const [slot] = (await find({ service })).slots
  const late = calendarOf(await openCustomers(store), business, () => slot!.startsAt)
  const wish = { slotId: slot!.id, callee: { number: NEW, name: 'Ann Miller' }, callId: 'call-9' }
  await expect(late.book(wish)).rejects.toThrow('not offered any more')
})
