import type { WrittenDocument } from '../document.ts'

/** A repair shop: a menu that leads to the workshop or to the counter, and a front desk on other numbers. */
export const repairShop: WrittenDocument = {
  business: {
    name: 'Corner Cycle Repair',
    timeZone: 'America/Chicago',
    hours: { 'mon-fri': ['08:00-12:00', '13:00-17:30'], sat: '09:00-13:00', sun: 'closed' },
    address: '240 Corner Avenue, Chicago',
    website: 'cornercycle.example',
  },
  routes: {
    workshop: {
      label: 'the workshop',
      when: 'a repair that is under way, or whether something can be repaired',
      number: '+14155550131',
      hours: { 'mon-fri': ['08:00-12:00', '13:00-17:30'] },
      afterHours: 'mailbox',
    },
    counter: {
      label: 'the counter',
      when: 'prices, spare parts, picking something up',
      number: '+14155550132',
      hours: { 'mon-fri': ['08:00-12:00', '13:00-17:30'], sat: '09:00-13:00' },
      afterHours: 'mailbox',
    },
    mailbox: { label: 'our voicemail', voicemail: true },
  },
  directory: [
    { name: 'Workshop', route: 'workshop' },
    { name: 'Counter', route: 'counter' },
  ],
  answers: [
    { question: 'How long does a repair take?', answer: 'Small ones a day, others two to four days.' },
    { question: 'Do I need an appointment?', answer: 'No, bring it in while we are open.' },
    { question: 'How can I pay?', answer: 'In cash or by any card.' },
  ],
  modes: {
    menu: {
      kind: 'ivr',
      choices: [
        { route: 'workshop', synonyms: ['repair', 'mechanic'] },
        { route: 'counter', synonyms: ['parts', 'prices'] },
      ],
      operator: 'counter',
    },
    frontDesk: { kind: 'receptionist', offers: ['callback'] },
  },
  numbers: { unknown: 'frontDesk', fallback: 'counter' },
}
