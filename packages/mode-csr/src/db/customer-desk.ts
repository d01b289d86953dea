import { randomUUID } from 'node:crypto'
import { localMoment, rangesAt, type BusinessTimes, type OpenRange } from '@llc-phone/core'
import { runQuery } from '@llc-phone/store-drizzle'
import { and, asc, eq, sql } from 'drizzle-orm'
import { bookableOpening, freeTimes } from '../slots.ts'
import { drizzleAppointments, type BookingResult, type Service } from './appointments.ts'
import { isProvenByAnother } from './phones.ts'
import { aloneWithCustomers, phoneClaim, type CustomerDatabase } from './schema.ts'

/** What colleagues may write of a customer; `null` takes it away, what is absent stays. */
export interface CustomerFields {
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly email?: string | null | undefined
  readonly address?: string | null | undefined
  readonly postcode?: string | null | undefined
}

/** A day of the calendar. */
export interface CalendarDay {
  /** The local date, `2026-12-24`. */
  readonly date: string
  /** When it is open: minutes since midnight, beyond 1,440 in the night after. */
  readonly open: readonly OpenRange[]
  readonly closedFor?: string
}

/** Whom an appointment is for and when. */
export interface DeskBooking {
  readonly customerId: string
  readonly serviceId: string
  readonly startsAt: Date
}

/**
 * What colleagues do with customers and appointments. Times are booked by the rules that callers are booked by: within the
 * hours, on the quarter of an hour, never twice; only the hour of notice is not asked of colleagues.
 */
export interface CustomerDesk {
  /** Resolves to the id. */
  create(fields: CustomerFields, phones: readonly string[]): Promise<string>
  /** Resolves to whether there is such a customer; so do the others. */
  change(id: string, fields: CustomerFields): Promise<boolean>
  /** With appointments and notes. */
  remove(id: string): Promise<boolean>
  /** A number that recognises somebody else is kept for contact only. */
  addPhone(id: string, phone: string): Promise<boolean>
  removePhone(id: string, phone: string): Promise<boolean>
  addNote(customerId: string, text: string): Promise<boolean>
  removeNote(customerId: string, noteId: string): Promise<boolean>
  services(): Promise<readonly Service[]>
  resources(): Promise<readonly { readonly id: string; readonly name: string }[]>
  /** Days from a local date on. */
  days(business: BusinessTimes, from: string, count: number): Promise<readonly CalendarDay[]>
  /** Every free start of a day; `moving` counts as free. */
  free(
    business: BusinessTimes,
    wish: { readonly serviceId: string; readonly date: string; readonly moving?: string | undefined },
    now: Date,
  ): Promise<readonly Date[]>
  /** `closed`: it is not open then, or the time is past or not on the quarter. `gone`: no such customer or service. */
  book(
    business: BusinessTimes,
    booking: DeskBooking,
    now: Date,
  ): Promise<BookingResult | { readonly outcome: 'closed' | 'gone' }>
  move(
    business: BusinessTimes,
    id: string,
    startsAt: Date,
    now: Date,
  ): Promise<'moved' | 'already' | 'taken' | 'gone' | 'closed'>
  /** `gone`: there is none that is still to come. */
  cancel(id: string, now: Date): Promise<'cancelled' | 'already' | 'gone'>
}

const DAY_MS = 86_400_000

const dateOf = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at)

