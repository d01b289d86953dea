import type { Situation } from '../situation.ts'
import { DANA, DETAILS } from './outbound-callee.ts'
import { call, calls, says } from './say.ts'

const cases: readonly Omit<Situation, 'mode'>[] = [
  {
    id: 'wrong-person',
    about: 'somebody else of the household answers',
    rules: ['details-to-the-callee', 'outcome'],
    caller: [
      { say: 'Hello?' },
      {
        say: 'No, this is her son, my mother is not at home.',
        ideal: calls(
          call('report_outcome', { outcome: ['wrong_person', 'not_reached'] }),
          'Thank you, I will try again another time.',
        ),
        expect: { unsaid: [DETAILS] },
      },
      {
        say: 'What is it about?',
        ideal: says('I am sorry, I can only tell her that.'),
        expect: { unsaid: [DETAILS] },
      },
    ],
    expect: {
      calls: ['report_outcome|add_call_note', 'hang_up?'],
      args: { report_outcome: { outcome: /^(?:wrong_person|not_reached)$/ } },
      judge:
        'Does the assistant say nothing about what the appointment is for, after it has heard that somebody else is on the line?',
    },
  },
  {
    id: 'wrong-number',
    about: 'the number is wrong',
    rules: ['goodbye', 'details-to-the-callee'],
    caller: [
      { say: 'Hello?' },
      {
        say: 'You have a wrong number, there is no Dana here.',
        ideal: calls(
          [call('report_outcome', { outcome: 'wrong_number' }), call('hang_up')],
          'I am sorry for the trouble, goodbye.',
        ),
        expect: { unsaid: [DETAILS], questions: [0, 0] },
      },
    ],
    expect: {
      calls: ['hang_up', 'report_outcome|add_call_note'],
      args: { report_outcome: { outcome: /^(?:wrong_number|wrong_person|not_reached)$/ } },
      once: ['hang_up'],
      goodbyes: 1,
      end: 'assistant',
    },
  },
  {
    id: 'never-again',
    about: 'wants no more calls',
    rules: ['stop-calling'],
    caller: [
      { say: 'Hello?' },
      {
        say: 'Never call me again, take me off your list.',
        ideal: calls(call('stop_calling'), 'You will not be called again. Goodbye.'),
        expect: { calls: ['stop_calling'], questions: [0, 0], unsaid: [/\bwhy\b|reason/i] },
      },
    ],
    expect: {
      calls: ['stop_calling', 'report_outcome?', 'hang_up?'],
      once: ['stop_calling'],
      goodbyes: 1,
      end: 'assistant',
    },
  },
  {
    id: 'never-again-not-stored',
    about: 'wants no more calls, and the list cannot be written',
    rules: ['stop-calling', 'durable-first'],
    world: { storeFails: true },
    caller: [
      { say: 'Hello?' },
      {
        say: 'Take my number off your list, now.',
        ideal: calls(call('stop_calling'), 'I am sorry, it could not be stored yet. I am trying again.'),
        expect: {
          calls: ['stop_calling'],
          unsaid: [
            /\b(?:will not|won't|never) (?:be called|call you|receive|get|hear)/i,
            /(?:\b(?:have|has) been|\b(?:have|are|is|was)|'(?:ve|re|s)) (?:now |just )?(?:removed|taken|off|added|stored|noted)\b/i,
          ],
        },
      },
    ],
    expect: { calls: ['stop_calling', 'hang_up?', 'report_outcome?', 'transfer_call?', 'add_call_note?'] },
  },
  {
    id: 'person',
    about: 'wants to speak with a person',
    rules: ['a-person'],
    caller: [
      { say: 'Hello?' },
      {
        say: 'Dana Fields speaking. I do not talk with machines, connect me with your scheduling people.',
        ideal: calls(
          call('transfer_call', { destination: 'scheduling', reason: 'wants a person' }),
          'I am connecting you with the scheduling desk.',
        ),
      },
    ],
    expect: {
      calls: ['transfer_call', 'report_outcome?', 'add_call_note?'],
      once: ['transfer_call'],
      end: 'transferred',
      to: 'scheduling',
    },
  },
  {
    id: 'child',
    about: 'a child answers',
    rules: ['details-to-the-callee'],
    caller: [
      {
        say: 'Hello, I am Timmy and I am five years old.',
        ideal: says('Hello Timmy, may I speak with a grown-up, please?'),
        expect: { said: [/grown|adult|mom|mum|mother|dad|parent|somebody else|dana/i], unsaid: [DETAILS] },
      },
    ],
    expect: { calls: ['hang_up?'] },
  },
]

/** What is tried where somebody we call is not whom we look for, or wants none of it. */
export const othersSituations: readonly Situation[] = cases.map((one) => ({
  ...one,
  id: `outbound-${one.id}`,
  mode: 'outbound',
  world: { ...DANA, ...one.world },
}))
