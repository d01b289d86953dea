import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { MachinePlan } from '../../src/mode/outbound.ts'
import { hangUpTool, transferTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool, ToolError } from '../../src/mode/tool.ts'
import { audio, caller, greeter, openCall, prepareCall, routes } from './harness.ts'
import { stopCalling } from './leaving-rig.ts'

const store = defineTool({
  name: 'store',
  description: 'Stores what was said.',
  effect: 'write',
  input: z.strictObject({}),
  run: (_input, { signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
})
const quick = defineTool({
  name: 'quick',
  description: 'Stores something at once.',
  effect: 'write',
  input: z.strictObject({}),
  run: () => ({ status: 'stored', say: 'Say that it is stored.' }),
})
const failing = defineTool({
  name: 'failing',
  description: 'Stores nothing.',
  effect: 'write',
  input: z.strictObject({}),
  run() {
    throw new ToolError('It could not be stored.')
  },
})
const open = () =>
  openCall(
    greeter({
      tools: [hangUpTool(), transferTool(routes), warmTransferTool(routes), store, quick, failing, stopCalling],
    }),
  )
type Call = ReturnType<typeof open>

/** Replies asked for beside the greeting. */
const asked = ({ commands }: Pick<Call, 'commands'>): number => commands('reply').length - 1

let toolCalls = 0

const TRANSFER = '{"destination":"sales","reason":"orders"}'
const CONSULT = '{"destination":"sales","introduction":"Somebody about an order."}'

/** One reply: its sound, the tools it calls, and its end. */
const replies = async (
  { model }: Pick<Call, 'model'>,
  soundMs: number,
  tools: readonly (readonly [string, string?])[] = [],
  outcome: 'completed' | 'cancelled' | 'incomplete' = 'completed',
): Promise<void> => {
  const itemId = `said-${model.latest.commands.length}-${soundMs}`
  model.latest.emit({ type: 'replyStarted' })
  if (soundMs > 0) {
    model.latest.speak(audio(soundMs), itemId)
    model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  }
  for (const [name, argumentsJson = '{}'] of tools) {
    model.latest.emit({ type: 'toolCalled', toolCallId: `${name}-${++toolCalls}`, name, argumentsJson })
    // oxlint-disable-next-line no-await-in-loop -- tools are run one after another here
    await settle()
  }
  model.latest.emit({ type: 'replyEnded', outcome })
  await settle()
}

describe('what is said along with the call that ends the conversation', () => {
  it('is the goodbye: no second one is asked for, and the call ends when it was heard', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 900, [['hang_up']])
    expect(call.commands('toolOutput')).toHaveLength(1)
    expect(asked(call), 'the goodbye was said').toBe(0)
    expect(call.hungUp, 'it is heard out').toEqual([])
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('is the announcement of a transfer', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 900, [['transfer_call', TRANSFER]])
    expect(asked(call)).toBe(0)
    line.echoMarks()
    await settle()
    expect(call.call.next()).toMatchObject({ kind: 'dial', number: '+14155550111' })
  })

  it('is the announcement that a person is being rung', async () => {
    const call = open()
    await call.goLive()
    await replies(call, 900, [['warm_transfer', CONSULT]])
    expect(call.call.state.consultation).toMatchObject({ label: 'sales' })
    expect(asked(call)).toBe(0)
    expect(call.call.state.phase).toBe('live')
  })

  it('counts where the tool settles after the reply is over', async () => {
    const call = open()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(900), 'bye')
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 't', name: 'hang_up', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    expect(asked(call)).toBe(0)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it.each([
    ['was nothing', 0, 'completed' as const],
    ['was a breath', 300, 'completed' as const],
    ['broke off', 900, 'incomplete' as const],
  ])('is asked for where it %s', async (_what, soundMs, outcome) => {
    const call = open()
    const line = await call.goLive()
    await replies(call, soundMs, [['hang_up']], outcome)
    expect(asked(call)).toBe(1)
    await replies(call, 500)
    expect(asked(call), 'a goodbye that was asked for may be a short one').toBe(1)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('does not replace the sentence about what is stored', async () => {
    const call = open()
    await call.goLive()
    await replies(call, 900, [['stop_calling']])
    expect(asked(call)).toBe(1)
    expect(call.hungUp).toEqual([])
  })

  it('of another reply is no goodbye', async () => {
    const call = open()
    await call.goLive()
    await replies(call, 900)
    await replies(call, 0, [['hang_up']])
    expect(asked(call)).toBe(1)
  })
})

describe('a tool beside the goodbye', () => {
  it('that has worked is not spoken of behind it', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 900, [['quick'], ['hang_up']])
    expect(asked(call)).toBe(0)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it.each([
    ['before', [['failing'], ['hang_up']] as const],
    ['after', [['hang_up'], ['failing']] as const],
  ])('that has failed %s it is told: the goodbye comes after that', async (_when, tools) => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 900, tools)
    expect(asked(call)).toBe(1)
    line.echoMarks()
    await settle()
    expect(call.hungUp, 'nobody is left believing that it worked').toEqual([])
    await replies(call, 900)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('that still runs is waited for, and no longer than the time of a goodbye', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 900, [['hang_up'], ['store']])
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual([])
    await call.clock.advance(17_000)
    expect(call.hungUp).toEqual(['CA1'])
  })
})

describe('a caller who speaks into the goodbye', () => {
  const speak = async (call: Call, line: Awaited<ReturnType<Call['goLive']>>, ms: number) => {
    call.model.latest.emit({ type: 'speechStarted' })
    for (let passed = 0; passed < ms; passed += 20) line.frame(audio(20, 0x10))
    await settle()
  }

  it('says goodbye too: a "bye" changes nothing, and is not answered', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 1_200, [['hang_up']])
    await speak(call, line, 400)
    call.model.latest.emit({ type: 'speechStopped' })
    expect(call.call.state.phase).toBe('leaving')
    expect(line.messages('clear')).toHaveLength(0)
    call.model.latest.emit({ type: 'replyStarted' })
    expect(call.commands('interrupt'), 'an answer to it would be a second goodbye').toHaveLength(1)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('says goodbye so early that the server stops ours: it is asked for again', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 0, [['hang_up']])
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(200), 'good')
    await speak(call, line, 300)
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    expect(asked(call)).toBe(1)
    call.model.latest.emit({ type: 'speechStopped' })
    expect(asked(call)).toBe(2)
    expect(call.call.state.phase).toBe('leaving')
  })

  it('wants something: the leaving is taken back once, and the second one is final', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 1_200, [['hang_up']])
    await speak(call, line, 900)
    expect(call.call.state).toMatchObject({ phase: 'live', takenBack: 1 })
    expect(line.messages('clear')).toHaveLength(1)
    call.model.latest.emit({ type: 'speechStopped' })
    await replies(call, 1_200, [['hang_up']])
    await speak(call, line, 2_000)
    expect(call.call.state.phase).toBe('leaving')
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('and talks on for a while may take the next leaving back as well', async () => {
    const call = open()
    const line = await call.goLive()
    await replies(call, 1_200, [['hang_up']])
    await speak(call, line, 900)
    for (let turn = 0; turn < 5; turn++) {
      call.model.latest.emit({ type: 'speechStopped' })
      // oxlint-disable-next-line no-await-in-loop -- a conversation
      await replies(call, 400)
      call.model.latest.emit({ type: 'speechStarted' })
    }
    call.model.latest.emit({ type: 'speechStopped' })
    await replies(call, 1_200, [['hang_up']])
    await speak(call, line, 900)
    expect(call.call.state.phase).toBe('live')
  })

  it('had begun to speak before the call ends: they are answered, and the model is told why it does not end', async () => {
    const call = open()
    await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 't', name: 'hang_up', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'speechStarted' })
    await settle()
    expect(call.call.state.phase).toBe('live')
    expect(JSON.stringify(call.commands('toolOutput'))).toContain('begun to speak')
  })
})

