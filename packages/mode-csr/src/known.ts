import { ToolError, type CallFacts } from '@llc-phone/core'
import type { Customer, CustomerStore } from './db/customers.ts'

/** What a call knows about its caller, and which records it may touch. */
export interface CsrKnown {
  /** Whose record has the caller's number. */
  readonly matches: readonly Customer[]
  /** The records open on this call. An id the model names counts for nothing unless it is in here. */
  readonly granted: Set<string>
  /** The records could not be read while the phone was ringing. */
  readonly failed: boolean
}

/** Runs while the phone rings. A number that belongs to exactly one customer opens that customer's record. */
export const lookUpCaller = async (customers: CustomerStore, { caller }: CallFacts): Promise<CsrKnown> => {
  const matches = caller.number ? await customers.findByNumber(caller.number) : []
  const [only, second] = matches
  return { matches, granted: new Set(only && !second ? [only.id] : []), failed: false }
}

/** The records are not to be had: the caller is served as a stranger. */
export const unknownCaller = (): CsrKnown => ({ matches: [], granted: new Set(), failed: true })

/** Throws what the model should hear when it names a record that is not open on this call. */
export const assertGranted = ({ granted }: CsrKnown, customerId: string): void => {
  if (!granted.has(customerId))
    throw new ToolError('That record is not open on this call. Ask for the name and call lookup_customer.')
}
