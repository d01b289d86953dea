import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { audio, greeter, openCall } from './harness.ts'

type Call = ReturnType<typeof openCall>

const tool = (name: string, run: () => unknown, result: 'spoken' | 'silent' = 'spoken') =>
  defineTool({ name, description: `The tool ${name}.`, input: z.strictObject({}), result, run })

/** A call whose tools end when the test says so. */
const open = () => {
  const ends: Record<string, () => void> = {}
  const waiting = (name: string) =>
    tool(name, () => new Promise((resolve) => (ends[name] = () => resolve({ done: name }))))
  const call = openCall(greeter({ tools: [waiting('slow'), waiting('other')] }))
  const end = async (name: string) => {
    ends[name]!()
    await settle()
  }
  const use = async (name: string) => {
    call.model.latest.emit({ type: 'toolCalled', toolCallId: name, name, argumentsJson: '{}' })
    await settle()
  }
  return { ...call, end, use }
}
const replies = ({ commands }: Call): number => commands('reply').length
const reply = ({ model }: Call, sound = true): void => {
  model.latest.emit({ type: 'replyStarted' })
  if (sound) model.latest.speak(audio(200), `item${Math.random()}`)
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

describe('while the caller speaks', () => {
  it('nothing is asked for when a tool ends; the answer to their turn has it in it', async () => {
    const call = open()
    await call.goLive()
    await call.use('slow')
    call.model.latest.emit({ type: 'speechStarted' })
    const before = replies(call)
    await call.end('slow')
    expect(call.commands('toolOutput'), 'the model knows at once').toHaveLength(1)
    expect(replies(call)).toBe(before)
    call.model.latest.emit({ type: 'speechStopped' })
    reply(call)
    await settle()
    expect(replies(call), 'one answer, not two').toBe(before)
  })

  it('a result that the answer to their turn left out is told after it', async () => {
    const call = open()
    await call.goLive()
    await call.use('slow')
    call.model.latest.emit({ type: 'speechStarted' })
    await call.end('slow')
    call.model.latest.emit({ type: 'speechStopped' })
    const before = replies(call)
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 'n1', name: 'unheard_of', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    expect(replies(call)).toBe(before + 1)
  })

  it('a reply that was asked for and begins is dropped', async () => {
    const call = openCall()
    const line = await call.goLive()
    await call.clock.advance(20_000)
    expect(call.commands().at(-1), 'whether they are still there').toEqual({ type: 'reply' })
    call.model.latest.emit({ type: 'speechStarted' })
    call.model.latest.emit({ type: 'replyStarted' })
    expect(call.commands('interrupt')).toHaveLength(1)
    expect(line.messages('clear')).toHaveLength(1)
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    const before = replies(call)
    call.model.latest.emit({ type: 'speechStopped' })
    reply(call)
    await call.clock.advance(1_000)
    expect(replies(call), 'their turn has one answer').toBe(before)
  })

  it('keys are one turn, answered when they have finished', async () => {
    const call = openCall()
    const line = await call.goLive()
    line.press('4')
    call.model.latest.emit({ type: 'speechStarted' })
    const before = replies(call)
    line.press('#')
    expect(replies(call)).toBe(before)
  })

  it('nor over the keys they are pressing', async () => {
    const call = openCall()
    const line = await call.goLive()
    await call.clock.advance(20_000)
    line.press('4')
    const before = replies(call)
    call.model.latest.emit({ type: 'replyStarted' })
    expect(call.commands('interrupt')).toHaveLength(1)
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    expect(replies(call)).toBe(before)
    line.press('#')
    expect(replies(call)).toBe(before + 1)
  })
})

describe('two tools in one reply', () => {
  it('have one reply after both, however quick one of them is', async () => {
    const call = open()
    await call.goLive()
    const before = replies(call)
    call.model.latest.emit({ type: 'replyStarted' })
    await call.use('slow')
    await call.end('slow')
    expect(replies(call), 'the reply that called it is not over').toBe(before)
    await call.use('other')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    expect(replies(call)).toBe(before)
    await call.end('other')
    expect(replies(call)).toBe(before + 1)
  })

  it('have one reply when both end before it does', async () => {
    const call = open()
    await call.goLive()
    const before = replies(call)
    call.model.latest.emit({ type: 'replyStarted' })
    await call.use('slow')
    await call.end('slow')
    await call.use('other')
    await call.end('other')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    expect(replies(call)).toBe(before + 1)
  })
})

describe('speech that the server never ends', () => {
  it('is taken to be over when the line has long been quiet', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'speechStarted' })
    for (let half = 0; half < 4; half++) {
      for (let frame = 0; frame < 25; frame++) line.frame(audio(20, 0x10))
      await call.clock.advance(500)
    }
    const before = replies(call)
    await call.clock.advance(4_500)
    expect(replies(call), 'they may go on').toBe(before)
    await call.clock.advance(1_000)
    expect(call.commands('endTurn')).toHaveLength(1)
    expect(replies(call)).toBe(before + 1)
    expect(call.call.story().turns.at(-1)?.text, 'and they hear something at once').toBe('(oneMoment)')
  })

  it('is taken to be over after a minute and a half of noise', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'speechStarted' })
    for (let second = 0; second < 95; second++) {
      for (let frame = 0; frame < 50; frame++) line.frame(audio(20, 0x10))
      await call.clock.advance(1_000)
    }
    expect(call.model.connections[0]!.commands).toContainEqual({ type: 'endTurn' })
  })
})
