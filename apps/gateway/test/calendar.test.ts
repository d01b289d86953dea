import { e164, ToolError, type Business } from '@llc-phone/core'
import { openCustomers } from '@llc-phone/mode-csr'
import type { AppointmentsPort } from '@llc-phone/mode-outbound'
import { openStore, type Store } from '@llc-phone/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { calendarOf } from '../src/calendar.ts'

const hours = '08:00-18:00'
const business: Business = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours },
}
const NEW = e164('+14155550180')
const signal = AbortSignal.timeout(60_000)
const soon = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)

let store: Store
let calendar: AppointmentsPort
let service: string
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  const customers = await openCustomers(store, { demoData: true })
  calendar = calendarOf(customers, business)
  service = (await customers.services())[0]!.name
})
afterAll(() => store.close())

it('offers free times of the service that was named, from the wished day on', async () => {
  const slots = await calendar.openSlots({ service: service.toUpperCase(), from: soon }, signal)
  expect(slots.length).toBeGreaterThan(1)
  for (const slot of slots) {
    expect(slot.service).toBe(service)
    expect(slot.startsAt.toISOString() >= soon).toBe(true)
  }
})

it('books a time for somebody new under their full name, and never for two', async () => {
  const [slot] = await calendar.openSlots({ service, from: soon }, signal)
  const wish = { slotId: slot!.id, callId: 'call-1' }
  await expect(calendar.book({ ...wish, callee: { number: NEW } })).rejects.toThrow(ToolError)
  await expect(calendar.book({ ...wish, callee: { number: NEW, name: 'Mrs.' } })).rejects.toThrow('first and last name')
  const ann = { number: NEW, name: 'Ann Miller' }
  expect(await calendar.book({ ...wish, callee: ann })).toBe('booked')
  expect(await calendar.book({ ...wish, callee: ann })).toBe('booked')
  // Ann has a record now.
  expect(await calendar.book({ ...wish, callee: { number: NEW } })).toBe('booked')
  const next = await calendar.openSlots({ service, from: soon }, signal)
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
  const [slot, second] = await calendar.openSlots({ service, from: soon }, signal)
  const anna = e164('+14155550199')
  const bookFor = (slotId: string, name: string) =>
    calendar.book({ slotId, callId: 'call-n', callee: { number: anna, name } })
  expect(await bookFor(slot!.id, 'KELLER, Anna M.')).toBe('booked')
  expect(await customers.upcomingAppointments('demo-anna-keller', new Date())).toHaveLength(2)
  expect(await bookFor(second!.id, 'Hanna Keller')).toBe('booked')
  expect(await customers.upcomingAppointments('demo-anna-keller', new Date())).toHaveLength(2)
})

it('books for somebody with one name', async () => {
  const [slot] = await calendar.openSlots({ service, from: soon }, signal)
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

it.each(['', '123', 'soon@cleaning', `${Date.now()}@constructor`])(
  'books nothing for the made-up time %j',
  async (slotId) => {
    const callee = { number: NEW, name: 'Ann Miller' }
    await expect(calendar.book({ slotId, callee, callId: 'call-9' })).rejects.toThrow('not offered any more')
  },
)
