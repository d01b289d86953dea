import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createToolTimes } from '../../src/call/tool-times.ts'
import { defineTool, type Tool } from '../../src/mode/tool.ts'
import { audio, greeter, openCall, slowTool } from './harness.ts'
import { playLeg } from '../../src/testing/leg-player.ts'
import { phraseKeys } from '../../src/phrases.ts'

type Call = ReturnType<typeof openCall>
type Line = Awaited<ReturnType<Call['goLive']>>

/** Answers after `ms`, and says that it is slow, or that it is not, or nothing. */
const tool = (clock: () => Call['clock'], ms: number, slow?: boolean): Tool =>
  defineTool({
    name: 'look_up',
    description: 'Looks something up.',
    input: z.strictObject({}),
    ...(slow === undefined ? {} : { slow }),
    run: async () => new Promise<object>((resolve) => clock().after(ms, () => resolve({ found: true }))),
  })

const callWith = (ms: number, slow?: boolean): Call => {
  const call: Call = openCall(greeter({ tools: [tool(() => call.clock, ms, slow)] }))
  return call
}

const callTool = ({ model }: Call, toolCallId = 't1'): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'toolCalled', toolCallId, name: 'look_up', argumentsJson: '{}' })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

/** The sentence, and the call of the tool: it begins while the sentence still streams, and is complete behind it. */
const announce = ({ model }: Call): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(600, 1), 'announcement')
  model.latest.speak(audio(600, 1), 'announcement')
  model.latest.emit({ type: 'partEnded', itemId: 'announcement', contentIndex: 0 })
  model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'look_up', argumentsJson: '{}' })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

/** What the caller hears, as [what, since when in ms]; `happens` is asked every 100 ms. */
const listen = async (call: Call, line: Line, ms: number, happens: (passedMs: number) => unknown = () => {}) => {
  const player = playLeg(line)
  // The greeting, and what was sent before anybody listened.
  player.play(10_000)
  const heard: (readonly [string, number])[] = []
  let silentMs = 0
  let longestMs = 0
  for (let passed = 0; passed < ms; passed += 100) {
    happens(passed)
    const before = player.heard.length
    await call.clock.advance(100)
    silentMs = player.play(100) === 100 ? silentMs + 100 : 0
    longestMs = Math.max(longestMs, silentMs)
    for (const payload of player.heard.slice(before)) {
      const what = phraseKeys[Buffer.from(payload, 'base64')[0]! - 0x40] ?? 'model'
      if (heard.at(-1)?.[0] !== what) heard.push([what, passed + 100])
    }
  }
  return { heard, longestMs }
}

const askedAndTool = async (call: Call, line: Line, ms: number, thinksMs = 300) => {
  call.model.latest.emit({ type: 'speechStarted' })
  call.model.latest.emit({ type: 'speechStopped' })
  return listen(call, line, ms, (passed) => passed === thinksMs && callTool(call))
}

describe('while a slow tool runs', () => {
  it('a caller who was told nothing hears words of ours after 1.2 s, and other words some seconds later', async () => {
    const call = callWith(9_000, true)
    const line = await call.goLive()
    const { heard, longestMs } = await askedAndTool(call, line, 8_000)
    expect(heard[0]).toEqual(['oneMoment', 1_200])
    expect(heard.map(([what]) => what)).toEqual(['oneMoment', 'stillHere', 'oneMoment'])
    expect(longestMs).toBeLessThanOrEqual(2_300)
  })

  it('a caller who heard the assistant say what it does hears that first, then words of ours only if it still takes long', async () => {
    for (const [takesMs, hears] of [
      [1_500, ['model']],
      [4_000, ['model', 'oneMoment']],
    ] as const) {
      const call = callWith(takesMs, true)
      const line = await call.goLive()
      const { heard } = await listen(call, line, takesMs - 100, (passed) => passed === 0 && announce(call))
      expect(heard.map(([what]) => what)).toEqual(hears)
    }
  })

  it('nothing is said while the caller speaks', async () => {
    const call = callWith(9_000, true)
    const line = await call.goLive()
    callTool(call)
    await call.clock.advance(500)
    call.model.latest.emit({ type: 'speechStarted' })
    const { heard } = await listen(call, line, 3_000)
    expect(heard).toEqual([])
  })

  it('the caller waits no longer for the answer than it takes: a quick tool that is about to answer brings no words of ours', async () => {
    const call = callWith(300)
    const line = await call.goLive()
    const { heard } = await askedAndTool(call, line, 1_400, 1_000)
    expect(heard).toEqual([])
  })

  it('also one that nobody knew to be slow is covered, a little later', async () => {
    const call = callWith(2_500)
    const line = await call.goLive()
    expect((await askedAndTool(call, line, 2_500)).heard[0]).toEqual(['oneMoment', 1_500])
  })
})

