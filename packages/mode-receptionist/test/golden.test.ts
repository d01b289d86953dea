import { e164 } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import { receptionist } from '../src/index.ts'

const route = (last: number, label: string, when: string) => ({ number: e164(`+1415555011${last}`), label, when })

// As gateway.config.ts has it, so that a change of the prompt is read as prose.
testMode(
  receptionist({
    business: {
      name: 'Harbor Dental',
      timeZone: 'America/New_York',
      hours: { 'mon-thu': '08:00-18:00', fri: '08:00-16:00' },
      address: '12 Harbor Street, Boston',
      website: 'harbordental.example',
      pronunciations: { Lopez: 'LOH-pess' },
    },
    answers: [
      { question: 'Where can I park?', answer: 'Behind the building; the entrance is on Mill Street.' },
      { question: 'Which insurance do you take?', answer: 'Most dental plans. The billing department checks yours.' },
    ],
    routes: {
      sales: route(1, 'the sales department', 'new customers, prices and offers'),
      support: route(2, 'the support desk', 'something does not work, or anything else'),
      billing: route(3, 'the billing department', 'invoices and payments'),
      scheduling: route(4, 'the scheduling desk', 'making, moving or cancelling appointments'),
    },
    messages: { take: async () => ({ id: '1' }) },
    directory: [
      { name: 'Dr. Elena Lopez', role: 'dentist', route: 'scheduling', transfer: 'warm' },
      { name: 'Anna Meyer', role: 'practice manager', route: 'support', transfer: 'warm' },
      { name: 'Sales', route: 'sales' },
      { name: 'Support', route: 'support' },
      { name: 'Billing', route: 'billing' },
      { name: 'Scheduling', route: 'scheduling' },
    ],
    offers: ['callback', 'visit'],
  }),
  { maxPromptTokens: 720, maxToolTokens: 1_360, golden: 'golden/receptionist.txt' },
)
