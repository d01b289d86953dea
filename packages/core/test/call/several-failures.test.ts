import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { audio, greeter, openCall } from './harness.ts'
import { playLeg, type LegPlayer } from '../../src/testing/leg-player.ts'

type Call = ReturnType<typeof openCall>
type Line = Awaited<ReturnType<Call['goLive']>>
type Connection = Call['model']['latest']

const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const
const hears = (connection: Connection): void => {
  connection.emit({ type: 'speechStarted' })
  connection.emit({ type: 'speechStopped' })
}
const answer = (connection: Connection, itemId = 'answer', ms = 400): void => {
  connection.emit({ type: 'replyStarted' })
  connection.speak(audio(ms), itemId)
  connection.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  connection.emit({ type: 'replyEnded', outcome: 'completed' })
}
const replies = ({ commands }: Connection): number => commands.filter(({ type }) => type === 'reply').length

const players = new WeakMap<Line, LegPlayer>()
/** Time passes on the line; returns the longest silence. */
const pass = async ({ clock }: Call, line: Line, ms: number): Promise<number> => {
  const player = players.get(line) ?? playLeg(line)
  players.set(line, player)
  let longestMs = 0
  let silentMs = 0
  for (let passed = 0; passed < ms && line.isOpen; passed += 100) {
    player.play(0)
    await clock.advance(100)
    silentMs = player.play(100) === 100 ? silentMs + 100 : 0
    longestMs = Math.max(longestMs, silentMs)
  }
  return longestMs
}

/** A tool that is done when the test says so. */
const bookingTool = () => {
  const { promise, resolve } = Promise.withResolvers<{ status: string }>()
  const tool = defineTool({
    name: 'book',
    description: 'Books an appointment.',
    input: z.strictObject({}),
    run: () => promise,
  })
  return { tool, done: () => resolve({ status: 'BOOKED' }) }
}
const booking = { type: 'toolCalled', toolCallId: 't1', name: 'book', argumentsJson: '{}' } as const

describe('a second connection', () => {
  it('is forgotten when the first is heard after all: the next failure has its own', async () => {
    const call = openCall()
    const line = await call.goLive()
    hears(call.model.latest)
    await pass(call, line, 3_500)
    answer(call.model.connections[0]!)
    expect(call.call.state.spare).toBe(false)
    await pass(call, line, 1_000)
    call.model.connections[0]!.emit(lost)
    await pass(call, line, 1_000)
    expect(call.model.connections).toHaveLength(3)
  })

  it('answers by itself, though the first had refused the switch to conversation settings', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'configureRefused', code: 'invalid_value' })
    hears(call.model.latest)
    await pass(call, line, 2_600)
    expect((await call.model.latest.config).turnDetection).toMatchObject({ autoReply: true })
  })

  it('is told the result of a tool that ended after it was told of the call', async () => {
    const { tool, done } = bookingTool()
    const call = openCall(greeter({ tools: [tool] }))
    const line = await call.goLive()
    hears(call.model.latest)
    const [first] = call.model.connections
    first!.emit({ type: 'replyStarted' })
    first!.emit(booking)
    await pass(call, line, 2_600)
    const second = call.model.latest
    second.emit({ type: 'configured' })
    await pass(call, line, 200)
    done()
    await pass(call, line, 200)
    second.speak(audio(300), 'answer')
    await settle()
    expect(first!.closed).toBe(true)
    expect(JSON.stringify(second.commands)).toContain('BOOKED')
  })

  it('is let go when the caller speaks: it does not hear them', async () => {
    const call = openCall()
    const line = await call.goLive()
    hears(call.model.latest)
    await pass(call, line, 2_600)
    const [first, second] = call.model.connections
    first!.emit({ type: 'speechStarted' })
    expect(second!.closed).toBe(true)
    expect(call.call.state.spare).toBe(false)
  })

  it('knows the keys that were pressed', async () => {
    const call = openCall()
    const line = await call.goLive()
    for (const key of '42#') line.press(key)
    await pass(call, line, 2_600)
    call.model.latest.emit({ type: 'configured' })
    expect(JSON.stringify(call.model.latest.history)).toContain('pressed 4 2')
  })
})

