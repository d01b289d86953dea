import { testDatabase } from '@llc-phone/database/testing'
import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { beforeEach, describe, expect, it } from 'vitest'
import { customerDatabase } from '../src/db/schema.ts'
import { openCustomers, type CustomerStore } from '../src/index.ts'
import { ANNA, answer, build, callFrom, MARCUS, NAIRS, NOW, openDemo, STRANGER, tablesOfTest } from './fixtures.ts'

const { appointments, closures, occupiedCells, openingHours, resources } = tablesOfTest()

let store: DrizzleStore
let customers: CustomerStore

beforeEach(async () => {
  ;({ store, customers } = await openDemo())
})

const call = (number: typeof ANNA | undefined, callId?: string) =>
  answer(build({ customers }), callFrom(number, callId))
const bookedRows = async () => (await runQuery(customerDatabase(store).select().from(appointments))).filter(isBooked)
const isBooked = ({ status }: { status: string }) => status === 'booked'
const cellCount = async () => (await runQuery(customerDatabase(store).select().from(occupiedCells))).length

/** Every booked appointment has just its cells, and no two share one. */
const expectConsistent = async () => {
  const rows = await runQuery(customerDatabase(store).select().from(appointments))
  const kinds = new Map((await customers.services()).map((service) => [service.id, service]))
  const cells = await runQuery(customerDatabase(store).select().from(occupiedCells))
  for (const { id, serviceId, startsAt, status } of rows) {
    const { durationMinutes, bufferMinutes } = kinds.get(serviceId)!
    const own = cells.filter(({ appointmentId }) => appointmentId === id).map(({ cell }) => cell * 300_000)
    const wanted = status === 'booked' ? (durationMinutes + bufferMinutes) / 5 : 0
    expect(own).toHaveLength(wanted)
    if (wanted > 0) expect(Math.min(...own)).toBe(startsAt.getTime())
  }
  expect(new Set(cells.map(({ resourceId, cell }) => `${resourceId} ${cell}`)).size).toBe(cells.length)
}

