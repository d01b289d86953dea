import { e164 } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import { orders } from '../src/index.ts'

testMode(
  orders({
    business: { name: 'Harbor Dental', timeZone: 'America/New_York', hours: { 'mon-fri': '08:00-18:00' } },
    routes: { support: { number: e164('+14155550112'), label: 'the support desk' } },
    orders: { find: async () => ({ status: 'shipped', due: 'tomorrow' }) },
  }),
  // What the model reads, for review; `vitest run -u` writes it anew.
  { maxPromptTokens: 500, golden: 'golden/orders.txt' },
)
