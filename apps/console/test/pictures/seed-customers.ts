import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { stopClock } from './clock.ts'
import { at, daysBefore, NOW, weekdayBefore } from './moments.ts'
import type { Random } from './random.ts'
import type { Staff } from './seed-people.ts'

/** A request as somebody of the staff. Throws when it is refused. */
export type Ask = (key: string, method: string, path: string, body?: object | string) => Promise<unknown>

const NAMES = [
  ['Helen', 'Wu'],
  ['Robert', 'Hale'],
  ['Irene', 'Castillo'],
  ['Tom', 'Becker'],
  ['Leila', 'Haddad'],
  ['Maria', 'Santos'],
  ['George', 'Anderson'],
  ['Daniel', 'Brooks'],
  ['Sofia', 'Rossi'],
  ['James', 'O’Neill'],
  ['Yuki', 'Tanaka'],
  ['Amara', 'Okafor'],
  ['Peter', 'Lindqvist'],
  ['Chloe', 'Martin'],
  ['Victor', 'Petrov'],
  ['Nora', 'Fitzgerald'],
  ['Samuel', 'Green'],
  ['Isabel', 'Reyes'],
  ['Henry', 'Walsh'],
  ['Mei', 'Chen'],
  ['Oliver', 'Grant'],
  ['Fatima', 'Rahman'],
] as const

const STREETS = ['Mill Street', 'Harbor Street', 'Beacon Street', 'Elm Avenue', 'Tremont Street', 'Commonwealth Avenue']

const listOf = (random: Random): string =>
  [
    'first_name,last_name,phones,email,address,postcode',
    ...NAMES.map(([first, last], index) => {
      const email = `${first}.${last}@example.com`.toLowerCase().replaceAll('’', '')
      return `${first},${last},+1617555${String(120 + index * 3).padStart(4, '0')},${email},"${random.whole(3, 240)} ${random.of(STREETS)}, Boston",0${random.whole(2108, 2136)}`
    }),
  ].join('\n')

/** Adds customers, treatment rooms, notes and two weeks of appointments, as colleagues do by the console. */
export const seedCustomers = async (store: DrizzleStore, ask: Ask, staff: Staff, random: Random): Promise<void> => {
  stopClock([daysBefore(28, '13:00')])
  for (const row of [
    `INSERT INTO resources (id, name) VALUES ('room-2', 'Room 2'), ('room-3', 'Room 3')`,
    `UPDATE resources SET name = 'Room 1' WHERE id = 'main'`,
    `INSERT INTO services (id, name, duration_minutes, buffer_minutes) VALUES ('filling', 'filling', 60, 15), ('consultation', 'consultation', 30, 0)`,
  ])
    // oxlint-disable-next-line no-await-in-loop -- one statement after the other
    await runQuery(store.database.run(row))
  await ask(staff.anna, 'POST', '/customers/import', listOf(random))
  const { customers } = (await ask(staff.anna, 'GET', '/customers?limit=100')) as {
    customers: { id: string; firstName: string }[]
  }
  const patients = customers.filter(({ id }) => !id.startsWith('demo-'))
  const services = ['demo-cleaning', 'demo-cleaning', 'demo-checkup', 'demo-checkup', 'filling', 'consultation']
  for (let days = 10; days >= -12; days--) {
    if (weekdayBefore(days) === 0 || weekdayBefore(days) === 6) continue
    // Booked some days before, so that it was still ahead.
    stopClock([Math.min(NOW, daysBefore(days + 4, '10:00'))])
    const date = new Date(daysBefore(days, '12:00')).toISOString().slice(0, 10)
    for (let booked = random.whole(5, days >= 0 ? 9 : 7 + days / 3); booked > 0; booked--) {
      const serviceId = random.of(services)
      // oxlint-disable-next-line no-await-in-loop -- each takes a time from the next
      const { starts } = (await ask(staff.sam, 'GET', `/calendar/free?service=${serviceId}&date=${date}`)) as {
        starts: string[]
      }
      if (starts.length === 0) continue
      // oxlint-disable-next-line no-await-in-loop -- as above
      await ask(staff.sam, 'POST', '/appointments', {
        customerId: random.of(patients).id,
        serviceId,
        startsAt: random.of(starts),
      })
    }
  }
  const anna = 'demo-anna-keller'
  stopClock([daysBefore(20, '14:10')])
  await ask(staff.sam, 'POST', `/customers/${anna}/notes`, { text: 'Prefers Dr. Lopez, and times after lunch.' })
  stopClock([at('11:25')])
  await ask(staff.sam, 'PATCH', '/appointments/demo-1', { startsAt: '2026-11-24T19:00:00Z' })
  await ask(staff.sam, 'POST', `/customers/${anna}/notes`, { text: 'Moved the cleaning to Tuesday, by telephone.' })
}
