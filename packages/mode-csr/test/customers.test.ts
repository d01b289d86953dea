import { openStore } from '@llc-phone/database'
import { engineOfTest, testStore } from '@llc-phone/database/testing'
import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { eq, sql } from 'drizzle-orm'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { customerDatabase } from '../src/db/schema.ts'
import { openCustomers, type CustomerStore } from '../src/index.ts'
import { ANNA, NAIRS, NOW, openDemo, tablesOfTest } from './fixtures.ts'

const { customers: customerTable, appointments, notes, occupiedCells } = tablesOfTest()

let store: DrizzleStore
let customers: CustomerStore

beforeEach(async () => {
  ;({ store, customers } = await openDemo())
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
      customerDatabase(store)
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
    expect(await runQuery(customerDatabase(store).select().from(notes))).toMatchObject([
      { customerId: 'demo-anna-keller', callId: 'call-1', text: 'It\'s 50% "off"; --' },
    ])
    await runQuery(customerDatabase(store).delete(customerTable).where(eq(customerTable.id, 'demo-anna-keller')))
    expect(await runQuery(customerDatabase(store).select().from(notes))).toEqual([])
  })

  it('refuses a note on nobody', async () => {
    await expect(customers.addNote({ customerId: 'nobody', callId: 'call-1', text: 'x' })).rejects.toMatchObject({
      code: 'database_failed',
    })
  })
})

describe('the demo data', () => {
  it('is there only when asked for', async () => {
    const empty = await testStore()
    expect(await (await openCustomers(empty)).findByNumber(ANNA)).toEqual([])
  })

  it('keeps its appointments ahead of now, and everything else as it is', async () => {
    await customers.addNote({ customerId: 'demo-anna-keller', callId: 'call-1', text: 'kept' })
    const later = new Date('2027-01-01T23:59:00Z')
    const again = await openCustomers(store, { demoData: true, now: later })
    expect(await again.upcomingAppointments('demo-anna-keller', later)).toMatchObject([
      { service: { name: 'dental cleaning', durationMinutes: 45 }, startsAt: new Date('2027-01-03T18:30:00Z') },
    ])
    expect(await runQuery(customerDatabase(store).select().from(notes))).toHaveLength(1)
    expect(await runQuery(customerDatabase(store).select().from(customerTable))).toHaveLength(4)
  })
})

it('a database of the first version keeps its customers and numbers, and its booked times are taken', async ({
  skip,
}) => {
  skip(engineOfTest() !== 'sqlite')
  const folder = await mkdtemp(join(tmpdir(), 'llc-first-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const migrations = fileURLToPath(new URL('../migrations/sqlite', import.meta.url))
  await cp(join(migrations, '0000_customers.sql'), join(folder, 'sqlite', '0000_customers.sql'))
  await cp(join(migrations, 'meta'), join(folder, 'sqlite', 'meta'), { recursive: true })
  await writeFile(join(folder, 'sqlite', 'meta', '_journal.json'), '{ "entries": [{ "tag": "0000_customers" }] }')
  const old = await openStore({ url: 'file::memory:' })
  onTestFinished(() => old.close())
  await old.migrate('mode-csr', folder)
  const startsAt = Date.UTC(2026, 2, 10, 14)
  const run = (statement: ReturnType<typeof sql>) => runQuery(old.database.run(statement))
  await run(sql`insert into customers values ('c1', 'Ada', 'Berg', ${ANNA}, 1), ('c2', 'Bo', 'Berg', ${ANNA}, 1)`)
  await run(sql`insert into services values ('s1', 'visit', 32)`)
  await run(sql`insert into appointments values ('a1', 'c1', 's1', ${startsAt}, 'booked'),
    ('a2', 'c2', 's1', ${startsAt}, 'cancelled'), ('a3', 'c1', 's1', ${startsAt}, 'booked')`)

  const customersNow = await openCustomers(old)
  expect((await customersNow.findByNumber(ANNA)).map(({ id }) => id)).toEqual(['c1', 'c2'])
  expect(await customersNow.upcomingAppointments('c1', NOW)).toMatchObject([{ id: 'a1', startsAt: new Date(startsAt) }])
  const cells = await runQuery(old.database.select().from(occupiedCells))
  expect(cells.map(({ cell }) => cell * 300_000 - startsAt)).toEqual(
    [0, 5, 10, 15, 20, 25, 30].map((minute) => minute * 60_000),
  )
  const [service] = await customersNow.services()
  const wish = { customer: { id: 'c2' }, service: service!, startsAt: new Date(startsAt + 30 * 60_000), callId: 'x' }
  expect(await customersNow.book(wish)).toEqual({ outcome: 'taken' })
})
