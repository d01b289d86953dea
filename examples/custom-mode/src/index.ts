export { openOrders, type KeptOrders } from './db/order-book.ts'
export { ordersKind } from './kind.ts'
export { orders, type OrdersSettings } from './mode.ts'
export type { OrderBook } from './tools/find-order.ts'
