import { ToolError, type CallFacts, type ToolContext } from '@llc-phone/core'
import type { Appointment, BookingResult, Service } from './db/appointments.ts'
import type { CustomerStore } from './db/customers.ts'
import type { Customer } from './db/records.ts'

/** How sure a call is whose record it has open: the telephone on file is calling, or more than that was proven. */
export type Trust = 'recognised' | 'verified'

/** A time this call was offered. */
export interface OfferedSlot {
  readonly service: Service
  readonly startsAt: Date
  /** The zone the caller thinks in, if they have named one. */
  readonly zone?: string
  /** The booking that is being made of it: the same tool call delivered twice waits for the same one. */
  booking?: { readonly whose: string; readonly result: Promise<BookingResult> }
  /** What was made of it. */
  appointmentId?: string
  /** It was booked and given up again; others may have it by now. */
  spent?: boolean
}

/** An appointment this call has read or made. */
export interface GrantedAppointment {
  readonly customerId: string
  readonly appointment: Appointment
}

/**
 * What a call knows about its caller, and what it may touch. The model only ever names keys of these maps; what is not
 * in them does not exist for this call.
 */
export interface CsrKnown {
  /** Whom the caller's number recognises. */
  readonly matches: readonly Customer[]
  /** The records open on this call, by customer id. */
  readonly granted: Map<string, { readonly customer: Customer; readonly trust: Trust }>
  /** Whose records were closed on this call, by customer id: only a proof of identity opens them again. */
  readonly closed: Map<string, Customer>
  /** How often records were closed: what was begun before opens nothing afterwards. */
  closings: number
  /** By the id the model was told, such as `slot-1`. */
  readonly slots: Map<string, OfferedSlot>
  /** By the id the model was told, such as `appointment-1`. */
  readonly appointments: Map<string, GrantedAppointment>
  /** Appointments named so far, so that no id ever means another one. */
  appointmentsNamed: number
  readonly services: readonly Service[]
  /** Whom a caller on another telephone says they are; `null` when there is no such customer, which nobody is told. */
  claimed?: Customer | null
  /** Failed attempts to prove an identity, and those under way. */
  proofs: number
  /** What was booked, and what is being booked. */
  bookings: number
  /** Telephone numbers of others that were to be added to a record, and those that are being added. */
  numbersTaken: number
  /** The records could not be read while the phone was ringing. */
  readonly failed: boolean
}

/** What a tool of this mode is given. */
export type CsrContext = ToolContext<CsrKnown>

const nothing = (failed: boolean): CsrKnown => ({
  matches: [],
  granted: new Map(),
  closed: new Map(),
  closings: 0,
  slots: new Map(),
  appointments: new Map(),
  appointmentsNamed: 0,
  services: [],
  proofs: 0,
  bookings: 0,
  numbersTaken: 0,
  failed,
})

/** Those whom a number recognises, of those who have named it. */
export const recognisedAmong = (customers: readonly Customer[]): readonly Customer[] =>
  customers.filter(({ contactOnly }) => !contactOnly)

/** Runs while the phone rings. A number that belongs to exactly one customer opens that customer's record. */
export const lookUpCaller = async (customers: CustomerStore, { otherParty: caller }: CallFacts): Promise<CsrKnown> => {
  const [found, services] = await Promise.all([
    caller.number ? customers.findByNumber(caller.number) : [],
    customers.services(),
  ])
  const matches = recognisedAmong(found)
  const [only, second] = matches
  const known = { ...nothing(false), matches, services }
  if (only && !second) grant(known, only, 'recognised')
  return known
}

/** The records are not to be had: the caller is served as a stranger. */
export const unknownCaller = (): CsrKnown => nothing(true)

/** Opens a record on this call; what was proven stays proven. */
export const grant = ({ granted, closed }: CsrKnown, customer: Customer, trust: Trust): void => {
  if (trust === 'verified') closed.delete(customer.id)
  if (granted.get(customer.id)?.trust !== 'verified') granted.set(customer.id, { customer, trust })
}

/**
 * The caller is somebody else than was thought: nothing of the records that were open can be read or written any more, and
 * the telephone no longer opens them.
 */
export const closeRecords = (known: CsrKnown): void => {
  const { granted, closed, appointments } = known
  for (const { customer } of granted.values()) closed.set(customer.id, customer)
  granted.clear()
  appointments.clear()
  known.closings += 1
  delete known.claimed
}

/** Throws what the model should hear when it names a record that is not open, or not open far enough. */
export const assertGranted = ({ granted }: CsrKnown, customerId: string, needs: Trust = 'recognised'): Customer => {
  const open = granted.get(customerId)
  if (!open) throw new ToolError('That record is not open on this call. Ask for the name and call lookup_customer.')
  if (needs === 'verified' && open.trust !== 'verified')
    throw new ToolError(
      'That needs proof of identity. Ask for the date of birth, the postcode or the PIN and call verify_identity.',
    )
  return open.customer
}

/** The appointment of an id this call was told. */
export const grantedAppointment = (known: CsrKnown, id: string, needs: Trust): GrantedAppointment => {
  const found = known.appointments.get(id)
  if (!found) throw new ToolError('There is no such appointment on this call. Call get_appointments first.')
  assertGranted(known, found.customerId, needs)
  return found
}

/** The slot of an id this call was told. */
export const offeredSlot = ({ slots }: CsrKnown, id: string): OfferedSlot => {
  const slot = slots.get(id)
  if (!slot || slot.spent) throw new ToolError('That time was not offered on this call. Call find_open_slots first.')
  return slot
}

/** Lets this call name an appointment; the same one keeps its id. */
export const grantAppointment = (known: CsrKnown, granted: GrantedAppointment): string => {
  const same = [...known.appointments].find(([, { appointment }]) => appointment.id === granted.appointment.id)
  const id = same?.[0] ?? `appointment-${++known.appointmentsNamed}`
  known.appointments.set(id, granted)
  return id
}

/** Lets this call name a time. */
export const offerSlot = (known: CsrKnown, slot: OfferedSlot): string => {
  const id = `slot-${known.slots.size + 1}`
  known.slots.set(id, slot)
  return id
}

/**
 * A time whose booking was given up may be booked again, but only after it was found free again. Whether it was booked on
 * this call.
 */
export const forgetBooking = ({ slots }: CsrKnown, appointmentId: string): boolean => {
  const given = [...slots.values()].filter((slot) => slot.appointmentId === appointmentId && !slot.spent)
  for (const slot of given) slot.spent = true
  return given.length > 0
}
