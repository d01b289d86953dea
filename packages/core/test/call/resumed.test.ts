import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createStepLog, OUTCOME_UNKNOWN } from '../../src/call/step-log.ts'
import { defineMode } from '../../src/mode/mode.ts'
import { warmTransferTool } from '../../src/mode/route-tools.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, rememberedOf, resumeCall, routes, slowTool, timesSaid } from './harness.ts'

/** A call in which both have spoken and a tool was called that has not ended. */
const talked = async () => {
  const rig = openCall()
  const line = await rig.goLive()
  rig.model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'greeting', text: 'Hello there!' })
  rig.model.latest.emit({ type: 'itemPlaced', itemId: 'c1', speaker: 'caller' })
  rig.model.latest.emit({ type: 'transcript', speaker: 'caller', itemId: 'c1', text: 'Book me a table.' })
  return { ...rig, line }
}

const callTool = async (
  rig: Pick<Awaited<ReturnType<typeof talked>>, 'model'>,
  name: string,
  input: object,
  id = 't1',
) => {
  rig.model.latest.emit({ type: 'replyStarted' })
  rig.model.latest.emit({ type: 'toolCalled', toolCallId: id, name, argumentsJson: JSON.stringify(input) })
  await settle()
}

const toTransfer = { destination: 'sales', reason: 'a question about prices' }

