import { expect, it } from 'vitest'
import * as z from 'zod'
import { settle } from '../../src/testing/index.ts'
import { defineTool, nowOf, ToolError } from '../../src/mode/tool.ts'
import { greeter, openCall, slowTool } from './harness.ts'

const tool = (name: string, run: () => unknown, result: 'spoken' | 'silent' = 'spoken') =>
  defineTool({ name, description: name, input: z.strictObject({}), result, run })

const open = () =>
  openCall(
    greeter({
      tools: [
        slowTool,
        tool('quick', () => ({ time: 'noon' })),
        tool('note', () => ({ status: 'noted' }), 'silent'),
        tool('secret', () => {
          throw new Error('password=hunter2 at /etc/db')
        }),
        tool('picky', () => {
          throw new ToolError('That date is in the past.')
        }),
        tool('huge', () => 'x'.repeat(1_000_000)),
      ],
    }),
  )

const call = (name: string, toolCallId = name) =>
  ({ type: 'toolCalled', toolCallId, name, argumentsJson: '{}' }) as const

it('answers parallel calls one by one and asks for one reply after the last', async () => {
  const { model, goLive, commands, clock } = open()
  await goLive()
  const before = commands('reply').length
  model.latest.emit(call('quick'))
  model.latest.emit(call('slow_tool'))
  await settle()
  expect(commands('toolOutput')).toHaveLength(1)
  expect(commands('reply')).toHaveLength(before)
  await clock.advance(10_000)
  expect(commands('toolOutput')).toHaveLength(2)
  expect(commands('reply')).toHaveLength(before + 1)
})

it('tells a tool the time it is now, not when the call began', async () => {
  const now = defineTool({
    name: 'now',
    description: 'Tells the time.',
    input: z.strictObject({}),
    run: (_input, context) => ({ time: nowOf(context).toISOString() }),
  })
  const { model, goLive, commands, clock } = openCall(greeter({ tools: [now] }))
  await goLive()
  await clock.advance(15_000)
  model.latest.emit(call('now'))
  await settle()
  expect(JSON.stringify(commands('toolOutput'))).toContain(clock.date().toISOString())
})

it('keeps a silent result to itself', async () => {
  const { model, goLive, commands } = open()
  await goLive()
  const before = commands('reply').length
  model.latest.emit(call('note'))
  await settle()
  expect(commands('toolOutput')).toHaveLength(1)
  expect(commands('reply')).toHaveLength(before)
})

it.each<[string, () => unknown]>([
  [
    'throws nothing',
    () => {
      throw undefined
    },
  ],
  ['rejects with nothing', () => Promise.reject()],
])('tells the operator of a tool that %s', async (_what, run) => {
  const { model, goLive, notices } = openCall(greeter({ tools: [tool('odd', run)] }))
  await goLive()
  model.latest.emit(call('odd'))
  await settle()
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'tool_failed' }))
})

it.each([
  ['secret', 'That did not work'],
  ['picky', 'That date is in the past.'],
  ['huge', 'The result was too long'],
  ['unheard_of', 'There is no tool called'],
])('tells the model one sentence when %s fails', async (name, sentence) => {
  const { model, goLive, commands } = open()
  await goLive()
  model.latest.emit(call(name))
  await settle()
  const [output] = commands('toolOutput') as { output: string }[]
  expect(output!.output).toContain(sentence)
  expect(output!.output).not.toContain('hunter2')
  expect(output!.output.length).toBeLessThan(200)
})

it('stops a tool that takes too long', async () => {
  const { model, goLive, commands, clock, notices } = open()
  await goLive()
  model.latest.emit(call('slow_tool'))
  await clock.advance(10_000)
  expect(commands('toolOutput')[0]).toMatchObject({ output: expect.stringContaining('took too long') })
  expect(notices).toContainEqual(expect.objectContaining({ type: 'tool', outcome: 'timed_out' }))
})

it('stops tools when the caller hangs up, and answers nobody', async () => {
  const { model, goLive, commands, call: session, notices } = open()
  await goLive()
  model.latest.emit(call('slow_tool'))
  await settle()
  session.end('caller_hung_up')
  await settle()
  expect(commands('toolOutput')).toHaveLength(0)
  expect(notices).toContainEqual(expect.objectContaining({ type: 'tool', outcome: 'aborted' }))
})

it('gives a tool the trace context of its call, while there are traces', async () => {
  const seen: unknown[] = []
  const look = defineTool({
    name: 'look',
    description: 'Looks.',
    input: z.strictObject({}),
    run: (_input, { traceparent }) => void seen.push(traceparent),
  })
  for (const traceparentOf of [undefined, (callId: string) => `of ${callId}`]) {
    const { model, goLive } = openCall(greeter({ tools: [look] }), { traceparentOf })
    // oxlint-disable-next-line no-await-in-loop -- one call after the other
    await goLive()
    model.latest.emit(call('look'))
    // oxlint-disable-next-line no-await-in-loop -- as above
    await settle()
  }
  expect(seen).toEqual([undefined, expect.stringMatching(/^of ./)])
})
