import { randomUUID } from 'node:crypto'
import type { E164 } from '@llc-phone/core'
import { isConflict } from '@llc-phone/store'
import { runQuery } from '@llc-phone/store-drizzle'
import { and, asc, eq, exists, gt, gte, lt, ne, sql } from 'drizzle-orm'
import { CELL_MS, cellsOf } from './cells.ts'
import { addPhone } from './phones.ts'
import { aloneWithCustomers, type CustomerDatabase } from './schema.ts'

/** What can be booked. */
export interface Service {
  readonly id: string
  readonly name: string
  readonly durationMinutes: number
  /** Kept free afterwards. */
  readonly bufferMinutes: number
}

/** Something booked. */
export interface Appointment {
  readonly id: string
  readonly service: Service
  readonly startsAt: Date
}

/** Everything that open slots are computed from. */
export interface Agenda {
  /** Wall-clock hours, several a day for a break; empty when the hours of the business's settings hold. */
  readonly hours: readonly { readonly weekday: number; readonly opens: string; readonly closes: string }[]
  /** Local dates, both ends included. */
  readonly closures: readonly { readonly from: string; readonly to: string }[]
  /** For every chair, van or person: the cells of five minutes that are taken. */
  readonly occupied: readonly ReadonlySet<number>[]
}

/** The result of a booking. `already`: the same wish was booked before; its appointment is the answer to both. */
export type BookingResult =
  | { readonly outcome: 'booked' | 'already'; readonly appointmentId: string; readonly customerId: string }
  | { readonly outcome: 'taken' }

/** Whom, what and when. */
export interface Booking {
  /** A person without a record gets one with the booking, or neither. */
  readonly customer:
    | { readonly id: string }
    | { readonly firstName: string; readonly lastName: string; readonly phone: E164 }
  readonly service: Service
  readonly startsAt: Date
  /** The call it is booked on; null when it is not one. */
  readonly callId: string | null
}

/** Identifies an appointment together with its customer, so that an id alone gives no access. */
export interface AppointmentRef {
  readonly id: string
  readonly customerId: string
}

/** What is booked. Every change is durable when it resolves, all of it or nothing, and never books a time twice. */
export interface AppointmentBook {
  services(): Promise<readonly Service[]>
  /** Booked and not begun by `after`, soonest first, five at most. */
  upcomingAppointments(customerId: string, after: Date): Promise<readonly Appointment[]>
  /** Hours, closures and what is taken between two moments; `except` counts as free. */
  agenda(from: Date, to: Date, except?: string): Promise<Agenda>
  book(booking: Booking): Promise<BookingResult>
  /** `gone`: it is no longer booked at the time it was. */
  move(
    appointment: AppointmentRef,
    to: { readonly from: Date; readonly startsAt: Date; readonly service: Service },
  ): Promise<'moved' | 'already' | 'taken' | 'gone'>
  cancel(appointment: AppointmentRef): Promise<'cancelled' | 'already'>
}

/** Most appointments read: nobody listens to more on a telephone. */
const MAX_APPOINTMENTS = 5

