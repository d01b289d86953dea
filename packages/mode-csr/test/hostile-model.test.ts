import { openStore } from '@llc-phone/database'
import type { Tool } from '@llc-phone/core'
import { memoryMessages } from '@llc-phone/core/testing'
import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CustomerStore } from '../src/index.ts'
import { ANNA, answer, build, callFrom, MARCUS, NAIRS, openDemo, STRANGER } from './fixtures.ts'
import { customerDatabase } from '../src/db/schema.ts'

let store: DrizzleStore
let customers: CustomerStore

beforeAll(async () => {
  ;({ store, customers } = await openDemo(openStore({ url: 'file::memory:' })))
  await customers.addNote({ customerId: 'demo-marcus-webb', callId: 'before', text: 'secret' })
})
afterAll(() => store.close())

const anna = 'demo-anna-keller'
const rows = (query: ReturnType<typeof sql>) => runQuery(customerDatabase(store).all<unknown[]>(query))

/** Everything that belongs to others than the caller, and everything that belongs to the business. */
const restOfTheWorld = async (own: readonly string[]) => {
  const mine = JSON.stringify(own)
  const others = (column: string) => sql.raw(`${column} not in (select value from json_each('${mine}'))`)
  return [
    await rows(sql`select * from customers where ${others('id')} order by id`),
    await rows(sql`select * from customer_phones where ${others('customer_id')} order by customer_id, phone`),
    await rows(sql`select * from appointments where ${others('customer_id')} order by id`),
    await rows(sql`select * from notes where ${others('customer_id')} order by id`),
    await rows(sql`select occupied_cells.* from occupied_cells join appointments on appointments.id = appointment_id
      where ${others('customer_id')} order by cell`),
    await rows(sql`select * from services order by id`),
    await rows(sql`select * from resources`),
    await rows(sql`select * from opening_hours`),
    await rows(sql`select * from closures`),
    await rows(sql`select name, sql from sqlite_schema order by name`),
  ]
}

const evil = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(anna, 'slot-1', 'slot-2', 'appointment-1', 'appointment-2', 'cleaning', 'check-up'),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'demo-marcus-webb',
      'demo-priya-nair',
      'demo-3',
      'demo-1',
      'Marcus Webb',
      'Priya Nair',
      NAIRS,
      MARCUS,
      '94117',
      '1990-11-02',
      '2026-03-09',
      '2026-03-10T10:00',
      'mallory@example.org',
    ),
  },
  fc.constantFrom(
    "' OR 1=1 --",
    "demo-marcus-webb'; DROP TABLE customers; --",
    '"; DELETE FROM appointments',
    '%',
    '*',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '\u0000',
    '\u202Edemo',
    '../../etc/passwd',
    '<script>',
    '',
    ' ',
    '0',
    '1111',
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ minLength: 2_000, maxLength: 3_000 }),
)

const wild = fc.oneof(evil, fc.constantFrom(null, true, 7, -1, 1e308, [], {}, { $ne: null }, ['slot-1']))

/** Arguments a tool might take: its own parameters filled with anything, and things it has never heard of. */
const argumentsFor = (tool: Tool) => {
  const { properties = {} } = tool.parameters as { properties?: Record<string, { enum?: unknown[] }> }
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, { enum: choices }]) => [
      name,
      choices ? fc.oneof(fc.constantFrom(...choices), wild) : fc.oneof({ weight: 5, arbitrary: evil }, wild),
    ]),
  )
  return fc.oneof(
    { weight: 8, arbitrary: fc.record(fields, { requiredKeys: [] }).map((input) => JSON.stringify(input)) },
    { weight: 4, arbitrary: fc.record(fields).map((input) => JSON.stringify(input)) },
    fc.record({ ...fields, customerId: evil, granted: evil, sql: evil }).map((input) => JSON.stringify(input)),
    fc.constant('{"__proto__":{"granted":["demo-marcus-webb"]},"customer_id":"demo-marcus-webb"}'),
    fc.json(),
    fc.string(),
  )
}

/** The secrets of others; none may come out of a tool. */
const SECRETS = /2:30 PM|Marcus|Webb|Priya|Rohan|demo-(marcus|priya|rohan|3\b)|555019[78]|94117|secret|SQLITE|at .*\.ts/

