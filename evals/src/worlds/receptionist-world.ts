import { receptionist } from '@llc-phone/mode-receptionist'
import type { WorldBuilder } from './builder.ts'
import { answers, broken, businessWith, people } from './business.ts'

/** A front desk with five people, of whom two share a family name and one wants to be asked first. */
export const receptionistWorld: WorldBuilder = ({ storeFails }, _startsAt, hours) => {
  let taken = 0
  return {
    mode: receptionist({
      business: businessWith(hours),
      answers,
      routes: people,
      messages: { take: storeFails ? broken : async () => ({ id: `message-${++taken}` }) },
      directory: [
        { name: 'Dr. Elena Lopez', role: 'dentist', route: 'scheduling', transfer: 'warm' },
        { name: 'Anna Meyer', role: 'practice manager', route: 'support' },
        { name: 'Sam Lee', role: 'dentist', hours: { mon: '08:00-12:00' } },
        { name: 'Paula Lee', role: 'hygienist', route: 'support' },
        { name: 'Billing', route: 'billing' },
      ],
      offers: ['callback', 'visit'],
    }),
  }
}