/** The booked appointments in the database. */
export const drizzleAppointments = (database: CustomerDatabase): AppointmentBook => {
  const { appointments, closures, customers, occupiedCells, openingHours, resources, services } = database.tables
  const owned = ({ id, customerId }: AppointmentRef) =>
    and(eq(appointments.id, id), eq(appointments.customerId, customerId), eq(appointments.status, 'booked'))

  const resourceIds = async (): Promise<string[]> => {
    const found = await runQuery(database.select({ id: resources.id }).from(resources).orderBy(asc(resources.id)))
    return found.map(({ id }) => id)
  }

  /** Tries one resource after the other; each try is a batch that a taken cell undoes. */
  const onFirstFree = async <Result>(write: (resourceId: string) => Promise<Result>): Promise<Result | undefined> => {
    for (const resourceId of await resourceIds())
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next one is only tried when this one is taken
        return await write(resourceId)
      } catch (error) {
        if (!isConflict(error)) throw error
      }
    return undefined
  }

  const findSame = async (customerId: string, { service, startsAt }: Booking): Promise<string | undefined> => {
    const [same] = await runQuery(
      database
        .select({ id: appointments.id })
        .from(appointments)
        .where(
          and(
            eq(appointments.customerId, customerId),
            eq(appointments.serviceId, service.id),
            eq(appointments.startsAt, startsAt),
            eq(appointments.status, 'booked'),
          ),
        ),
    )
    return same?.id
  }

  return {
    services: () => runQuery(database.select().from(services).orderBy(asc(services.name))),

    upcomingAppointments: (customerId, after) =>
      runQuery(
        database
          .select({ id: appointments.id, startsAt: appointments.startsAt, service: services })
          .from(appointments)
          .innerJoin(services, eq(services.id, appointments.serviceId))
          .where(
            and(
              eq(appointments.customerId, customerId),
              eq(appointments.status, 'booked'),
              gt(appointments.startsAt, after),
            ),
          )
          .orderBy(asc(appointments.startsAt))
          .limit(MAX_APPOINTMENTS),
      ),

    async agenda(from, to, except = '') {
      const [hours, closed, all, taken] = await runQuery(
        database.batch([
          database.select().from(openingHours).orderBy(asc(openingHours.weekday), asc(openingHours.opens)),
          database.select({ from: closures.from, to: closures.to }).from(closures),
          database.select({ id: resources.id }).from(resources).orderBy(asc(resources.id)),
          database
            .select({ resourceId: occupiedCells.resourceId, cell: occupiedCells.cell })
            .from(occupiedCells)
            .where(
              and(
                gte(occupiedCells.cell, Math.floor(from.getTime() / CELL_MS)),
                lt(occupiedCells.cell, Math.ceil(to.getTime() / CELL_MS)),
                ne(occupiedCells.appointmentId, except),
              ),
            ),
        ]),
      )
      const occupied = new Map(all.map(({ id }) => [id, new Set<number>()]))
      for (const { resourceId, cell } of taken) occupied.get(resourceId)?.add(cell)
      return { hours, closures: closed, occupied: [...occupied.values()] }
    },

    async book(booking) {
      const { customer, service, startsAt, callId } = booking
      const isNew = !('id' in customer)
      const customerId = isNew ? randomUUID() : customer.id
      if (!isNew) {
        const same = await findSame(customerId, booking)
        if (same) return { outcome: 'already', appointmentId: same, customerId }
      }
      const appointmentId = randomUUID()
      const record = isNew
        ? [
            database.insert(customers).values({
              id: customerId,
              firstName: customer.firstName,
              lastName: customer.lastName,
              createdAt: new Date(),
            }),
            // A new customer who calls from another customer's telephone is booked, but does not get that number.
            addPhone(database, customerId, customer.phone),
          ]
        : []
      const booked = await onFirstFree(async (resourceId) => {
        const appointment = database
          .insert(appointments)
          .values({ id: appointmentId, customerId, serviceId: service.id, startsAt, status: 'booked', callId })
        const cells = database
          .insert(occupiedCells)
          .values(cellsOf(startsAt, service).map((cell) => ({ resourceId, cell, appointmentId })))
        await runQuery<unknown>(
          record[0]
            ? aloneWithCustomers(database).batch([record[0], ...record.slice(1), appointment, cells])
            : aloneWithCustomers(database).batch([appointment, cells]),
        )
        return true
      })
      if (booked) return { outcome: 'booked', appointmentId, customerId }
      // The refusal may have come from the same wish, delivered at the same moment.
      const same = isNew ? undefined : await findSame(customerId, booking)
      return same ? { outcome: 'already', appointmentId: same, customerId } : { outcome: 'taken' }
    },

    async move(appointment, { from, startsAt, service }) {
      const before = and(owned(appointment), eq(appointments.startsAt, from))
      const bookedBefore = database.select({ id: appointments.id }).from(appointments).where(before)
      const moved = await onFirstFree(async (resourceId) => {
        const cells = cellsOf(startsAt, service).map((cell) => ({ cell }))
        // Each statement applies only if the one before did, so that an appointment that was cancelled or moved meanwhile
        // stays unchanged.
        const [, changed] = await runQuery(
          aloneWithCustomers(database).batch([
            database
              .delete(occupiedCells)
              .where(and(eq(occupiedCells.appointmentId, appointment.id), exists(bookedBefore))),
            database.update(appointments).set({ startsAt }).where(before).returning({ id: appointments.id }),
            database.run(sql`
              insert into ${occupiedCells} (resource_id, cell, appointment_id)
              select ${resourceId}, cell, ${appointment.id} from ${database.engine.rows(cells, { cell: 'integer' }, 'wanted')}
              where exists (select 1 from ${appointments} where ${owned(appointment)})
                and not exists (select 1 from ${occupiedCells} where ${eq(occupiedCells.appointmentId, appointment.id)})`),
          ]),
        )
        return changed.length > 0
      })
      if (moved) return 'moved'
      const [now] = await runQuery(
        database.select({ startsAt: appointments.startsAt }).from(appointments).where(owned(appointment)),
      )
      if (now?.startsAt.getTime() === startsAt.getTime()) return 'already'
      return moved === undefined && now?.startsAt.getTime() === from.getTime() ? 'taken' : 'gone'
    },

    async cancel(appointment) {
      const booked = database.select({ id: appointments.id }).from(appointments).where(owned(appointment))
      const [, changed] = await runQuery(
        aloneWithCustomers(database).batch([
          database.delete(occupiedCells).where(and(eq(occupiedCells.appointmentId, appointment.id), exists(booked))),
          database
            .update(appointments)
            .set({ status: 'cancelled' })
            .where(owned(appointment))
            .returning({ id: appointments.id }),
        ]),
      )
      return changed.length > 0 ? 'cancelled' : 'already'
    },
  }
}
