import { expect, it } from 'vitest'
import type { TrackBlock } from '../../src/call/tracks.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, openCall } from './harness.ts'

const SILENCE = 0xff

const listening = (call: ReturnType<typeof openCall>['call'], by?: string) => {
  const blocks: TrackBlock[] = []
  let isOver = false
  const stop = call.listen({ block: (block) => void blocks.push(block), over: () => (isOver = true) }, by)
  const track = (name: 'caller' | 'assistant') => Buffer.concat(blocks.map((block) => block[name]))
  /** Bytes of this sound in a track, and where the first is, in ms since the first block. */
  const found = (name: 'caller' | 'assistant', byte: number) => {
    const bytes = track(name)
    return { ms: bytes.filter((each) => each === byte).length / 8, fromMs: bytes.indexOf(byte) / 8 }
  }
  return { blocks, stop, track, found, isOver: () => isOver }
}

it('has both sides on one clock, in blocks without gaps', async () => {
  const call = openCall()
  const line = await call.goLive()
  await call.clock.advance(1_000)
  const heard = listening(call.call)
  for (let frame = 0; frame < 50; frame++) {
    line.frame(audio(20, 0x10))
    await call.clock.advance(20)
    if (frame === 20) {
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.speak(audio(300, 0x33), 'answer')
    }
  }
  await call.clock.advance(1_000)
  expect(heard.found('caller', 0x10)).toEqual({ ms: 1_000, fromMs: expect.closeTo(0, -2) })
  // Sent after 21 frames, when the caller's were played as they came.
  const answer = heard.found('assistant', 0x33)
  expect(answer.ms).toBe(300)
  expect(Math.abs(answer.fromMs - 420)).toBeLessThanOrEqual(20)
  for (const [index, { atMs, caller, assistant }] of heard.blocks.entries()) {
    expect(caller).toHaveLength(assistant.length)
    const next = heard.blocks[index + 1]
    if (next) expect(next.atMs).toBe(atMs + caller.length / 8)
  }
})

it('has of an interrupted sentence only what was heard', async () => {
  const call = openCall()
  const line = await call.goLive()
  await call.clock.advance(1_000)
  const heard = listening(call.call)
  call.model.latest.emit({ type: 'replyStarted' })
  call.model.latest.speak(audio(3_000, 0x33), 'long')
  await settle()
  await call.clock.advance(700)
  call.model.latest.emit({ type: 'speechStarted' })
  for (let frame = 0; frame < 20; frame++) {
    line.frame(audio(20, 0x10))
    await call.clock.advance(20)
  }
  await call.clock.advance(5_000)
  const told = call.commands('interrupt').at(-1)
  const heardMs = told?.type === 'interrupt' ? told.heard[0]!.heardMs : 0
  expect(heardMs).toBeGreaterThan(400)
  expect(heard.found('assistant', 0x33).ms).toBe(heardMs)
})

it('costs nothing when nobody listens, and ends with the call', async () => {
  const call = openCall()
  await call.goLive()
  await call.clock.advance(500)
  const timers = call.clock.pending
  const heard = listening(call.call, 'ann')
  const again = listening(call.call)
  expect(call.clock.pending).toBe(timers + 1)
  again.stop()
  await call.clock.advance(1_000)
  expect(heard.blocks.length).toBeGreaterThan(5)
  expect(heard.track('assistant').every((byte) => byte === SILENCE)).toBe(true)
  expect(call.call.story().acts).toMatchObject([{ kind: 'listen', by: 'ann' }])
  expect(call.call.story().acts?.[0]).not.toHaveProperty('endedMs')
  call.call.end('caller_hung_up')
  expect(heard.isOver()).toBe(true)
  expect(call.call.story().acts).toMatchObject([{ kind: 'listen', by: 'ann', endedMs: expect.any(Number) }])
  const late = listening(call.call)
  expect(late.isOver()).toBe(true)
})

it('has no gap in a sentence when it turns out later when it began to play', async () => {
  const call = openCall()
  const line = await call.goLive()
  await call.clock.advance(1_000)
  const heard = listening(call.call)
  call.model.latest.emit({ type: 'replyStarted' })
  const earlier = line.messages('mark').length
  for (let part = 0; part < 5; part++) call.model.latest.speak(audio(240, 0x33), 'answer')
  await call.clock.advance(450)
  // The line says that the first 240 ms took 40 ms longer, once some of them were told.
  await call.clock.advance(33)
  line.heard(line.messages('mark')[earlier]!.mark.name)
  await call.clock.advance(2_000)
  const bytes = heard.track('assistant')
  const [from, to] = [bytes.indexOf(0x33), bytes.lastIndexOf(0x33)]
  expect(to + 1 - from).toBe(1_200 * 8)
})

it('has every frame of a model that speaks in real time, each where it was heard', async () => {
  const call = openCall()
  await call.goLive()
  await call.clock.advance(1_000)
  const heard = listening(call.call)
  call.model.latest.emit({ type: 'replyStarted' })
  for (let frame = 0; frame < 20; frame++) {
    call.model.latest.speak(audio(20, 0x33), 'answer')
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await call.clock.advance(frame % 5 === 4 ? 60 : 20)
  }
  await call.clock.advance(1_000)
  expect(heard.found('assistant', 0x33).ms).toBe(400)
})
