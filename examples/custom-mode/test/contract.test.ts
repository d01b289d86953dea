import { e164 } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import { orders } from '../src/index.ts'

testMode(
  orders({
    business: { name: 'Harbor Dental', timeZone: 'America/New_York' },
    routes: { support: { number: e164('+14155550112'), label: 'the support desk' } },
    orders: { find: async () => ({ status: 'shipped', due: 'tomorrow' }) },
  }),
)
