import {
  businessSchema,
  checkSettings,
  defineMode,
  hangUpTool,
  portSchema,
  routesSchema,
  takeMessageTool,
  transferTool,
  type Business,
  type MessageBook,
  type Mode,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from './db/customers.ts'
import { lookUpCaller, unknownCaller, type CsrKnown } from './known.ts'
import { csrGreeting, csrPrompt } from './prompt.ts'
import { addCallNote } from './tools/add-call-note.ts'
import { getAppointments } from './tools/get-appointments.ts'
import { lookupCustomer } from './tools/lookup-customer.ts'

/** What customer service is made of. */
export interface CsrSettings {
  readonly business: Business
  /** Where callers can be connected to; without any, messages are taken. */
  readonly routes: Routes
  readonly customers: CustomerStore
  /** Where messages are kept. */
  readonly messages: Pick<MessageBook, 'take'>
  readonly voice?: string
}

const settingsSchema = z.strictObject({
  business: businessSchema,
  routes: routesSchema,
  customers: portSchema('findByNumber', 'upcomingAppointments', 'addNote'),
  messages: portSchema('take'),
  voice: z.string().min(1).optional(),
})

/**
 * Answers as customer service with the caller's own record open. Throws `mode_invalid`.
 *
 * @example
 * csr({ business, routes, customers: await openCustomers(store), messages: store.messages })
 */
export const csr = (settings: CsrSettings): Mode => {
  checkSettings('csr', settingsSchema, settings)
  const { business, routes, customers, messages, voice } = settings
  const transfers = Object.keys(routes).length > 0
  return defineMode<CsrKnown>({
    name: 'csr',
    ...(voice === undefined ? {} : { voice }),
    lookUp: { find: (facts) => lookUpCaller(customers, facts), orElse: unknownCaller },
    prompt: csrPrompt(business, transfers),
    greeting: (_facts, known) => csrGreeting(business, known),
    routes,
    tools: [
      lookupCustomer(customers),
      getAppointments(customers, business),
      addCallNote(customers),
      takeMessageTool(messages),
      ...(transfers ? [transferTool(routes)] : []),
      hangUpTool(),
    ],
  })
}
