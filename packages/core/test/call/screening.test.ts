import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { AnsweredBy } from '../../src/line.ts'
import type { MachinePlan } from '../../src/mode/outbound.ts'
import { hangUpTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { audio, caller, prepareCall } from './harness.ts'

const wait = defineTool({
  name: 'wait_for_person',
  description: 'Waits for a person.',
  result: 'silent',
  effect: 'listen',
  input: z.strictObject({}),
  run(_input, { call }) {
    call.keepListening('person')
    return { status: 'waiting' }
  },
})

const hangUp: MachinePlan = { action: 'hangUp' }
const leaveMessage: MachinePlan = { action: 'leaveMessage', text: 'Please call us back.' }

/** A telephone that asks who is calling: it has been told, and the assistant waits. */
const screened = async (machine: MachinePlan = hangUp, verdict?: AnsweredBy) => {
  const mode = caller({ tools: [wait, hangUpTool()], patience: { silenceMs: 10_000, checkIns: 1 } })
  const rig = prepareCall(mode, { machine })
  await rig.configure()
  rig.call.bind('CA1')
  const line = rig.connectMedia()
  const { model, call } = rig
  const hears = () => {
    model.latest.emit({ type: 'speechStarted' })
    model.latest.emit({ type: 'speechStopped' })
  }
  const waits = async (toolCallId: string) => {
    model.latest.emit({ type: 'toolCalled', toolCallId, name: 'wait_for_person', argumentsJson: '{}' })
    await settle()
  }
  const says = async (itemId: string, during?: () => Promise<void>, lengthMs = 400) => {
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(lengthMs), itemId)
    await during?.()
    model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    line.echoMarks()
    await settle()
  }
  hears()
  await says('who', () => {
    if (verdict) call.answeredBy(verdict)
    return waits('t1')
  })
  return {
    ...rig,
    line,
    hears,
    says,
    waits,
    /** The recorded voice says more, and is answered with silence. */
    async holds(toolCallId: string) {
      hears()
      model.latest.emit({ type: 'replyStarted' })
      await waits(toolCallId)
      model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      await settle()
    },
    told: () => JSON.stringify(rig.commands('addMessage')),
    state: () => call.state,
  }
}

