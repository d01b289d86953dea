import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { pressKeysTool } from '../../src/mode/route-tools.ts'
import type { Disposition } from '../../src/departure.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import * as z from 'zod'
import { greeter, openCall, routes } from './harness.ts'

const FALLBACK = { kind: 'fallback', route: routes.sales }
const DIAL = { kind: 'dial', number: '+14155550111', label: 'sales' }

const recordTool = defineTool({
  name: 'record',
  description: 'Records a message.',
  input: z.strictObject({}),
  run(_input, { call }) {
    call.leave({ kind: 'voicemail', route: 'voicemail', label: 'our voicemail', reason: 'asked' })
    return {}
  },
})

/** A live call; `leave` lets go of it by a tool, as if its last words had been heard. */
const liveCall = async () => {
  const rig = openCall(greeter({ tools: [...greeter().tools, recordTool, pressKeysTool()] }))
  const line = await rig.goLive()
  const leave = async (name: string, argumentsJson = '{}') => {
    rig.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name, argumentsJson })
    await settle()
    await rig.clock.advance(4_500)
    line.drop()
    await settle()
  }
  const transfer = () => leave('transfer_call', '{"destination":"sales","reason":"x"}')
  return { ...rig, line, leave, transfer }
}

describe('Twilio asks late what comes next', () => {
  it.each([6_000, 20_000, 59_000])('the agreed transfer is dialled after %i ms', async (lateMs) => {
    const { call, transfer, clock } = await liveCall()
    await transfer()
    await clock.advance(lateMs)
    expect(call.state.phase).toBe('ended')
    expect(call.next()).toEqual(DIAL)
    expect(call.next(), 'asked a second time').toEqual(DIAL)
  })

  it('the agreed message is recorded', async () => {
    const { call, leave, clock } = await liveCall()
    await leave('record')
    await clock.advance(6_000)
    expect(call.next()).toEqual({ kind: 'record', route: 'voicemail', label: 'our voicemail' })
    expect(call.next({ voicemail: 'recorded' })).toEqual({ kind: 'hangUp' })
    expect(call.next({ voicemail: 'empty' })).toEqual(FALLBACK)
  })

  it('a person who was dialled late and did not answer is not dialled again', async () => {
    const { call, transfer, clock } = await liveCall()
    await transfer()
    await clock.advance(6_000)
    call.next()
    for (const transferred of ['busy', 'no_answer', 'failed'] as const)
      expect(call.next({ transfer: transferred })).toEqual(FALLBACK)
    expect(call.next({ transfer: 'bridged' })).toEqual({ kind: 'hangUp' })
  })

  it('after a minute the caller is apologised to instead', async () => {
    const { call, transfer, clock } = await liveCall()
    await transfer()
    await clock.advance(70_000)
    expect(call.next()).toEqual(FALLBACK)
  })

  it('the apology and the fallback are given when the model was given up', async () => {
    const { call, model, clock, line } = await liveCall()
    model.latest.emit({
      type: 'lost',
      error: new GatewayError('model_unauthorized', 'no'),
      retry: false,
    })
    line.drop()
    await clock.advance(6_000)
    expect(call.state).toMatchObject({ phase: 'ended', disposition: 'fallback' })
    expect(call.next()).toEqual(FALLBACK)
    await clock.advance(50_000)
    expect(call.next()).toEqual(FALLBACK)
  })

  it('a caller whose media socket was torn is not hung up on', async () => {
    const { call, line, clock } = await liveCall()
    line.drop()
    await clock.advance(6_000)
    expect(call.state.phase).toBe('ended')
    expect(call.next()).toEqual(FALLBACK)
  })

  it('keys that nobody can press any more are an apology', async () => {
    const { call, leave, clock } = await liveCall()
    await leave('press_keys', '{"digits":"12"}')
    await clock.advance(40_000)
    expect(call.next()).toEqual(FALLBACK)
  })

  it('a call whose media never came is not hung up on', async () => {
    const { call, clock } = openCall()
    await clock.advance(91_000)
    expect(call.state).toMatchObject({ phase: 'ended', disposition: 'never_connected' })
    expect(call.next()).toEqual(FALLBACK)
  })

  it('a person who was taken to have answered and had not is an apology', async () => {
    const { call, transfer, clock } = await liveCall()
    await transfer()
    call.next()
    await clock.advance(41_000)
    expect(call.state).toMatchObject({ phase: 'ended', disposition: 'transferred' })
    expect(call.next({ transfer: 'no_answer' })).toEqual(FALLBACK)
  })

  it('the stream is opened again while the conversation is kept', async () => {
    const { call, line, clock } = await liveCall()
    line.drop()
    await clock.advance(3_000)
    expect(call.next()).toEqual({ kind: 'connect' })
  })
})

it.each<[Disposition, object]>([
  ['operator_hung_up', { kind: 'hangUp' }],
  ['assistant_hung_up', { kind: 'hangUp' }],
  ['voicemail', { kind: 'hangUp' }],
  ['transferred', { kind: 'hangUp' }],
  ['drained', FALLBACK],
  ['caller_hung_up', FALLBACK],
  ['fallback', FALLBACK],
])('after an end as %s the answer is %j', async (disposition, answer) => {
  const { call } = await liveCall()
  call.end(disposition)
  expect(call.next()).toEqual(answer)
})