describe('an appointment', () => {
  it('is offered, booked, moved and cancelled by the customer it belongs to', async () => {
    const { use } = await call(MARCUS)
    const { slots } = await use('find_open_slots', { service: 'Cleaning', from: '2026-03-09T10:00' })
    expect(slots.map(({ when }) => when)).toEqual([
      'Monday, March 9 at 10 AM',
      'Monday, March 9 at 11 AM',
      'Tuesday, March 10 at 9 AM',
      'Tuesday, March 10 at 10 AM',
    ])
    const booked = await use('book_appointment', { slot_id: 'slot-1', customer_id: 'demo-marcus-webb' })
    expect(booked).toMatchObject({
      status: 'booked',
      appointment_id: 'appointment-1',
      when: 'Monday, March 9 at 10 AM',
    })
    expect(await bookedRows()).toContainEqual(
      // Ten o'clock in New York, a day after summer time began.
      expect.objectContaining({
        customerId: 'demo-marcus-webb',
        startsAt: new Date('2026-03-09T14:00:00Z'),
        callId: 'call-1',
      }),
    )
    expect(await use('get_appointments', { customer_id: 'demo-marcus-webb' })).toMatchObject({
      appointments: [{ appointment_id: 'appointment-1', when: 'Monday, March 9 at 10 AM' }],
    })

    const move = { appointment_id: 'appointment-1', slot_id: 'slot-4' }
    expect(await use('reschedule_appointment', move)).toMatchObject({
      status: 'moved',
      when: 'Tuesday, March 10 at 10 AM',
    })
    expect(await use('reschedule_appointment', move)).toMatchObject({ status: 'already_moved' })
    await expectConsistent()

    const cancel = { appointment_id: 'appointment-1' }
    expect(await use('cancel_appointment', cancel)).toMatchObject({ status: 'cancelled' })
    expect(await use('cancel_appointment', cancel)).toMatchObject({ status: 'already_cancelled' })
    expect(await use('get_appointments', { customer_id: 'demo-marcus-webb' })).toEqual({ appointments: [] })
    await expect(use('reschedule_appointment', { ...cancel, slot_id: 'slot-2' })).rejects.toThrow(/changed meanwhile/)
    await expectConsistent()
  })

  it('can be moved onto a part of its own time', async () => {
    const { use } = await call(MARCUS)
    await use('find_open_slots', { service: 'cleaning', from: '2026-03-09T10:00' })
    const { appointment_id } = await use('book_appointment', { slot_id: 'slot-1' })
    const wish = { service: 'cleaning', from: '2026-03-09T10:30' }
    expect((await use('find_open_slots', wish)).slots[0]!.when).toBe('Monday, March 9 at 11 AM')
    const [half] = (await use('find_open_slots', { ...wish, appointment_id })).slots
    expect(half!.when).toBe('Monday, March 9 at 10:30 AM')
    const moved = await use('reschedule_appointment', { appointment_id, slot_id: half!.slot_id })
    expect(moved).toMatchObject({ status: 'moved', when: 'Monday, March 9 at 10:30 AM' })
    await expectConsistent()
  })

  it('is not booked on a day that is closed, nor outside the hours of the database', async () => {
    await runQuery(customerDatabase(store).insert(closures).values({ from: '2026-03-06', to: '2026-03-10' }))
    await runQuery(customerDatabase(store).insert(openingHours).values({ weekday: 3, opens: '13:00', closes: '14:00' }))
    const { use } = await call(MARCUS)
    expect((await use('find_open_slots', { service: 'check-up' })).slots.map(({ when }) => when)).toEqual([
      'Wednesday, March 11 at 1 PM',
      'Wednesday, March 18 at 1 PM',
      'Wednesday, March 25 at 1 PM',
      'Wednesday, April 1 at 1 PM',
    ])
  })

  it('needs a service that is clear, a date that exists and a time that was offered', async () => {
    const { use } = await call(MARCUS)
    await expect(use('find_open_slots', { service: 'haircut' })).rejects.toThrow(/check-up, dental cleaning/)
    await expect(use('find_open_slots', { service: 'check-up', from: '2026-02-30' })).rejects.toThrow(/no such date/)
    expect(await use('find_open_slots', { service: 'check-up', from: '2036-01-01' })).toMatchObject({
      status: 'too_far_ahead',
    })
    await expect(use('book_appointment', { slot_id: 'slot-1' })).rejects.toThrow(/not offered/)
    await use('find_open_slots', { service: 'check-up', from: '2020-01-01' })
    await use('find_open_slots', { service: 'cleaning' })
    const { appointment_id } = await use('book_appointment', { slot_id: 'slot-1' })
    await expect(use('reschedule_appointment', { appointment_id, slot_id: 'slot-6' })).rejects.toThrow(
      /another service/,
    )
  })

  it('can be made beside another when there are two chairs', async () => {
    await runQuery(customerDatabase(store).insert(resources).values({ id: 'second', name: 'the second chair' }))
    const wishes = await Promise.all([call(MARCUS, 'a'), call(ANNA, 'b'), call(STRANGER, 'c')])
    for (const { use } of wishes) await use('find_open_slots', { service: 'check-up' })
    const results = await Promise.all([
      wishes[0].use('book_appointment', { slot_id: 'slot-1' }),
      wishes[1].use('book_appointment', { slot_id: 'slot-1' }),
      wishes[2].use('book_appointment', { slot_id: 'slot-1', new_customer_name: 'Sam Park' }),
    ])
    expect(results.map(({ status }) => String(status)).toSorted()).toEqual(['booked', 'booked', 'taken'])
    await expectConsistent()
  })
})

