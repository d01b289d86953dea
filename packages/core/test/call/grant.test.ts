import { expect, it } from 'vitest'
import * as z from 'zod'
import { addRing, createAllowance, refuseRing } from '../../src/call/allowance.ts'
import { DEFAULT_GRANT } from '../../src/mode/grant.ts'
import { takeMessageTool } from '../../src/mode/messages.ts'
import { transferTool, hangUpTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { memoryMessages, settle, type ScriptedModel } from '../../src/testing/index.ts'
import { defineTool, ToolError, writesWhen, type ToolContext } from '../../src/mode/tool.ts'
import { audio, greeter, openCall, routes, slowTool } from './harness.ts'

const call = (name: string, toolCallId: string, argumentsJson = '{}') =>
  ({ type: 'toolCalled', toolCallId, name, argumentsJson }) as const

/** A model that never says a word is given up. */
const speak = (model: ScriptedModel): void => {
  model.latest.speak(audio(20), 'words')
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

const outputs = (commands: readonly object[]): string[] =>
  commands.map((command) => (command as { output: string }).output)

const message = (n: number) =>
  JSON.stringify({ caller_name: 'Dana', message: `Message ${n}.`, urgency: 'normal' as const })

const messageDesk = (changes: Parameters<typeof greeter>[0] = {}) => {
  const messages = memoryMessages()
  const rig = openCall(greeter({ tools: [hangUpTool(), takeMessageTool(messages)], ...changes }))
  return { ...rig, stored: () => messages.taken.map(({ text }) => text) }
}

it('stores ten messages of a thousand, and answers every one of them', async () => {
  const { model, goLive, commands, stored, notices } = messageDesk()
  await goLive()
  for (let n = 0; n < 1_000; n++) {
    model.latest.emit(call('take_message', `t${n}`, message(n)))
    await settle()
    speak(model)
  }
  expect(stored()).toHaveLength(10)
  const told = outputs(commands('toolOutput'))
  expect(told).toHaveLength(1_000)
  expect(told[10]).toContain('Nothing more can be stored on this call')
  const problems = notices.filter((notice) => notice.type === 'problem' && notice.code === 'call_limit_reached')
  expect(problems).toHaveLength(1)
})

it('stores no more when a thousand messages come at once', async () => {
  const { model, goLive, commands, stored } = messageDesk({ grant: { toolCallsAtOnce: 20 } })
  await goLive()
  model.latest.emit({ type: 'replyStarted' })
  for (let n = 0; n < 1_000; n++) model.latest.emit(call('take_message', `t${n}`, message(n)))
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  for (let n = 0; n < 10; n++) await settle()
  expect(stored()).toHaveLength(10)
  // Nobody calls a hundred tools without a word.
  expect(model.latest.closed).toBe(true)
  expect(commands('toolOutput').length).toBeLessThanOrEqual(100)
})

it('does not count a message that was stored already, nor one that was refused', async () => {
  const { model, goLive, commands, stored } = messageDesk({ grant: { writes: 2 } })
  await goLive()
  const incomplete = JSON.stringify({ caller_name: 'D', caller_number: '555', message: 'x', urgency: 'normal' })
  for (const [id, input] of [
    ['a', message(1)],
    ['b', message(1)],
    ['c', incomplete],
    ['d', message(2)],
    ['e', message(3)],
  ] as const) {
    model.latest.emit(call('take_message', id, input))
    await settle()
  }
  expect(stored()).toEqual(['Message 1.', 'Message 2.'])
  expect(outputs(commands('toolOutput')).at(-1)).toContain('Nothing more can be stored')
})

it('lets the model look things up sixty times, and still hang up after that', async () => {
  let asked = 0
  const ask = defineTool({ name: 'ask', description: 'Asks.', input: z.strictObject({}), run: () => ({ n: ++asked }) })
  const { model, goLive, commands, call: session } = openCall(greeter({ tools: [hangUpTool(), ask] }))
  await goLive()
  for (let n = 0; n < 200; n++) {
    model.latest.emit(call(n % 2 === 0 ? 'ask' : 'made_up', `t${n}`))
    await settle()
    speak(model)
  }
  expect(asked).toBe(30)
  expect(outputs(commands('toolOutput')).at(-1)).toContain('Nothing more can be looked up or done')
  model.latest.emit(call('hang_up', 'bye'))
  await settle()
  expect(session.state.departure).toEqual({ kind: 'hangUp' })
})

it('runs four things at a time, and hangs up beside them', async () => {
  const { model, goLive, commands, call: session, clock } = openCall(greeter({ tools: [hangUpTool(), slowTool] }))
  await goLive()
  model.latest.emit({ type: 'replyStarted' })
  for (let n = 0; n < 6; n++) model.latest.emit(call('slow_tool', `t${n}`))
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
  expect(outputs(commands('toolOutput'))).toHaveLength(2)
  expect(outputs(commands('toolOutput'))[0]).toContain('Too much is being done at once')
  await clock.advance(10_000)
  model.latest.emit(call('slow_tool', 'later'))
  await settle()
  expect(outputs(commands('toolOutput'))).toHaveLength(6)
  model.latest.emit(call('hang_up', 'bye'))
  await settle()
  expect(session.state.departure).toEqual({ kind: 'hangUp' })
})

const warm = JSON.stringify({ destination: 'sales', introduction: 'Dana, about an offer.' })

it('rings the same person three times, and says so the fourth time', async () => {
  const {
    model,
    goLive,
    commands,
    call: session,
    rung,
  } = openCall(greeter({ tools: [hangUpTool(), warmTransferTool(routes)] }))
  await goLive()
  for (let n = 0; n < 60; n++) {
    model.latest.emit(call('warm_transfer', `t${n}`, warm))
    await settle()
    speak(model)
    session.personGone('no_answer')
  }
  expect(rung).toEqual(['sales', 'sales', 'sales'])
  const told = outputs(commands('toolOutput'))
  expect(told).toHaveLength(60)
  expect(told[3]).toContain('rung often enough')
})

it('does not count a person who could not be rung', async () => {
  const { model, goLive, call: session, rung } = openCall(greeter({ tools: [hangUpTool(), warmTransferTool(routes)] }))
  await goLive()
  for (let n = 0; n < 5; n++) {
    model.latest.emit(call('warm_transfer', `t${n}`, warm))
    await settle()
    speak(model)
    session.personGone('failed')
  }
  expect(rung).toHaveLength(5)
  expect(session.state.rung).toEqual({ [routes.sales.number]: 0 })
})

it('does not count a person behind an extension who could not be rung either, by a transfer of either kind', async () => {
  const desk = { sales: { ...routes.sales, extension: '22' } }
  const rig = openCall(greeter({ routes: desk, tools: [hangUpTool(), warmTransferTool(desk), transferTool(desk)] }))
  const line = await rig.goLive()
  rig.model.latest.emit(call('warm_transfer', 't1', warm))
  await settle()
  rig.call.personGone('failed')
  expect(Object.values(rig.call.state.rung)).toEqual([0])
  speak(rig.model)
  rig.model.latest.emit(call('transfer_call', 't2', JSON.stringify({ destination: 'sales', reason: 'an offer' })))
  await settle()
  line.drop()
  await rig.clock.advance(100)
  expect(rig.call.next()).toMatchObject({ kind: 'dial', extension: '22' })
  expect(Object.values(rig.call.state.rung)).toEqual([1])
  rig.call.next({ transfer: 'failed' })
  expect(Object.values(rig.call.state.rung)).toEqual([0])
})

it('counts a transfer only when the carrier is told to ring', async () => {
  const {
    model,
    goLive,
    call: session,
    clock,
    connectMedia,
    commands,
  } = openCall(greeter({ tools: [hangUpTool(), transferTool(routes)], grant: { ringsPerPerson: 1 } }))
  const line = await goLive()
  const transfer = async (id: string) => {
    model.latest.emit(call('transfer_call', id, JSON.stringify({ destination: 'sales', reason: 'an offer' })))
    await settle()
  }
  await transfer('a')
  expect(session.state.rung).toEqual({})
  line.drop()
  await clock.advance(100)
  expect(session.next()).toMatchObject({ kind: 'dial' })
  expect(session.state.rung).toEqual({ [routes.sales.number]: 1 })
  expect(session.next()).toMatchObject({ kind: 'dial' })
  expect(session.state.rung).toEqual({ [routes.sales.number]: 1 })
  session.next({ transfer: 'failed' })
  expect(session.state.rung).toEqual({ [routes.sales.number]: 0 })
  connectMedia()
  await transfer('again')
  line.drop()
  session.next()
  session.next({ transfer: 'no_answer' })
  connectMedia()
  await transfer('b')
  expect(outputs(commands('toolOutput')).at(-1)).toContain('rung often enough')
  expect(session.state.phase).toBe('live')
})

it('does not ring somebody for a key more often than for a tool', async () => {
  const {
    goLive,
    call: session,
    clock,
    connectMedia,
    commands,
  } = openCall(greeter({ keypad: { '1': 'sales' }, grant: { ringsPerPerson: 2 } }))
  let line = await goLive()
  let dialled = 0
  for (let n = 0; n < 5; n++) {
    line.press('1')
    line.press('#')
    await settle()
    if (session.state.phase !== 'leaving') continue
    line.drop()
    await clock.advance(100)
    if (session.next().kind === 'dial') dialled++
    session.next({ transfer: 'busy' })
    line = connectMedia()
    await settle()
  }
  expect(dialled).toBe(2)
  expect(session.state.phase).toBe('live')
  expect(JSON.stringify(commands('addMessage').at(-1))).toContain('rung often enough')
})

it('counts the rings of everybody together', () => {
  const rung = addRing(addRing(addRing({}, '+1'), '+2'), '+2')
  const grant = { ...DEFAULT_GRANT, rings: 3, ringsPerPerson: 3 }
  expect(refuseRing(grant, rung, '+3')).toMatchObject({ limit: 'rings' })
  expect(refuseRing({ ...grant, rings: 4 }, rung, '+3')).toBeUndefined()
  expect(refuseRing({ ...grant, ringsPerPerson: 2 }, rung, '+2')).toMatchObject({ limit: 'ringsPerPerson' })
})

it('takes what was stopped for a write: it may have been stored', () => {
  const allowance = createAllowance({ ...DEFAULT_GRANT, writes: 1 })
  const tool = { writes: true, always: false }
  expect(allowance.take(tool)).toBeUndefined()
  allowance.giveBack(tool, true)
  expect(allowance.take(tool)).toMatchObject({ limit: 'writes' })
})

it('counts a write by what the result says', async () => {
  const input = z.strictObject({})
  let n = 0
  const book = defineTool({
    name: 'book',
    description: 'Books.',
    input,
    writes: writesWhen('booked'),
    run: () => ({ status: ++n < 5 ? 'taken' : 'booked' }),
  })
  const { model, goLive } = openCall(greeter({ tools: [hangUpTool(), book], grant: { writes: 1 } }))
  await goLive()
  for (let each = 0; each < 8; each++) {
    model.latest.emit(call('book', `t${each}`))
    await settle()
  }
  expect(n).toBe(5)
})

it('refuses an input that is too long before anything reads it', async () => {
  let read = 0
  const tool = { ...slowTool, name: 'reader', invoke: async () => ++read }
  const { model, goLive, commands } = openCall(greeter({ tools: [hangUpTool(), tool] }))
  await goLive()
  model.latest.emit(call('reader', 'a', JSON.stringify({ text: 'x'.repeat(1_000_000) })))
  await settle()
  expect(read).toBe(0)
  expect(outputs(commands('toolOutput'))[0]).toContain('arguments were too long')
})

it('survives a tool that throws before it is waited for', async () => {
  const rejections: unknown[] = []
  const onRejection = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', onRejection)
  const broken = {
    ...slowTool,
    name: 'broken',
    invoke: (_json: string, _context: ToolContext): Promise<unknown> => {
      throw new ToolError('Not today.')
    },
  }
  const { model, goLive, commands, call: session } = openCall(greeter({ tools: [hangUpTool(), broken] }))
  await goLive()
  model.latest.emit(call('broken', 'a'))
  await settle()
  session.end('caller_hung_up')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onRejection)
  expect(outputs(commands('toolOutput'))[0]).toContain('Not today.')
  expect(rejections).toEqual([])
})
