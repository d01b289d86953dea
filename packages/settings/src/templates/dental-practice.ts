import type { WrittenDocument } from '../document.ts'

/** Harbor Dental, the example: a menu, a front desk, customer service and reminders. */
export const dentalPractice: WrittenDocument = {
  business: {
    name: 'Harbor Dental',
    timeZone: 'America/New_York',
    hours: { 'mon-thu': '08:00-18:00', fri: '08:00-16:00', sat: 'closed', sun: 'closed' },
    address: '12 Harbor Street, Boston',
    website: 'harbordental.example',
    pronunciations: { Lopez: 'LOH-pess' },
  },
  routes: {
    sales: { label: 'the sales department', when: 'new customers, prices and offers', number: '+14155550111' },
    support: { label: 'the support desk', when: 'something does not work, or anything else', number: '+14155550112' },
    billing: { label: 'the billing department', when: 'invoices and payments', number: '+14155550113' },
    scheduling: {
      label: 'the scheduling desk',
      when: 'making, moving or cancelling appointments',
      number: '+14155550114',
      hours: { 'mon-thu': '08:00-18:00', fri: '08:00-16:00' },
    },
  },
  directory: [
    {
      name: 'Dr. Elena Lopez',
      role: 'dentist',
      route: 'scheduling',
      transfer: 'warm',
      hours: { mon: '09:00-12:00', tue: '09:00-17:00', thu: '13:00-17:30' },
    },
    { name: 'Anna Meyer', role: 'practice manager', route: 'support', transfer: 'warm' },
    { name: 'Sales', route: 'sales' },
    { name: 'Support', route: 'support' },
    { name: 'Billing', route: 'billing' },
    { name: 'Scheduling', route: 'scheduling' },
  ],
  answers: [
    { question: 'Where can I park?', answer: 'Behind the building; the entrance is on Mill Street.' },
    { question: 'Which insurance do you take?', answer: 'Most dental plans. The billing department checks yours.' },
  ],
  modes: {
    menu: { kind: 'ivr', operator: 'support', voicemail: 'our voicemail' },
    frontDesk: { kind: 'receptionist', offers: ['callback', 'visit'] },
    customerService: { kind: 'csr', escalateTo: 'support' },
  },
  numbers: {
    unknown: 'frontDesk',
    fallback: 'support',
    list: {
      '+14155550101': { mode: 'menu' },
      '+14155550102': { mode: 'frontDesk' },
      '+14155550103': { mode: 'customerService' },
    },
  },
  outbound: {
    modes: { reminders: { kind: 'outbound' } },
    default: 'reminders',
    policy: {
      destinations: { countries: ['US'] },
      callingHours: { from: '09:00', to: '20:00', days: { sun: 'closed' } },
      frequency: [
        { calls: 3, withinMs: 86_400_000 },
        { calls: 7, withinMs: 604_800_000 },
      ],
      callsPerSecond: 1,
      maxConcurrent: 10,
      queue: { max: 100, maxAgeMs: 60_000 },
      spend: { perDayUsd: 50, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'America/New_York' },
      ringSeconds: 25,
      maxCallSeconds: 2_100,
      detectMachines: true,
    },
  },
}
