import {
  answersSchema,
  answerTools,
  businessSchema,
  callOptionsSchema,
  checkSettings,
  defineMode,
  hangUpTool,
  keepListeningTool,
  portSchema,
  routesSchema,
  transferTool,
  type Answer,
  type Business,
  type CallOptions,
  type Mode,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import { ordersPrompt } from './prompt.ts'
import { findOrder, type OrderBook } from './tools/find-order.ts'

/** What an order line is made of. */
export interface OrdersSettings extends CallOptions {
  readonly business: Business
  /** Where callers can be connected to; at least one. */
  readonly routes: Routes
  /** What callers often ask, and what they are told. */
  readonly answers?: readonly Answer[]
  /** How many digits an order number has. Default 6. */
  readonly digits?: number | undefined
  readonly orders: OrderBook
}

/** Checks the length of order numbers. */
export const digitsSchema = z.int().min(4).max(12)

const settingsSchema = z.strictObject({
  ...callOptionsSchema.shape,
  business: businessSchema,
  routes: routesSchema.refine((routes) => Object.keys(routes).length > 0, 'needs at least one route'),
  answers: answersSchema.optional(),
  digits: digitsSchema.optional(),
  orders: portSchema('find'),
})

/** Tells callers where their order is. Throws `mode_invalid`. */
export const orders = (settings: OrdersSettings): Mode => {
  checkSettings('orders', settingsSchema, settings)
  const { business, routes, answers = [], digits = 6, orders: book, ...options } = settings
  return defineMode({
    ...options,
    name: 'orders',
    business,
    prompt: ordersPrompt(business, answers, digits),
    greeting: options.greeting ?? '{business}, order line. This is the AI assistant. What is your order number?',
    routes,
    tools: [
      findOrder(book, digits),
      ...answerTools(answers),
      transferTool(routes, { business }),
      keepListeningTool(),
      hangUpTool(),
    ],
  })
}