describe('two calls that want the same time', () => {
  it('never both get it; the other one is offered the next', async () => {
    for (let round = 0; round < 50; round++) {
      const calls = await Promise.all([call(MARCUS, `m${round}`), call(ANNA, `a${round}`)])
      const wanted = round % 2 ? ['check-up', 'cleaning'] : ['cleaning', 'check-up']
      const from = new Date(Date.UTC(2026, 2, 9 + round * 7)).toISOString().slice(0, 10)
      const offers = await Promise.all(calls.map(({ use }, n) => use('find_open_slots', { service: wanted[n]!, from })))
      expect(offers[0]!.slots[0]!.when).toBe(offers[1]!.slots[0]!.when)
      const results = await Promise.all(calls.map(({ use }) => use('book_appointment', { slot_id: 'slot-1' })))
      expect(results.map(({ status }) => String(status)).toSorted()).toEqual(['booked', 'taken'])
      const loser = results.find(({ status }) => status === 'taken')!
      expect(loser.slots.length).toBeGreaterThan(0)
      expect(loser.slots.map(({ when }) => when)).not.toContain(offers[0]!.slots[0]!.when)
    }
    await expectConsistent()
    expect(await bookedRows()).toHaveLength(3 + 50)
  }, 30_000)

  it('never both get it from two processes either', async () => {
    const database = await testDatabase()
    const stores = [await database.open(), await database.open()]
    const books = [await openCustomers(stores[0]!, { demoData: true, now: NOW }), await openCustomers(stores[1]!)]
    const service = (await books[0]!.services())[0]!
    for (let round = 0; round < 40; round++) {
      const startsAt = new Date(Date.UTC(2026, 5, 1 + round, 15))
      const people = ['demo-anna-keller', 'demo-marcus-webb']
      const results = await Promise.allSettled(
        books.map((book, n) => book.book({ customer: { id: people[n]! }, service, startsAt, callId: `c${n}` })),
      )
      // Who finds the file locked for longer than the store waits is told that nothing was booked.
      const outcomes = results.map((one) => (one.status === 'fulfilled' ? one.value.outcome : 'failed'))
      expect(
        outcomes.filter((outcome) => outcome === 'booked'),
        outcomes.join(),
      ).toHaveLength(1)
    }
    const all = await runQuery(stores[0]!.database.select().from(appointments))
    expect(all).toHaveLength(3 + 40)
  }, 30_000)

  it('do not both get it when one of them moves an appointment', async () => {
    const anna = await call(ANNA)
    const marcus = await call(MARCUS)
    await anna.use('get_appointments', { customer_id: 'demo-anna-keller' })
    const wish = { service: 'cleaning', from: '2026-03-12' }
    await Promise.all([anna.use('find_open_slots', wish), marcus.use('find_open_slots', wish)])
    const moved = await anna.use('reschedule_appointment', { appointment_id: 'appointment-1', slot_id: 'slot-1' })
    const late = await marcus.use('book_appointment', { slot_id: 'slot-1' })
    expect([moved.status, late.status]).toEqual(['moved', 'taken'])
    const [retry] = late.slots
    expect((await marcus.use('book_appointment', { slot_id: retry!.slot_id })).status).toBe('booked')
    // And the other way round: what cannot be moved stays where it is.
    await anna.use('find_open_slots', { service: 'cleaning', from: '2026-03-16' })
    await marcus.use('find_open_slots', { service: 'cleaning', from: '2026-03-16' })
    const before = [...(await bookedRows())]
    await marcus.use('book_appointment', { slot_id: 'slot-9' })
    const refused = await anna.use('reschedule_appointment', { appointment_id: 'appointment-1', slot_id: 'slot-5' })
    expect(refused).toMatchObject({ status: 'taken', slots: expect.arrayContaining([expect.anything()]) })
    expect(await bookedRows()).toEqual(expect.arrayContaining(before))
    await expectConsistent()
  })
})

