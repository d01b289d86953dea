import { runQuery } from '@llc-phone/store-drizzle'
import { and, asc, eq, gt, gte, lt, sql, type SQL } from 'drizzle-orm'
import { type CustomerDatabase } from './schema.ts'

/** A customer as colleagues see them, without what proves who they are. */
export interface ListedCustomer {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string | null
  readonly address: string | null
  readonly postcode: string | null
  /** With extensions, if any: `+14155550142 ext. 22`. */
  readonly phones: readonly string[]
  readonly createdAt: Date
}

/** An appointment with whom it is for. */
export interface ListedAppointment {
  readonly id: string
  readonly startsAt: Date
  readonly service: string
  readonly durationMinutes: number
  readonly status: 'booked' | 'cancelled'
  readonly customerId: string
  readonly customerName: string
  /** The call it was booked on; null when it was not a call. */
  readonly callId: string | null
  readonly serviceId: string
  /** Which chair, van or person it occupies; null when it is cancelled. */
  readonly resourceId: string | null
}

/** What was noted of a customer. */
export interface CustomerNote {
  readonly id: string
  readonly text: string
  /** Empty when it was not on a call. */
  readonly callId: string
  readonly createdAt: Date
}

/** A customer with all that is on record. */
export interface CustomerFile extends ListedCustomer {
  /** The soonest first, past and cancelled ones too. */
  readonly appointments: readonly ListedAppointment[]
  /** The latest first. */
  readonly notes: readonly CustomerNote[]
}

/** Which appointments: those to which everything given applies. */
export interface AppointmentFilter {
  /** The moment included. */
  readonly from?: Date | undefined
  /** The moment not included. */
  readonly to?: Date | undefined
  readonly customerId?: string | undefined
  readonly status?: 'booked' | 'cancelled' | undefined
  /** A part of the customer's name, or of the service's. */
  readonly text?: string | undefined
}

/** What colleagues read of customers and appointments. */
export interface CustomerList {
  /**
   * By id, beginning behind `after`. `text` is a part of the name, number or e-mail address; of numbers the whole one, where
   * `wholeNumbers`: whoever sees them masked could otherwise ask for one hidden digit after the other.
   */
  customers(
    text: string | undefined,
    limit: number,
    after?: string,
    wholeNumbers?: boolean,
  ): Promise<readonly ListedCustomer[]>
  customer(id: string): Promise<CustomerFile | undefined>
  /** The soonest first, beginning behind `after`. */
  appointments(
    filter: AppointmentFilter,
    limit: number,
    after?: Pick<ListedAppointment, 'startsAt' | 'id'>,
  ): Promise<readonly ListedAppointment[]>
}

/** The most that is shown of one customer. */
const MOST = 200

/** The customers and appointments in the database. */
export const openCustomerList = (database: CustomerDatabase): CustomerList => {
  const { appointments, customerPhones, customers, notes, services } = database.tables
  const { among, contains } = database.engine
  const fullName = sql<string>`trim(${customers.firstName} || ' ' || ${customers.lastName})`
  const shown = {
    id: customers.id,
    firstName: customers.firstName,
    lastName: customers.lastName,
    email: customers.email,
    address: customers.address,
    postcode: customers.postcode,
    createdAt: customers.createdAt,
  }

  const read = async (which: SQL | undefined, limit: number): Promise<ListedCustomer[]> => {
    const rows = await runQuery(
      database.select(shown).from(customers).where(which).orderBy(asc(customers.id)).limit(limit),
    )
    const ids = rows.map(({ id }) => id)
    const phones = await runQuery(
      database
        .select({ customerId: customerPhones.customerId, phone: customerPhones.phone })
        .from(customerPhones)
        .where(sql`${customerPhones.customerId} IN ${among(ids)}`)
        .orderBy(asc(customerPhones.phone)),
    )
    const byCustomer = Map.groupBy(phones, ({ customerId }) => customerId)
    return rows.map((row) => ({ ...row, phones: byCustomer.get(row.id)?.map(({ phone }) => phone) ?? [] }))
  }

  const readAppointments = (which: SQL | undefined, limit: number): Promise<ListedAppointment[]> =>
    runQuery(
      database
        .select({
          id: appointments.id,
          startsAt: appointments.startsAt,
          service: services.name,
          durationMinutes: services.durationMinutes,
          status: appointments.status,
          customerId: appointments.customerId,
          customerName: fullName,
          callId: appointments.callId,
          serviceId: appointments.serviceId,
          resourceId: sql<
            string | null
          >`(SELECT resource_id FROM occupied_cells WHERE appointment_id = ${appointments.id} LIMIT 1)`,
        })
        .from(appointments)
        .innerJoin(customers, eq(customers.id, appointments.customerId))
        .innerJoin(services, eq(services.id, appointments.serviceId))
        .where(which)
        .orderBy(asc(appointments.startsAt), asc(appointments.id))
        .limit(limit),
    )

  return {
    customers: (text, limit, after, wholeNumbers = false) =>
      read(
        and(
          after === undefined ? undefined : gt(customers.id, after),
          text === undefined
            ? undefined
            : sql`(${contains(fullName, text)} OR ${contains(sql`${customers.email}`, text)} OR EXISTS (SELECT 1 FROM customer_phones
                WHERE customer_id = ${customers.id} AND ${wholeNumbers ? sql`phone = ${text}` : contains(sql`phone`, text)}))`,
        ),
        limit,
      ),
    async customer(id) {
      const [[found], booked, noted] = await Promise.all([
        read(eq(customers.id, id), 1),
        readAppointments(eq(appointments.customerId, id), MOST),
        runQuery(
          database
            .select({ id: notes.id, text: notes.text, callId: notes.callId, createdAt: notes.createdAt })
            .from(notes)
            .where(eq(notes.customerId, id))
            .orderBy(sql`${notes.createdAt} DESC`)
            .limit(MOST),
        ),
      ])
      return found && { ...found, appointments: booked, notes: noted }
    },
    appointments: ({ from, to, customerId, status, text }, limit, after) =>
      readAppointments(
        and(
          from && gte(appointments.startsAt, from),
          to && lt(appointments.startsAt, to),
          customerId === undefined ? undefined : eq(appointments.customerId, customerId),
          status && eq(appointments.status, status),
          text === undefined
            ? undefined
            : sql`(${contains(fullName, text)} OR ${contains(sql`${services.name}`, text)})`,
          after && sql`(${appointments.startsAt}, ${appointments.id}) > (${after.startsAt.getTime()}, ${after.id})`,
        ),
        limit,
      ),
  }
}
