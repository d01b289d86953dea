import { defineKind, type ModeKind } from '@llc-phone/core'
import * as z from 'zod'
import { digitsSchema, orders, type OrdersSettings } from './mode.ts'

/** Order lines as data; `orders` is where orders are found. */
export const ordersKind = ({ orders: book }: Pick<OrdersSettings, 'orders'>): ModeKind =>
  defineKind({
    name: 'orders',
    title: 'Order line',
    about: 'Tells callers where their order is, and connects them with people for anything else.',
    settings: z.strictObject({
      digits: digitsSchema.optional().meta({
        title: 'Digits of an order number',
        description: 'How many digits an order number has. Default 6.',
        examples: [6, 8],
      }),
    }),
    make: (settings, { business, routes, answers }) => orders({ ...settings, business, routes, answers, orders: book }),
  })
