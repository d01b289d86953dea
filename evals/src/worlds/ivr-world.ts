import { ivr } from '@llc-phone/mode-ivr'
import type { WorldBuilder } from './builder.ts'
import { answers, businessWith, people } from './business.ts'

/** A menu of four departments, an operator and a voicemail; the third department wants callers introduced. */
export const ivrWorld: WorldBuilder = (_settings, _startsAt, hours) => ({
  mode: ivr({
    business: businessWith(hours),
    answers,
    departments: {
      sales: { ...people.sales, synonyms: ['orders'] },
      support: { ...people.support, synonyms: ['help'] },
      billing: { ...people.billing, synonyms: ['accounts', 'refunds'] },
      scheduling: { ...people.scheduling, hours },
    },
    operator: 'support',
    voicemail: true,
  }),
})
