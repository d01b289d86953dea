import type { E164, MessageBook, ModeKind, OutboundKind, PersonRoute } from '@llc-phone/core'
import { createMessageDelivery, type DeliveryWatch, type MessageDelivery } from '@llc-phone/delivery'
import { defaultPolicy } from '@llc-phone/dialer'
import { csrKind, openCustomers } from '@llc-phone/mode-csr'
import { ivrKind } from '@llc-phone/mode-ivr'
import { outboundKind } from '@llc-phone/mode-outbound'
import { receptionistKind } from '@llc-phone/mode-receptionist'
import type { BuiltSettings, WrittenDocument } from '@llc-phone/settings'
import { dentalPractice } from '@llc-phone/settings/templates'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import type { Logger } from 'pino'
import { calendarOf } from './src/configuration/calendar.ts'
import { messageDestinations, messageSecrets } from './src/configuration/destinations.ts'
import type { Env } from './src/configuration/env.ts'

const DAY_MS = 86_400_000

/** What the gateway is made from. */
export interface ConfigureOptions {
  readonly env: Env
  readonly store: DrizzleStore
  readonly log: Logger
  /** Development only: adds fictional customers. */
  readonly demoData: boolean
  /** The settings in force, for what works beside the calls: ask when they are needed, not before. */
  inForce(): BuiltSettings
  /** Metrics and traces of deliveries; nobody watches when absent. */
  readonly watch?: DeliveryWatch
}

/** What the gateway runs with. */
export interface GatewayConfig {
  /** The ways of answering that the settings can name. */
  readonly kinds: readonly ModeKind[]
  /** The ways of calling people; without any nobody is called. */
  readonly outboundKinds?: readonly OutboundKind[]
  /** The settings until somebody publishes others. */
  readonly seed: WrittenDocument
  /** Where recorded messages go. */
  readonly messages: Pick<MessageBook, 'take'>
  /** What works beside the calls: started before the first and stopped after the last. */
  readonly delivery?: MessageDelivery
}

/**
 * Which kinds of modes there are, what they are connected with, and the business that answers until you set your own
 * (`./phone settings --help`). Add your modes here; mistakes are named when the gateway starts.
 */
export const configureGateway = async (options: ConfigureOptions): Promise<GatewayConfig> => {
  const { env, store, log, demoData, inForce, watch } = options
  const delivery = createMessageDelivery({
    messages: store.messages,
    destinations: () => inForce().messages,
    secrets: messageSecrets(env),
    timeZone: () => inForce().document.business.timeZone,
    onProblem: (problem) => log.warn(problem, 'message not delivered'),
    ...watch,
  })
  const { messages } = delivery
  const customers = await openCustomers(store, { demoData })

  return {
    kinds: [ivrKind(), receptionistKind({ messages }), csrKind({ customers, messages })],
    outboundKinds: [
      outboundKind({
        doNotCall: store.doNotCall,
        notes: store.callNotes,
        appointments: (business) => calendarOf(customers, business),
        // Reasons to call beside confirmation, callback, survey and custom: scenarios: [defineScenario({ ... })].
      }),
    ],
    seed: harborDental(env),
    messages,
    delivery,
  }
}

/**
 * The example that answers until a business is set: the template of a dentist who does not exist, with the numbers of the
 * environment. Everything here can be changed while the gateway runs, without touching this file.
 */
const harborDental = (env: Env): WrittenDocument => {
  const departments = reachedAt({
    sales: telephone(env.SALES_NUMBER, env.SALES_EXTENSION),
    support: telephone(env.SUPPORT_NUMBER, env.SUPPORT_EXTENSION),
    billing: telephone(env.BILLING_NUMBER, env.BILLING_EXTENSION),
    scheduling: telephone(env.SCHEDULING_NUMBER, env.SCHEDULING_EXTENSION),
  })
  const operator = ['support', 'sales', ...Object.keys(departments)].find((key) => departments[key])
  const fallback = ['support', 'sales'].find((key) => departments[key])
  const policy = defaultPolicy(env.TWILIO_PHONE_NUMBER)
  const { business, directory = [], answers } = dentalPractice

  return {
    business,
    routes: fallback ? departments : { ...departments, voicemail: { voicemail: true, label: 'our voicemail' } },
    // Who has no telephone here can still be asked for.
    directory: directory.map(({ route, transfer, ...person }) =>
      route !== undefined && departments[route] ? { ...person, route, transfer } : person,
    ),
    answers,
    modes: {
      // A menu needs somebody to connect callers with: at least one of the department numbers.
      ...(operator === undefined ? {} : { menu: { kind: 'ivr', operator, voicemail: 'our voicemail' } }),
      frontDesk: { kind: 'receptionist', offers: ['callback', 'visit'] },
      customerService: { kind: 'csr', ...(operator === undefined ? {} : { escalateTo: operator }) },
    },
    numbers: {
      // A number can have settings of its own: { mode: 'customerService', patience: { silenceMs: 30_000 } }.
      list: {
        ...(env.IVR_DID === undefined ? {} : { [env.IVR_DID]: { mode: 'menu' } }),
        ...(env.RECEPTIONIST_DID === undefined ? {} : { [env.RECEPTIONIST_DID]: { mode: 'frontDesk' } }),
        ...(env.CSR_DID === undefined ? {} : { [env.CSR_DID]: { mode: 'customerService' } }),
      },
      // Any other number of ours that rings.
      unknown: 'frontDesk',
      // Who takes callers when the model is not to be had; without a person they can leave a message.
      fallback: fallback ?? 'voicemail',
    },
    // Where messages go, beside the database; what is secret about it stays in the environment.
    messages: messageDestinations(env).map(({ to }) => ({ to })),
    outbound: {
      modes: { outbound: { kind: 'outbound' } },
      default: 'outbound',
      // Every call passes these before Twilio hears of it; what is refused says why and until when.
      policy: {
        ...policy,
        // Only the country of our number. Others: { countries: ['US', 'CA'], deny: ['+1900'] }.
        destinations: { countries: [...policy.destinations.countries] },
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
        queue: { max: 100, maxAgeMs: env.OUTBOUND_MAX_WAIT_S * 1_000 },
        spend: {
          perDayUsd: env.OUTBOUND_DAILY_SPEND_USD,
          reserveUsd: 1,
          carrierUsdPerMinute: 0.02,
          timeZone: 'America/New_York',
        },
        // Most voicemail boxes pick up after this.
        ringSeconds: 25,
        // The assistant takes its leave after 30 minutes; Twilio ends a call that everybody has forgotten.
        maxCallSeconds: 2_100,
      },
    },
  }
}

type WrittenRoutes = NonNullable<WrittenDocument['routes']>

/** A number of the environment, and the keys behind it. */
const telephone = (number: E164 | undefined, extension: string | undefined): Partial<PersonRoute> => ({
  ...(number === undefined ? {} : { number }),
  ...(extension === undefined ? {} : { extension }),
})

/** The departments of the template whose number is in the environment. */
const reachedAt = (numbers: Readonly<Record<string, Partial<PersonRoute>>>): WrittenRoutes =>
  Object.fromEntries(
    Object.entries(numbers).flatMap(([key, reached]) =>
      reached.number === undefined ? [] : [[key, { ...dentalPractice.routes?.[key], ...reached }]],
    ),
  ) as WrittenRoutes
