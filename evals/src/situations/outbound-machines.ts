import type { Situation } from '../situation.ts'
import { DANA, DETAILS } from './outbound-callee.ts'
import { call, calls, says } from './say.ts'

const WORDS = /\w/

const cases: readonly Omit<Situation, 'mode'>[] = [
  {
    id: 'voicemail',
    about: 'a recorded greeting, then the tone',
    textOnly: 'A tone is no speech: on a line it is the carrier that tells of it.',
    rules: ['machines'],
    caller: [
      {
        say: 'Hi, I cannot take your call right now, please leave a message after the tone.',
        recording: true,
        ideal: calls(call('keep_listening', { for: 'tone' })),
        expect: { silent: true },
      },
      {
        noise: 'tone',
        ms: 800,
        ideal: {
          says: 'Hello, this is the AI assistant of Harbor Dental for Dana Fields. Please call us back on this number.',
          calls: call('hang_up', { silent: true }),
        },
        expect: { said: [/harbor dental/i, /call (?:us )?back|this number/i], unsaid: [DETAILS], questions: [0, 0] },
      },
    ],
    expect: { calls: ['hang_up', 'report_outcome?'], once: ['hang_up'], goodbyes: 0, end: 'assistant' },
  },
  {
    id: 'menu',
    about: 'a recorded menu answers',
    rules: ['machines'],
    caller: [
      {
        say: 'Welcome to the Fields company. For sales, press one. For support, press two.',
        recording: true,
        ideal: calls(call('hang_up', { silent: true })),
        expect: { unsaid: [WORDS], calls: ['hang_up'] },
      },
    ],
    expect: { calls: ['hang_up', 'report_outcome?'], goodbyes: 0, end: 'assistant' },
  },
  {
    id: 'screening',
    about: 'the telephone asks who is calling, then the person comes',
    rules: ['machines', 'opening-once'],
    caller: [
      {
        say: 'Hi, the person you are calling has turned on call screening. Please say your name and why you are calling.',
        recording: true,
        ideal: {
          says: 'Hello, this is the AI assistant of Harbor Dental, calling about an appointment.',
          calls: call('keep_listening', { for: 'person' }),
        },
        expect: { said: [/harbor dental/i], unsaid: [DETAILS], calls: ['keep_listening'], questions: [0, 0] },
      },
      {
        say: 'Thank you, please stay on the line.',
        recording: true,
        ideal: calls(call('keep_listening', { for: 'person' })),
        expect: { silent: true },
      },
      {
        say: 'Hello, Dana Fields speaking.',
        ideal: says('Hello, this is the AI assistant of Harbor Dental. Is this a good moment?'),
        expect: { said: [/harbor dental/i] },
      },
    ],
    expect: { calls: [], end: 'caller' },
  },
]

/** What is tried where a machine answers a call of ours. */
export const machineSituations: readonly Situation[] = cases.map((one) => ({
  ...one,
  id: `outbound-${one.id}`,
  mode: 'outbound',
  world: { ...DANA, ...one.world },
}))