describe('a call that goes on in another process', () => {
  it('is told the conversation so far and that the line dropped, does not greet, and has all its tools', async () => {
    const before = await talked()
    const rig = resumeCall(rememberedOf(before.call))
    await settle()
    const config = await rig.model.latest.config
    expect(config.history).toEqual([
      { kind: 'message', role: 'assistant', text: 'Hello there!' },
      { kind: 'message', role: 'user', text: 'Book me a table.' },
    ])
    expect(config.tools.map(({ name }) => name)).toEqual(['hang_up', 'transfer_call', 'slow_tool'])
    expect(config.turnDetection).toEqual(greeter().turnTaking.conversation)
    expect(rig.call.next()).toEqual({ kind: 'connect' })
    rig.connectMedia()
    await rig.configure()
    const told = JSON.stringify(rig.commands('addMessage'))
    expect(told).toContain('The line dropped for a moment')
    expect(told).not.toContain('Hello there!')
    expect(rig.commands('reply')).toHaveLength(1)
  })

  it('tells the model that the outcome of a running tool is unknown, and does not run it again', async () => {
    const before = await talked()
    await callTool(before, 'slow_tool', {})
    const rig = resumeCall(rememberedOf(before.call))
    await settle()
    const { history } = await rig.model.latest.config
    expect(history?.at(-1)).toMatchObject({ kind: 'toolCall', name: 'slow_tool', output: OUTCOME_UNKNOWN })
    expect(rig.call.story().tools).toEqual([])
    before.call.end('cut_off')
  })

  it('is told of each tool call its own result, and of long ones as JSON', async () => {
    const echo = defineTool({
      name: 'echo',
      description: 'Says it again.',
      input: z.looseObject({}),
      run: ({ n }) => ({ n, long: '😀'.repeat(1_500) }),
    })
    const mode = greeter({ tools: [echo] })
    const first = openCall(mode)
    await first.goLive()
    await callTool(first, 'echo', { n: 1 })
    const second = resumeCall(rememberedOf(first.call), { mode })
    second.call.next()
    second.connectMedia()
    await second.configure()
    await callTool(second, 'echo', { n: 2, long: '😀'.repeat(1_500) }, 't2')
    const rig = resumeCall(rememberedOf(second.call), { mode })
    await settle()
    const { history = [] } = await rig.model.latest.config
    const calls = history.filter((item) => item.kind === 'toolCall')
    expect(calls.map(({ output }) => output?.slice(0, 7))).toEqual(['{"n":1,', '{"n":2,'])
    for (const { argumentsJson, output = '' } of calls) {
      expect(() => JSON.parse(argumentsJson)).not.toThrow()
      expect(argumentsJson.isWellFormed() && output.isWellFormed(), 'no half characters').toBe(true)
      expect(JSON.parse(argumentsJson)).toSatisfy((value: object) => JSON.stringify(value).isWellFormed())
    }
  })

  it('notes the result of the latest call where a server has given its id before', () => {
    const steps = createStepLog(() => 0, [])
    const call = { type: 'toolCalled', toolCallId: 'call_1', name: 'book' } as const
    steps.note({ ...call, argumentsJson: '{"n":1}' })
    steps.told('call_1', '"one"')
    steps.note({ ...call, argumentsJson: '{"n":2}' })
    steps.told('call_1', '"two"')
    expect(steps.changes().map(({ step }) => step)).toMatchObject([{ output: '"one"' }, { output: '"two"' }])
  })

  it('plays a phrase after 600 ms when the model is not there yet', async () => {
    const before = await talked()
    const rig = resumeCall(rememberedOf(before.call))
    await settle()
    rig.call.next()
    const line = rig.connectMedia()
    await rig.clock.advance(599)
    expect(timesSaid(line, 'oneMoment')).toBe(0)
    await rig.clock.advance(2)
    expect(timesSaid(line, 'oneMoment')).toBe(1)
  })

  it('keeps its story: one call from the first second on', async () => {
    const before = await talked()
    const rig = resumeCall(rememberedOf(before.call), { elapsedMs: 90_000 })
    await settle()
    rig.call.next()
    rig.connectMedia()
    await rig.configure()
    rig.model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'a9', text: 'Sorry, I am back.' })
    const { turns, startedAt } = rig.call.story()
    expect(turns.map(({ text }) => text)).toEqual(['Hello there!', 'Book me a table.', 'Sorry, I am back.'])
    expect(turns[2]!.atMs).toBe(90_000)
    expect(startedAt).toBe(new Date(rig.clock.date().getTime() - 90_000).toISOString())
  })

  it('ends by its time limit, counted from its first beginning', async () => {
    const before = await talked()
    const mode = greeter({ patience: { maxDurationMs: 120_000 } })
    const rig = resumeCall(rememberedOf(before.call), { mode, elapsedMs: 119_000 })
    await settle()
    rig.call.next()
    rig.connectMedia()
    await rig.configure()
    await rig.clock.advance(1_500)
    expect(JSON.stringify(rig.commands('addMessage'))).toContain('The time for this call is over')
  })

  it('greets when the greeting was never heard', async () => {
    const before = openCall()
    const rig = resumeCall(rememberedOf(before.call))
    await settle()
    expect((await rig.model.latest.config).history ?? []).toEqual([])
    rig.call.next()
    rig.connectMedia()
    await rig.configure()
    expect(JSON.stringify(rig.commands('addMessage'))).toContain('Hello there!')
    before.call.end('cut_off')
  })

  it('ends when its caller does not come back', async () => {
    const before = await talked()
    const rig = resumeCall(rememberedOf(before.call))
    await settle()
    rig.call.next()
    await rig.clock.advance(10_100)
    expect(rig.call.state).toMatchObject({ phase: 'ended', disposition: 'caller_hung_up' })
  })

  it('remembers how much of its grant was used', async () => {
    const mode = greeter({ grant: { toolCalls: 1 } })
    const before = openCall(mode)
    await before.goLive()
    await callTool(before, 'slow_tool', {})
    const rig = resumeCall(rememberedOf(before.call), { mode })
    await settle()
    rig.call.next()
    rig.connectMedia()
    await rig.configure()
    rig.model.latest.emit({ type: 'replyStarted' })
    rig.model.latest.emit({ type: 'toolCalled', toolCallId: 't2', name: 'slow_tool', argumentsJson: '{}' })
    await settle()
    expect(JSON.stringify(rig.commands('toolOutput'))).toContain('Nothing more can be looked up')
    before.call.end('cut_off')
  })
})

