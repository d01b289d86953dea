import type { WrittenDocument } from '../document.ts'

/** A restaurant: closed on Mondays and holidays, three answers, one person to connect with. */
export const restaurant: WrittenDocument = {
  business: {
    name: 'Pier Bistro',
    timeZone: 'America/Los_Angeles',
    hours: {
      mon: 'closed',
      'tue-thu': ['11:30-14:30', '17:30-22:00'],
      'fri-sat': ['11:30-14:30', '17:30-23:30'],
      sun: '10:00-16:00',
    },
    closures: [
      { from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' },
      { from: '2027-07-04', reason: 'Independence Day' },
      { from: '2027-11-25', reason: 'Thanksgiving' },
      { from: '2027-12-24', to: '2027-12-26', reason: 'Christmas' },
    ],
    address: '3 Pier Street, Monterey',
    website: 'pierbistro.example',
  },
  routes: {
    host: {
      label: 'the host',
      when: 'tables for today, groups, and anything else a person should decide',
      number: '+14155550121',
      hours: { 'tue-sat': '11:00-23:00', sun: '09:30-16:00' },
    },
  },
  directory: [
    { name: 'Rosa Diaz', role: 'chef and owner', route: 'host', transfer: 'warm' },
    { name: 'Reservations', route: 'host' },
  ],
  answers: [
    { question: 'Where can I park?', answer: 'In the garage on Pier Street; we stamp your ticket for two hours.' },
    {
      question: 'Do you have vegan dishes?',
      answer: 'Yes, about a third of the menu, and the kitchen changes others.',
    },
    { question: 'Are dogs allowed?', answer: 'On the terrace, yes.' },
  ],
  modes: {
    frontDesk: { kind: 'receptionist', offers: ['callback', 'visit'] },
  },
  numbers: { unknown: 'frontDesk', fallback: 'host' },
}
