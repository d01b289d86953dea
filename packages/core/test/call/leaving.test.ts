import { expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, openCall } from './harness.ts'

const callTool = (name: string, argumentsJson = '{}', toolCallId = 't1') =>
  ({ type: 'toolCalled', toolCallId, name, argumentsJson }) as const

it('hangs up when the goodbye has been heard, and not before', async () => {
  const { model, goLive, hungUp, call, commands, notices } = openCall()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit(callTool('hang_up'))
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
  expect(commands('toolOutput')).toHaveLength(1)
  expect(call.state.phase).toBe('leaving')
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(800), 'goodbye')
  model.latest.emit({ type: 'partEnded', itemId: 'goodbye', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  expect(hungUp).toEqual([])
  line.echoMarks()
  await settle()
  expect(hungUp).toEqual(['CA1'])
  line.drop(true)
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
  expect(model.latest.closed).toBe(true)
  const { promptVersion } = call.mode
  expect(promptVersion).toMatch(/^[0-9a-f]{12}$/)
  expect(notices).toContainEqual({ type: 'phase', phase: 'ended', disposition: 'assistant_hung_up', promptVersion })
})

it('hangs up after a deadline when the goodbye never comes', async () => {
  const { model, goLive, hungUp, clock } = openCall()
  await goLive()
  model.latest.emit(callTool('hang_up'))
  await clock.advance(16_000)
  expect(hungUp).toEqual(['CA1'])
})

it('closes the stream when the hang-up by REST fails, so that Twilio asks and is told', async () => {
  const { model, goLive, call, clock } = openCall(undefined, { hangUp: () => Promise.reject(new Error('503')) })
  const line = await goLive()
  model.latest.emit(callTool('hang_up'))
  await clock.advance(16_000)
  expect(line.isOpen).toBe(false)
  expect(call.next()).toEqual({ kind: 'hangUp' })
})

it('hands the caller to a person after saying so, and keeps the conversation', async () => {
  const { model, goLive, call, connectMedia, commands, clock } = openCall()
  const line = await goLive()
  model.latest.emit(callTool('transfer_call', '{"destination":"sales","reason":"wants to buy"}'))
  await settle()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'connecting')
  model.latest.emit({ type: 'partEnded', itemId: 'connecting', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  expect(line.isOpen, 'the carrier ends the audio and asks what comes next').toBe(false)
  expect(call.next()).toEqual({ kind: 'dial', number: '+14155550111', label: 'sales' })
  expect(call.state).toMatchObject({ phase: 'away', awayKind: 'transfer' })
  await clock.advance(20_000)
  expect(model.latest.closed).toBe(false)

  expect(call.next({ transfer: 'busy' })).toEqual({ kind: 'connect' })
  connectMedia()
  expect(call.state.phase).toBe('live')
  expect(commands('addMessage').at(-1)).toMatchObject({
    role: 'system',
    text: expect.stringContaining('the line is busy'),
  })
  expect(commands().at(-1)).toEqual({ type: 'reply' })
})

it('ends as transferred when the person took the call', async () => {
  const { model, goLive, call, clock } = openCall()
  await goLive()
  model.latest.emit(callTool('transfer_call', '{"destination":"sales","reason":"x"}'))
  await clock.advance(5_000)
  call.next()
  expect(call.next({ transfer: 'bridged' })).toEqual({ kind: 'hangUp' })
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'transferred' })
})

it('refuses a destination that is not a route', async () => {
  const { model, goLive, call, commands } = openCall()
  await goLive()
  model.latest.emit(callTool('transfer_call', '{"destination":"+882999","reason":"x"}'))
  await settle()
  expect(call.state.phase).toBe('live')
  expect(commands('toolOutput')[0]).toMatchObject({ output: expect.stringContaining('Invalid input for destination') })
})