describe('the same wish delivered twice', () => {
  it('books once, at the same time or later', async () => {
    const { use } = await call(MARCUS)
    await use('find_open_slots', { service: 'check-up' })
    const twice = { slot_id: 'slot-1', customer_id: 'demo-marcus-webb' }
    const results = await Promise.all([use('book_appointment', twice), use('book_appointment', twice)])
    expect(results.map(({ status }) => String(status)).toSorted()).toEqual(['already_booked', 'booked'])
    expect(results[0].appointment_id).toBe(results[1].appointment_id)
    expect((await use('book_appointment', twice)).status).toBe('already_booked')
    expect(await bookedRows()).toHaveLength(4)
  })

  it('books once from two calls, or under another id', async () => {
    const calls = await Promise.all([call(MARCUS, 'call-1'), call(MARCUS, 'call-2')])
    for (const { use } of calls) await use('find_open_slots', { service: 'check-up' })
    const results = await Promise.all(calls.map(({ use }) => use('book_appointment', { slot_id: 'slot-1' })))
    expect(results.map(({ status }) => String(status)).toSorted()).toEqual(['already_booked', 'booked'])
    expect(await bookedRows()).toHaveLength(4)
  })

  it('books once even with chairs to spare', async () => {
    await runQuery(customerDatabase(store).insert(resources).values({ id: 'second', name: 'the second chair' }))
    const service = (await customers.services())[0]!
    const wish = { customer: { id: 'demo-marcus-webb' }, service, startsAt: new Date('2026-03-10T15:00Z'), callId: 'c' }
    const results = await Promise.all([1, 2, 3].map(() => customers.book(wish)))
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['already', 'already', 'booked'])
    await expectConsistent()
  })

  it('makes one record for somebody new', async () => {
    const { use } = await call(STRANGER)
    await use('find_open_slots', { service: 'check-up' })
    const twice = { slot_id: 'slot-1', new_customer_name: 'Sam van Park' }
    const results = await Promise.all([use('book_appointment', twice), use('book_appointment', twice)])
    expect(results.map(({ status }) => String(status)).toSorted()).toEqual(['already_booked', 'booked'])
    expect((await use('book_appointment', twice)).status).toBe('already_booked')
    expect(await customers.findByNumber(STRANGER)).toEqual([
      { id: results[0].customer_id, firstName: 'Sam', lastName: 'van Park' },
    ])
    // The next call knows them.
    expect((await call(STRANGER, 'call-2')).greeting).toMatch(/^Hello Sam,/)
  })

  it('frees the time of what was given up, and books it again only after it was found again', async () => {
    const { use } = await call(MARCUS)
    await use('find_open_slots', { service: 'check-up' })
    const { appointment_id } = await use('book_appointment', { slot_id: 'slot-1' })
    await use('cancel_appointment', { appointment_id })
    await expect(use('book_appointment', { slot_id: 'slot-1' })).rejects.toThrow(/find_open_slots/)
    const { slots } = await use('find_open_slots', { service: 'check-up' })
    expect((await use('book_appointment', { slot_id: slots[0]!.slot_id })).status).toBe('booked')
    await expectConsistent()
  })
})

describe('an appointment that was changed on another call', () => {
  it('is not moved by an older idea of it', async () => {
    const [first, second] = await Promise.all([call(ANNA, 'call-1'), call(ANNA, 'call-2')])
    for (const { use } of [first, second]) {
      await use('get_appointments', { customer_id: 'demo-anna-keller' })
      await use('find_open_slots', { service: 'cleaning', from: '2026-03-12' })
    }
    await first.use('cancel_appointment', { appointment_id: 'appointment-1' })
    const cells = await cellCount()
    const move = { appointment_id: 'appointment-1', slot_id: 'slot-2' }
    await expect(second.use('reschedule_appointment', move)).rejects.toThrow(/changed meanwhile/)
    expect(await cellCount()).toBe(cells)
    await expectConsistent()
  })

  it('whatever comes first, leaves nothing half done', async () => {
    for (let round = 0; round < 20; round++) {
      await openCustomers(store, { demoData: true, now: NOW })
      const calls = await Promise.all([call(ANNA, 'x'), call(ANNA, 'y')])
      for (const { use } of calls) {
        await use('get_appointments', { customer_id: 'demo-anna-keller' })
        await use('find_open_slots', { service: 'cleaning', from: '2026-03-12' })
      }
      const moves = calls.map(({ use }, n) =>
        use('reschedule_appointment', { appointment_id: 'appointment-1', slot_id: `slot-${n + 1}` }),
      )
      const cancel = calls[round % 2]!.use('cancel_appointment', { appointment_id: 'appointment-1' })
      await Promise.allSettled([...moves, cancel])
      await expectConsistent()
    }
  })
})