describe('a telephone that asks who is calling', () => {
  it('is waited for in silence: nobody is asked whether they are there', async () => {
    const { clock, commands, told, hungUp, state, holds } = await screened()
    expect(state().screening).toBe('waiting')
    await clock.advance(25_000)
    await holds('t2')
    await clock.advance(25_000)
    expect(told()).not.toContain('still there')
    expect(commands('reply')).toEqual([])
    expect(hungUp).toEqual([])
  })

  it.each([
    ['machine', hangUp],
    ['machine_ended', hangUp],
    ['machine_ended', leaveMessage],
    ['machine_ended', leaveMessage],
  ] as const)('is neither hung up on nor left a message by the verdict %s', async (verdict, plan) => {
    const { call, commands, told, hungUp, clock } = await screened(plan)
    call.answeredBy(verdict)
    await clock.advance(20_000)
    expect([commands('reply'), told(), hungUp]).toEqual([[], '[]', []])
    expect(call.state.phase).toBe('live')
    expect(call.story().answeredBy).toBe(verdict)
  })

  it('has no message left on it by a verdict that comes while it is being told', async () => {
    const { commands, told, state } = await screened(leaveMessage, 'machine_ended')
    expect(told()).toContain('Please call us back.')
    expect(commands('reply')).toEqual([])
    expect(state().screening).toBe('waiting')
  })

  it.each([hangUp, leaveMessage])(
    'and has not been told yet is what the model is reminded of by a verdict: %j',
    async (machine) => {
      const rig = prepareCall(caller(), { machine })
      await rig.configure()
      rig.call.bind('CA1')
      rig.connectMedia()
      rig.model.latest.emit({ type: 'speechStarted' })
      rig.call.answeredBy('machine_ended')
      await settle()
      expect(JSON.stringify(rig.commands('addMessage'))).toContain('If it asks who is calling')
      expect(rig.hungUp).toEqual([])
    },
  )

  it('is over when a person is answered: patience and hang-up are as ever', async () => {
    const { call, hears, says, clock, told, state } = await screened()
    call.answeredBy('machine')
    await clock.advance(30_000)
    hears()
    await says('welcome')
    expect(state().screening).toBeUndefined()
    await clock.advance(10_000)
    expect(told()).toContain('still there')
    expect(told()).not.toContain('Nobody has come')
    call.end('caller_hung_up')
    expect(call.state.disposition).toBe('caller_hung_up')
  })

  it('may ask something else, and is waited for again', async () => {
    const { hears, says, waits, clock, told, state } = await screened()
    await clock.advance(50_000)
    hears()
    await says('more', () => waits('t2'))
    await clock.advance(50_000)
    expect(state().screening).toBe('waiting')
    expect(told()).toBe('[]')
  })

  it('that keeps talking is not taken for a model that has nothing to say', async () => {
    const { holds, model, call, told } = await screened()
    for (let n = 2; n < 14; n++) await holds(`t${n}`)
    for (let n = 0; n < 6; n++) {
      model.latest.emit({ type: 'replyStarted' })
      model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      await settle()
    }
    expect(call.state.phase).toBe('live')
    expect(model.connections).toHaveLength(1)
    expect(told()).not.toContain('without a word')
  })

  it('lets nobody come: after a minute the assistant says goodbye', async () => {
    const { clock, told, commands, says, hungUp, call, holds } = await screened()
    await clock.advance(40_000)
    await holds('t2')
    await clock.advance(19_000)
    expect(commands('reply')).toEqual([])
    await clock.advance(1_000)
    expect(told()).toContain('Nobody has come to the telephone. Say goodbye')
    expect(commands('reply')).toHaveLength(1)
    await says('goodbye')
    expect(hungUp).toEqual(['CA1'])
    call.end('caller_hung_up')
    expect(call.state.disposition).toBe('answering_machine')
  })

  it('lets nobody come: a message that was to be left is left', async () => {
    const { clock, told, says, hungUp } = await screened(leaveMessage)
    await clock.advance(60_000)
    expect(told()).toContain(
      'Nobody has come to the telephone. It may be recorded: say exactly: \\"Please call us back.\\"',
    )
    // Nobody is there who would wait for it, so a slow model is waited for.
    await clock.advance(8_000)
    expect(hungUp).toEqual([])
    await says(
      'message',
      async () => {
        await clock.advance(20_000)
        expect(hungUp, 'a message takes its time').toEqual([])
      },
      21_000,
    )
    expect(hungUp).toEqual(['CA1'])
  })

  it('lets somebody come in the last moment: the goodbye is taken back', async () => {
    const { clock, model, call, line, hungUp } = await screened()
    await clock.advance(60_000)
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(800), 'goodbye')
    model.latest.emit({ type: 'speechStarted' })
    for (let frame = 0; frame < 40; frame++) line.frame(audio(20, 0x10))
    model.latest.emit({ type: 'speechStopped' })
    line.echoMarks()
    await settle()
    expect(call.state.phase).toBe('live')
    expect(hungUp).toEqual([])
    call.end('caller_hung_up')
    expect(call.state.disposition).toBe('caller_hung_up')
  })

  it('that hangs up has let nobody come', async () => {
    const { call } = await screened()
    call.end('caller_hung_up')
    expect(call.state.disposition).toBe('answering_machine')
  })

  it('is not told goodbye while somebody speaks at last', async () => {
    const { clock, model, told } = await screened()
    await clock.advance(59_500)
    model.latest.emit({ type: 'speechStarted' })
    await clock.advance(1_000)
    expect(told()).not.toContain('Nobody has come')
  })
})