it('nobody is asked for patience for a note that is taken in silence, once they have been answered', async () => {
  const note: Tool = defineTool({
    name: 'look_up',
    description: 'Notes something.',
    result: 'silent',
    input: z.strictObject({}),
    run: async () => new Promise<object>((resolve) => call.clock.after(6_000, () => resolve({ status: 'stored' }))),
  })
  const call: Call = openCall(greeter({ tools: [note] }))
  const line = await call.goLive()
  call.model.latest.emit({ type: 'speechStarted' })
  call.model.latest.emit({ type: 'speechStopped' })
  const { heard } = await listen(call, line, 5_000, (passed) => passed === 300 && announce(call))
  expect(heard.map(([what]) => what)).toEqual(['model'])
  // Who was not answered is.
  call.model.latest.emit({ type: 'speechStarted' })
  call.model.latest.emit({ type: 'speechStopped' })
  const again = await listen(call, line, 3_000, (passed) => passed === 300 && callTool(call, 't2'))
  expect(again.heard.map(([what]) => what)).toContain('oneMoment')
})

describe('the assistant is asked to say first what it is doing', () => {
  const configured = (call: Call): string => JSON.stringify(call.commands('configure').at(-1))

  it('before a tool that says it is slow, from the first word and after the opening', async () => {
    const call = openCall(greeter({ tools: [slowTool, { ...tool(() => call.clock, 9_000, true), opening: true }] }))
    const { tools } = await call.model.latest.config
    expect(tools.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^Looks something up\. .*first say/),
    ])
    await call.goLive()
    expect(configured(call).match(/first say/g), 'the other tool is left as it is').toHaveLength(1)
  })

  it('before one that has lately taken long, until it is clearly quick again', () => {
    const times = createToolTimes()
    const isSlow = (): boolean => times.isSlow('csr', { name: 'look_up' })
    const note = (...runsMs: number[]): void => runsMs.forEach((ms) => times.note('csr', 'look_up', ms))
    note(2_500, 2_500)
    expect(isSlow(), 'two runs prove nothing').toBe(false)
    note(2_500)
    expect(isSlow()).toBe(true)
    expect(times.isSlow('ivr', { name: 'look_up' }), 'of another mode').toBe(false)
    note(700, 700, 700, 700, 700, 700, 700)
    expect(isSlow(), 'the cached prompt is not given up for a little').toBe(true)
    note(100, 100, 100, 100, 100)
    expect(isSlow()).toBe(false)
  })

  it('not before one that a single slow run has hit, nor where the tool says that it is quick', () => {
    const times = createToolTimes()
    for (const ms of [20, 20, 9_000, 20, 20]) times.note('csr', 'look_up', ms)
    expect(times.isSlow('csr', { name: 'look_up' })).toBe(false)
    for (const ms of [9_000, 9_000, 9_000, 9_000]) times.note('csr', 'other', ms)
    expect(times.isSlow('csr', { name: 'other', slow: false })).toBe(false)
  })

  it('on the calls after those that found it slow', async () => {
    const call: Call = openCall(greeter({ tools: [{ ...tool(() => call.clock, 2_500), opening: true }] }))
    await call.goLive()
    const [shown] = (await call.model.latest.config).tools
    expect(shown!.description).not.toContain('first say')
    for (const id of ['t1', 't2', 't3']) {
      callTool(call, id)
      await call.clock.advance(3_000)
    }
    const { otherParty: caller, dialled } = call.call.facts
    call.registry.open({
      line: call.carrier,
      legId: 'CA2',
      direction: 'inbound',
      otherParty: caller,
      dialled,
      mode: call.call.mode,
    })
    const [shownLater] = (await call.model.latest.config).tools
    expect(shownLater!.description).toContain('first say')
  })
})
