import { expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import { hangUpTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { audio, greeter, openCall } from './harness.ts'

const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const

const open = async () => {
  let end: (value: object) => void = () => {}
  const book = defineTool({
    name: 'book',
    description: 'Books an appointment.',
    input: z.strictObject({ day: z.string() }),
    run: () => new Promise((resolve) => (end = resolve)),
  })
  const call = openCall(greeter({ tools: [book] }))
  await call.goLive()
  call.model.latest.emit({ type: 'replyStarted' })
  call.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'book', argumentsJson: '{"day":"Tuesday"}' })
  call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
  const ends = async () => {
    end({ status: 'booked', number: 7 })
    await settle()
  }
  const replaced = async () => {
    call.model.latest.emit(lost)
    await call.clock.advance(250)
    await call.configure()
  }
  const told = () => JSON.stringify(call.commands('addMessage'))
  return { ...call, ends, replaced, told }
}

it('what a tool did is told by the connection that takes over: it had ended before', async () => {
  const { ends, replaced, told } = await open()
  await ends()
  await replaced()
  expect(told()).toContain('You called book')
  expect(told()).toContain('Tuesday')
  expect(told()).toContain('booked')
})

it('what a tool did is told by the connection that takes over: it ends while nobody is connected', async () => {
  const { model, ends, clock, configure, told, commands } = await open()
  model.latest.emit(lost)
  await ends()
  await clock.advance(250)
  await configure()
  expect(told()).toContain('booked')
  expect(commands().at(-1)).toEqual({ type: 'reply' })
})

it('what a tool did is told by the connection that takes over: it ends when the new one is there', async () => {
  const { ends, replaced, told, commands, model } = await open()
  await replaced()
  expect(told(), 'nothing is done twice').toContain('do not call it again')
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(200), 'back')
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  const before = commands('reply').length
  await ends()
  expect(told()).toContain('An action begun before the connection was lost has ended')
  expect(told()).toContain('booked')
  expect(commands('reply')).toHaveLength(before + 1)
})

it('tells a third connection too', async () => {
  const { ends, replaced, told } = await open()
  await replaced()
  await ends()
  await replaced()
  expect(told()).toContain('booked')
})

it('hangs up for a tool that ended after the connection was replaced', async () => {
  const call = openCall()
  await call.goLive()
  call.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'hang_up', argumentsJson: '{}' })
  call.model.latest.emit(lost)
  await settle()
  expect(call.call.state.phase).not.toBe('live')
})

it('what a tool asked for and the call has refused is told as refused', async () => {
  const call = openCall(greeter({ tools: [hangUpTool()] }))
  await call.goLive()
  call.model.latest.emit({ type: 'replyStarted' })
  call.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'hang_up', argumentsJson: '{}' })
  call.model.latest.emit({ type: 'speechStarted' })
  await settle()
  expect(call.call.state.phase, 'the caller has begun to speak').toBe('live')
  call.model.latest.emit({ type: 'speechStopped' })
  call.model.latest.emit(lost)
  await call.clock.advance(250)
  await call.configure()
  const told = JSON.stringify(call.commands('addMessage'))
  expect(told).toContain('begun to speak')
  expect(told).not.toContain('ending')
})
