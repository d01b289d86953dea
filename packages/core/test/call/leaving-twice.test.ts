import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import { hangUpTool, transferTool } from '../../src/route.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool, ToolError } from '../../src/tool.ts'
import { audio, caller, greeter, openCall, prepareCall, routes } from './harness.ts'

/** A tool that needs this long, and then has stored something or not. */
const storing = (
  name: string,
  clock: () => { after(ms: number, run: () => void): unknown },
  ms: number,
  fails = false,
) =>
  defineTool({
    name,
    description: 'Stores something.',
    effect: 'write',
    input: z.strictObject({}),
    run: () =>
      new Promise((resolve, reject) => {
        clock().after(ms, () =>
          fails ? reject(new ToolError('It could not be stored.')) : resolve({ status: 'stored' }),
        )
      }),
  })
const stop = defineTool({
  name: 'stop_calling',
  description: 'Stores a wish, and ends the call with a sentence about it.',
  effect: 'leave',
  input: z.strictObject({}),
  run(_input, { call }) {
    call.leave({ kind: 'hangUp' }, 'afterwards')
    return { status: 'stored', say: 'Say that it is stored, and goodbye.' }
  },
})

const open = (patience = {}) => {
  const rig: ReturnType<typeof openCall> = openCall(
    greeter({
      tools: [
        hangUpTool(),
        transferTool(routes),
        stop,
        storing('fails', () => rig.clock, 0, true),
        storing('slowly', () => rig.clock, 7_000),
        storing('slowly_fails', () => rig.clock, 7_000, true),
      ],
      patience,
    }),
  )
  return rig
}
type Call = ReturnType<typeof open>

const asked = ({ commands }: Pick<Call, 'commands'>): number => commands('reply').length
const TRANSFER = '{"destination":"sales","reason":"orders"}'

let count = 0
/** One reply whose tools are done before its end, or after it, as it happens. */
const replies = async (
  { model }: Pick<Call, 'model'>,
  soundMs: number,
  tools: readonly (readonly [string, string?])[] = [],
  when: 'before its end' | 'after its end' = 'before its end',
): Promise<void> => {
  const itemId = `said-${++count}`
  model.latest.emit({ type: 'replyStarted' })
  if (soundMs > 0) {
    model.latest.speak(audio(soundMs), itemId)
    model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  }
  for (const [name, argumentsJson = '{}'] of tools) {
    model.latest.emit({ type: 'toolCalled', toolCallId: `${name}-${++count}`, name, argumentsJson })
    // oxlint-disable-next-line no-await-in-loop -- tools are run one after another here
    if (when === 'before its end') await settle()
  }
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await settle()
}

const both = ['before its end', 'after its end'] as const

describe.each(both)('a model that calls once more what is happening already (%s)', (when) => {
  it('along with the goodbye that it was asked for in a silence, says it once', async () => {
    const call = open({ silenceMs: 5_000, checkIns: 0 })
    const line = await call.goLive()
    await call.clock.advance(5_000)
    expect(call.call.state.phase).toBe('leaving')
    const before = asked(call)
    await replies(call, 900, [['hang_up']], when)
    expect(asked(call)).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('twice in its goodbye, says it once', async () => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 900, [['hang_up'], ['hang_up']], when)
    expect(asked(call)).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('with another way to leave, goes the first, and speaks once', async () => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 900, [['transfer_call', TRANSFER], ['hang_up']], when)
    expect(asked(call)).toBe(before)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual([])
    expect(call.call.next()).toMatchObject({ kind: 'dial' })
  })

  it('beside a wish that is stored: it is not told that it was not, and says so once', async () => {
    const call = open()
    const line = await call.goLive()
    const before = asked(call)
    await replies(call, 900, [['hang_up'], ['stop_calling']], when)
    expect(JSON.stringify(call.commands('toolOutput'))).not.toContain('error')
    expect(asked(call)).toBe(before + 1)
    await replies(call, 900)
    line.echoMarks()
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('behind the message for a machine, has nothing recorded behind it', async () => {
    const rig = prepareCall(caller({ tools: [hangUpTool()] }), {
      machine: { action: 'leaveMessage', text: 'Please call us back.' },
    })
    await rig.configure()
    rig.call.bind('CA1')
    const line = rig.connectMedia()
    rig.call.answeredBy('machine_end_beep')
    expect(asked(rig)).toBe(1)
    await replies(rig, 3_000, [['hang_up']], when)
    expect(asked(rig)).toBe(1)
    line.echoMarks()
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
  })
})

describe('a recording', () => {
  it.each(both)('is not told of what has failed beside the call that ends it (%s)', async (when) => {
    const failing = storing('fails', () => rig.clock, 0, true)
    const rig: ReturnType<typeof prepareCall> = prepareCall(caller({ tools: [hangUpTool(), failing] }), {
      machine: { action: 'leaveMessage', text: 'Please call us back.' },
    })
    await rig.configure()
    rig.call.bind('CA1')
    const line = rig.connectMedia()
    rig.call.answeredBy('machine_end_beep')
    await replies(rig, 3_000, [['fails'], ['hang_up']], when)
    await rig.clock.advance(100)
    expect(asked(rig)).toBe(1)
    line.echoMarks()
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
  })
})

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
