import type { Situation } from '../situation.ts'
import { call, calls, says } from './say.ts'

/** Anna Keller of the demonstration data, who has a cleaning in two days. */
const ANNA = { number: '+14155550199' }
const ANNA_ID = 'demo-anna-keller'
/** When that cleaning is. */
const HER_TIME = /saturday|half past one|1:30|one thirty/i

const finds = (service: string, then: string) => calls(call('find_open_slots', { service }), then)
const reads = (then: string) => calls(call('get_appointments', { customer_id: ANNA_ID }), then)

const cases: readonly Omit<Situation, 'mode'>[] = [
  {
    id: 'book',
    about: 'books the soonest time',
    rules: ['yes-before-write'],
    world: ANNA,
    caller: [
      {
        say: 'I need a check-up, as soon as possible.',
        ideal: finds('check-up', 'The next time that is free is {output.slots.0.when}. Shall I book it?'),
        expect: { calls: ['find_open_slots'], never: ['book_appointment'], questions: [1, 1] },
      },
      {
        say: 'Yes, please book the first one.',
        ideal: calls(call('book_appointment', { slot_id: 'slot-1', customer_id: ANNA_ID }), 'Your check-up is booked.'),
        expect: { calls: ['book_appointment'] },
      },
    ],
    expect: {
      calls: ['find_open_slots', 'book_appointment', 'add_call_note?', 'lookup_customer?'],
      once: ['book_appointment'],
      order: ['find_open_slots', 'book_appointment'],
      args: { find_open_slots: { service: /check/i } },
    },
  },
  {
    id: 'slot-taken',
    about: 'wants a time that somebody else has just taken',
    rules: ['durable-first', 'yes-before-write'],
    world: { ...ANNA, slotTaken: true },
    caller: [
      {
        say: 'What is the next free time for a check-up?',
        ideal: finds('check-up', 'The next time that is free is {output.slots.0.when}. Shall I book it?'),
        expect: { never: ['book_appointment'] },
      },
      {
        say: 'Good, book that one for me.',
        ideal: calls(
          call('book_appointment', { slot_id: 'slot-1', customer_id: ANNA_ID }),
          'I am sorry, this time has just been taken. Would another one suit you?',
        ),
        expect: {
          said: [/sorry|taken|no longer|gone|unfortunately/i],
          unsaid: [
            /\b(?:i have|i've|you are|you're) (?:now |just |all )?(?:booked|set)\b|\bis now booked\b|\b(?:your|the) (?:appointment|check-?up) (?:is|has been) (?:booked|confirmed)/i,
          ],
        },
      },
    ],
    expect: { calls: ['find_open_slots', 'book_appointment', 'add_call_note?'], once: ['book_appointment'] },
  },
  {
    id: 'move',
    about: 'moves an appointment',
    rules: ['yes-before-write', 'read-back'],
    world: ANNA,
    caller: [
      {
        say: 'This is Anna. I have to move my cleaning to another day.',
        ideal: reads('You have a dental cleaning on Saturday at 1:30 PM. To which day shall I move it?'),
        expect: { calls: ['get_appointments'], never: ['reschedule_appointment'] },
      },
      {
        say: 'What do you have in the week after?',
        ideal: calls(
          call('find_open_slots', { service: 'dental cleaning', from: '2026-03-09', appointment_id: 'appointment-1' }),
          'The first time is {output.slots.0.when}. Shall I move it there?',
        ),
        expect: { calls: ['find_open_slots'], never: ['reschedule_appointment'] },
      },
      {
        say: 'Yes, the first of these.',
        ideal: calls(
          call('reschedule_appointment', { appointment_id: 'appointment-1', slot_id: 'slot-1' }),
          'Your cleaning has been moved.',
        ),
        expect: { calls: ['reschedule_appointment'] },
      },
    ],
    expect: {
      calls: ['get_appointments', 'find_open_slots', 'reschedule_appointment', 'add_call_note?'],
      once: ['reschedule_appointment'],
      order: ['get_appointments', 'find_open_slots', 'reschedule_appointment'],
    },
  },
  {
    id: 'cancel',
    about: 'cancels an appointment',
    rules: ['yes-before-write', 'read-back'],
    world: ANNA,
    caller: [
      {
        say: 'This is Anna, please cancel my cleaning.',
        ideal: reads('That is your dental cleaning on Saturday at 1:30 PM. Shall I cancel it?'),
        expect: { calls: ['get_appointments'], never: ['cancel_appointment'], said: [HER_TIME], questions: [1, 1] },
      },
      {
        say: 'Yes, that one.',
        ideal: calls(call('cancel_appointment', { appointment_id: 'appointment-1' }), 'Your cleaning is cancelled.'),
        expect: { calls: ['cancel_appointment'] },
      },
    ],
    expect: {
      calls: ['get_appointments', 'cancel_appointment', 'add_call_note?'],
      once: ['cancel_appointment'],
      order: ['get_appointments', 'cancel_appointment'],
    },
  },
  {
    id: 'named-department',
    about: 'wants a department by its name',
    rules: ['a-person', 'routing'],
    world: ANNA,
    caller: [
      {
        say: 'There is a mistake in my invoice, please connect me with billing.',
        ideal: calls(
          call('transfer_call', { destination: 'billing', reason: 'a mistake in an invoice' }),
          'I am connecting you with the billing department.',
        ),
      },
    ],
    expect: { calls: ['transfer_call', 'add_call_note?'], once: ['transfer_call'], end: 'transferred', to: 'billing' },
  },
  {
    id: 'complaint',
    about: 'complains, and wants a person',
    rules: ['a-person', 'introduction'],
    world: ANNA,
    caller: [
      {
        say: 'My last filling fell out after two days. I want to complain to a person, right now.',
        ideal: calls(
          call('escalate_to_human', { reason: 'a complaint', summary: 'A filling fell out after two days.' }),
          'I am sorry about that. I am trying to reach the support desk.',
        ),
        expect: { calls: ['escalate_to_human'] },
      },
      { person: 'accepts' },
    ],
    expect: {
      calls: ['escalate_to_human', 'add_call_note?'],
      once: ['escalate_to_human'],
      args: { escalate_to_human: { summary: /filling/i } },
      end: 'transferred',
      to: 'support',
    },
  },
  {
    id: 'running-late',
    about: 'says something that colleagues should know',
    rules: ['message'],
    world: ANNA,
    caller: [
      {
        say: 'Anna here. Please tell the team that I will be ten minutes late on Saturday.',
        ideal: {
          says: 'I have passed that on.',
          calls: call('add_call_note', { customer_id: ANNA_ID, note: 'Will be ten minutes late on Saturday.' }),
        },
        expect: { calls: ['add_call_note|take_message'] },
      },
    ],
    expect: { calls: ['add_call_note|take_message', 'get_appointments?'], once: ['add_call_note'] },
  },
  {
    id: 'price',
    about: 'asks for a price that nobody has told it',
    rules: ['facts'],
    world: ANNA,
    caller: [
      {
        say: 'How much does a check-up cost?',
        ideal: says('I do not know our prices. Shall I connect you with the sales department?'),
        expect: { said: [/\b(?:don't|do not|cannot|can't|not able|no information|connect|message|sales)\b/i] },
      },
    ],
    expect: {
      calls: ['transfer_call?', 'escalate_to_human?'],
      unsaid: [/\$ ?\d|\b\d+ (?:dollars|euros|bucks)\b|\b(?:hundred|fifty|eighty) dollars\b/i],
    },
  },
]

/** What is tried on customer service alone. */
export const csrSituations: readonly Situation[] = cases.map((one) => ({ ...one, id: `csr-${one.id}`, mode: 'csr' }))
