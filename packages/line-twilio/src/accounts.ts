import type { E164 } from '@llc-phone/core'
import { createRestClient, type CallChange, type LegsClient, type RestClient } from './rest-client.ts'
import type { RestAccount } from './rest-transport.ts'

/** An account with its REST clients. */
export interface Account {
  readonly client: RestClient
  /**
   * For placing calls, without kept-alive connections: if Twilio has just closed one, it is unknown whether the call was
   * placed.
   */
  readonly unkept: RestClient
}

/** Finds the account of a number or a leg. */
export interface Accounts {
  ofNumber(number: E164): Account
  ofLeg(callSid: string): Account
  /** By which a leg is ended and redirected, and people are rung for it. */
  steering(callSid: string): LegsClient
}

/** A carrier in this process, whose legs are steered as those of Twilio. What fails does so with Twilio's `status` and `code`. */
export interface InnerCarrier {
  has(callSid: string): boolean
  /** Rings somebody for the call of this leg. */
  create(callSid: string, call: object): Promise<{ readonly sid: string }>
  update(callSid: string, change: CallChange): Promise<unknown>
}

const steeringOf = (inner: InnerCarrier, callSid: string): LegsClient => ({
  calls: Object.assign((sid: string) => ({ update: (change: CallChange) => inner.update(sid, change) }), {
    create: (call: object) => inner.create(callSid, call),
  }),
})

/** One account with every number and every leg. Support for several accounts would go here. */
export const createAccounts = (only: RestAccount, inner?: InnerCarrier): Accounts => {
  const account: Account = {
    client: createRestClient(only),
    unkept: createRestClient(only, { keepAlive: false }),
  }
  return {
    ofNumber: () => account,
    ofLeg: () => account,
    steering: (callSid) => (inner?.has(callSid) ? steeringOf(inner, callSid) : account.client),
  }
}
