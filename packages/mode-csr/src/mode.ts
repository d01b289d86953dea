import {
  answersSchema,
  answerTools,
  businessSchema,
  callOptionsSchema,
  checkSettings,
  defineMode,
  hangUpTool,
  keepListeningTool,
  isPerson,
  labelsOf,
  languageOf,
  ModeInvalid,
  portSchema,
  routesSchema,
  takeMessageTool,
  transferTool,
  wordsIn,
  type Answer,
  type Business,
  type CallOptions,
  type MessageBook,
  type Mode,
  type PersonRoute,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import { customerStoreFunctions, type CustomerStore } from './db/customers.ts'
import { lookUpCaller, unknownCaller, type CsrKnown } from './known.ts'
import { csrMemory } from './memory.ts'
import { csrPrompt, firstNameOf } from './prompt.ts'
import { addCallNote } from './tools/add-call-note.ts'
import { bookAppointment } from './tools/book-appointment.ts'
import { cancelAppointment } from './tools/cancel-appointment.ts'
import { closeRecord } from './tools/close-record.ts'
import { escalateToHuman } from './tools/escalate-to-human.ts'
import { findOpenSlots } from './tools/find-open-slots.ts'
import { getAppointments } from './tools/get-appointments.ts'
import { lookupCustomer } from './tools/lookup-customer.ts'
import { rescheduleAppointment } from './tools/reschedule-appointment.ts'
import { updateCustomer } from './tools/update-customer.ts'
import { verifyIdentity } from './tools/verify-identity.ts'

/** Settings of customer service. */
export interface CsrSettings extends CallOptions {
  readonly business: Business
  /** Frequent questions of callers, with answers. */
  readonly answers?: readonly Answer[]
  /** Routes that callers can be connected to; without any, messages are taken. */
  readonly routes: Routes
  /** The key of the person who is rung when the assistant cannot help; the first route with a person when absent. */
  readonly escalateTo?: string | undefined
  readonly customers: CustomerStore
  /** Where messages are kept. */
  readonly messages: Pick<MessageBook, 'take'>
  /**
   * What needs a proof of identity. `contact`: to hear or change contact data; to hear, book, move and cancel appointments,
   * calling from the telephone on file is enough. `appointments`: these too. Default `contact`.
   */
  readonly verifyBefore?: 'contact' | 'appointments' | undefined
}

/** Checks what needs a proof of identity. */
export const verifyBeforeSchema = z.enum(['contact', 'appointments'])

const settingsSchema = z.strictObject({
  business: businessSchema,
  answers: answersSchema.optional(),
  routes: routesSchema,
  escalateTo: z.string().optional(),
  customers: portSchema(...customerStoreFunctions),
  messages: portSchema('take'),
  verifyBefore: verifyBeforeSchema.optional(),
  ...callOptionsSchema.shape,
})

/** The person who is rung when the assistant cannot help; undefined when there is none. */
const escalation = ({ routes, escalateTo }: CsrSettings): readonly [string, PersonRoute] | undefined => {
  const key = escalateTo ?? Object.keys(routes).find((name) => isPerson(routes[name]!))
  const route = key === undefined ? undefined : routes[key]
  if (escalateTo !== undefined && (!route || !isPerson(route)))
    throw new ModeInvalid('csr', [{ path: ['escalateTo'], message: `"${escalateTo}" is not a route with a person` }])
  return key !== undefined && route && isPerson(route) ? [key, route] : undefined
}

/**
 * The routes as `transfer_call` offers them. The one that `escalate_to_human` rings, with a summary, is offered only for
 * callers who ask for it by name, because models confuse two tools for the same purpose.
 */
const toChooseFrom = (routes: Routes, escalated: string | undefined): Routes =>
  Object.fromEntries(
    Object.entries(routes).map(([key, route]) => [
      key,
      key === escalated ? { ...route, when: `${route.label}, when they name it` } : route,
    ]),
  )

/**
 * Answers as customer service with the caller's own record open. Throws `mode_invalid`.
 *
 * @example
 * csr({ business, routes, customers: await openCustomers(store), messages: store.messages })
 */
export const csr = (settings: CsrSettings): Mode => {
  checkSettings('csr', settingsSchema, settings)
  const { business, answers, routes, escalateTo: _, customers, messages, verifyBefore, ...options } = settings
  const needs = verifyBefore === 'appointments' ? 'verified' : 'recognised'
  const person = escalation(settings)
  const language = languageOf(settings)
  return defineMode<CsrKnown>({
    name: 'csr',
    ...options,
    business,
    language,
    keywords: [business.name, ...labelsOf(routes)],
    lookUp: { find: (facts) => lookUpCaller(customers, facts), orElse: unknownCaller },
    memory: csrMemory,
    prompt: csrPrompt(business, answers, {
      person: person !== undefined,
      transfers: Object.keys(routes).length > 0,
      needs,
    }),
    greeting: options.greeting ?? wordsIn(language).greetings.csr,
    greetingWords: { firstName: (_facts, known) => firstNameOf(known) },
    routes,
    tools: [
      lookupCustomer(customers),
      getAppointments(customers, business, needs),
      verifyIdentity(customers),
      findOpenSlots(customers, business, needs),
      bookAppointment(customers, business, needs),
      rescheduleAppointment(customers, business, needs),
      cancelAppointment(customers, business, needs),
      updateCustomer(customers),
      closeRecord(),
      ...answerTools(answers),
      addCallNote(customers, messages),
      takeMessageTool(messages),
      ...(person ? [escalateToHuman(...person, business)] : []),
      ...(Object.keys(routes).length > 0 ? [transferTool(toChooseFrom(routes, person?.[0]), { business })] : []),
      keepListeningTool(),
      hangUpTool(),
    ],
  })
}
