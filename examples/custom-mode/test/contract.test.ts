import { e164 } from '@llc-phone/core'
import { testKind, testMode } from '@llc-phone/core/testing'
import { orders, ordersKind, type OrderBook } from '../src/index.ts'

const business = { name: 'Harbor Dental', timeZone: 'America/New_York', hours: { 'mon-fri': '08:00-18:00' } }
const routes = { support: { number: e164('+14155550112'), label: 'the support desk' } }
const book: OrderBook = { find: async () => ({ status: 'shipped', due: 'tomorrow' }) }

// What the model reads, for review; `vitest run -u` writes it anew.
testMode(orders({ business, routes, orders: book }), { maxPromptTokens: 500, golden: 'golden/orders.txt' })

testKind(ordersKind({ orders: book }), {
  shared: { business, routes, directory: [], answers: [] },
  settings: { digits: 8 },
})
