import type { Situation } from '../situation.ts'
import { call, calls, says } from './say.ts'

const checks = (person: string, then: string) =>
  calls(call('check_availability', { person_or_department: person }), then)

const cases: readonly Omit<Situation, 'mode'>[] = [
  {
    id: 'person-in',
    about: 'asks for somebody who is there',
    rules: ['routing'],
    caller: [
      {
        say: 'Is Anna Meyer there? This is Dana Fields, about my bill.',
        ideal: checks('Anna Meyer', 'Yes, she takes calls now. Shall I connect you?'),
      },
      {
        say: 'Yes, please connect me.',
        ideal: calls(
          call('transfer_call', { destination: 'support', reason: 'about a bill' }),
          'I am connecting you with Anna Meyer.',
        ),
      },
    ],
    expect: {
      calls: ['check_availability', 'transfer_call'],
      order: ['check_availability', 'transfer_call'],
      end: 'transferred',
      to: 'support',
    },
  },
  {
    id: 'person-away',
    about: 'asks for somebody who is not there',
    rules: ['closed'],
    textOnly: 'It needs a day of its own.',
    world: { at: '2026-03-05T17:00:00Z' },
    caller: [
      {
        say: 'May I speak with Sam Lee, please?',
        ideal: checks('Sam Lee', 'Sam Lee is back on Monday at 8 AM. Would you like to leave a message?'),
        expect: { said: [/monday/i, /message/i] },
      },
    ],
    expect: { calls: ['check_availability'], to: null, end: 'caller' },
  },
  {
    id: 'near-name',
    about: 'says a name that is nearly right',
    rules: ['which-one'],
    caller: [
      {
        say: 'I would like to speak with Doctor Lopes.',
        ideal: checks('Dr. Lopez', 'Do you mean Doctor Elena Lopez?'),
        expect: { said: [/lopez/i], never: ['transfer_call', 'take_message'] },
      },
    ],
    expect: { calls: ['check_availability', 'warm_transfer?'] },
  },
  {
    id: 'two-of-a-name',
    about: 'says a name that two people have',
    rules: ['which-one'],
    caller: [
      {
        say: 'Is Lee in the office today?',
        ideal: checks('Lee', 'Do you mean Sam Lee or Paula Lee?'),
        expect: { said: [/sam/i, /paula/i], questions: [1, 1], never: ['transfer_call', 'take_message'] },
      },
    ],
    expect: { calls: ['check_availability'], to: null },
  },
  {
    id: 'announced',
    about: 'asks for somebody who wants to be asked first',
    rules: ['introduction'],
    caller: [
      {
        say: 'Please connect me with Doctor Lopez.',
        ideal: checks('Dr. Lopez', 'Who is calling, please, and what is it about?'),
        expect: { never: ['transfer_call', 'warm_transfer'] },
      },
      {
        say: 'Dana Fields, my crown has come off.',
        ideal: calls(
          call('warm_transfer', {
            destination: 'scheduling',
            introduction: 'Dana Fields is calling because a crown has come off.',
          }),
          'I am trying to reach Doctor Lopez.',
        ),
        expect: { calls: ['warm_transfer'] },
      },
      { person: 'accepts' },
    ],
    expect: {
      calls: ['check_availability', 'warm_transfer'],
      questions: 2,
      args: { warm_transfer: { introduction: /dana/i } },
      end: 'transferred',
      to: 'scheduling',
    },
  },
  {
    id: 'hours',
    about: 'asks for the opening hours',
    rules: ['facts'],
    textOnly: 'Whatever hour it is, spoken calls find somebody there.',
    caller: [
      {
        say: 'When do you close on Fridays?',
        ideal: says('On Fridays we close at 4 PM.'),
        expect: { said: [/\b4(?!\d)|\bfour\b/i], unsaid: [/\b(?:5|6|five|six)(?::00)? ?(?:p\.?m|o.?clock)/i] },
      },
    ],
    expect: { calls: [] },
  },
  {
    id: 'address',
    about: 'asks where it is, and where to park',
    rules: ['facts'],
    caller: [
      {
        say: 'What is your address, and where can I park my car?',
        ideal: says('We are at 12 Harbor Street in Boston. You can park behind the building.'),
        expect: { said: [/harbor street/i, /behind|mill street/i] },
      },
    ],
    expect: { calls: [] },
  },
]

/** What is tried on the front desk alone. */
export const receptionistSituations: readonly Situation[] = cases.map((one) => ({
  ...one,
  id: `receptionist-${one.id}`,
  mode: 'receptionist',
}))
