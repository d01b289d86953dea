import { expect, it } from 'vitest'
import { createModelEvents } from '../../src/call/model-events.ts'
import type { CallParts } from '../../src/call/parts.ts'
import { createPlayout } from '../../src/call/playout.ts'
import type { HeardPart } from '../../src/model.ts'
import { e164 } from '../../src/telephone/e164.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall } from './harness.ts'

/** As much of a call as the translation of a model's events needs, of a model that cannot cancel. */
const createEvents = () => {
  const told: HeardPart[][] = []
  const parts = {
    mode: { name: 'test', tools: [] },
    deps: { provider: { can: { cancel: false } }, toolTimes: { isSlow: () => false }, observe: () => {} },
    story: {
      interrupted: (heard: readonly HeardPart[]) => told.push([...heard]),
      times: { replyBegan: () => {}, counted: () => {} },
    },
    relay: { fromModel: () => {}, counters: { framesOut: 0 } },
    playout: { leftMs: () => 0, unheard: () => [] },
    stopwatch: { delta: () => {} },
    dispatch: () => {},
    problem: () => {},
  } as unknown as CallParts
  return { events: createModelEvents(parts, () => {}), told }
}

it('a server that makes up an id for every delta does not have them all remembered', () => {
  const { events } = createEvents()
  for (let item = 0; item < 5_000; item++) events.audio(audio(20), `item_${item}`, 0, 0)
  expect(events.hasSpoken('item_4999')).toBe(true)
  expect(events.hasSpoken('item_4000')).toBe(true)
  expect(events.hasSpoken('item_0')).toBe(false)
})

it('a reply that is dropped and goes on in item after item is remembered by its first ones', () => {
  const { events, told } = createEvents()
  events.event({ type: 'replyStarted' })
  events.audio(audio(20), 'item_0', 0, 0)
  events.interrupted([{ itemId: 'item_0', contentIndex: 0, heardMs: 10, sentMs: 20 }])
  for (let item = 0; item < 5_000; item++) events.audio(audio(20), `item_${item}`, 0, 0)
  events.event({ type: 'replyEnded', outcome: 'completed' })
  expect(told.at(-1)).toHaveLength(100)
  expect(told.at(-1)?.[0]).toMatchObject({ itemId: 'item_0', sentMs: 40 })
})

it('a part that is sent in a thousand pieces between those of another is still heard to its end, and no sooner', () => {
  let now = 0
  const playout = createPlayout(() => now)
  for (let piece = 0; piece < 1_000; piece++) for (const itemId of ['one', 'other']) playout.sent(itemId, 0, 20)
  for (const itemId of ['one', 'other']) playout.partEnded(itemId, 0)
  expect(playout.unheard()).toMatchObject([
    { itemId: 'one', heardMs: 0, sentMs: 20_000 },
    { itemId: 'other', heardMs: 0, sentMs: 20_000 },
  ])
  now = 60_000
  expect(playout.unheard()).toEqual([])
})

it('a spare connection that never stops sending is given up', async () => {
  const call = openCall()
  const line = await call.goLive()
  call.model.latest.emit({ type: 'speechStarted' })
  call.model.latest.emit({ type: 'speechStopped' })
  for (let passed = 0; passed < 3_500; passed += 100) await call.clock.advance(100)
  expect(call.call.state.spare).toBe(true)
  const spare = call.model.latest
  spare.emit({ type: 'configured' })
  for (let event = 0; event < 6_000; event++)
    spare.emit({ type: 'transcript', speaker: 'assistant', itemId: `item_${event}`, text: 'x' })
  await settle()
  expect(call.call.state.spare).toBe(false)
  expect(spare.closed).toBe(true)
  expect(line.isOpen).toBe(true)
})

it('many short calls leave one timer behind, and none when they are forgotten after ten minutes', async () => {
  const rig = openCall()
  const { clock, registry, carrier } = rig
  rig.call.end('caller_hung_up')
  for (let call = 2; call <= 200; call++) {
    const mode = greeter()
    const dialled = e164('+14155550101')
    registry
      .open({ line: carrier, legId: `CA${call}`, direction: 'inbound', otherParty: {}, dialled, mode })
      .end('caller_hung_up')
    await clock.advance(1_000)
  }
  await clock.advance(30_000)
  expect(registry.recent()).toHaveLength(200)
  expect(clock.pending).toBe(1)
  await clock.advance(9 * 60_000)
  expect(registry.recent().length).toBeLessThan(200)
  expect(registry.recent().length).toBeGreaterThan(0)
  await clock.advance(4 * 60_000)
  expect(registry.recent()).toHaveLength(0)
  expect(clock.pending).toBe(0)
})