describe('one clock', () => {
  it('runs for a caller who presses keys before there is a model', async () => {
    const call = openCall()
    const line = call.connectMedia()
    await pass(call, line, 500)
    line.press('1')
    expect(await pass(call, line, 8_000)).toBeLessThanOrEqual(2_500)
    expect(line.isOpen, 'and the fallback comes as ever').toBe(false)
  })

  it('does not begin again when a late reply calls a tool', async () => {
    const { tool } = bookingTool()
    const call = openCall(greeter({ tools: [tool] }))
    const line = await call.goLive()
    await pass(call, line, 500)
    hears(call.model.latest)
    await pass(call, line, 1_400)
    call.model.latest.emit(booking)
    const before = line.messages('media').length
    await pass(call, line, 200)
    expect(line.messages('media').length).toBeGreaterThan(before)
  })

  it('runs for a tool whose connection was lost', async () => {
    const { tool } = bookingTool()
    const call = openCall(greeter({ tools: [tool] }))
    const line = await call.goLive()
    call.model.latest.emit(booking)
    call.model.latest.emit(lost)
    await pass(call, line, 300)
    await call.configure()
    answer(call.model.latest, 'back')
    expect(await pass(call, line, 3_000)).toBeLessThanOrEqual(1_600)
  })
})

describe('a reply', () => {
  it('that begins into the goodbye leaves it to be heard, and the caller is handed on', async () => {
    const call = openCall()
    const line = await call.goLive()
    const { latest } = call.model
    const argumentsJson = '{"destination":"sales","reason":"wants to buy"}'
    latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'transfer_call', argumentsJson })
    await settle()
    answer(latest, 'connecting', 1_000)
    await pass(call, line, 200)
    latest.emit({ type: 'replyStarted' })
    latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    expect(line.messages('clear')).toEqual([])
    await pass(call, line, 1_500)
    expect(line.isOpen).toBe(false)
  })

  it('whose second part stalls has not been delivered', async () => {
    const call = openCall()
    const line = await call.goLive()
    hears(call.model.latest)
    const [first] = call.model.connections
    first!.speak(audio(300), 'one')
    first!.emit({ type: 'partEnded', itemId: 'one', contentIndex: 0 })
    first!.speak(audio(300), 'two')
    await pass(call, line, 600 + 2_600)
    expect(first!.commands.filter(({ type }) => type === 'interrupt')).toHaveLength(1)
  })

  it('that breaks off is continued, though one to an earlier turn was as well', async () => {
    const call = openCall()
    const line = await call.goLive()
    const { latest } = call.model
    for (const itemId of ['one', 'two']) {
      hears(latest)
      const before = replies(latest)
      latest.speak(audio(300), itemId)
      latest.emit({ type: 'replyEnded', outcome: 'incomplete', reason: 'max_output_tokens' })
      expect(replies(latest)).toBe(before + 1)
      await pass(call, line, 500)
    }
  })
})

describe('the greeting', () => {
  it.each(['incomplete', 'cancelled'] as const)(
    'that is %s without a sound while the caller speaks is asked for when they have spoken',
    async (outcome) => {
      const call = openCall()
      await call.configure()
      call.connectMedia()
      const { latest } = call.model
      latest.emit({ type: 'replyStarted' })
      latest.emit({ type: 'speechStarted' })
      latest.emit({ type: 'replyEnded', outcome })
      expect(replies(latest)).toBe(1)
      latest.emit({ type: 'speechStopped' })
      expect(replies(latest)).toBe(2)
    },
  )

  it('is not heard because a tool was called', async () => {
    const { tool, done } = bookingTool()
    const call = openCall(greeter({ tools: [tool] }))
    await call.configure()
    call.connectMedia()
    call.model.latest.emit(booking)
    done()
    await settle()
    expect(call.call.state.greeting).toBe('asked')
    expect(replies(call.model.latest)).toBe(2)
    call.model.latest.emit(lost)
    await call.clock.advance(250)
    await call.configure()
    expect(JSON.stringify(call.model.latest.history), 'and the next connection knows of it').toContain('BOOKED')
  })
})

describe('a line that breaks while the caller speaks', () => {
  it('ends their turn for the model, which hears nothing more of it', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'speechStarted' })
    line.drop()
    expect(call.commands('endTurn')).toHaveLength(1)
  })

  it('and is back while the model hears the last of it: they are answered once, when their turn is over', async () => {
    const call = openCall()
    const line = await call.goLive()
    line.drop()
    call.model.latest.emit({ type: 'speechStarted' })
    const before = replies(call.model.latest)
    call.connectMedia()
    expect(replies(call.model.latest)).toBe(before)
    call.model.latest.emit({ type: 'speechStopped' })
    answer(call.model.latest)
    expect(replies(call.model.latest)).toBe(before)
  })
})
