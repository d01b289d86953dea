import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { beforeEach, describe, expect, it } from 'vitest'
import { readCustomerFile, writeCustomerFile } from '../src/cli/customer-file.ts'
import { describeImport, planImport, readStored, runImport } from '../src/cli/transfer-customers.ts'
import type { CustomerStore } from '../src/index.ts'
import { ANNA, answer, build, callFrom, openDemo, STRANGER } from './fixtures.ts'
import { customerDatabase } from '../src/db/schema.ts'

let store: DrizzleStore
let customers: CustomerStore

beforeEach(async () => {
  ;({ store, customers } = await openDemo())
})

const HEADER = 'id,first_name,last_name,phones,date_of_birth,postcode'

/** What `pnpm customers import` does with these rows, and says. */
const importRows = async (rows: readonly string[], shares = false): Promise<string> => {
  const read = await readCustomerFile([HEADER, ...rows].join('\n'))
  const plan = await planImport(await readStored(customerDatabase(store)), read.rows, { shares })
  expect([...read.problems, ...plan.problems]).toEqual([])
  await runImport(customerDatabase(store), plan)
  return describeImport('x.csv', plan, false)
}

const numbered = (n: number) => `+1415555017${n}` as typeof ANNA
const greetingOf = async (number: typeof ANNA) => (await answer(build({ customers }), callFrom(number))).greeting

describe('a name in a customer file', () => {
  it('may be the only one that somebody has, in either column', async () => {
    const rows = [`,Sukarno,,${numbered(1)},,`, `,,Suharto,${numbered(2)},,`]
    expect(await importRows(rows)).toBe('2 new, 0 changed, 0 as before.')
    expect(await importRows(rows)).toBe('0 new, 0 changed, 2 as before.')
    expect(await customers.findByNumber(numbered(2))).toMatchObject([{ firstName: 'Suharto', lastName: '' }])
    expect(await greetingOf(numbered(1))).toContain('Hello Sukarno,')
    const { use } = await answer(build({ customers }), callFrom(STRANGER))
    await use('lookup_customer', { name: 'Mr. Sukarno', phone_number: numbered(1) })
    expect(await use('verify_identity', { pin: '1111' })).toMatchObject({ status: 'not_verified' })
  })

  it('is that of the customer with the number, however it is written', async () => {
    await importRows([`,Łukasz,Nowak,${numbered(1)},"May 17, 1984",94110-1234`])
    for (const row of ['Lukasz,Nowak', 'Mr. Łukasz,NOWAK', '"Nowak, Lukasz",'])
      expect(await importRows([`,${row},${numbered(1)},,`])).toBe('0 new, 1 changed, 0 as before.')
    for (const row of ['Lukas,Nowak', 'Łukasz,Nowakowski', 'Łukasz,'])
      expect(await importRows([`,${row},${numbered(1)},,`]), row).toContain('1 new')
    const stored = await readStored(customerDatabase(store))
    expect(stored.filter(({ dateOfBirth }) => dateOfBirth === '1984-05-17')).toContainEqual(
      expect.objectContaining({ firstName: 'Lukasz', lastName: 'Nowak', postcode: '94110-1234' }),
    )
  })

  it('is left as it is by an empty cell', async () => {
    await importRows(['demo-anna-keller,Anna,,,,', 'demo-marcus-webb,,Webber,,,'])
    expect(await customers.findByNumber(ANNA)).toMatchObject([{ firstName: 'Anna', lastName: 'Keller' }])
    expect((await readStored(customerDatabase(store))).find(({ id }) => id === 'demo-marcus-webb')).toMatchObject({
      firstName: 'Marcus',
      lastName: 'Webber',
      phones: [{ phone: '+14155550198' }],
    })
  })
})

