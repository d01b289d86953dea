import type { E164 } from '@llc-phone/core'
import { createRestClient, type RestAccount, type RestClient } from './rest-client.ts'

/** An account as requests are made with it. */
export interface Account {
  readonly client: RestClient
  /** A kept connection that Twilio has just closed would leave us not knowing whether a call was placed. */
  readonly unkept: RestClient
}

/** Which account has a number or a leg. */
export interface Accounts {
  ofNumber(number: E164): Account
  ofLeg(callSid: string): Account
}

/** One account, which has every number and every leg; with several, this is the place that tells them apart. */
export const createAccounts = (only: RestAccount): Accounts => {
  const account: Account = {
    client: createRestClient(only),
    unkept: createRestClient(only, { keepAlive: false }),
  }
  return { ofNumber: () => account, ofLeg: () => account }
}
