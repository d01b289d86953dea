import { expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall } from './harness.ts'

it('is generated while the phone rings, held, and flushed in order at media start', async () => {
  const { model, configure, connectMedia, commands, call } = openCall()
  await configure()
  expect(commands().map(({ type }) => type)).toEqual(['addMessage', 'reply'])
  expect(commands('addMessage')[0]).toMatchObject({ role: 'user', text: expect.stringContaining('"Hello there!"') })
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(100, 1), 'greeting')
  model.latest.speak(audio(100, 2), 'greeting')
  expect(call.state.phase).toBe('ready')
  const line = connectMedia()
  expect(line.messages('media').map(({ media }) => media.payload)).toEqual([audio(100, 1), audio(100, 2)])
  model.latest.speak(audio(100, 3), 'greeting')
  expect(line.messages('media')).toHaveLength(3)
  expect(call.state.phase).toBe('live')
})

it('comes as soon as the model does when the caller is first', async () => {
  const { model, configure, connectMedia, commands, call } = openCall()
  const line = connectMedia()
  expect(call.state.phase).toBe('joining')
  await configure()
  expect(commands('reply')).toHaveLength(1)
  model.latest.speak(audio(20), 'greeting')
  expect(line.messages('media')).toHaveLength(1)
})

it('is not stopped by "hello?", which is answered once the greeting was heard', async () => {
  const { model, configure, connectMedia, commands } = openCall()
  expect(await model.latest.config).toMatchObject({ turnDetection: { eagerness: 'high', autoReply: false } })
  await configure()
  const line = connectMedia()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(600), 'greeting')
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
  expect(line.messages('clear')).toHaveLength(0)
  model.latest.emit({ type: 'partEnded', itemId: 'greeting', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  expect(commands('configure'), 'generated is not heard').toHaveLength(0)
  line.echoMarks()
  expect(commands('configure')).toMatchObject([{ config: { turnDetection: { eagerness: 'medium', autoReply: true } } }])
  expect(commands('reply'), 'the greeting and the answer to "hello?"').toHaveLength(2)
})

it('may be interrupted where the mode lowers the shield', async () => {
  const { model, configure, connectMedia } = openCall(greeter({ greetingShield: 'off' }))
  expect(await model.latest.config).toMatchObject({ turnDetection: { autoReply: true } })
  await configure()
  const line = connectMedia()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(600), 'greeting')
  model.latest.emit({ type: 'speechStarted' })
  expect(line.messages('clear')).toHaveLength(1)
})

it('gives the model its later tools only when the opening is over', async () => {
  const { model, goLive, commands } = openCall()
  expect((await model.latest.config).tools.map(({ name }) => name)).toEqual(['hang_up', 'transfer_call'])
  await goLive()
  expect(commands('configure')).toMatchObject([{ config: { tools: [{}, {}, { name: 'slow_tool' }] } }])
})

it('is left out where the caller speaks first', async () => {
  const caller = greeter()
  const { commands, configure, connectMedia, model } = openCall({ ...caller, greets: false })
  await configure()
  connectMedia()
  expect(commands()).toEqual([])
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
  expect(commands('configure')).toHaveLength(1)
})
