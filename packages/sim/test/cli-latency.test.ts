import { expect, test } from 'vitest'
import { measureLatency } from '../src/cli/call-latency.ts'

test('each step is taken from the timeline; an answer that never came has no figure', () => {
  const steps = measureLatency([
    { atMs: 0, type: 'webhook' },
    { atMs: 12.4, type: 'twiml' },
    { atMs: 30, type: 'media-start' },
    { atMs: 140, type: 'assistant-start' },
    { atMs: 2000, type: 'assistant-stop' },
    { atMs: 2700, type: 'caller-start', text: 'Sales' },
    { atMs: 3200, type: 'caller-stop', text: 'Sales' },
    { atMs: 3900, type: 'assistant-start' },
    { atMs: 4500, type: 'caller-start', text: 'No, stop' },
    { atMs: 5000, type: 'caller-stop', text: 'No, stop' },
    { atMs: 4740, type: 'assistant-stop' },
  ])
  expect(steps).toEqual([
    { step: 'webhook → TwiML', ms: 12 },
    { step: 'TwiML → media start', ms: 18 },
    { step: 'media start → first audio heard', ms: 110 },
    { step: '"Sales" → first audio heard', ms: 700 },
    { step: 'interrupted by "No, stop" → assistant silent', ms: 240 },
    { step: '"No, stop" → first audio heard', ms: undefined },
  ])
})

test('a call that never connected has the three first steps without figures', () => {
  expect(measureLatency([{ atMs: 0, type: 'webhook' }]).map(({ ms }) => ms)).toEqual([undefined, undefined, undefined])
})