describe('leaving without a word', () => {
  const machine = async (plan: MachinePlan = { action: 'hangUp' }) => {
    const rig = prepareCall(caller({ tools: [hangUpTool()] }), { machine: plan })
    await rig.configure()
    rig.call.bind('CA1')
    const line = rig.connectMedia()
    const turn = () => {
      rig.model.latest.emit({ type: 'speechStarted' })
      rig.model.latest.emit({ type: 'speechStopped' })
    }
    return { ...rig, line, turn }
  }
  const SILENT = [['hang_up', '{"silent":true}']] as const

  it('ends a call to a recording at once, and nothing is asked for', async () => {
    const call = await machine()
    call.turn()
    await replies(call, 0, SILENT)
    expect(call.commands('reply')).toHaveLength(0)
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('stops what the model says along with it', async () => {
    const call = await machine()
    call.turn()
    await replies(call, 900, SILENT)
    expect(call.line.messages('clear')).toHaveLength(1)
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('does not cut off the message that is left along with it', async () => {
    const call = await machine({ action: 'leaveMessage', text: 'Please call us back.' })
    call.turn()
    await replies(call, 2_000, SILENT)
    expect(call.line.messages('clear')).toHaveLength(0)
    expect(call.hungUp).toEqual([])
    call.line.echoMarks()
    await settle()
    expect(call.commands('reply'), 'nothing is said behind it').toHaveLength(0)
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('is refused where somebody has had three turns: they are told goodbye', async () => {
    const call = await machine()
    for (let turn = 0; turn < 3; turn++) {
      call.turn()
      // oxlint-disable-next-line no-await-in-loop -- a conversation
      await replies(call, 400)
    }
    await replies(call, 0, SILENT)
    expect(call.hungUp).toEqual([])
    expect(call.call.state.phase).toBe('live')
    expect(JSON.stringify(call.commands('toolOutput'))).toContain('with a goodbye')
    expect(call.commands('reply')).toHaveLength(1)
  })

  it('is what follows the message on a machine: no goodbye is recorded behind it', async () => {
    const call = await machine({ action: 'continue' })
    call.call.answeredBy('machine')
    expect(call.call.state.machineAnswered).toBe(true)
    await replies(call, 900)
    await replies(call, 0, [['hang_up']])
    expect(call.commands('reply')).toHaveLength(0)
    call.line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })
})

describe('a tool called for what the gateway does by itself', () => {
  type Line = Awaited<ReturnType<Call['goLive']>>
  const silence = (call: Call) => call.clock.advance(5_000)
  const key = async (call: Call, line: Line) => {
    line.press('1')
    await call.clock.advance(2_000)
  }
  const begin = async (why: (call: Call, line: Line) => Promise<unknown>) => {
    const call = openCall(
      greeter({
        tools: [hangUpTool(), transferTool(routes), stopCalling],
        patience: { checkIns: 0, silenceMs: 5_000 },
        keypad: { 1: 'sales' },
      }),
    )
    const line = await call.goLive()
    await why(call, line)
    expect(call.call.state.phase).toBe('leaving')
    return { ...call, line, before: asked(call) }
  }
  const reasons = [
    ['a goodbye for silence', silence, 'hang_up', '{}'],
    ['the announcement of a key', key, 'transfer_call', TRANSFER],
  ] as const

  it.each(reasons)('along with %s is no second one, whenever it settles', async (_what, why, tool, argumentsJson) => {
    const { call, model, commands, line, before } = await begin(why)
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(900), 'bye')
    model.latest.emit({ type: 'toolCalled', toolCallId: 't', name: tool, argumentsJson })
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    expect(JSON.stringify(commands('toolOutput'))).not.toContain('error')
    expect(asked({ commands })).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.state.goodbye ?? 'gone').toBe('gone')
  })

  it.each(reasons)('instead of %s is no word of it: it is asked for', async (_what, why, tool, argumentsJson) => {
    const { call, model, commands, line, before } = await begin(why)
    await replies({ model }, 0, [[tool, argumentsJson]])
    expect(call.state.goodbye).not.toBe('gone')
    expect(asked({ commands })).toBe(before + 1)
    await replies({ model }, 500)
    line.echoMarks()
    await settle()
    expect(call.state.goodbye ?? 'gone').toBe('gone')
  })

  it('that stores a wish has it told before the call ends', async () => {
    const { model, commands, line, before, hungUp } = await begin(silence)
    await replies({ model }, 900, [['stop_calling']])
    expect(JSON.stringify(commands('toolOutput'))).toContain('Say that it is stored')
    expect(asked({ commands })).toBe(before + 1)
    await replies({ model }, 900)
    line.echoMarks()
    await settle()
    expect(hungUp).toEqual(['CA1'])
  })

  it('that wants something else is refused', async () => {
    const { model, commands } = await begin(silence)
    await replies({ model }, 900, [['transfer_call', TRANSFER]])
    expect(JSON.stringify(commands('toolOutput'))).toContain('being left already')
  })
})

it.each([
  ['leaveMessage', { action: 'leaveMessage', text: 'Please call us.' }, 'machine_ended'],
  ['hangUp', { action: 'hangUp' }, 'machine'],
] as const)(
  'has a model that heard a recording itself end the call without a goodbye (%s)',
  async (_, plan, verdict) => {
    const rig = prepareCall(caller({ tools: [hangUpTool()] }), { machine: plan })
    await rig.configure()
    rig.call.bind('CA1')
    rig.connectMedia()
    rig.model.latest.emit({ type: 'speechStarted' })
    rig.call.answeredBy(verdict)
    expect(JSON.stringify(rig.commands('addMessage').at(-1))).toMatch(/call hang_up with silent true\./)
  },
)
