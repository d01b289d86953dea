import { expect, test } from 'vitest'
import { readModelFaults } from '../src/cli/model-faults.ts'

test('nothing goes wrong unless it is asked for', () => {
  expect(readModelFaults(undefined)({ index: 0 })).toEqual({})
})

test('an object is for every connection', () => {
  const faults = readModelFaults('{"mute":true,"latency":{"firstAudioMs":4000}}')
  const wrong = { mute: true, latency: { firstAudioMs: 4_000 } }
  expect([faults({ index: 0 }), faults({ index: 7 })]).toEqual([wrong, wrong])
})

test('a list is for the first, the second and so on; the rest are well', () => {
  const faults = readModelFaults('[{"stallAfterDeltas":60},{"handshakeStatus":503}]')
  expect([0, 1, 2].map((index) => faults({ index }))).toEqual([{ stallAfterDeltas: 60 }, { handshakeStatus: 503 }, {}])
})

test.each(['{', '{"muted":true}', '"mute"'])('%s is answered with how to write it', (text) => {
  expect(() => readModelFaults(text)).toThrow('SIM_MODEL_FAULTS cannot be read')
})
