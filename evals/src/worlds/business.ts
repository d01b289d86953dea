import { e164, type Business, type WeeklyHours } from '@llc-phone/core'

export const timeZone = 'America/New_York'

const day = '08:00-18:00'
export const hours: WeeklyHours = { mon: day, tue: day, wed: day, thu: day, fri: '08:00-16:00' }

export const business: Business = { name: 'Harbor Dental', timeZone, hours }

/** Where callers are put through to. */
export const people = {
  sales: { number: e164('+14155550111'), label: 'the sales department', when: 'new customers, prices and offers' },
  support: {
    number: e164('+14155550112'),
    label: 'the support desk',
    when: 'something does not work, or anything else',
  },
  billing: { number: e164('+14155550113'), label: 'the billing department', when: 'invoices and payments' },
  scheduling: {
    number: e164('+14155550114'),
    label: 'the scheduling desk',
    when: 'making, moving or cancelling appointments',
    hours,
  },
} as const

/** What a store that is broken does. */
export const broken = async (): Promise<never> => {
  throw new Error('The store is broken on purpose.')
}
