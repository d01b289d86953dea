import type { Situation } from '../situation.ts'
import { call, calls, says } from './say.ts'

const message = (more: Readonly<Record<string, unknown>> = {}) =>
  call('take_message', {
    caller_name: 'Dana Fields',
    message: 'For Anna Meyer: please call back about the bill.',
    urgency: 'normal',
    ...more,
  })

/** Digits as they may be said or written. */
const digits = (text: string): RegExp => {
  const words = ['(?:zero|oh)', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
  return new RegExp([...text].map((digit) => `(?:${digit}|${words[Number(digit)]})`).join('[ ,.-]*'), 'i')
}

const cases: readonly Omit<Situation, 'mode'>[] = [
  {
    id: 'other-number',
    about: 'leaves a message with another number to call back',
    rules: ['message', 'read-back', 'yes-before-write'],
    caller: [
      {
        say: 'I am Dana Fields. Anna Meyer should call me back about my bill, on 415 555 0132, not on this number. No need to connect me, just take a message.',
        ideal: says(
          'Anna Meyer should call you back about your bill on four one five, five five five, zero one three two. Is that right?',
        ),
        expect: { never: ['take_message'], said: [digits('0132')] },
      },
      {
        say: 'Yes, that is right.',
        ideal: calls(message({ caller_number: '+14155550132', call_back: true }), 'Your message has been taken.'),
        expect: { calls: ['take_message|request_callback'] },
      },
    ],
    expect: {
      calls: ['take_message|request_callback', 'check_availability?'],
      once: ['take_message'],
      unsaid: [/four hundred/i],
    },
  },
  {
    id: 'digits-corrected',
    about: 'corrects the number that was read back',
    rules: ['read-back', 'yes-before-write'],
    caller: [
      {
        say: 'Please take a message for Anna Meyer: Dana Fields, about my bill, on 415 555 0132.',
        ideal: says('On four one five, five five five, zero one three two. Is that right?'),
        expect: { never: ['take_message'] },
      },
      {
        say: 'No, five five at the end, zero one five five.',
        ideal: says('On four one five, five five five, zero one five five. Is that right?'),
        expect: { never: ['take_message'], said: [digits('0155')] },
      },
      {
        say: 'Yes, now it is right.',
        ideal: calls(message({ caller_number: '+14155550155', call_back: true }), 'Your message has been taken.'),
        expect: { calls: ['take_message'] },
      },
    ],
    expect: {
      calls: ['take_message', 'check_availability?'],
      once: ['take_message'],
      args: { take_message: { caller_number: /0155$|01 ?55$/ } },
    },
  },
  {
    id: 'withheld',
    about: 'withholds the number and wants to be called back',
    rules: ['message'],
    world: { number: null },
    caller: [
      {
        say: 'Anna Meyer should call me back about my bill, please. I am Dana Fields.',
        ideal: says('On which number can she reach you?'),
        expect: { said: [/number/i], never: ['take_message', 'request_callback'], questions: [1, 1] },
      },
    ],
    expect: { calls: ['check_availability?'] },
  },
  {
    id: 'urgent',
    about: 'leaves an urgent message',
    rules: ['message', 'yes-before-write'],
    caller: [
      {
        say: 'This is Dana Fields. I only want to leave an urgent message for Paula Lee: my crown has come off, she should call me back today on this number.',
        ideal: says(
          'Paula Lee should call you back today because your crown has come off, and it is urgent. Is that right?',
        ),
        expect: { never: ['take_message'] },
      },
      {
        say: 'Yes, exactly.',
        ideal: calls(
          message({ urgency: 'urgent', message: 'For Paula Lee: the crown has come off, please call back today.' }),
          'Your message has been taken.',
        ),
      },
    ],
    expect: {
      calls: ['take_message', 'check_availability?'],
      args: { take_message: { urgency: 'urgent', caller_name: /fields/i } },
    },
  },
  {
    id: 'callback',
    about: 'wants to be called at a certain time',
    rules: ['no-promise', 'yes-before-write'],
    caller: [
      {
        say: 'Could somebody call me back tomorrow in the morning? Dana Fields, about a bill.',
        ideal: says('You would like to be called back tomorrow morning about a bill. Is that right, Dana Fields?'),
        expect: { never: ['request_callback', 'take_message'] },
      },
      {
        say: 'Yes, on this number.',
        ideal: calls(
          call('request_callback', {
            when: 'tomorrow in the morning',
            caller_name: 'Dana Fields',
            reason: 'about a bill',
          }),
          'The wish is noted. The time is not fixed yet.',
        ),
        expect: { unsaid: [/\b(?:booked|confirmed|guarantee)\b/i] },
      },
    ],
    expect: {
      calls: ['request_callback', 'check_availability?'],
      args: { request_callback: { caller_name: /fields/i } },
      judge: 'Does the assistant avoid promising that the call will come at that time?',
    },
  },
  {
    id: 'visit',
    about: 'wants to come by',
    rules: ['no-promise', 'yes-before-write'],
    caller: [
      {
        say: 'May I come by tomorrow at ten in the morning? Dana Fields, to pick up my bill.',
        ideal: says('You would like to come by tomorrow at 10 AM to pick up your bill. Is that right?'),
        expect: { never: ['request_visit', 'take_message'] },
      },
      {
        say: 'Yes, that is it.',
        ideal: calls(
          call('request_visit', { when: 'tomorrow at ten', caller_name: 'Dana Fields', reason: 'to pick up a bill' }),
          'The wish is noted, and somebody will confirm the time.',
        ),
        expect: { calls: ['request_visit'], unsaid: [/\b(?:booked|you are all set)\b/i] },
      },
    ],
    expect: { calls: ['request_visit', 'check_availability?'], args: { request_visit: { caller_name: /fields/i } } },
  },
  {
    id: 'store-fails',
    about: 'leaves a message that cannot be stored',
    rules: ['durable-first'],
    world: { storeFails: true },
    caller: [
      {
        say: 'Just take a message for Anna Meyer, please: Dana Fields, about my bill, no call back needed.',
        ideal: says('A message for Anna Meyer from Dana Fields, about your bill. Is that right?'),
      },
      {
        say: 'Yes, please.',
        ideal: calls(message({ call_back: false }), 'I am sorry, the message could not be stored.'),
        expect: {
          said: [/sorry|could not|couldn't|unable|problem|not (?:been )?(?:stored|taken|saved)/i],
          unsaid: [
            /(?:\b(?:has|have|is|was)|'(?:ve|s)) (?:now |just )?(?:been )?(?:taken|stored|saved|noted|recorded|passed on|sent)\b/i,
          ],
        },
      },
    ],
    expect: { calls: ['take_message', 'check_availability?', 'transfer_call?'] },
  },
]

/** What is tried where the front desk writes something down. */
export const messageSituations: readonly Situation[] = cases.map((one) => ({
  ...one,
  id: `receptionist-${one.id}`,
  mode: 'receptionist',
}))
