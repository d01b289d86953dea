import type { Business, E164, Route } from '@llc-phone/core'
import { csr, openCustomers } from '@llc-phone/mode-csr'
import { ivr } from '@llc-phone/mode-ivr'
import { receptionist } from '@llc-phone/mode-receptionist'
import type { Store } from '@llc-phone/store'
import type { Env } from './src/env.ts'
import { defineNumbers, type Numbers } from './src/numbers.ts'

/** What the settings are made from. */
export interface ConfigureOptions {
  readonly env: Env
  readonly store: Store
  /** Development only: adds fictional customers. */
  readonly demoData: boolean
}

/**
 * Which number answers in which mode, and who takes a caller that the assistant cannot help.
 * This is the file to edit; mistakes are named when the gateway starts.
 */
export const configureGateway = async ({ env, store, demoData }: ConfigureOptions): Promise<Numbers> => {
  const business: Business = {
    name: 'Harbor Dental',
    timeZone: 'America/New_York',
    hours: {
      mon: '08:00-18:00',
      tue: '08:00-18:00',
      wed: '08:00-18:00',
      thu: '08:00-18:00',
      fri: '08:00-16:00',
    },
  }

  const sales = route(env.SALES_NUMBER, 'the sales department', 'new customers, prices and offers')
  const support = route(env.SUPPORT_NUMBER, 'the support desk', 'something does not work, or anything else')
  const billing = route(env.BILLING_NUMBER, 'the billing department', 'invoices and payments')
  const scheduling = route(env.SCHEDULING_NUMBER, 'the scheduling desk', 'making, moving or cancelling appointments')
  const routes = listed({ sales, support, billing, scheduling })

  const { messages } = store
  const customers = await openCustomers(store, { demoData })

  return defineNumbers({
    modes: {
      // A menu needs somebody to connect callers with: at least one of the department numbers.
      menu: Object.keys(routes).length > 0 ? ivr({ business, routes }) : undefined,
      frontDesk: receptionist({ business, routes, messages }),
      customerService: csr({ business, routes, customers, messages }),
    },
    numbers: [
      [env.IVR_DID, 'menu'],
      [env.RECEPTIONIST_DID, 'frontDesk'],
      [env.CSR_DID, 'customerService'],
    ],
    // Any other number of ours that rings.
    unknown: 'frontDesk',
    // Who takes callers when the model is not to be had; without it they hear an apology.
    fallback: support ?? sales,
  })
}

/** A department whose number is not in the environment is left out. */
const route = (number: E164 | undefined, label: string, when: string): Route | undefined =>
  number === undefined ? undefined : { number, label, when }

const listed = (routes: Record<string, Route | undefined>): Record<string, Route> =>
  Object.fromEntries(Object.entries(routes).flatMap(([key, value]) => (value ? [[key, value]] : [])))
