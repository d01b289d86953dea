import type { Situation } from '../situation.ts'
import { call, calls, leaves, says } from './say.ts'

const connects = (destination: string, then: string) =>
  calls(call('transfer_call', { destination, reason: 'as the caller said' }), then)

const cases: readonly Omit<Situation, 'mode'>[] = [
  {
    id: 'synonym',
    about: 'names a department by another word',
    rules: ['routing'],
    caller: [
      {
        say: 'I need to talk to somebody about a refund.',
        ideal: connects('billing', 'I am connecting you with the billing department.'),
        expect: { questions: [0, 0] },
      },
    ],
    expect: { calls: ['transfer_call'], once: ['transfer_call'], end: 'transferred', to: 'billing' },
  },
  {
    id: 'key',
    about: 'presses the key of a department',
    rules: ['keys'],
    caller: [{ keys: '3', expect: { questions: [0, 0] } }],
    expect: { calls: [], end: 'transferred', to: 'billing' },
  },
  {
    id: 'key-and-voice',
    about: 'says one department and presses the key of another',
    rules: ['keys'],
    caller: [
      {
        say: 'I think it is sales that I want, but let me press the key.',
        ideal: says('Please press the key.'),
        expect: { never: ['transfer_call'] },
      },
      { keys: '3' },
    ],
    expect: { calls: ['report_unclear?'], end: 'transferred', to: 'billing' },
  },
  {
    id: 'two-departments',
    about: 'two departments in one sentence',
    rules: ['which-one'],
    caller: [
      {
        say: 'It is about an invoice, and I would also like to order something new.',
        ideal: says('Shall I connect you with billing or with sales first?'),
        expect: { never: ['transfer_call'], questions: [1, 1] },
      },
      {
        say: 'The invoice first, please.',
        ideal: connects('billing', 'I am connecting you with the billing department.'),
      },
    ],
    expect: { calls: ['transfer_call', 'report_unclear?'], end: 'transferred', to: 'billing' },
  },
  {
    id: 'closed',
    about: 'wants somebody who is not there on a Sunday',
    rules: ['closed'],
    textOnly: 'It needs an hour of its own.',
    world: { at: '2026-03-08T17:00:00Z' },
    caller: [
      {
        say: 'I have to move my appointment to another day.',
        ideal: connects(
          'scheduling',
          'The scheduling desk is closed now and opens on Monday at 8 AM. Would you like to leave a message?',
        ),
        expect: { said: [/closed|not (?:there|available|open)/i, /monday|tomorrow/i, /message|voicemail/i] },
      },
    ],
    expect: { calls: ['transfer_call'], to: null, end: 'caller' },
  },
  {
    id: 'person',
    about: 'insists on a human being',
    rules: ['a-person'],
    caller: [
      {
        say: 'Just let me speak with a human being.',
        ideal: connects('support', 'I am connecting you with the support desk.'),
      },
    ],
    expect: { calls: ['transfer_call', 'report_unclear?'], end: 'transferred', to: 'support' },
  },
  {
    id: 'unclear-twice',
    about: 'is not understood, twice',
    rules: ['unclear-twice'],
    caller: [
      {
        say: 'Well, you see, it is about the boat of my uncle.',
        ideal: calls(
          call('report_unclear', { heard: 'a boat' }),
          'Please press 1 for sales, 2 for support, 3 for billing or 4 for appointments.',
        ),
        expect: { calls: ['report_unclear'] },
      },
      {
        say: 'The boat, the blue one, you know.',
        ideal: calls(call('report_unclear', { heard: 'a blue boat' }), 'I am connecting you with the support desk.'),
        expect: { questions: [0, 0] },
      },
    ],
    expect: { calls: ['report_unclear', 'transfer_call?'], sentences: 4, end: 'transferred', to: 'support' },
  },
  {
    id: 'unclear-then-clear',
    about: 'is not understood, then coughs, then is clear',
    rules: ['noise', 'unclear-twice'],
    caller: [
      {
        say: 'Well, how shall I put it, it is a long story.',
        ideal: calls(
          call('report_unclear', { heard: 'a long story' }),
          'Please press 1 for sales, 2 for support, 3 for billing or 4 for appointments.',
        ),
      },
      { noise: 'cough', ms: 600, expect: { silent: true } },
      {
        say: 'I would like to buy an electric toothbrush.',
        ideal: connects('sales', 'I am connecting you with the sales department.'),
      },
    ],
    expect: {
      calls: ['report_unclear', 'transfer_call'],
      once: ['report_unclear'],
      sentences: 4,
      end: 'transferred',
      to: 'sales',
    },
  },
  {
    id: 'introduce',
    about: 'wants to be announced',
    rules: ['introduction'],
    caller: [
      {
        say: 'Connect me with sales, but please tell them first who is calling.',
        ideal: says('Who is calling, please, and what is it about?'),
        expect: { never: ['transfer_call', 'warm_transfer'], questions: [1, 2] },
      },
      {
        say: 'Dana Fields, about the offer of last week.',
        ideal: calls(
          call('warm_transfer', {
            destination: 'sales',
            introduction: 'Dana Fields is calling about the offer of last week.',
          }),
          'I am trying to reach the sales department.',
        ),
        expect: { calls: ['warm_transfer'] },
      },
      { person: 'accepts' },
    ],
    expect: {
      calls: ['warm_transfer'],
      questions: 2,
      args: { warm_transfer: { destination: 'sales', introduction: /dana/i } },
      end: 'transferred',
      to: 'sales',
    },
  },
  {
    id: 'nobody-answers',
    about: 'nobody answers in the department',
    rules: ['unreached'],
    caller: [
      { say: 'Billing, please.', ideal: connects('billing', 'I am connecting you with the billing department.') },
      {
        person: 'no_answer',
        expect: { said: [/sorry|nobody|no one|unavailable|could not|couldn't/i], questions: [1, 1] },
      },
    ],
    expect: { calls: ['transfer_call'], once: ['transfer_call'], end: 'caller' },
  },
  {
    id: 'choices',
    about: 'asks for the choices',
    rules: ['brief', 'keys'],
    caller: [
      {
        say: 'What choices do I have?',
        ideal: says(
          'For sales say sales or press 1, for support press 2, for billing press 3, and for appointments press 4.',
        ),
        expect: { said: [/sales/i, /support/i, /billing/i, /press|key/i] },
      },
    ],
    expect: { calls: ['report_unclear?'], sentences: 5 },
  },
  {
    id: 'hours',
    about: 'asks for the opening hours',
    rules: ['facts'],
    textOnly: 'Whatever hour it is, spoken calls find somebody there.',
    caller: [
      {
        say: 'How long are you open on Fridays?',
        ideal: says('On Fridays we are open from 8 AM to 4 PM.'),
        expect: { said: [/\b4(?!\d)|\bfour\b|connect/i], unsaid: [/\b(?:5|6|five|six)(?::00)? ?(?:p\.?m|o.?clock)/i] },
      },
    ],
    expect: { calls: ['transfer_call?'] },
  },
  {
    id: 'voicemail',
    about: 'wants to leave a message',
    rules: ['routing', 'message'],
    caller: [
      {
        say: 'I would rather leave a message for somebody.',
        ideal: connects('voicemail', 'Please leave your message after the tone.'),
        expect: { questions: [0, 0] },
      },
    ],
    expect: { calls: ['transfer_call'], once: ['transfer_call'], end: 'voicemail', to: 'voicemail' },
  },
  {
    id: 'wrong-key',
    about: 'presses a key that leads nowhere',
    rules: ['keys'],
    caller: [
      {
        keys: '7',
        ideal: says('That key is not in use. Press 1 for sales, 2 for support, 3 for billing or 4 for appointments.'),
        expect: { said: [/sales/i, /press|key/i] },
      },
    ],
    expect: { calls: ['report_unclear?'], sentences: 5, to: null },
  },
  {
    id: 'order-number',
    about: 'wants a number passed on to the person who is rung',
    rules: ['read-back', 'introduction'],
    caller: [
      {
        say: 'Announce me to sales, please: Dana Fields, about the order four seven one one two.',
        ideal: says('Order four, seven, one, one, two. Is that right?'),
        expect: {
          never: ['warm_transfer', 'transfer_call'],
          said: [/(?:4|four)[ ,.-]*(?:7|seven)[ ,.-]*(?:1|one)[ ,.-]*(?:1|one)[ ,.-]*(?:2|two)/i],
        },
      },
      {
        say: 'Yes, correct.',
        ideal: calls(
          call('warm_transfer', {
            destination: 'sales',
            introduction: 'Dana Fields is calling about order 4 7 1 1 2.',
          }),
          'I am trying to reach the sales department.',
        ),
        expect: { calls: ['warm_transfer'] },
      },
      { person: 'accepts' },
    ],
    expect: {
      calls: ['warm_transfer'],
      args: { warm_transfer: { introduction: /4[ ,.-]*7[ ,.-]*1[ ,.-]*1[ ,.-]*2/ } },
      end: 'transferred',
      to: 'sales',
    },
  },
  {
    id: 'insults',
    about: 'insults it, twice',
    rules: ['abuse'],
    caller: [
      {
        say: 'You are a stupid machine.',
        ideal: says('I am sorry that you are upset. How may I direct your call?'),
        expect: { never: ['hang_up'] },
      },
      { say: 'Shut up, you worthless piece of garbage, go to hell.', ideal: leaves },
    ],
    expect: { calls: ['hang_up', 'report_unclear?'], once: ['hang_up'], goodbyes: 1, end: 'assistant' },
  },
]

/** What is tried on the menu alone. */
export const ivrSituations: readonly Situation[] = cases.map((one) => ({ ...one, id: `ivr-${one.id}`, mode: 'ivr' }))
