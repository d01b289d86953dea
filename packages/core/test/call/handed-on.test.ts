import { expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, openCall } from './harness.ts'

it('hands a conversation on when the process stops, whatever is being said', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.model.latest.emit({ type: 'replyStarted' })
  rig.model.latest.speak(audio(2_000), 'long')
  rig.call.handOn()
  expect(rig.followed.map(({ instruction }) => instruction)).toMatchObject([{ kind: 'fallback', interrupts: true }])
  expect(rig.call.next()).toMatchObject({ kind: 'fallback', interrupts: true, route: { label: 'sales' } })
  expect(rig.call.state).toMatchObject({ phase: 'ended', disposition: 'drained' })
  expect(rig.call.next(), 'a carrier that asks twice').toMatchObject({ kind: 'fallback', interrupts: true })
  expect(rig.model.connections.every(({ closed }) => closed)).toBe(true)
})

it('hands on a caller whose telephone still rings', async () => {
  const rig = openCall()
  await rig.configure()
  rig.call.handOn()
  rig.connectMedia()
  await rig.clock.advance(5_100)
  expect(rig.call.next()).toMatchObject({ kind: 'fallback' })
})

it('carries out what was agreed instead of apologising', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.model.latest.emit({
    type: 'toolCalled',
    toolCallId: 't1',
    name: 'transfer_call',
    argumentsJson: '{"destination":"sales","reason":"orders"}',
  })
  await settle()
  rig.call.handOn()
  expect(rig.call.next()).toMatchObject({ kind: 'dial', number: '+14155550111' })
})

it('leaves a caller alone who is with a person already', async () => {
  const rig = openCall()
  const line = await rig.goLive()
  rig.model.latest.emit({
    type: 'toolCalled',
    toolCallId: 't1',
    name: 'transfer_call',
    argumentsJson: '{"destination":"sales","reason":"orders"}',
  })
  await settle()
  rig.model.latest.emit({ type: 'replyStarted' })
  rig.model.latest.speak(audio(200), 'connecting')
  rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  await settle()
  rig.call.next()
  const before = rig.followed.length
  rig.call.handOn()
  expect(rig.followed).toHaveLength(before)
  expect(rig.hungUp).toEqual([])
  expect(rig.call.state).toMatchObject({ phase: 'ended', disposition: 'drained' })
})

it('hands nobody on twice', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.call.handOn()
  rig.call.handOn()
  expect(rig.followed).toHaveLength(1)
})