describe('a number by which somebody is recognised', () => {
  const mallory = `,Mallory,Evil,${ANNA};${STRANGER},,`

  it('is not taken from them by an import: the other one has it for contact', async () => {
    expect(await importRows([mallory])).toBe(
      `1 new, 0 changed, 0 as before.\nx.csv:2: ${ANNA} is the number of another customer. It is kept for contact, and still recognises only them; with --share it is the number of both.`,
    )
    expect(await importRows([mallory])).toBe('0 new, 0 changed, 1 as before.')
    expect(await greetingOf(ANNA)).toContain('Hello Anna')
    expect(await greetingOf(STRANGER)).toContain('Hello Mallory')
    const { use } = await answer(build({ customers }), callFrom(ANNA))
    expect(await use('lookup_customer', { name: 'Mallory Evil' })).toMatchObject({ status: 'not_open' })
  })

  it('is theirs as well when they are in the same list, and when all are exported and imported again', async () => {
    await importRows([`demo-anna-keller,Anna,Keller,${ANNA},,`, mallory])
    expect(await greetingOf(ANNA)).toContain('Hello Anna')
    const stored = await readStored(customerDatabase(store))
    const text = writeCustomerFile(
      stored.map((one) => ({
        id: one.id,
        first_name: one.firstName,
        last_name: one.lastName,
        phones: one.phones.map(({ phone }) => phone),
      })),
    )
    const plan = await planImport(stored, (await readCustomerFile(text)).rows)
    expect(plan).toMatchObject({ added: [], changed: [], unchanged: 5, problems: [] })
  })

  const staysWith = async (phone: typeof ANNA, name: string) => {
    await importRows([`,Mallory,Evil,${phone},,`])
    expect(await greetingOf(phone)).toContain(`Hello ${name}`)
    expect(await importRows([`,Mallory,Evil,${phone},,`], true)).toBe('0 new, 1 changed, 0 as before.')
    expect(await greetingOf(phone)).toMatch(/^Hello, thank you/)
  }

  it('stays theirs when they have only booked from it', async () => {
    const { use } = await answer(build({ customers }), callFrom(numbered(5)))
    await use('find_open_slots', { service: 'check-up' })
    await use('book_appointment', { slot_id: 'slot-1', new_customer_name: 'Sam Park' })
    await staysWith(numbered(5), 'Sam')
  })

  it('stays theirs when they have only named it on a call', async () => {
    const { use } = await answer(build({ customers }), callFrom(ANNA))
    await use('verify_identity', { pin: '2468' })
    await use('update_customer', { customer_id: 'demo-anna-keller', phone_number: numbered(6) })
    await staysWith(numbered(6), 'Anna')
  })

  it('belongs to another one once their own row leaves it out', async () => {
    await importRows([`demo-anna-keller,Anna,Keller,${numbered(3)},,`, mallory])
    expect(await greetingOf(ANNA)).toContain('Hello Mallory')
  })

  it('is shared by a family whose rows say so, and it is asked which of them is calling', async () => {
    await importRows([mallory])
    expect(await importRows([mallory], true)).toBe('0 new, 1 changed, 0 as before.')
    const { use, greeting } = await answer(build({ customers }), callFrom(ANNA))
    expect(greeting).toMatch(/^Hello, thank you/)
    expect(await use('lookup_customer', {})).toMatchObject({ status: 'several' })
    expect(await use('lookup_customer', { name: 'Anna' })).toMatchObject({ customer_id: 'demo-anna-keller' })
    // It stays so.
    expect(await importRows([mallory])).toBe('0 new, 0 changed, 1 as before.')
  })

  it('is shared by those who are new together', async () => {
    await importRows([`,Bo,Berg,${numbered(4)},,`, `,Ada,Berg,${numbered(4)},,`])
    expect(await greetingOf(numbered(4))).toMatch(/^Hello, thank you/)
    const { use } = await answer(build({ customers }), callFrom(numbered(4)))
    expect(await use('lookup_customer', { name: 'Ada' })).toMatchObject({ status: 'open' })
  })
})