describe('a call that was being left', () => {
  const left = async () => {
    const before = await talked()
    await callTool(before, 'transfer_call', toTransfer)
    return before
  }

  it('remembers a tool that began to run after its call was written down', async () => {
    const before = await talked()
    before.model.latest.emit({ type: 'replyStarted' })
    before.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
    expect(JSON.parse(before.call.takeChanges()!.plan!)).toMatchObject({ spent: { called: 0 } })
    await settle()
    expect(JSON.parse(before.call.takeChanges()!.plan!)).toMatchObject({ spent: { called: 1 } })
    before.call.end('cut_off')
  })

  it('goes where its caller was going, and opens no model before they come back', async () => {
    const before = await left()
    const rig = resumeCall(rememberedOf(before.call))
    await settle()
    expect(rig.model.connections).toHaveLength(0)
    expect(rig.call.next()).toMatchObject({ kind: 'dial', number: routes.sales.number })
    expect(rig.call.next(), 'asked again').toMatchObject({ kind: 'dial' })
    expect(rig.call.next({ transfer: 'busy' })).toEqual({ kind: 'connect' })
    rig.connectMedia()
    await rig.configure()
    const told = JSON.stringify(rig.commands('addMessage'))
    expect(told).toContain('the line is busy')
    expect(rig.call.story().transfers).toMatchObject([{ kind: 'cold', route: 'sales', outcome: 'busy' }])
    before.call.end('cut_off')
  })

  it.each(['bridged', 'no_answer'] as const)('knows of a transfer that had begun and is over: %s', async (outcome) => {
    const before = await left()
    const rig = resumeCall(rememberedOf(before.call), { report: { transfer: outcome } })
    await settle()
    const next = rig.call.next({ transfer: outcome })
    expect(next.kind).toBe(outcome === 'bridged' ? 'hangUp' : 'connect')
    if (outcome === 'bridged') expect(rig.call.state.disposition).toBe('transferred')
    before.call.end('cut_off')
  })

  const rung = async () => {
    const mode = greeter({ tools: [warmTransferTool(routes)] })
    const before = openCall(mode)
    await before.goLive()
    await callTool(before, 'warm_transfer', { destination: 'sales', introduction: 'Anna wants to buy.' })
    const remembered = rememberedOf(before.call)
    before.call.end('cut_off')
    const rig = resumeCall(remembered, { mode })
    await settle()
    expect(rig.call.next()).toEqual({ kind: 'connect' })
    expect(rig.call.consultation, 'whoever is rung hears it').toMatchObject({ introduction: 'Anna wants to buy.' })
    return rig
  }

  it('still waits for a person who is being rung, does not ring them again, and joins them once they accept', async () => {
    const rig = await rung()
    rig.connectMedia()
    await rig.configure()
    expect(JSON.stringify(rig.commands('addMessage'))).toContain('sales is still being rung')
    expect(rig.rung).toEqual([])
    const room = rig.call.personAccepted()
    expect(room).toBeDefined()
    rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    expect(rig.call.story().transfers).toMatchObject([{ kind: 'warm', route: 'sales', outcome: 'bridged' }])
    rig.call.end('caller_hung_up')
  })

  it('brings its caller to a person who has accepted before they are back', async () => {
    const rig = await rung()
    const name = rig.call.personAccepted()
    expect(rig.call.next()).toEqual({ kind: 'conference', name })
    expect(rig.call.state.disposition).toBe('transferred')
  })

  it('says that a person could not be reached, of whom nothing more is heard', async () => {
    const rig = await rung()
    const line = rig.connectMedia()
    await rig.configure()
    rig.model.latest.emit({ type: 'replyStarted' })
    rig.model.latest.speak(audio(400), 'a1')
    rig.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    line.echoMarks()
    await rig.clock.advance(25_000)
    await settle()
    expect(JSON.stringify(rig.commands('addMessage'))).toContain('sales could not be reached')
    expect(rig.call.consultation).toBeUndefined()
    rig.call.end('caller_hung_up')
  })

  it('says a goodbye again that was not heard, and hangs up after one that was', async () => {
    const before = await talked()
    await callTool(before, 'hang_up', {})
    const remembered = rememberedOf(before.call)
    expect(resumeCall(remembered).call.next()).toEqual({ kind: 'connect' })
    const { kept } = remembered.plan
    const said = {
      ...remembered,
      plan: { ...remembered.plan, kept: { ...kept, departure: { kind: 'hangUp' } as const } },
    }
    const rig = resumeCall(said)
    expect(rig.call.next()).toEqual({ kind: 'hangUp' })
    expect(rig.call.state.disposition).toBe('assistant_hung_up')
    before.call.end('cut_off')
  })
})