const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** The desk over the database. */
export const openCustomerDesk = (database: CustomerDatabase): CustomerDesk => {
  const { appointments, closures, customerPhones, customers, notes, resources, services } = database.tables
  const book = drizzleAppointments(database)

  const insertPhone = (customerId: string, phone: string) =>
    database.run(sql`
      insert into ${customerPhones} (customer_id, phone, claim)
      select ${customerId}, ${phone}, case when ${isProvenByAnother(phone, customerId)} then ${sql.raw(String(phoneClaim.contact))} else ${sql.raw(String(phoneClaim.proven))} end
      where exists (select 1 from ${customers} where ${customers.id} = ${customerId})
      on conflict (customer_id, phone) do nothing`)

  const exists = async (id: string): Promise<boolean> =>
    (await runQuery(database.select({ id: customers.id }).from(customers).where(eq(customers.id, id)))).length > 0

  const serviceOf = async (id: string): Promise<Service | undefined> =>
    (await book.services()).find((service) => service.id === id)

  /** The appointment with its customer and service, if it is booked. */
  const booked = async (id: string) => {
    const [found] = await runQuery(
      database
        .select({
          customerId: appointments.customerId,
          startsAt: appointments.startsAt,
          status: appointments.status,
          service: services,
        })
        .from(appointments)
        .innerJoin(services, eq(services.id, appointments.serviceId))
        .where(eq(appointments.id, id)),
    )
    return found
  }

  const settingFor = async (business: BusinessTimes, date: string, moving?: string) => {
    const from = localMoment(`${date}T00:00`, business.timeZone)
    const until = localMoment(`${addDays(date, 1)}T00:00`, business.timeZone)
    // What begins late on that day may occupy some of the next.
    const agenda = await book.agenda(from, new Date(until.getTime() + DAY_MS), moving)
    return { from, setting: { business, agenda, until } }
  }

  const freeOn = async (business: BusinessTimes, service: Service, date: string, now: Date, moving?: string) => {
    const { from, setting } = await settingFor(business, date, moving)
    // Free of what is taken, and free of nothing: the difference tells "taken" from "closed".
    const wish = { service, from }
    const all = freeTimes(wish, { ...setting, agenda: { ...setting.agenda, occupied: [new Set()] } })
    const free = freeTimes(wish, setting)
    return { all: all.filter((start) => start > now), free: free.filter((start) => start > now) }
  }

  const judge = async (business: BusinessTimes, service: Service, startsAt: Date, now: Date, moving?: string) => {
    const { all, free } = await freeOn(business, service, dateOf(startsAt, business.timeZone), now, moving)
    const has = (starts: readonly Date[]) => starts.some((start) => start.getTime() === startsAt.getTime())
    return has(free) ? 'free' : has(all) ? 'taken' : 'closed'
  }

  return {
    async create(fields, phones) {
      const id = randomUUID()
      const person = database.insert(customers).values({
        firstName: fields.firstName ?? '',
        lastName: fields.lastName ?? '',
        email: fields.email ?? null,
        address: fields.address ?? null,
        postcode: fields.postcode ?? null,
        id,
        createdAt: new Date(),
      })
      await runQuery<unknown>(
        aloneWithCustomers(database).batch([person, ...phones.map((phone) => insertPhone(id, phone))]),
      )
      return id
    },
    async change(id, fields) {
      const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
      const changed = await runQuery(
        database
          .update(customers)
          .set({ ...set, id })
          .where(eq(customers.id, id))
          .returning({ id: customers.id }),
      )
      return changed.length > 0
    },
    async remove(id) {
      const [, , removed] = await runQuery(
        database.batch([
          database.delete(notes).where(eq(notes.customerId, id)),
          database.delete(appointments).where(eq(appointments.customerId, id)),
          database.delete(customers).where(eq(customers.id, id)).returning({ id: customers.id }),
        ]),
      )
      return removed.length > 0
    },
    async addPhone(id, phone) {
      await runQuery<unknown>(aloneWithCustomers(database).batch([insertPhone(id, phone)]))
      return exists(id)
    },
    async removePhone(id, phone) {
      const removed = await runQuery(
        database
          .delete(customerPhones)
          .where(and(eq(customerPhones.customerId, id), eq(customerPhones.phone, phone)))
          .returning({ phone: customerPhones.phone }),
      )
      return removed.length > 0
    },
    async addNote(customerId, text) {
      if (!(await exists(customerId))) return false
      await runQuery(
        database.insert(notes).values({ id: randomUUID(), customerId, callId: '', text, createdAt: new Date() }),
      )
      return true
    },
    async removeNote(customerId, noteId) {
      const removed = await runQuery(
        database
          .delete(notes)
          .where(and(eq(notes.id, noteId), eq(notes.customerId, customerId)))
          .returning({ id: notes.id }),
      )
      return removed.length > 0
    },
    services: () => book.services(),
    resources: () => runQuery(database.select().from(resources).orderBy(asc(resources.name))),
    async days(business, from, count) {
      const start = localMoment(`${from}T00:00`, business.timeZone)
      const [agenda, closed] = await Promise.all([
        book.agenda(start, start),
        runQuery(database.select().from(closures)),
      ])
      const opening = bookableOpening({ agenda, business })
      return Array.from({ length: count }, (_, index) => {
        const date = addDays(from, index)
        const reason =
          closed.find((each) => date >= each.from && date <= each.to)?.reason ??
          business.closures?.find((each) => date >= each.from && date <= (each.to ?? each.from))?.reason
        return {
          date,
          // Noon is on that day in every zone, whatever its clocks do.
          open: rangesAt(opening, business.timeZone, localMoment(`${date}T12:00`, business.timeZone)),
          ...(reason ? { closedFor: reason } : {}),
        }
      })
    },
    async free(business, { serviceId, date, moving }, now) {
      const service = await serviceOf(serviceId)
      return service ? (await freeOn(business, service, date, now, moving)).free : []
    },
    async book(business, { customerId, serviceId, startsAt }, now) {
      const [service, isThere] = await Promise.all([serviceOf(serviceId), exists(customerId)])
      if (!service || !isThere) return { outcome: 'gone' }
      const verdict = await judge(business, service, startsAt, now)
      if (verdict === 'closed') return { outcome: 'closed' }
      // Whether it is taken is decided by the write; it also knows a booking of the same wish.
      return book.book({ customer: { id: customerId }, service, startsAt, callId: null })
    },
    async move(business, id, startsAt, now) {
      const found = await booked(id)
      if (!found || found.status !== 'booked' || found.startsAt <= now) return 'gone'
      const { customerId, startsAt: from, service } = found
      if (from.getTime() === startsAt.getTime()) return 'already'
      const verdict = await judge(business, service, startsAt, now, id)
      return verdict === 'free' ? book.move({ id, customerId }, { from, startsAt, service }) : verdict
    },
    async cancel(id, now) {
      const found = await booked(id)
      if (!found) return 'gone'
      if (found.status !== 'booked') return 'already'
      return found.startsAt <= now ? 'gone' : book.cancel({ id, customerId: found.customerId })
    },
  }
}
