import { gatewayErrorCodes } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { dispositions, whyOf, type Explained } from '../src/watching/why.ts'

const inbound = { direction: 'inbound' } as const
const transfer = { kind: 'cold', route: 'sales', label: 'the sales team', atMs: 1 } as const
const fallback = {
  kind: 'fallback',
  route: 'fallback',
  label: 'the support desk',
  number: '+14155550112',
  reason: 'model_unreachable',
  atMs: 1,
} as const

const cases: readonly (readonly [string, Explained, string | undefined])[] = [
  ['goes on', inbound, undefined],
  ['was ended by its caller', { ...inbound, disposition: 'caller_hung_up' }, undefined],
  ['was ended by the assistant', { ...inbound, disposition: 'assistant_hung_up' }, undefined],
  ['was transferred', { ...inbound, disposition: 'transferred' }, undefined],
  ['ended with a message', { ...inbound, disposition: 'voicemail' }, undefined],
  [
    'ended when a transfer had reached nobody',
    { ...inbound, disposition: 'caller_hung_up', transfers: [{ ...transfer, outcome: 'no_answer' }] },
    'The caller was to be connected with the sales team, but nobody answered.',
  ],
  ['was ended by an operator', { ...inbound, disposition: 'operator_hung_up' }, 'An operator ended the call.'],
  [
    'fell back to a person',
    { ...inbound, disposition: 'fallback', transfers: [{ ...fallback, outcome: 'bridged' }] },
    'The model server could not be reached; the caller was connected with the support desk.',
  ],
  [
    'fell back to a person who did not answer',
    { ...inbound, disposition: 'fallback', transfers: [{ ...fallback, outcome: 'busy' }] },
    'The model server could not be reached; the caller was sent to the support desk, but the line was busy.',
  ],
  [
    'fell back to a message',
    { ...inbound, disposition: 'fallback', transfers: [{ ...fallback, outcome: 'recorded' }] },
    'The model server could not be reached; the caller left a message.',
  ],
  [
    'fell back to nobody',
    { ...inbound, disposition: 'fallback', problemCodes: ['tool_failed', 'model_lost'] },
    'The connection to the model was lost; the caller heard an apology, or had hung up.',
  ],
  [
    'fell back while a person was called',
    { direction: 'outbound', disposition: 'fallback', problemCodes: ['model_timeout'] },
    'The model server did not answer in time; the person we had called heard an apology.',
  ],
  [
    'was never connected, for no known reason',
    { ...inbound, disposition: 'never_connected' },
    'The caller hung up, or the carrier gave up, before the audio was connected.',
  ],
  [
    'was never connected because of its audio',
    { ...inbound, disposition: 'never_connected', problemCodes: ['media_silent'] },
    "The caller's audio never came or kept breaking off before the call was connected.",
  ],
  [
    'was drained',
    { ...inbound, disposition: 'drained', transfers: [{ ...fallback, reason: 'draining', outcome: 'bridged' }] },
    'The gateway was stopped during the call; the caller was connected with the support desk.',
  ],
  ['met a machine', { direction: 'outbound', disposition: 'answering_machine' }, 'An answering machine took the call.'],
  ['was busy', { direction: 'outbound', disposition: 'busy' }, 'The line of the person we called was busy.'],
  ['was not answered', { direction: 'outbound', disposition: 'no_answer' }, 'The person we called did not answer.'],
  [
    'failed',
    {
      direction: 'outbound',
      disposition: 'failed',
      outbound: { state: 'failed', problem: 'The number does not exist.' },
    },
    'The number does not exist.',
  ],
  [
    'failed, for no known reason',
    { direction: 'outbound', disposition: 'failed' },
    'The carrier could not place the call.',
  ],
  [
    'was refused by a gate',
    { direction: 'outbound', outbound: { state: 'refused', gate: 'do_not_call' } },
    'The call was not placed: the number is on the do-not-call list.',
  ],
  [
    'was taken back',
    { direction: 'outbound', disposition: 'canceled' },
    'The call was taken back before anybody answered.',
  ],
  [
    'was cut off',
    { ...inbound, disposition: 'cut_off' },
    'The gateway process died during the call, and nobody went on with it.',
  ],
]

it.each(cases)('a call that %s', (_, call, why) => {
  expect(whyOf(call)?.why).toBe(why)
})

it('has an explanation, or the knowledge that there is nothing to explain, for every end', () => {
  const explained = new Set(cases.map(([, { disposition }]) => disposition))
  expect(dispositions.filter((disposition) => !explained.has(disposition))).toEqual([])
})

const modelErrors = gatewayErrorCodes.filter((code) => code.startsWith('model_'))
it.each(modelErrors)('%s is told in words of its own, with what to do', (code) => {
  const told = whyOf({ ...inbound, disposition: 'fallback', transfers: [{ ...fallback, reason: code }] })
  expect(told?.why).toMatch(/^[^.]+\.$/)
  expect(told?.why).not.toMatch(/went wrong|_/)
  expect(told?.whatToDo).toMatch(/\.$/)
  // A fallback without a reason is explained by the problems of the call.
  const byProblem = whyOf({ ...inbound, disposition: 'fallback', problemCodes: ['tool_failed', code] })
  expect(byProblem?.whatToDo).toBe(told?.whatToDo)
})
