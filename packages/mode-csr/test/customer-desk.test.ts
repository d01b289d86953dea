import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { beforeEach, expect, it } from 'vitest'
import type { E164 } from '@llc-phone/core'
import { exportCustomers, importCustomers } from '../src/cli/transfer-for-desk.ts'
import { forgetCustomers, openCustomerDesk, openCustomerList, type CustomerDesk } from '../src/index.ts'
import { NOW, openDemo } from './fixtures.ts'
import { customerDatabase } from '../src/db/schema.ts'

const BUSINESS = { timeZone: 'America/New_York', hours: { 'mon-fri': '09:00-12:00' } } as const
const ANNA_ID = 'demo-anna-keller'
const SERVICE = 'demo-checkup'

let store: DrizzleStore
let desk: CustomerDesk

beforeEach(async () => {
  ;({ store } = await openDemo())
  desk = openCustomerDesk(customerDatabase(store))
})

const list = () => openCustomerList(customerDatabase(store))

it('a customer is added, changed and deleted with all that hangs on it', async () => {
  const id = await desk.create({ firstName: 'Zoe', lastName: 'Park', email: 'zoe@example.com' }, ['+14155550160'])
  expect(await list().customer(id)).toMatchObject({ firstName: 'Zoe', phones: ['+14155550160'], postcode: null })
  expect(await desk.change(id, { email: null, lastName: 'Parker' })).toBe(true)
  expect(await desk.addNote(id, 'Prefers mornings.')).toBe(true)
  const file = (await list().customer(id))!
  expect(file).toMatchObject({ lastName: 'Parker', email: null, notes: [{ text: 'Prefers mornings.', callId: '' }] })
  expect(await desk.removeNote(id, file.notes[0]!.id)).toBe(true)
  expect(await desk.removePhone(id, '+14155550160')).toBe(true)
  expect([await desk.remove(id), await desk.remove(id)]).toEqual([true, false])
  expect(await desk.change('nobody', { email: null })).toBe(false)
})

it('a number that recognises somebody else stays theirs', async () => {
  const id = await desk.create({ firstName: 'Zoe', lastName: 'Park' }, [])
  await desk.addPhone(id, '+14155550199')
  const rows = await customerDatabase(store).all(`SELECT claim FROM customer_phones WHERE customer_id = '${id}'`)
  expect(rows).toEqual([[0]])
})

it('times are booked, moved and cancelled by the rules that callers are booked by', async () => {
  const [first, second, ...rest] = await desk.free(BUSINESS, { serviceId: SERVICE, date: '2026-03-10' }, NOW)
  expect(first!.toISOString()).toBe('2026-03-10T13:00:00.000Z')
  expect(rest.length).toBeGreaterThan(2)
  const booking = { customerId: ANNA_ID, serviceId: SERVICE, startsAt: first! }
  const booked = await desk.book(BUSINESS, booking, NOW)
  expect(booked).toMatchObject({ outcome: 'booked', customerId: ANNA_ID })
  expect(await desk.book(BUSINESS, booking, NOW)).toMatchObject({ outcome: 'already' })
  const other = { ...booking, customerId: 'demo-marcus-webb' }
  expect(await desk.book(BUSINESS, other, NOW)).toEqual({ outcome: 'taken' })
  expect(await desk.free(BUSINESS, { serviceId: SERVICE, date: '2026-03-10' }, NOW)).not.toContainEqual(first)
  for (const wrong of ['2026-03-10T13:07:00Z', '2026-03-10T17:00:00Z', '2026-03-08T14:00:00Z', '2026-01-05T15:00:00Z'])
    expect(await desk.book(BUSINESS, { ...other, startsAt: new Date(wrong) }, NOW)).toEqual({ outcome: 'closed' })
  expect(await desk.book(BUSINESS, { ...other, customerId: 'nobody' }, NOW)).toEqual({ outcome: 'gone' })
  const id = (booked as { appointmentId: string }).appointmentId
  expect(await desk.move(BUSINESS, id, second!, NOW)).toBe('moved')
  expect(await desk.move(BUSINESS, id, new Date('2026-03-10T20:00:00Z'), NOW)).toBe('closed')
  expect([await desk.cancel(id, NOW), await desk.cancel(id, NOW), await desk.cancel('none', NOW)]).toEqual([
    'cancelled',
    'already',
    'gone',
  ])
})

