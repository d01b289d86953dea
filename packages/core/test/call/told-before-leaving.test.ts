import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import { hangUpTool, pressKeysTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool, ToolError, writesWhen } from '../../src/mode/tool.ts'
import { audio, caller, greeter, openCall, prepareCall } from './harness.ts'
import { asked, open, replies } from './leaving-rig.ts'

const both = ['before its end', 'after its end'] as const

describe('a goodbye that was asked for', () => {
  it('and says nothing but calls hang_up again is asked for once more', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 0, [['hang_up']])
    const before = asked(call)
    await replies(call, 0, [['hang_up']])
    expect(call.hungUp).toEqual([])
    expect(asked(call)).toBe(before + 1)
    await replies(call, 900)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it.each(both)('with a tool in it that fails is followed by a word about that (%s)', async (when) => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 0, [['hang_up']])
    const before = asked(call)
    await replies(call, 900, [['fails']], when)
    await call.clock.advance(100)
    line.echoMarks()
    await settle()
    expect(call.hungUp, 'nobody is left believing that it worked').toEqual([])
    expect(asked(call)).toBe(before + 1)
    await replies(call, 900)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })
})

describe('a tool that leaves while the model is opened again', () => {
  it('is followed by its goodbye as soon as there is a model to say it', async () => {
    const leaves = defineTool({
      name: 'leaves',
      description: 'Ends the call a second later.',
      effect: 'leave',
      input: z.strictObject({}),
      run: (_input, { call }) =>
        new Promise((resolve) => {
          rig.clock.after(1_000, () => {
            call.leave({ kind: 'hangUp' })
            resolve({ status: 'ending' })
          })
        }),
    })
    const rig: ReturnType<typeof openCall> = openCall(greeter({ tools: [leaves] }))
    const line = await rig.goLive()
    rig.model.latest.emit({ type: 'replyStarted' })
    rig.model.latest.emit({ type: 'toolCalled', toolCallId: 't', name: 'leaves', argumentsJson: '{}' })
    rig.model.latest.emit({ type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true })
    await rig.clock.advance(1_100)
    expect(rig.call.state).toMatchObject({ phase: 'leaving', model: 'opening' })
    await rig.configure()
    expect(asked(rig)).toBe(1)
    await replies(rig, 900)
    line.echoMarks()
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
  })
})

describe('what takes its time beside a call that ends the conversation', () => {
  it.each(['slowly', 'slowly_fails'])('is waited for before the goodbye, and not in silence (%s)', async (name) => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 0, [[name], ['hang_up']])
    await call.clock.advance(6_500)
    expect(call.hungUp).toEqual([])
    const own = [audio(600, 0x40), audio(600, 0x41)].map((each) => each.slice(0, 8))
    const phrases = line.messages('media').filter(({ media }) => own.includes(media.payload.slice(0, 8)))
    expect(phrases.length).toBeGreaterThan(0)
    await call.clock.advance(1_000)
    expect(asked(call)).toBe(before + 1)
    await replies(call, 900)
    line.echoMarks()
    await settle()
    await call.clock.advance(3_000)
    expect(call.hungUp).toEqual(['CA1'])
  })
})

describe('a long message', () => {
  it('is heard to its end, though the call that ends the conversation comes in a later reply', async () => {
    const rig = prepareCall(caller({ tools: [hangUpTool()] }), { machine: { action: 'leaveMessage' } })
    await rig.configure()
    rig.call.bind('CA1')
    rig.connectMedia()
    rig.model.latest.emit({ type: 'speechStarted' })
    rig.model.latest.emit({ type: 'speechStopped' })
    await replies(rig, 28_000)
    await replies(rig, 0, [['hang_up', '{"silent":true}']])
    await rig.clock.advance(27_000)
    expect(rig.hungUp).toEqual([])
    await rig.clock.advance(6_000)
    expect(rig.hungUp).toEqual(['CA1'])
  })

  it('is heard to its end, though the model is lost behind it', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 4_000, [['hang_up']])
    call.model.latest.emit({ type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true })
    await settle()
    expect(call.hungUp).toEqual([])
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })
})

describe('a key that is pressed as the conversation is left', () => {
  it('does not swallow the goodbye', async () => {
    const call = open({ maxDurationMs: 61_000, silenceMs: 600_000 })
    const line = await call.goLive()
    await call.clock.advance(2_000)
    await replies(call, 900)
    line.echoMarks()
    await call.clock.advance(56_000)
    line.press('4')
    await call.clock.advance(3_100)
    expect(call.call.state.phase).toBe('leaving')
    const before = asked(call)
    await call.clock.advance(1_000)
    expect(asked(call)).toBe(before + 1)
  })
})

describe('a failure that came too late for the reply under way', () => {
  it('is told before the call ends, though that reply says goodbye', async () => {
    const call = open()
    const line = await call.goLive()
    const { latest } = call.model
    latest.emit({ type: 'replyStarted' })
    for (const name of ['slowly', 'fails'])
      latest.emit({ type: 'toolCalled', toolCallId: name, name, argumentsJson: '{}' })
    latest.emit({ type: 'replyEnded', outcome: 'completed' })
    // What the caller says meanwhile is being answered already when the result comes: that answer has not read it.
    latest.emit({ type: 'speechStarted' })
    latest.emit({ type: 'speechStopped' })
    await call.clock.advance(100)
    await replies(call, 900, [['hang_up']])
    await call.clock.advance(7_000)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual([])
    await replies(call, 900)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })
})

describe('what was not done, though nothing went wrong', () => {
  const undone = [
    defineTool({
      name: 'book',
      description: 'Books a time.',
      effect: 'write',
      writes: writesWhen('booked'),
      input: z.strictObject({}),
      run: () => ({ status: 'taken', say: 'Say that this time has just been taken.' }),
    }),
    defineTool({
      name: 'connect',
      description: 'Connects the caller.',
      effect: 'leave',
      input: z.strictObject({}),
      run: () => ({ status: 'closed', say: 'Say that nobody is there.' }),
    }),
  ]
  it.each(undone.flatMap(({ name }) => both.map((when) => [name, when] as const)))(
    'is told before the call ends: %s, %s',
    async (name, when) => {
      const call = openCall(greeter({ tools: [hangUpTool(), ...undone] }))
      const line = await call.goLive()
      const before = asked(call)
      await replies(call, 900, [[name], ['hang_up']], when)
      expect(asked(call)).toBe(before + 1)
      line.echoMarks()
      await settle()
      expect(call.hungUp, 'nobody is left believing that it was').toEqual([])
      await replies(call, 900)
      line.echoMarks()
      await settle()
      expect(call.hungUp).toEqual(['CA1'])
    },
  )
})

it('says nothing into a menu between two keys: what has failed is told when the assistant speaks again', async () => {
  const fails = defineTool({
    name: 'fails',
    description: 'Stores nothing.',
    effect: 'write',
    input: z.strictObject({}),
    run() {
      throw new ToolError('It could not be stored.')
    },
  })
  const call = openCall(greeter({ tools: [pressKeysTool(), fails] }))
  const line = await call.goLive()
  const before = asked(call)
  await replies(call, 900, [['press_keys', '{"digits":"2"}'], ['fails']])
  expect(asked(call)).toBe(before)
  line.echoMarks()
  await settle()
  expect(line.isOpen, 'the keys are on their way').toBe(false)
})
