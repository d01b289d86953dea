import { attempt, defineTool, ToolError, type Tool } from '@llc-phone/core'
import * as z from 'zod'

/** The orders as the mode sees them. */
export interface OrderBook {
  find(orderNumber: string): Promise<{ readonly status: string; readonly due: string } | undefined>
}

/** Tells where an order is. */
export const findOrder = (orders: OrderBook, digits: number): Tool =>
  defineTool({
    name: 'find_order',
    description: 'Tells where an order is.',
    slow: true,
    input: z.strictObject({
      order_number: z.string().regex(new RegExp(`^\\d{${digits}}$`), `an order number has ${digits} digits`),
    }),
    async run({ order_number }, { signal }) {
      const order = await attempt('The orders cannot be read right now. Apologise and ask to call later.', signal, () =>
        orders.find(order_number),
      )
      if (!order) throw new ToolError('There is no such order. Read the number back and ask whether it is right.')
      return { status: order.status, due: order.due }
    },
  })
