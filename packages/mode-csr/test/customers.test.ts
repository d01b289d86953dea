import { openStore, runQuery, type Store } from '@llc-phone/store'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { appointments, customers as customerTable, notes } from '../src/db/schema.ts'
import { openCustomers, type CustomerStore } from '../src/index.ts'
import { ANNA, NAIRS, NOW, openDemo } from './fixtures.ts'

let store: Store
let customers: CustomerStore

beforeEach(async () => {
  ;({ store, customers } = await openDemo())
  onTestFinished(() => store.close())
})

describe('the customer database', () => {
  it('finds everybody who has a number', async () => {
    expect(await customers.findByNumber(ANNA)).toEqual([
      { id: 'demo-anna-keller', firstName: 'Anna', lastName: 'Keller' },
    ])
    expect((await customers.findByNumber(NAIRS)).map(({ firstName }) => firstName)).toEqual(['Priya', 'Rohan'])
    expect(await customers.findByNumber("' OR 1=1 --" as typeof ANNA)).toEqual([])
  })

  it('gives what is booked and still to come, soonest first', async () => {
    const add = (id: string, startsAt: string, status: 'booked' | 'cancelled' = 'booked') => ({
      id,
      customerId: 'demo-anna-keller',
      serviceId: 'demo-checkup',
      startsAt: new Date(startsAt),
      status,
    })
    await runQuery(
      store.database
        .insert(appointments)
        .values([
          add('past', '2026-03-05T16:59:59Z'),
          add('begun', NOW.toISOString()),
          add('next', '2026-03-05T17:00:01Z'),
          add('off', '2026-03-06T17:00:00Z', 'cancelled'),
          ...Array.from({ length: 9 }, (_, n) => add(`later ${n}`, `2026-04-0${n + 1}T17:00:00Z`)),
        ]),
    )
    const found = await customers.upcomingAppointments('demo-anna-keller', NOW)
    expect(found.map(({ startsAt }) => startsAt.toISOString())).toEqual([
      '2026-03-05T17:00:01.000Z',
      '2026-03-07T18:30:00.000Z',
      '2026-04-01T17:00:00.000Z',
      '2026-04-02T17:00:00.000Z',
      '2026-04-03T17:00:00.000Z',
    ])
  })

  it('keeps notes, and forgets them with their customer', async () => {
    await customers.addNote({ customerId: 'demo-anna-keller', callId: 'call-1', text: 'It\'s 50% "off"; --' })
    expect(await runQuery(store.database.select().from(notes))).toMatchObject([
      { customerId: 'demo-anna-keller', callId: 'call-1', text: 'It\'s 50% "off"; --' },
    ])
    await runQuery(store.database.delete(customerTable).where(eq(customerTable.id, 'demo-anna-keller')))
    expect(await runQuery(store.database.select().from(notes))).toEqual([])
  })

  it('refuses a note on nobody', async () => {
    await expect(customers.addNote({ customerId: 'nobody', callId: 'call-1', text: 'x' })).rejects.toMatchObject({
      code: 'database_failed',
      cause: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' },
    })
  })
})

describe('the demo data', () => {
  it('is there only when asked for', async () => {
    const empty = await openStore({ url: 'file::memory:' })
    onTestFinished(() => empty.close())
    expect(await (await openCustomers(empty)).findByNumber(ANNA)).toEqual([])
  })

  it('keeps its appointments ahead of now, and everything else as it is', async () => {
    await customers.addNote({ customerId: 'demo-anna-keller', callId: 'call-1', text: 'kept' })
    const later = new Date('2027-01-01T23:59:00Z')
    const again = await openCustomers(store, { demoData: true, now: later })
    expect(await again.upcomingAppointments('demo-anna-keller', later)).toMatchObject([
      { service: { name: 'dental cleaning', durationMinutes: 45 }, startsAt: new Date('2027-01-03T18:30:00Z') },
    ])
    expect(await runQuery(store.database.select().from(notes))).toHaveLength(1)
    expect(await runQuery(store.database.select().from(customerTable))).toHaveLength(4)
  })
})
