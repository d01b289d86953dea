import type { TimelineEntry } from '@llc-phone/sim'
import { expect, it } from 'vitest'
import { hardships } from './support/caller-heard.ts'

const at = (...entries: [number, TimelineEntry['type']][]): TimelineEntry[] =>
  entries.map(([atMs, type]) => ({ atMs, type }))
const bore = (timeline: TimelineEntry[], disposition: string, errors: { code: number; message: string }[] = []) =>
  hardships({ timeline, errors, warnings: [] }, { disposition })
const greeted: [number, TimelineEntry['type']][] = [
  [0, 'answered'],
  [500, 'assistant-start'],
  [2_000, 'assistant-stop'],
  [9_000, 'caller-start'],
  [10_000, 'caller-stop'],
]

it('a talk without a long silence is no hardship, however long the caller thinks', () => {
  expect(
    bore(at(...greeted, [11_000, 'assistant-start'], [12_000, 'assistant-stop'], [12_500, 'ended']), 'resolved'),
  ).toEqual([])
})

it('silence before the first word, before an answer and inside of it is noticed', () => {
  expect(
    bore(at([0, 'answered'], [3_300, 'assistant-start'], [4_000, 'assistant-stop'], [5_000, 'ended']), 'x'),
  ).toEqual(['silence of 3300 ms until 3300'])
  expect(bore(at(...greeted, [13_300, 'assistant-start'], [14_000, 'assistant-stop'], [15_000, 'ended']), 'x')).toEqual(
    ['silence of 3300 ms until 13300'],
  )
  const within = at(
    ...greeted,
    [11_000, 'assistant-start'],
    [12_000, 'assistant-stop'],
    [15_500, 'assistant-start'],
    [16_000, 'assistant-stop'],
    [17_000, 'ended'],
  )
  expect(bore(within, 'x')).toEqual(['silence of 3500 ms until 15500'])
})

it('who is left without an answer has waited in vain, and who is hung up on without a sentence hears nothing', () => {
  expect(bore(at(...greeted, [14_000, 'ended']), 'caller_hung_up')).toEqual(['silence of 4000 ms until 14000'])
  expect(bore(at(...greeted, [11_000, 'ended']), 'cut_off')).toEqual(['left without a sentence at 11000'])
  expect(bore(at(...greeted, [11_000, 'ended']), 'caller_hung_up')).toEqual([])
})

it('an error of Twilio’s is one of the caller’s, a media socket that a test has torn is not', () => {
  const talk = at(...greeted, [11_000, 'assistant-start'], [12_000, 'assistant-stop'], [12_500, 'ended'])
  const errors = [
    { code: 11_200, message: 'HTTP retrieval failure' },
    { code: 31_924, message: 'torn' },
  ]
  expect(bore(talk, 'resolved', errors)).toEqual(['Twilio: 11200 HTTP retrieval failure'])
})
