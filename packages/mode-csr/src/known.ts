import { ToolError, type CallFacts, type ToolContext } from '@llc-phone/core'
import type { Appointment, BookingResult, Service } from './db/appointments.ts'
import type { CustomerStore } from './db/customers.ts'
import type { Customer } from './db/records.ts'

/** How the caller was identified: by the telephone on file only, or by a proof of identity. */
export type Trust = 'recognised' | 'verified'

/** A time that this call was offered. */
export interface OfferedSlot {
  readonly service: Service
  readonly startsAt: Date
  /** The caller's time zone, if they named one. */
  readonly zone?: string
  /** The booking in progress: a repeated tool call waits for the same one. */
  booking?: { readonly whose: string; readonly result: Promise<BookingResult> }
  /** The appointment booked from it. */
  appointmentId?: string
  /** It was booked and cancelled again; somebody else may have booked it since. */
  spent?: boolean
}

/** An appointment this call has read or made. */
export interface GrantedAppointment {
  readonly customerId: string
  readonly appointment: Appointment
}

/**
 * What a call knows about its caller, and what it may access. The model only names keys of these maps; the call cannot reach
 * anything else.
 */
export interface CsrKnown {
  /** The customers recognised by the caller's number. */
  readonly matches: readonly Customer[]
  /** The records open on this call, by customer id. */
  readonly granted: Map<string, { readonly customer: Customer; readonly trust: Trust }>
  /** Records closed on this call, by customer id: only a proof of identity opens them again. */
  readonly closed: Map<string, Customer>
  /** How often records were closed: a look-up begun before a close must open nothing after it. */
  closings: number
  /** By the id the model was told, such as `slot-1`. */
  readonly slots: Map<string, OfferedSlot>
  /** By the id the model was told, such as `appointment-1`. */
  readonly appointments: Map<string, GrantedAppointment>
  /** Number of appointments named so far, so that an id is never reused. */
  appointmentsNamed: number
  readonly services: readonly Service[]
  /**
   * The customer that a caller on another telephone claims to be; `null` when there is none, which the caller must not
   * find out.
   */
  claimed?: Customer | null
  /** Failed attempts to prove an identity, and those under way. */
  proofs: number
  /** Bookings made or in progress. */
  bookings: number
  /** Attempts to add a telephone number that was somebody else's, and attempts in progress. */
  numbersTaken: number
  /** The records could not be read while the phone was ringing. */
  readonly failed: boolean
}

/** The context of this mode's tools. */
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

/** The customers whom a number recognises, of all who have it on file. */
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

/** Without access to the records the caller is served as an unknown one. */
export const unknownCaller = (): CsrKnown => nothing(true)

/** Opens a record on this call; never lowers what was proven before. */
export const grant = ({ granted, closed }: CsrKnown, customer: Customer, trust: Trust): void => {
  if (trust === 'verified') closed.delete(customer.id)
  if (granted.get(customer.id)?.trust !== 'verified') granted.set(customer.id, { customer, trust })
}

/**
 * Closes the open records because the caller is somebody else: they can no longer be read or written, and the telephone no
 * longer opens them.
 */
export const closeRecords = (known: CsrKnown): void => {
  const { granted, closed, appointments } = known
  for (const { customer } of granted.values()) closed.set(customer.id, customer)
  granted.clear()
  appointments.clear()
  known.closings += 1
  delete known.claimed
}

/** Throws a message for the model when it names a record that is not open, or needs a proof of identity. */
export const assertGranted = ({ granted }: CsrKnown, customerId: string, needs: Trust = 'recognised'): Customer => {
  const open = granted.get(customerId)
  if (!open) throw new ToolError('That record is not open on this call. Ask for the name and call lookup_customer.')
  if (needs === 'verified' && open.trust !== 'verified')
    throw new ToolError(
      'That needs proof of identity. Ask for the date of birth, the postcode or the PIN and call verify_identity.',
    )
  return open.customer
}

/** The appointment of an id that the model was told on this call. */
export const grantedAppointment = (known: CsrKnown, id: string, needs: Trust): GrantedAppointment => {
  const found = known.appointments.get(id)
  if (!found) throw new ToolError('There is no such appointment on this call. Call get_appointments first.')
  assertGranted(known, found.customerId, needs)
  return found
}

/** The slot of an id that the model was told on this call. */
export const offeredSlot = ({ slots }: CsrKnown, id: string): OfferedSlot => {
  const slot = slots.get(id)
  if (!slot || slot.spent) throw new ToolError('That time was not offered on this call. Call find_open_slots first.')
  return slot
}

/** Gives an appointment an id for this call; the same one keeps its id. */
export const grantAppointment = (known: CsrKnown, granted: GrantedAppointment): string => {
  const same = [...known.appointments].find(([, { appointment }]) => appointment.id === granted.appointment.id)
  const id = same?.[0] ?? `appointment-${++known.appointmentsNamed}`
  known.appointments.set(id, granted)
  return id
}

/** Gives a free time an id for this call. */
export const offerSlot = (known: CsrKnown, slot: OfferedSlot): string => {
  const id = `slot-${known.slots.size + 1}`
  known.slots.set(id, slot)
  return id
}

/**
 * Marks a cancelled booking's time: it may be booked again only after it was found free again. Returns whether it was booked
 * on this call.
 */
export const forgetBooking = ({ slots }: CsrKnown, appointmentId: string): boolean => {
  const given = [...slots.values()].filter((slot) => slot.appointmentId === appointmentId && !slot.spent)
  for (const slot of given) slot.spent = true
  return given.length > 0
}
