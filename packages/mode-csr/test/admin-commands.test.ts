import { openStore } from '@llc-phone/database'
import { runQuery } from '@llc-phone/store-drizzle'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { readCustomerFile, writeCustomerFile } from '../src/cli/customer-file.ts'
import { customerDatabase, customerTables } from '../src/db/schema.ts'
import { sqliteKit } from '@llc-phone/store-drizzle'
import { openCustomers } from '../src/index.ts'
import { ANNA, NOW, STRANGER } from './fixtures.ts'

const { customers: people } = customerTables(sqliteKit)

const main = fileURLToPath(new URL('../src/cli/customers-command.ts', import.meta.url))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llc-customers-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

const inFolder = (name: string) => join(folder, name)
const url = () => `file:${inFolder('a.db')}`

const customersCommand = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env: { ...process.env, DATABASE_URL: url(), PHONE_AS: './phone' } },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out: out.trim(), err: err.trim() }),
    )
  })

const open = async () => {
  const store = await openStore({ url: url() })
  onTestFinished(() => store.close())
  return { store, customers: await openCustomers(store) }
}

const HEADER = 'first_name,last_name,phones,email,date_of_birth,postcode,pin'

describe('pnpm customers', () => {
  it('imports, says what a dry run would do, and finds everybody again', async () => {
    const file = inFolder('customers.csv')
    await writeFile(
      file,
      `\uFEFF${HEADER}\r\nAnna,Keller,+1 (415) 555-0199;+14155550142,a@example.com,1984-05-17,94110,2468\r\n"O'Neil, ""Bo""",Ümit,+14155550199,,,,\r\n`,
    )
    expect(await customersCommand('import', file, '--dry-run')).toMatchObject({
      code: 0,
      out: '2 new, 0 changed, 0 as before. Dry run: nothing was imported.',
    })
    expect(await customersCommand('import', file)).toMatchObject({ code: 0, out: '2 new, 0 changed, 0 as before.' })
    const { customers, store } = await open()
    expect((await customers.findByNumber(ANNA)).map(({ firstName }) => firstName).toSorted()).toEqual([
      'Anna',
      'O\'Neil, "Bo"',
    ])
    const [anna] = await customers.findByNumber(STRANGER)
    expect(await customers.prove({ customerId: anna!.id, callId: 'c', proof: { pin: '2468' } })).toBe(true)
    expect(JSON.stringify(await runQuery(customerDatabase(store).select().from(people)))).not.toContain('2468')

    await writeFile(file, `${HEADER}\nANNA,keller,+14155550199,new@example.com,,,\nO'Neil Bo,Umit,+14155550199,,,,\n`)
    expect(await customersCommand('import', file)).toMatchObject({ code: 0, out: '0 new, 2 changed, 0 as before.' })
    // Empty cells leave what was known; numbers are replaced by those given.
    expect(await customers.contact(anna!.id)).toMatchObject({
      email: 'new@example.com',
      postcode: '94110',
      phones: [ANNA],
    })
    expect(await customersCommand('import', file)).toMatchObject({ out: '0 new, 0 changed, 2 as before.' })
  }, 60_000)

  it('keeps extensions, and writes them as it reads them', async () => {
    const file = inFolder('extensions.csv')
    const cells = ['+1 415 555 0142 ext 22', '+14155550142;ext=23;+14155550143 x24', '+14155550144']
    await writeFile(file, [HEADER, ...cells.map((cell, index) => `P${index},Doe,${cell},,,,`)].join('\n'))
    expect(await customersCommand('import', file)).toMatchObject({ code: 0, out: '3 new, 0 changed, 0 as before.' })
    const { out } = await customersCommand('export')
    expect(out).toContain(',+14155550142 ext. 22,')
    expect(out).toContain(',+14155550142 ext. 23;+14155550143 ext. 24,')
    await writeFile(file, out)
    expect(await customersCommand('import', file)).toMatchObject({ out: '0 new, 0 changed, 3 as before.' })
  }, 60_000)

  it('shows every mistake with its line and imports nothing', async () => {
    const file = inFolder('bad.csv')
    const lines = [
      HEADER,
      'Anna,Keller,+14155550199,,,,',
      'Bo,,415 555 0199,,,,',
      'Cy,Dee,+14155550143,nobody,1984-02-30,9,12',
      'Anna,Keller,+14155550199,,,,',
      'too,few',
      ',,+14155550198,,0090-05-17,,',
      'Mrs. Anna,KELLER,+14155550199,,,,',
    ]
    await writeFile(file, lines.join('\n'))
    const { code, err } = await customersCommand('import', file)
    expect(code).toBe(1)
    expect(err.replaceAll(`${file}:`, '').split('\n')).toEqual([
      '3: phones: "415 555 0199" is not in E.164 form, like +14155550100',
      '4: email: is not an e-mail address',
      '4: date_of_birth: is not a date in the past, like 1984-05-17',
      '4: postcode: is too short',
      '4: pin: must be 4 to 8 digits',
      '5: is the same customer as line 2',
      '6: has 2 cells where the header has 7',
      '7: first_name: is missing',
      '7: date_of_birth: is not a date in the past, like 1984-05-17',
      '8: is the same customer as line 2',
      'Nothing was imported.',
    ])
    const { customers } = await open()
    expect(await customers.findByNumber(ANNA)).toEqual([])
  })

  it('exports what it imports again without a change, readable by its owner only', async () => {
    const store = await openStore({ url: url() })
    const customers = await openCustomers(store, { demoData: true, now: NOW })
    await customers.updateContact('demo-anna-keller', { address: '=HYPERLINK("http://evil")' })
    await store.close()
    const file = inFolder('out.csv')
    expect(await customersCommand('export', file)).toMatchObject({ code: 0, out: `4 customers written to ${file}.` })
    const text = await readFile(file, 'utf8')
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")"`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await customersCommand('export')).out).toBe(text.trim())
    expect(await customersCommand('import', file)).toMatchObject({ out: '0 new, 0 changed, 4 as before.' })
  }, 60_000)

  it('sets what can be booked and when', async () => {
    const file = inFolder('calendar.json')
    const calendar = {
      services: [{ id: 'cut', name: 'haircut', durationMinutes: 30, bufferMinutes: 5 }],
      hours: { mon: ['09:00-12:00', '13:00-18:00'] },
      closures: [{ from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' }],
      resources: [{ id: 'second', name: 'the second chair' }],
    }
    await writeFile(file, JSON.stringify(calendar))
    expect(await customersCommand('calendar', file, '--dry-run')).toMatchObject({ code: 0, out: /Dry run/ })
    expect(await customersCommand('calendar', file)).toMatchObject({ code: 0 })
    const { customers } = await open()
    expect(await customers.services()).toEqual(calendar.services)
    expect(await customers.agenda(NOW, new Date(NOW.getTime() + 1))).toEqual({
      hours: [
        { weekday: 1, opens: '09:00', closes: '12:00' },
        { weekday: 1, opens: '13:00', closes: '18:00' },
      ],
      closures: [{ from: '2026-12-24', to: '2026-12-26' }],
      occupied: [new Set(), new Set()],
    })
    await writeFile(file, JSON.stringify({ hours: { mon: ['9-5'] }, service: [] }))
    const { code, err } = await customersCommand('calendar', file)
    expect(code).toBe(1)
    expect(err).toMatch(/write "closed" or the hours of one day.*\n.*hours\.mon/)
    expect(await customers.services()).toHaveLength(1)
  }, 60_000)

  it('explains itself, and a mistake in the command', async () => {
    expect((await customersCommand('--help')).out).toMatch(/^Usage: \.\/phone customers import/)
    for (const args of [['import'], ['delete', 'x'], ['export', 'a', 'b'], ['import', 'x', '--force']])
      expect((await customersCommand(...args)).code).toBe(2)
    expect((await customersCommand('import', inFolder('none.csv'))).err).toMatch(/cannot be read \(ENOENT\)/)
  }, 60_000)
})

describe('a customer file', () => {
  it.each([
    ['nothing', '', 1, /empty/],
    ['a column nobody knows', 'first_name,last_name,phones,ssn\n', 1, /there is no column "ssn"/],
    ['a missing column', 'first_name,phones\n', 1, /"last_name" is missing/],
    ['a column twice', 'first_name,last_name,phones,phones\n', 1, /twice/],
    ['a quote that never ends', `${HEADER}\nAnna,"Keller,x\n\n`, 3, /[Qq]uote/],
  ])('with %s is refused by line', async (_, text, line, message) => {
    const { problems } = await readCustomerFile(text)
    expect(problems[0]).toMatchObject({ line, message: expect.stringMatching(message) })
  })

  it('is read as it was written', async () => {
    const row = {
      id: 'c-1',
      first_name: '=Anna "A"',
      last_name: '-Keller,\nJr',
      phones: ['+14155550199'],
      address: "'=x",
    }
    const { rows, problems } = await readCustomerFile(writeCustomerFile([row]))
    expect(problems).toEqual([])
    expect(rows).toEqual([{ ...row, line: 3 }])
  })
})
