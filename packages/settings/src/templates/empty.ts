import type { WrittenDocument } from '../document.ts'

/** The least that answers a call: a front desk that takes messages. */
export const empty: WrittenDocument = {
  business: { name: 'Our Business', timeZone: 'UTC' },
  modes: { frontDesk: { kind: 'receptionist' } },
  numbers: { unknown: 'frontDesk' },
}
