import type { Situation } from '../situation.ts'
import { call, calls, leaves, says } from './say.ts'

export const ivrSituations: readonly Situation[] = [
  {
    id: 'ivr-synonym',
    about: 'names a department by another word',
    mode: 'ivr',
    rules: ['routing'],
    caller: [
      {
        say: 'I need to talk to somebody about a refund.',
        ideal: calls(
          call('transfer_call', { destination: 'billing', reason: 'a refund' }),
          'I am connecting you with billing.',
        ),
        expect: { questions: [0, 0] },
      },
    ],
    expect: {
      calls: ['transfer_call'],
      once: ['transfer_call'],
      args: { transfer_call: { destination: 'billing' } },
      end: 'transferred',
      to: 'billing',
    },
  },
  {
    id: 'ivr-bye',
    about: 'bye',
    mode: 'ivr',
    rules: ['goodbye'],
    caller: [{ say: 'That is all, bye.', ideal: leaves }],
    expect: { calls: ['hang_up'], once: ['hang_up'], goodbyes: 1, end: 'assistant' },
  },
]
