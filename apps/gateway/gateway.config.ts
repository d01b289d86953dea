import type { Business, E164, MessageBook, PersonRoute, WeeklyHours } from '@llc-phone/core'
import { createMessageDelivery } from '@llc-phone/delivery'
import { csr, openCustomers } from '@llc-phone/mode-csr'
import { ivr } from '@llc-phone/mode-ivr'
import { receptionist, type DirectoryEntry } from '@llc-phone/mode-receptionist'
import type { Store } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Env } from './src/env.ts'
import { defineNumbers, type Numbers } from './src/numbers.ts'
import type { Outbound } from './src/outbound.ts'

/** What the settings are made from. */
export interface ConfigureOptions {
  readonly env: Env
  readonly store: Store
  readonly log: Logger
  /** Development only: adds fictional customers. */
  readonly demoData: boolean
}

/** What the gateway runs with. */
export interface GatewayConfig {
  readonly numbers: Numbers
  /** Whom we call and how; without it nobody is called. */
  readonly outbound?: Outbound
  /** Where recorded messages go. */
  readonly messages: Pick<MessageBook, 'take'>
  /** What works beside the calls: started before the first and stopped after the last. */
  readonly delivery?: { start(): void; stop(): Promise<void> }
}

/**
 * Which number answers in which mode, and who takes a caller that the assistant cannot help.
 * This is the file to edit; mistakes are named when the gateway starts.
 */
export const configureGateway = async ({ env, store, log, demoData }: ConfigureOptions): Promise<GatewayConfig> => {
  const hours: WeeklyHours = {
    mon: '08:00-18:00',
    tue: '08:00-18:00',
    wed: '08:00-18:00',
    thu: '08:00-18:00',
    fri: '08:00-16:00',
  }
  const business: Business = { name: 'Harbor Dental', timeZone: 'America/New_York', hours }

  // Without hours of its own a department is always rung; outside of them callers are offered the voicemail or a message.
  const departments = listed({
    sales: person(env.SALES_NUMBER, 'the sales department', 'new customers, prices and offers'),
    support: person(env.SUPPORT_NUMBER, 'the support desk', 'something does not work, or anything else'),
    billing: person(env.BILLING_NUMBER, 'the billing department', 'invoices and payments'),
    scheduling: person(
      env.SCHEDULING_NUMBER,
      'the scheduling desk',
      'making, moving or cancelling appointments',
      hours,
    ),
  })
  const operator = ['support', 'sales', ...Object.keys(departments)].find((key) => departments[key])
  const fallback = departments.support ?? departments.sales

  const directory = reachable(departments, [
    {
      name: 'Dr. Elena Lopez',
      role: 'dentist',
      route: 'scheduling',
      transfer: 'warm',
      hours: { mon: '09:00-12:00', tue: '09:00-17:00', thu: '13:00-17:30' },
    },
    { name: 'Anna Meyer', role: 'practice manager', route: 'support', transfer: 'warm' },
    { name: 'Sales', route: 'sales' },
    { name: 'Support', route: 'support' },
    { name: 'Billing', route: 'billing' },
  ])

  const delivery = createMessageDelivery({
    messages: store.messages,
    webhook: env.MESSAGE_WEBHOOK_URL
      ? { url: env.MESSAGE_WEBHOOK_URL, secret: env.MESSAGE_WEBHOOK_SECRET ?? '' }
      : undefined,
    email: env.MESSAGE_EMAIL_TO
      ? {
          smtpUrl: env.MESSAGE_EMAIL_SMTP_URL ?? '',
          from: env.MESSAGE_EMAIL_FROM ?? '',
          to: env.MESSAGE_EMAIL_TO,
          timeZone: business.timeZone,
        }
      : undefined,
    onProblem: (problem) => log.warn(problem, 'message not delivered'),
  })
  const { messages } = delivery
  const customers = await openCustomers(store, { demoData })

  const numbers = defineNumbers({
    modes: {
      // A menu needs somebody to connect callers with: at least one of the department numbers.
      menu: operator === undefined ? undefined : ivr({ business, departments, operator, voicemail: true }),
      frontDesk: receptionist({ business, routes: departments, messages, directory, offers: ['callback', 'visit'] }),
      customerService: csr({
        business,
        routes: departments,
        ...(operator === undefined ? {} : { escalateTo: operator }),
        customers,
        messages,
      }),
    },
    // A number can have settings of its own: [env.CSR_DID, 'customerService', { patience: { silenceMs: 30_000 } }].
    numbers: [
      [env.IVR_DID, 'menu'],
      [env.RECEPTIONIST_DID, 'frontDesk'],
      [env.CSR_DID, 'customerService'],
    ],
    // Any other number of ours that rings.
    unknown: 'frontDesk',
    // Who takes callers when the model is not to be had; without a person they can leave a message.
    fallback: fallback ?? { voicemail: true, label: 'our voicemail' },
  })
  return { numbers, messages, delivery }
}

/** A department whose number is not in the environment is left out. */
const person = (number: E164 | undefined, label: string, when: string, hours?: WeeklyHours): PersonRoute | undefined =>
  number === undefined ? undefined : { number, label, when, ...(hours === undefined ? {} : { hours }) }

const listed = (routes: Record<string, PersonRoute | undefined>): Record<string, PersonRoute> =>
  Object.fromEntries(Object.entries(routes).flatMap(([key, value]) => (value ? [[key, value]] : [])))

/** Who has no telephone here can still be asked for. */
const reachable = (routes: Record<string, PersonRoute>, staff: readonly DirectoryEntry[]): DirectoryEntry[] =>
  staff.map(({ route, transfer, ...entry }) =>
    route !== undefined && routes[route] ? { ...entry, route, ...(transfer ? { transfer } : {}) } : entry,
  )
