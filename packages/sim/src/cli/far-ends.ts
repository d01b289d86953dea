/** Who answers in development: colleagues at the transfer numbers, one outcome each at the numbers for trying calls out, a person everywhere else. */
import { answeringMachine } from '@llc-phone/virtual-carrier/answering-machine'
import type { CallerStep, FarEnd } from '@llc-phone/virtual-carrier/types'

const AFTER_MS = 1500
const hello: CallerStep[] = [{ wait: 600 }, { say: 'Hello?' }]

/** Says hello, who they are, and yes to everything. */
const person: FarEnd = {
  outcome: 'answers',
  afterMs: AFTER_MS,
  script: [
    ...hello,
    { say: 'yes, this is a good moment' },
    { say: 'of course, you have reached me' },
    { say: 'yes, I will be there' },
    { say: 'no thank you, that is all, goodbye' },
  ],
}

/** A telephone that asks who is calling; its owner has listened, and comes. */
const screened: CallerStep[] = [
  { wait: 300 },
  { say: 'please say your name and why you are calling' },
  { listen: true },
  { say: 'thank you, one moment, I am asking them' },
  { wait: 6_000 },
  { say: 'good morning, here I am myself' },
]

/** The numbers for trying calls out, in the order they are shown. */
export const trialNumbers: Readonly<Record<string, { what: string; farEnd: FarEnd }>> = {
  '+14155550120': { what: 'a person who says hello and confirms', farEnd: person },
  '+14155550121': {
    what: 'a person who says hello after four seconds',
    farEnd: { ...person, script: [{ wait: 4000 }, ...person.script!.slice(1)] },
  },
  '+14155550122': { what: 'somebody who says nothing', farEnd: { outcome: 'answers', afterMs: AFTER_MS } },
  '+14155550123': {
    what: 'an answering machine with a tone',
    farEnd: answeringMachine({
      greeting: 'nobody can come to the telephone, please leave us a message after the tone',
      // The voice that the simulated model understands.
      voice: 'rms',
      afterMs: 3000,
    }),
  },
  '+14155550124': { what: 'busy', farEnd: { outcome: 'busy', afterMs: AFTER_MS } },
  '+14155550125': { what: 'nobody answers', farEnd: { outcome: 'no-answer' } },
  '+14155550126': { what: 'the number does not exist', farEnd: { outcome: 'failed', afterMs: 500 } },
  '+14155550127': {
    what: 'a person who wants no more calls',
    farEnd: { ...person, script: [...hello, { say: 'please stop calling me' }] },
  },
  '+14155550128': {
    what: 'a telephone that asks who is calling; then its owner',
    farEnd: { ...person, script: [...screened, ...person.script!.slice(2)] },
  },
}

/**
 * The far end at a number. The colleague in support hears the introduction of a warm transfer out and accepts it; the others
 * just say hello, which accepts nothing.
 */
export function farEndAt(to: string, env: Readonly<Record<string, string | undefined>>): FarEnd {
  const department = (['sales', 'support', 'billing', 'scheduling'] as const).find(
    (name) => env[`${name.toUpperCase()}_NUMBER`] === to,
  )
  if (!department) return trialNumbers[to]?.farEnd ?? person
  return {
    outcome: 'answers',
    afterMs: AFTER_MS,
    script: [
      ...(department === 'support'
        ? [{ listen: true as const, quietMs: 300, maxMs: 4_000 }, { dtmf: '1' }]
        : [{ wait: 400 }]),
      { say: `Hello, this is Sam in ${department}. How can I help you?`, voice: 'awb' },
      { listen: true, maxMs: 12_000 },
      { say: 'I will take care of it. Goodbye.', voice: 'awb' },
      { hangup: true },
    ],
  }
}
