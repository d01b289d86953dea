import { engineOfTest, testDatabase } from '@llc-phone/database/testing'
import { startWriters, type Asked, type Writer } from '@llc-phone/store-postgres/testing'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { customerDatabase, phoneClaim, type CustomerDatabase } from '../src/db/schema.ts'
import { openCustomers, type BookingResult, type CustomerStore } from '../src/index.ts'
import { MARCUS, NOW } from './fixtures.ts'

const WRITERS = 3
const PEOPLE = ['demo-anna-keller', 'demo-marcus-webb', 'demo-priya-nair']

describe.runIf(engineOfTest() === 'postgres')('several processes at once', () => {
  let writers: readonly Writer[]
  let customers: CustomerStore
  let database: CustomerDatabase

  beforeEach(async () => {
    const test = await testDatabase()
    const store = await test.open()
    customers = await openCustomers(store, { demoData: true, now: NOW })
    database = customerDatabase(store)
    writers = await startWriters(new URL('race-writer.ts', import.meta.url), test.url!, WRITERS)
    onTestFinished(async () => void (await Promise.all(writers.map((writer) => writer.stop()))))
  }, 60_000)

  const race = async <Answer>(count: number, asked: (n: number, writer: number) => Asked): Promise<Answer[][]> => {
    const answers = await Promise.all(
      writers.map((writer, at) => writer.ask(Array.from({ length: count }, (_, n) => asked(n, at)))),
    )
    for (const answer of answers.flat()) if (answer instanceof Error) throw answer
    return Array.from({ length: count }, (_, n) => answers.map((own) => own[n] as Answer))
  }

  it('book a time once, move or cancel an appointment, and give a number to one customer', async () => {
    const [service] = await customers.services()
    const startsAt = (n: number) => new Date(Date.UTC(2026, 4, 1 + n, 15))
    const book = (n: number, customerId: string, callId: string): Asked => [
      'customers',
      'book',
      { customer: { id: customerId }, service, startsAt: startsAt(n), callId },
    ]
    const booked = await race<BookingResult>(40, (n, writer) => book(n, PEOPLE[writer]!, `c${writer}`))
    for (const answers of booked)
      expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['booked', 'taken', 'taken'])

    // The same wish, told three times.
    const same = await race<BookingResult>(20, (n, writer) => book(60 + n, PEOPLE[0]!, `d${writer}`))
    for (const answers of same)
      expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['already', 'already', 'booked'])

    const { appointments, customerPhones, customers: people, failedProofs, occupiedCells } = database.tables
    const rows = (await database.select().from(appointments)).filter(({ id }) => !id.startsWith('demo'))
    expect(rows).toHaveLength(60)
    await race(60, (n, writer) => {
      const { id, customerId, startsAt: from } = rows[n]!
      const to = { from, startsAt: new Date(from.getTime() + (3 + writer) * 3_600_000), service }
      return writer === 0 ? ['customers', 'cancel', { id, customerId }] : ['customers', 'move', { id, customerId }, to]
    })
    for (const { id, status, startsAt: at } of await database.select().from(appointments)) {
      const cells = await database.select().from(occupiedCells).where(eq(occupiedCells.appointmentId, id))
      if (status === 'cancelled') expect(cells).toEqual([])
      else if (!id.startsWith('demo')) expect(Math.min(...cells.map(({ cell }) => cell)) * 300_000).toBe(at.getTime())
    }

    await race(20, (n, writer) => [
      'customers',
      'updateContact',
      PEOPLE[writer]!,
      { phone: `+1415555${1_000 + n}`, phoneIsProven: true },
    ])
    await race(20, (n, writer) => ['desk', 'addPhone', PEOPLE[writer]!, `+1415555${2_000 + n}`])
    const proven = (await database.select().from(customerPhones)).filter(
      ({ phone, claim }) => /^\+1415555[12]0\d\d$/.test(phone) && claim === phoneClaim.proven,
    )
    expect(proven).toHaveLength(40)
    expect(new Set(proven.map(({ phone }) => phone)).size).toBe(40)

    await database.delete(failedProofs)
    const [anna] = await database.select().from(people).where(eq(people.id, PEOPLE[0]!))
    expect(anna).toBeDefined()
    await race(10, (n, writer) => [
      'customers',
      'prove',
      { customerId: PEOPLE[0]!, callId: `${n}.${writer}`, caller: MARCUS, proof: { postcode: '00000' } },
    ])
    // Six tries from one stranger are compared; what was not compared does not count.
    expect(await database.select().from(failedProofs)).toHaveLength(6)
  })
})