describe('what a mode knows', () => {
  const seen: unknown[] = []
  const lookUps: string[] = []
  const remembering = greeter({
    lookUp: { find: async () => (lookUps.push('again'), { proven: new Map() }), orElse: () => ({ proven: new Map() }) },
    memory: {
      save: (known) => ({ proven: [...(known as { proven: Map<string, string> }).proven] }),
      restore(saved) {
        return { proven: new Map((saved as { proven: [string, string][] }).proven) }
      },
    },
    tools: [
      slowTool,
      defineTool({
        name: 'prove',
        description: 'Proves or tells.',
        input: z.strictObject({}),
        async run(_input, { known }) {
          const { proven } = known as { proven: Map<string, string> }
          seen.push([...proven])
          proven.set('anna', 'verified')
          return { status: 'verified' }
        },
      }),
    ],
  })

  it('is restored, and not looked up again', async () => {
    const before = openCall(remembering)
    await before.goLive()
    await callTool(before, 'prove', {})
    expect(lookUps).toEqual(['again'])
    const rig = resumeCall(rememberedOf(before.call), { mode: remembering })
    await settle()
    rig.call.next()
    rig.connectMedia()
    await rig.configure()
    await callTool(rig, 'prove', {}, 't2')
    expect(seen).toEqual([[], [['anna', 'verified']]])
    expect(lookUps).toEqual(['again'])
    before.call.end('cut_off')
  })

  it.each([
    ['throws', (): unknown => JSON.parse('')],
    ['is no JSON', () => ({ proven: 1n })],
    ['is nothing', () => undefined],
  ])('is left out of what is written when it %s, and the call is written all the same', async (what, save) => {
    const mode = defineMode({
      name: 'greeter',
      prompt: [],
      greeting: () => 'Hello there!',
      routes: {},
      tools: [],
      lookUp: { find: async () => ({}), orElse: () => ({}) },
      memory: { save, restore: () => ({}) },
    })
    const before = openCall(mode)
    await before.goLive()
    const { plan } = rememberedOf(before.call)
    expect(plan).toMatchObject({ instance: 'greeter', kept: { greeted: true } })
    expect(plan).not.toHaveProperty('known')
    const told = before.notices.filter((notice) => notice.type === 'problem' && notice.code === 'mode_failed')
    expect(told).toHaveLength(what === 'is nothing' ? 0 : 1)
    before.call.end('cut_off')
  })

  it('is looked up again when it cannot be read', async () => {
    lookUps.length = 0
    const before = openCall(remembering)
    await before.goLive()
    const remembered = rememberedOf(before.call)
    const rig = resumeCall({ ...remembered, plan: { ...remembered.plan, known: { proven: 7 } } }, { mode: remembering })
    await settle()
    expect(lookUps).toEqual(['again', 'again'])
    expect(rig.notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'look_up_failed' }))
    before.call.end('cut_off')
  })
})

describe('the changes of a call', () => {
  it('are each returned once, and again when they could not be written', async () => {
    const { call, model } = await talked()
    const first = call.takeChanges()!
    expect(first).toMatchObject({ replaces: true, turns: [{ text: 'Hello there!' }, { text: 'Book me a table.' }] })
    expect(call.takeChanges()).toBeUndefined()
    model.latest.emit({ type: 'transcript', speaker: 'caller', itemId: 'c1', text: 'For two.' })
    const second = call.takeChanges()!
    expect(second).toMatchObject({ replaces: false, turns: [{ text: 'Book me a table. For two.' }] })
    call.returnChanges(second)
    expect(call.takeChanges()).toMatchObject({ turns: [{ text: 'Book me a table. For two.' }] })
    call.returnChanges(first)
    expect(call.takeChanges()!.replaces).toBe(true)
  })

  it('say that nothing is stored yet only the first time, and never in a call that goes on', async () => {
    const { call } = await talked()
    const remembered = rememberedOf(call)
    const fresh = await talked()
    const first = fresh.call.takeChanges()!
    expect(first.isFirst).toBe(true)
    fresh.call.returnChanges(first)
    expect(fresh.call.takeChanges()).not.toHaveProperty('isFirst')
    expect(resumeCall(remembered).call.takeChanges()).not.toHaveProperty('isFirst')
  })

  it('insert a turn whose place turns out late before later ones', async () => {
    const { call, model } = await talked()
    call.takeChanges()
    model.latest.emit({ type: 'itemPlaced', itemId: 'late', speaker: 'caller', afterItemId: 'greeting' })
    model.latest.emit({ type: 'transcript', speaker: 'caller', itemId: 'late', text: 'Hi.' })
    model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'a2', text: 'Of course.' })
    const { turns } = call.takeChanges()!
    const late = turns.find(({ text }) => text === 'Hi.')!.position
    const last = turns.find(({ text }) => text === 'Of course.')!.position
    expect(turns).toHaveLength(2)
    expect(late).toBeGreaterThan(1_024)
    expect(late).toBeLessThan(2_048)
    expect(last).toBeGreaterThan(2_048)
  })

  it('contain only what was heard of the sentence being played', async () => {
    const { call, model, clock, line } = await talked()
    call.takeChanges()
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(4_000), 'a2')
    model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'a2', text: 'one two three four' })
    await clock.advance(2_000)
    const marks = line.messages('mark').map(({ mark }) => mark.name)
    for (const name of marks.slice(-20, -10)) line.heard(name)
    expect(call.takeChanges()!.turns).toMatchObject([{ text: expect.stringMatching(/^one( two)?( three)? —$/) }])
    model.latest.emit({ type: 'partEnded', itemId: 'a2', contentIndex: 0 })
    await clock.advance(5_000)
    line.echoMarks()
    expect(call.takeChanges()!.turns[0]).toMatchObject({ text: 'one two three four' })
  })
})