it('the calendar has the hours of each day, and why one is closed', async () => {
  const closures = [{ from: '2026-03-11', reason: 'Founders Day' }]
  const days = await desk.days({ ...BUSINESS, closures }, '2026-03-07', 5)
  expect(days.map(({ date, open, closedFor }) => [date, open.length, closedFor])).toEqual([
    ['2026-03-07', 0, undefined],
    ['2026-03-08', 0, undefined],
    ['2026-03-09', 1, undefined],
    ['2026-03-10', 1, undefined],
    ['2026-03-11', 0, 'Founders Day'],
  ])
})

it('an import says what becomes of each line first, and imports nothing while one is wrong', async () => {
  const options = { ours: [], shares: false }
  const text = 'first_name,last_name,phones\nZoe,Park,+14155550160\nAnna,Keller,+14155550199\n'
  const plan = await importCustomers(customerDatabase(store), text, { ...options, isDry: true })
  expect(plan).toMatchObject({
    added: 1,
    unchanged: 1,
    lines: [{ line: 2, name: 'Zoe Park', does: 'new' }],
    problems: [],
  })
  const wrong = await importCustomers(customerDatabase(store), `${text}Bob,,nonsense\n`, { ...options, isDry: false })
  expect(wrong.problems).toMatchObject([{ line: 4 }])
  expect(await list().customers('Zoe', 10)).toEqual([])
  await importCustomers(customerDatabase(store), text, { ...options, isDry: false })
  expect(await list().customers('Zoe', 10)).toHaveLength(1)
  let file = ''
  for await (const part of exportCustomers(customerDatabase(store))) file += part.text
  expect(await importCustomers(customerDatabase(store), file, { ...options, isDry: true })).toMatchObject({
    added: 0,
    changed: 0,
  })
})

it('lists are filtered, and go on behind an entry', async () => {
  const people = list()
  const namesOf = async (...asked: Parameters<typeof people.customers>) =>
    (await people.customers(...asked)).map(({ firstName }) => firstName)
  expect(await namesOf(undefined, 10)).toEqual(['Anna', 'Marcus', 'Priya', 'Rohan'])
  expect(await namesOf('KELLER', 10)).toEqual(['Anna'])
  expect(await namesOf('na', 1, 'demo-anna-keller')).toEqual(['Priya'])
  expect(await namesOf('5550197', 10)).toEqual(['Priya', 'Rohan'])
  expect(await namesOf('5550197', 10, undefined, true)).toEqual([])
  expect(await namesOf('%', 10)).toEqual([])
  const all = await people.appointments({}, 10)
  expect(all.map(({ id, resourceId }) => [id, resourceId])).toEqual([
    ['demo-2', 'main'],
    ['demo-1', 'main'],
    ['demo-3', 'main'],
  ])
  expect(await people.appointments({ text: 'nair', status: 'booked', from: NOW, to: new Date(8e15) }, 10)).toEqual([
    all[2],
  ])
  expect(await people.appointments({ customerId: ANNA_ID }, 10, all[0])).toEqual([all[1]])
})

it('who is to be forgotten is, with what was noted of them in their calls', async () => {
  await desk.addNote('demo-marcus-webb', 'stays')
  await desk.addNote('demo-priya-nair', 'goes')
  expect(await forgetCustomers(customerDatabase(store), '+14155550197' as E164, ['call 1'])).toEqual({
    customers: 2,
    appointments: 1,
    notes: 1,
  })
  expect((await list().customers(undefined, 10)).map(({ firstName }) => firstName)).toEqual(['Anna', 'Marcus'])
})