describe('somebody without a record', () => {
  it('is booked under first and last name from a number that is shown', async () => {
    const { use } = await call(STRANGER)
    await use('find_open_slots', { service: 'check-up' })
    await expect(use('book_appointment', { slot_id: 'slot-1' })).rejects.toThrow(/first and last name/)
    await expect(use('book_appointment', { slot_id: 'slot-1', new_customer_name: 'Mrs.' })).rejects.toThrow(/last name/)
    const withheld = await call(undefined)
    await withheld.use('find_open_slots', { service: 'check-up' })
    await expect(
      withheld.use('book_appointment', { slot_id: 'slot-1', new_customer_name: 'Sam Park' }),
    ).rejects.toThrow(/withheld/)
  })

  it.each([
    ['Sukarno', 'Sukarno', ''],
    ['Mr. Sukarno', 'Sukarno', ''],
    ['Mrs. Anna Keller', 'Anna', 'Keller'],
    ['PARK, Sam', 'Sam', 'PARK'],
  ])('who is called %s is booked, and known on the next call', async (name, firstName, lastName) => {
    const { use } = await call(STRANGER)
    await use('find_open_slots', { service: 'check-up' })
    expect(await use('book_appointment', { slot_id: 'slot-1', new_customer_name: name })).toMatchObject({
      status: 'booked',
    })
    expect(await customers.findByNumber(STRANGER)).toMatchObject([{ firstName, lastName }])
    const again = await call(STRANGER, 'call-2')
    expect(again.greeting).toMatch(new RegExp(`^Hello ${firstName},`))
    expect(again.instructions).toContain(`"${`${firstName} ${lastName}`.trim()}"`)
    expect(await again.use('lookup_customer', { name })).toMatchObject({ status: 'open' })
  })

  it.each(['priya nair', 'Nair, Priya', 'Ms. Priya Nair', 'Priya'])(
    'called %s does not get a second record on the telephone that knows her',
    async (name) => {
      const { use } = await call(NAIRS)
      await use('find_open_slots', { service: 'check-up' })
      const wish = { slot_id: 'slot-1', new_customer_name: name }
      await expect(use('book_appointment', wish)).rejects.toThrow(/lookup_customer/)
    },
  )

  it('is not taken for the one whose telephone it is because the names are alike', async () => {
    const { use } = await call(ANNA)
    await use('find_open_slots', { service: 'check-up' })
    const booked = await use('book_appointment', { slot_id: 'slot-1', new_customer_name: 'Hanna Keller' })
    expect(booked.customer_id).not.toBe('demo-anna-keller')
  })

  it('leaves no record behind when the time was taken', async () => {
    const [winner, loser] = await Promise.all([call(MARCUS), call(STRANGER)])
    for (const { use } of [winner, loser]) await use('find_open_slots', { service: 'check-up' })
    await winner.use('book_appointment', { slot_id: 'slot-1' })
    const wish = { slot_id: 'slot-1', new_customer_name: 'Sam Park' }
    expect((await loser.use('book_appointment', wish)).status).toBe('taken')
    expect(await customers.findByNumber(STRANGER)).toEqual([])
  })

  it('may lose as many races as there are, and book afterwards', async () => {
    let races = 8
    const contested = {
      ...customers,
      book: async (booking: Parameters<typeof customers.book>[0]) => {
        if (races-- > 4) return { outcome: 'taken' as const }
        if (races >= 0) throw new Error('SQLITE_BUSY')
        return customers.book(booking)
      },
    }
    const { use } = await answer(build({ customers: contested }), callFrom(STRANGER))
    for (let n = 0; n < 3; n++) await use('find_open_slots', { service: 'check-up', from: `2026-04-0${n * 2 + 1}` })
    const results = []
    for (let n = 1; n <= 12; n++)
      results.push(
        await use('book_appointment', { slot_id: `slot-${n}`, new_customer_name: 'Sam Park' }).then(
          ({ status }) => status,
          () => 'failed',
        ),
      )
    expect(results).toEqual([
      ...Array.from({ length: 4 }, () => 'taken'),
      ...Array.from({ length: 4 }, () => 'failed'),
      ...Array.from({ length: 4 }, () => 'booked'),
    ])
  })

  it('may change their mind: what was cancelled again is not counted', async () => {
    const { use } = await call(STRANGER)
    for (let n = 0; n < 3; n++) await use('find_open_slots', { service: 'check-up', from: `2026-04-0${n * 2 + 1}` })
    const book = (n: number) => use('book_appointment', { slot_id: `slot-${n}`, new_customer_name: 'Sam Park' })
    for (let n = 1; n <= 8; n++) {
      const { appointment_id } = await book(n)
      await use('cancel_appointment', { appointment_id })
    }
    expect((await book(9)).status).toBe('booked')
  })

  it('cannot fill the calendar', async () => {
    const { use } = await call(STRANGER)
    for (let n = 0; n < 3; n++) await use('find_open_slots', { service: 'check-up', from: `2026-04-0${n * 2 + 1}` })
    const results = []
    for (let n = 1; n <= 8; n++)
      results.push(await use('book_appointment', { slot_id: `slot-${n}`, new_customer_name: 'Sam Park' }).catch(String))
    expect(results.filter((one) => typeof one !== 'string')).toHaveLength(5)
    expect(results[7]).toMatch(/No more appointments/)
  })
})

