import { expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import type { HistoryItem } from '../../src/model.ts'
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
  /** What the latest connection knows of the call of the tool. */
  const known = () =>
    call.model.latest.history.find((item) => item.kind === 'toolCall') as Extract<HistoryItem, { kind: 'toolCall' }>
  const outputs = () => call.commands('toolOutput')
  return { ...call, ends, replaced, known, outputs }
}

const BOOKED = '{"status":"booked","number":7}'
const booking = { kind: 'toolCall', toolCallId: 't1', name: 'book', argumentsJson: '{"day":"Tuesday"}' }

it('the connection that takes over knows what a tool did: it had ended before', async () => {
  const { ends, replaced, known, outputs } = await open()
  await ends()
  await replaced()
  expect(known()).toEqual({ ...booking, output: BOOKED })
  expect(outputs()).toEqual([])
})

it('the connection that takes over knows what a tool did: it ends while nobody is connected', async () => {
  const { model, ends, clock, configure, known, commands } = await open()
  model.latest.emit(lost)
  await ends()
  await clock.advance(250)
  await configure()
  expect(known()).toEqual({ ...booking, output: BOOKED })
  expect(commands('addMessage').at(-1), 'and speaks of it').toMatchObject({
    text: expect.stringContaining('Tell the caller'),
  })
  expect(commands().at(-1)).toEqual({ type: 'reply' })
})

it('the connection that takes over knows what a tool did: it ends between its settings and its start', async () => {
  const { model, ends, clock, configure, known, commands, outputs } = await open()
  model.latest.emit(lost)
  await clock.advance(250)
  await model.latest.config
  await ends()
  await configure()
  expect(known(), 'it was running when the settings were made').toEqual(booking)
  expect(outputs()).toEqual([{ type: 'toolOutput', toolCallId: 't1', output: BOOKED }])
  expect(commands().at(-1)).toEqual({ type: 'reply' })
})

it('the connection that takes over knows what a tool did: it ends when the new one is there', async () => {
  const { ends, replaced, known, outputs, commands, model } = await open()
  await replaced()
  expect(known(), 'nothing is done twice').toEqual(booking)
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(200), 'back')
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  const before = commands('reply').length
  await ends()
  expect(outputs()).toEqual([{ type: 'toolOutput', toolCallId: 't1', output: BOOKED }])
  expect(commands('reply')).toHaveLength(before + 1)
})

it('a third connection knows it too', async () => {
  const { ends, replaced, known, outputs } = await open()
  await replaced()
  await ends()
  await replaced()
  expect(known()).toEqual({ ...booking, output: BOOKED })
  expect(outputs()).toEqual([])
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
  const told = JSON.stringify(call.model.latest.history)
  expect(told).toContain('begun to speak')
  expect(told).not.toContain('ending')
})