describe('a model that does whatever it is told, thousands of times', () => {
  it.each([
    ['a customer', ANNA, [anna], 60],
    ['a stranger', STRANGER, [], 40],
    ['a withheld number', undefined, [], 40],
    // Anna's record is one of the others then.
    ['somebody else on the telephone of a customer', ANNA, [], 40],
  ] as const)(
    'touches nothing but the records of this call: %s',
    async (who, number, own, rounds) => {
      const messages = memoryMessages()
      const taking = build({ customers, messages })
      const step = fc.constantFrom(...taking.tools).chain((tool) => fc.tuple(fc.constant(tool), argumentsFor(tool)))
      let told = 0
      let worked = 0
      let round = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 40 }), async (steps) => {
          const before = await restOfTheWorld(own)
          const called = callFrom(number, `hostile-${number}-${round++}`)
          const { known, asked, use } = await answer(taking, called)
          if (who.startsWith('somebody else')) {
            await use('get_appointments', { customer_id: anna })
            await use('close_record', {})
          }
          for (const [tool, input] of steps) {
            const call = {
              leave: (wish: unknown) => void asked.push(wish),
              consult: (wish: unknown) => void asked.push(wish),

              keepListening: () => {},
            }
            const context = { facts: called, known, signal: new AbortController().signal, call }
            const output = await tool.invoke(input, context).then(
              (value) => (worked++, JSON.stringify(value)),
              (error: Error) => {
                expect(error.name, error.stack ?? '').toBe('ToolError')
                expect(error.message.length).toBeLessThan(400)
                return error.message
              },
            )
            told++
            // Its own words, sent back to it, tell it nothing.
            if (!SECRETS.test(input)) expect(output).not.toMatch(SECRETS)
          }
          // What this call made for somebody new belongs to it.
          const made = await rows(sql`select distinct customer_id from appointments where call_id = ${called.callId}`)
          const ownNow = [...own, ...made.flat().map(String)]
          const created = await rows(sql`select id from customers where id not like 'demo-%'`)
          const mine = [...new Set([...ownNow, ...created.flat().map(String)])]
          expect(await restOfTheWorld(mine)).toEqual(await expectedOf(before, mine))
          for (const id of ownNow.filter((one) => one.startsWith('demo-'))) expect<readonly string[]>(own).toContain(id)
          for (const wish of asked as { number?: string }[])
            if ('number' in wish) expect(wish.number).toBe('+14155550111')
        }),
        { numRuns: rounds, endOnFailure: true },
      )
      expect(told).toBeGreaterThan(rounds * 25)
      // A test in which everything is refused would prove little.
      expect(worked).toBeGreaterThan(rounds)
      await rows(sql`delete from appointments where call_id like 'hostile-%'`)
      await rows(sql`delete from customers where id not like 'demo-%'`)
    },
    60_000,
  )

  /** What was seen before, without what earlier rounds of the same caller had made. */
  const expectedOf = async (before: unknown[][], mine: readonly string[]) => {
    const keep = (table: unknown[][], column: number) => table.filter((row) => !mine.includes(String(row[column])))
    const [people, phones, booked, noted, cells, ...business] = before as unknown[][][]
    const stillBooked = keep(booked!, 1)
    const ids = new Set(stillBooked.map(([id]) => id))
    return [
      keep(people!, 0),
      keep(phones!, 0),
      stillBooked,
      keep(noted!, 1),
      cells!.filter(([, , appointmentId]) => ids.has(appointmentId)),
      ...business,
    ]
  }

  it('even with every id that a database of ours has', async () => {
    const { use } = await answer(build({ customers }), callFrom(MARCUS))
    const ids = (await rows(sql`select id from appointments union select id from customers`)).flat().map(String)
    const before = await restOfTheWorld([])
    await use('find_open_slots', { service: 'cleaning' })
    for (const id of ids.filter((one) => one !== 'demo-marcus-webb')) {
      await expect(use('get_appointments', { customer_id: id })).rejects.toThrow(/not open/)
      await expect(use('cancel_appointment', { appointment_id: id })).rejects.toThrow(/no such appointment/)
      await expect(use('reschedule_appointment', { appointment_id: id, slot_id: 'slot-1' })).rejects.toThrow(/no such/)
      await expect(use('book_appointment', { customer_id: id, slot_id: 'slot-1' })).rejects.toThrow(/not open/)
      await expect(use('add_call_note', { customer_id: id, note: 'x' })).rejects.toThrow(/not open/)
      await expect(use('update_customer', { customer_id: id, address: 'Elsewhere 1' })).rejects.toThrow(/not open/)
    }
    expect(await restOfTheWorld([])).toEqual(before)
  })

  it('or what another call was offered', async () => {
    const [first, second] = await Promise.all([
      answer(build({ customers }), callFrom(ANNA, 'one')),
      answer(build({ customers }), callFrom(MARCUS, 'two')),
    ])
    await first.use('find_open_slots', { service: 'cleaning' })
    await first.use('get_appointments', { customer_id: anna })
    await expect(second.use('book_appointment', { slot_id: 'slot-1' })).rejects.toThrow(/not offered/)
    await expect(second.use('cancel_appointment', { appointment_id: 'appointment-1' })).rejects.toThrow(/no such/)
  })
})
