import { e164, localTime, WEEKDAYS, type Business, type WeeklyHours } from '@llc-phone/core'

export const timeZone = 'America/New_York'

const day = '08:00-18:00'
export const hours: WeeklyHours = { mon: day, tue: day, wed: day, thu: day, fri: '08:00-16:00' }

/** The same hours, but open all through the day of this moment. */
export const openOn = (at: Date): WeeklyHours => ({
  ...hours,
  [WEEKDAYS[localTime(at, timeZone).day]!]: '00:00-24:00',
})

/** The business that is called, and that calls. */
export const businessWith = (open: WeeklyHours): Business => ({
  name: 'Harbor Dental',
  timeZone,
  hours: open,
  address: '12 Harbor Street, Boston',
})

/** What callers often ask. */
export const answers = [
  { question: 'Where can I park?', answer: 'Behind the building; the entrance is on Mill Street.' },
]

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
  },
} as const

/** What a store that is broken does. */
export const broken = async (): Promise<never> => {
  throw new Error('The store is broken on purpose.')
}
