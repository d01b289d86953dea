import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { hangUpTool, pressKeysTool, transferTool, warmTransferTool } from '../../src/mode/route-tools.ts'
import { e164 } from '../../src/telephone/e164.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, routes } from './harness.ts'

const everywhere = {
  ...routes,
  mailbox: { voicemail: true as const, label: 'the mailbox' },
  behind: { number: e164('+14155550112'), extension: '22', label: 'somebody behind a switchboard' },
}

const mode = () =>
  greeter({
    routes: everywhere,
    keypad: { '1': 'mailbox', '2': 'sales' },
    tools: [hangUpTool(), transferTool(everywhere), warmTransferTool(everywhere), pressKeysTool()],
  })

const open = (line: NonNullable<Parameters<typeof openCall>[1]>['line']) => openCall(mode(), { line })
type Call = ReturnType<typeof open>

const callTool = async ({ model }: Call, name: string, input: object): Promise<void> => {
  model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name, argumentsJson: JSON.stringify(input) })
  await settle()
}

const say = ({ model }: Call, itemId: string): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), itemId)
  model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

describe('a carrier that is told, and never asks', () => {
  it('rings a person once the last words were heard, and brings the caller back', async () => {
    const rig = open({ asks: false })
    const line = await rig.goLive()
    await callTool(rig, 'transfer_call', { destination: 'sales', reason: 'wants to buy' })
    say(rig, 'connecting')
    expect(rig.followed, 'not before they were heard').toEqual([])
    line.echoMarks()
    await settle()
    expect(rig.followed).toMatchObject([{ instruction: { kind: 'dial', number: '+14155550111' } }])
    expect(rig.call.state).toMatchObject({ phase: 'away', awayKind: 'transfer' })
    expect(rig.call.next({ transfer: 'busy' })).toEqual({ kind: 'connect' })
    rig.connectMedia()
    expect(rig.call.state.phase).toBe('live')
  })

  it('hangs up once the goodbye was heard', async () => {
    const rig = open({ asks: false })
    const line = await rig.goLive()
    await callTool(rig, 'hang_up', {})
    say(rig, 'goodbye')
    line.echoMarks()
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
    expect(rig.call.state).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
  })

  it('hands the caller on when the model is not to be had', async () => {
    const rig = open({ asks: false })
    await rig.goLive()
    rig.model.latest.emit({ type: 'lost', error: new GatewayError('model_refused', 'no'), retry: false })
    await settle()
    expect(rig.followed).toMatchObject([{ instruction: { kind: 'fallback', route: { label: 'sales' } } }])
    expect(rig.call.state).toMatchObject({ phase: 'ended', disposition: 'fallback' })
  })

  it('is not waited for when it cannot be told', async () => {
    const rig = open({ asks: false, follow: () => Promise.reject(new Error('503')) })
    const line = await rig.goLive()
    await callTool(rig, 'transfer_call', { destination: 'sales', reason: 'x' })
    say(rig, 'connecting')
    line.echoMarks()
    await settle()
    expect(rig.notices).toContainEqual(expect.objectContaining({ code: 'call_control_failed' }))
    await rig.clock.advance(5_000)
    expect(rig.call.state.phase).toBe('ended')
  })
})

describe('a line that cannot', () => {
  it('send keys: the model is told', async () => {
    const rig = open({ can: { sendsKeys: false } })
    await rig.goLive()
    await callTool(rig, 'press_keys', { digits: '12' })
    expect(rig.call.state.phase).toBe('live')
    expect(rig.commands('toolOutput')[0]).toMatchObject({ output: expect.stringContaining('No keys can be pressed') })
  })

  it('dial an extension: the model is told', async () => {
    const rig = open({ can: { sendsKeys: false } })
    await rig.goLive()
    await callTool(rig, 'transfer_call', { destination: 'behind', reason: 'x' })
    expect(rig.call.state.phase).toBe('live')
    expect(rig.commands('toolOutput')[0]).toMatchObject({
      output: expect.stringContaining('No extension can be dialled'),
    })
  })

  it('record: the model is told, a key does not lead there, and a mailbox as fallback only apologises', async () => {
    const rig = open({ can: { records: false } })
    const line = await rig.goLive()
    await callTool(rig, 'transfer_call', { destination: 'mailbox', reason: 'x' })
    expect(rig.call.state.phase).toBe('live')
    expect(rig.commands('toolOutput')[0]).toMatchObject({
      output: expect.stringContaining('No message can be recorded'),
    })
    line.press('1')
    await rig.clock.advance(5_000)
    expect(rig.call.state.phase).toBe('live')
  })

  it('ring a person beside the call: the model is told', async () => {
    const rig = open({ can: { ringsPersons: false } })
    await rig.goLive()
    await callTool(rig, 'warm_transfer', { destination: 'sales', introduction: 'x' })
    expect(rig.rung).toEqual([])
    expect(rig.commands('toolOutput')[0]).toMatchObject({
      output: expect.stringContaining('Nobody can be asked first'),
    })
  })

  it('say what was heard: the clock decides, and nothing is missed', async () => {
    const rig = open({ can: { marks: false } })
    const line = await rig.goLive()
    expect(line.messages('mark')).toEqual([])
    await rig.clock.advance(400)
    await callTool(rig, 'hang_up', {})
    say(rig, 'goodbye')
    await rig.clock.advance(380)
    expect(rig.hungUp).toEqual([])
    await rig.clock.advance(40)
    await settle()
    expect(rig.hungUp).toEqual(['CA1'])
    expect(rig.notices).not.toContainEqual(expect.objectContaining({ code: 'mark_lost' }))
  })
})
