import { setImmediate as macrotask } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import type { ModelProvider } from '../../src/model.ts'
import { createCallRegistry } from '../../src/call/registry.ts'
import { e164 } from '../../src/telephone/e164.ts'
import { fakeClock, fullModelCapabilities, scriptedLine, settle } from '../../src/testing/index.ts'
import { audio, caller, createLine, greeter, openCall, prepareCall, routes, slowTool } from './harness.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A server that forgets its connections. */
const provider: ModelProvider = {
  name: 'forgetful',
  can: fullModelCapabilities,
  connect: () => ({ send: () => {}, appendAudio: () => {}, close: () => {} }),
}

const request = { direction: 'inbound', otherParty: {}, dialled: e164('+14155550101') } as const

it('of a call that has ended nothing is kept but what may be asked', async () => {
  const clock = fakeClock()
  const { line } = scriptedLine(clock)
  const registry = createCallRegistry({
    clock,
    provider,
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 10_000,
    observe: () => {},
  })
  const session = new WeakRef(registry.open({ ...request, line, legId: 'CA1', mode: greeter() }))
  await settle()
  registry.closeAll('caller_hung_up')
  // A weak reference holds what it has given until the end of the task.
  await macrotask()
  collectGarbage()
  expect(session.deref(), 'what a call was doing as it ended may still be noted').toBeDefined()
  await clock.advance(1_000)
  for (let round = 0; round < 5 && session.deref(); round++) {
    await macrotask()
    collectGarbage()
  }
  expect(session.deref()).toBeUndefined()
  expect(registry.byLegId('CA1')?.story()).toMatchObject({ disposition: 'caller_hung_up' })
})

it('tells the same story as before, with the tool that was stopped', async () => {
  const rig = openCall(greeter({ tools: [slowTool] }))
  await rig.goLive()
  rig.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
  await settle()
  rig.call.end('caller_hung_up')
  await rig.clock.advance(2_000)
  const ended = rig.registry.byLegId('CA1')!
  expect(ended).not.toBe(rig.call)
  expect(ended.story()).toEqual(rig.call.story())
  expect(ended.story().tools).toMatchObject([{ name: 'slow_tool', outcome: 'aborted' }])
  expect(ended.storyBytes).toBe(Buffer.byteLength(JSON.stringify(rig.call.story())))
  expect(rig.registry.recent()).toEqual([ended])
  expect(rig.registry.active()).toEqual([])
})

it('still answers what the carrier asks, as the session does', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.model.latest.emit({
    type: 'toolCalled',
    toolCallId: 't1',
    name: 'transfer_call',
    argumentsJson: '{"route":"sales"}',
  })
  await settle()
  rig.call.end('failed')
  await rig.clock.advance(2_000)
  const ended = rig.registry.byLegId('CA1')!
  expect(ended.next()).toEqual(rig.call.next())
  expect(ended.next({ transfer: 'bridged' })).toEqual({ kind: 'hangUp' })
  await rig.clock.advance(60_000)
  expect(ended.next()).toEqual(rig.call.next())
  expect(ended.next()).toMatchObject({ kind: 'fallback', route: routes.sales })
  expect([ended.bind('CA1'), ended.bind('CA2')]).toEqual([true, false])
})

it('closes audio that connects too late', async () => {
  const rig = openCall()
  const line = await rig.goLive()
  rig.call.end('caller_hung_up')
  await rig.clock.advance(2_000)
  expect(line.isOpen).toBe(false)
  const late = createLine(rig.connect(rig.registry.byLegId('CA1')!))
  late.start()
  late.frame(audio(20))
  expect(late.isOpen).toBe(false)
})

it('makes room for another session of the same call, as of one that waited again to be placed', async () => {
  const { registry, carrier, clock, call } = prepareCall()
  call.end('drained')
  const again = registry.prepare({
    line: carrier,
    callId: call.facts.callId,
    callee: { number: e164('+14155550199') },
    dialled: e164('+14155550100'),
    mode: caller(),
    machine: { action: 'continue' },
    primes: false,
  })
  await clock.advance(2_000)
  expect(registry.byCallId(call.facts.callId)).toBe(again)
  expect(registry.active()).toEqual([again])
  expect(registry.recent()).toEqual([])
})
