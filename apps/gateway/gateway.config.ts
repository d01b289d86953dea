import type { Answer, Business, DirectoryEntry, E164, MessageBook, PersonRoute, WeeklyHours } from '@llc-phone/core'
import { createMessageDelivery, type MessageDelivery } from '@llc-phone/delivery'
import { defaultPolicy } from '@llc-phone/dialer'
import { csr, openCustomers } from '@llc-phone/mode-csr'
import { ivr } from '@llc-phone/mode-ivr'
import { outbound } from '@llc-phone/mode-outbound'
import { receptionist } from '@llc-phone/mode-receptionist'
import type { Store } from '@llc-phone/store'
import type { Logger } from 'pino'
import { calendarOf } from './src/configuration/calendar.ts'
import { messageDestinations, messageSecrets } from './src/configuration/destinations.ts'
import type { Env } from './src/configuration/env.ts'
import { defineNumbers, type Numbers } from './src/configuration/numbers.ts'
import { defineOutbound, type OutboundModes } from './src/configuration/outbound.ts'

const DAY_MS = 86_400_000

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
  readonly outbound?: OutboundModes
  /** Where recorded messages go. */
  readonly messages: Pick<MessageBook, 'take'>
  /** What works beside the calls: started before the first and stopped after the last. */
  readonly delivery?: MessageDelivery
}

/**
 * Which number answers in which mode, who takes a caller that the assistant cannot help, and whom we call ourselves.
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
  const business: Business = {
    name: 'Harbor Dental',
    timeZone: 'America/New_York',
    hours,
    address: '12 Harbor Street, Boston',
    website: 'harbordental.example',
    // How words are said that the voice gets wrong.
    pronunciations: { Lopez: 'LOH-pess' },
  }
  // What callers often ask. All of it is read before the first word of every call: keep it to what they do ask.
  const answers: Answer[] = [
    { question: 'Where can I park?', answer: 'Behind the building; the entrance is on Mill Street.' },
    { question: 'Which insurance do you take?', answer: 'Most dental plans. The billing department checks yours.' },
  ]

  // Without hours of its own a department is always rung; outside of them callers are offered the voicemail or a message.
  const departments = listed({
    sales: person(env.SALES_NUMBER, env.SALES_EXTENSION, 'the sales department', 'new customers, prices and offers'),
    support: person(
      env.SUPPORT_NUMBER,
      env.SUPPORT_EXTENSION,
      'the support desk',
      'something does not work, or anything else',
    ),
    billing: person(env.BILLING_NUMBER, env.BILLING_EXTENSION, 'the billing department', 'invoices and payments'),
    scheduling: person(
      env.SCHEDULING_NUMBER,
      env.SCHEDULING_EXTENSION,
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
    // The desk itself, which takes calls when the dentist behind it does not.
    { name: 'Scheduling', route: 'scheduling' },
  ])

  const delivery = createMessageDelivery({
    messages: store.messages,
    destinations: () => messageDestinations(env),
    secrets: messageSecrets(env),
    timeZone: () => business.timeZone,
    onProblem: (problem) => log.warn(problem, 'message not delivered'),
  })
  const { messages } = delivery
  const customers = await openCustomers(store, { demoData })

  const numbers = defineNumbers({
    modes: {
      // A menu needs somebody to connect callers with: at least one of the department numbers.
      menu: operator === undefined ? undefined : ivr({ business, answers, departments, operator, voicemail: true }),
      frontDesk: receptionist({
        business,
        answers,
        routes: departments,
        messages,
        directory,
        offers: ['callback', 'visit'],
      }),
      customerService: csr({
        business,
        answers,
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

  const calls = defineOutbound({
    modes: {
      outbound: outbound({
        business,
        answers,
        routes: departments,
        doNotCall: store.doNotCall,
        notes: store.callNotes,
        appointments: calendarOf(customers, business),
        // Reasons to call beside confirmation, callback, survey and custom: scenarios: [defineScenario({ ... })].
      }),
    },
    default: 'outbound',
    from: env.TWILIO_PHONE_NUMBER,
    // Every call passes these before Twilio hears of it; what is refused says why and until when.
    policy: {
      ...defaultPolicy(env.TWILIO_PHONE_NUMBER),
      // Only the country of our number. Others: destinations: { countries: ['US', 'CA'], deny: ['+1900'] }.
      // On the callee's clock: the time zone of their contact, or else every zone their number may be in. days: { sun: 'closed' }.
      callingHours: env.OUTBOUND_CALLING_HOURS,
      // The same number at most three times a day and seven times a week; a simulated one does not mind.
      frequency: env.TWILIO_IS_SIMULATED
        ? []
        : [
            { calls: 3, withinMs: DAY_MS },
            { calls: 7, withinMs: 7 * DAY_MS },
          ],
      // As agreed with Twilio; what comes faster waits here, because Twilio would dial it hours later.
      callsPerSecond: env.OUTBOUND_CALLS_PER_SECOND,
      maxConcurrent: env.OUTBOUND_MAX_CONCURRENT,
      queue: { max: 100, maxAgeMs: 60_000 },
      spend: {
        perDayUsd: env.OUTBOUND_DAILY_SPEND_USD,
        reserveUsd: 1,
        carrierUsdPerMinute: 0.02,
        timeZone: business.timeZone,
      },
      // Most voicemail boxes pick up after this.
      ringSeconds: 25,
      // The assistant takes its leave after 30 minutes; Twilio ends a call that everybody has forgotten.
      maxCallSeconds: 2_100,
    },
  })
  return { numbers, outbound: calls, messages, delivery }
}

/** A department whose number is not in the environment is left out. */
const person = (
  number: E164 | undefined,
  extension: string | undefined,
  label: string,
  when: string,
  hours?: WeeklyHours,
): PersonRoute | undefined =>
  number === undefined
    ? undefined
    : {
        number,
        ...(extension === undefined ? {} : { extension }),
        label,
        when,
        ...(hours === undefined ? {} : { hours }),
      }

const listed = (routes: Record<string, PersonRoute | undefined>): Record<string, PersonRoute> =>
  Object.fromEntries(Object.entries(routes).flatMap(([key, value]) => (value ? [[key, value]] : [])))

/** Who has no telephone here can still be asked for. */
const reachable = (routes: Record<string, PersonRoute>, staff: readonly DirectoryEntry[]): DirectoryEntry[] =>
  staff.map(({ route, transfer, ...entry }) =>
    route !== undefined && routes[route] ? { ...entry, route, ...(transfer ? { transfer } : {}) } : entry,
  )