describe('a calendar that fails', () => {
  it('confirms nothing, and says what still stands', async () => {
    const fails = async () => {
      throw new Error('SQLITE_FULL in /data/a.db')
    }
    const broken = { ...customers, agenda: fails, book: fails, move: fails, cancel: fails, services: async () => [] }
    const { use: prepare, known } = await call(ANNA)
    await prepare('get_appointments', { customer_id: 'demo-anna-keller' })
    await prepare('find_open_slots', { service: 'cleaning' })
    const mode = build({ customers: broken })
    const run = (name: string, input: object) =>
      mode.tools
        .find((tool) => tool.name === name)!
        .invoke(JSON.stringify(input), {
          facts: callFrom(ANNA),
          known,
          signal: new AbortController().signal,
          call: { leave: () => {}, consult: () => {}, keepListening: () => {} },
          now: () => NOW,
        })
    await expect(run('find_open_slots', { service: 'cleaning' })).rejects.toThrow(/^The calendar cannot be read/)
    await expect(run('book_appointment', { slot_id: 'slot-1' })).rejects.toThrow(/^The appointment could not be booked/)
    await expect(run('reschedule_appointment', { appointment_id: 'appointment-1', slot_id: 'slot-1' })).rejects.toThrow(
      /still at its old time/,
    )
    await expect(run('cancel_appointment', { appointment_id: 'appointment-1' })).rejects.toThrow(/it still stands/)
    // The same time can be booked once it works again.
    expect((await prepare('book_appointment', { slot_id: 'slot-1' })).status).toBe('booked')
  })
})

it('the calendar of a store keeps hours over midnight, and breaks', async () => {
  const { storeCalendar, calendarSchema } = await import('../src/cli/calendar-file.ts')
  const file = { hours: { 'fri-sat': '18:00-02:00', sun: ['09:00-12:00', '13:00-24:00'] } }
  await storeCalendar(customerDatabase(store), calendarSchema.parse(file))
  const { use } = await call(MARCUS)
  const { slots } = await use('find_open_slots', { service: 'check-up', from: '2026-03-08T00:30' })
  expect(slots.slice(0, 3).map(({ when }) => when)).toEqual([
    'Sunday, March 8 at 12:30 AM',
    'Sunday, March 8 at 1:30 AM',
    'Sunday, March 8 at 9 AM',
  ])
  expect(calendarSchema.safeParse({ hours: { 'mon-fri': 'closed' } }).error?.issues[0]?.message).toMatch(
    /opens on no day/,
  )
})
