import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPlayout } from '../../src/call/playout.ts'
import { createRelay } from '../../src/call/relay.ts'

const create = () => {
  const heard: string[] = []
  const marks: string[] = []
  const asked: string[] = []
  const relay = createRelay(createPlayout(() => 0))
  const caller = {
    sendAudio: (payload: string) => void heard.push(payload),
    sendMark: (name: string) => void marks.push(name),
  }
  const model = { appendAudio: (payload: string) => void asked.push(payload) }
  return { relay, caller, model, heard, marks, asked }
}
const bytes = (payloads: readonly string[]): Buffer =>
  Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64')))
const noise = (length: number, seed = 1): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 31 + seed * 17) % 256))

it('hands payloads on as the strings they are', () => {
  const { relay, caller, model, heard, asked } = create()
  relay.attachCaller(caller)
  relay.attachModel(model)
  const payload = noise(160).toString('base64')
  relay.fromCaller(payload, 0)
  relay.fromModel(payload, 'a', 0)
  expect(asked).toEqual([payload])
  expect(heard).toEqual([payload])
})

it('sends only whole frames, loses no byte, and pads the end of a part with silence', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 12 }), (lengths) => {
      const { relay, caller, heard } = create()
      relay.attachCaller(caller)
      const deltas = lengths.map((length, index) => noise(length, index))
      for (const delta of deltas) relay.fromModel(delta.toString('base64'), 'a', 0)
      relay.partEnded('a', 0)
      const sent = bytes(heard)
      const meant = Buffer.concat(deltas)
      for (const payload of heard) expect(Buffer.from(payload, 'base64').length % 160).toBe(0)
      expect(sent.subarray(0, meant.length).equals(meant)).toBe(true)
      expect(sent.length - meant.length).toBeLessThan(160)
      expect(sent.subarray(meant.length).every((byte) => byte === 0xff)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

it('keeps what it held back of one item out of the next', () => {
  const { relay, caller, heard } = create()
  relay.attachCaller(caller)
  relay.fromModel(noise(100).toString('base64'), 'a', 0)
  relay.fromModel(noise(160, 2).toString('base64'), 'b', 0)
  expect(heard.map((payload) => Buffer.from(payload, 'base64').length)).toEqual([160, 160])
  expect(bytes(heard).subarray(160).equals(noise(160, 2))).toBe(true)
})

it('cuts long deltas, so that marks can stand inside them', () => {
  const { relay, caller, heard, marks } = create()
  relay.attachCaller(caller)
  relay.fromModel(noise(16_000).toString('base64'), 'a', 0)
  expect(heard.length).toBeGreaterThan(5)
  expect(marks.length).toBeGreaterThan(5)
  expect(bytes(heard).equals(noise(16_000))).toBe(true)
})

it('holds a bounded amount for a caller who does not come', () => {
  const { relay, caller, heard } = create()
  const second = noise(8_000).toString('base64')
  for (let index = 0; index < 200; index++) relay.fromModel(second, 'a', 0)
  relay.attachCaller(caller)
  expect(bytes(heard).length).toBeLessThanOrEqual(121 * 8_000)
})

it('leaves a hold of more than ten seconds alone', () => {
  const { relay, model, asked } = create()
  relay.attachModel(model)
  const frame = noise(160).toString('base64')
  relay.fromCaller(frame, 0)
  relay.fromCaller(frame, 60_000)
  expect(asked).toEqual([frame, frame])
})

it('plays words of our own in pieces with marks between, whole frames, complete at once', () => {
  const heard: string[] = []
  let sent = 0
  let marks = 0
  const playout = createPlayout(() => 0)
  const relay = createRelay(playout)
  relay.attachCaller({
    sendAudio: (payload) => void heard.push(payload),
    sendMark: () => void marks++,
    sent: () => void sent++,
  })
  relay.play(noise(8_050).toString('base64'), 'phrase')
  expect(bytes(heard).subarray(0, 8_050).equals(noise(8_050))).toBe(true)
  expect(bytes(heard).length).toBe(8_160)
  expect(
    bytes(heard)
      .subarray(8_050)
      .every((byte) => byte === 0xff),
  ).toBe(true)
  expect([marks, sent]).toEqual([4, 1])
  expect(playout.unheard()).toEqual([{ itemId: 'phrase', contentIndex: 0, heardMs: 0, sentMs: 1_020 }])
})

it('lets no half frame of a reply into words of our own, and goes on with the reply behind them', () => {
  const { relay, caller, heard } = create()
  relay.attachCaller(caller)
  relay.fromModel(noise(100).toString('base64'), 'a', 0)
  relay.play(noise(160, 2).toString('base64'), 'phrase')
  relay.fromModel(noise(60, 3).toString('base64'), 'a', 0)
  expect(bytes(heard).equals(Buffer.concat([noise(160, 2), noise(100), noise(60, 3)]))).toBe(true)
})

it('plays nothing that is no base64', () => {
  const { relay, caller, heard } = create()
  relay.attachCaller(caller)
  relay.play('","event":"clear', 'phrase')
  expect([heard, relay.counters.dropped]).toEqual([[], 1])
})

it('keeps nothing when the call is over: neither what was held for the caller nor what they said to no model', () => {
  const { relay, caller, model, heard, asked } = create()
  for (let frame = 0; frame < 100; frame++) relay.fromCaller(noise(160, frame).toString('base64'), frame * 20)
  relay.fromModel(noise(1_700).toString('base64'), 'a', 0)
  relay.release()
  relay.attachModel(model)
  relay.attachCaller(caller)
  relay.partEnded('a', 0)
  expect(asked).toEqual([])
  expect(heard).toEqual([])
  expect(relay.counters.framesIn).toBe(100)
})
