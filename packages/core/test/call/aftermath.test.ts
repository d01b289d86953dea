import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, openCall } from './harness.ts'

const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: false } as const

/** A call whose model is lost for good in the middle of the conversation. */
const fallenBack = async () => {
  const rig = openCall()
  const line = await rig.goLive()
  rig.model.latest.emit(lost)
  await settle()
  await rig.clock.advance(3_000)
  expect(rig.call.next()).toMatchObject({ kind: 'fallback' })
  expect(rig.call.state).toMatchObject({ phase: 'ended', disposition: 'fallback' })
  const leftForMs = (): number | undefined => {
    const { endedAt, assistantEndedAt } = rig.call.story()
    return endedAt === undefined ? undefined : Date.parse(endedAt) - Date.parse(assistantEndedAt!)
  }
  const legNotices = () => rig.notices.filter(({ type }) => type === 'leg')
  return { ...rig, line, leftForMs, legNotices }
}

describe('a call that goes to its fallback', () => {
  it('is told as a transfer, and ends when the caller does', async () => {
    const { call, clock, leftForMs, legNotices, registry } = await fallenBack()
    expect(call.story()).not.toHaveProperty('endedAt')
    expect(call.story().transfers).toMatchObject([
      { kind: 'fallback', route: 'fallback', label: 'sales', number: '+14155550111', reason: 'model_lost' },
    ])
    await clock.advance(60_000)
    // What stays of the session by now is asked, too.
    registry.byLegId('CA1')!.reported({ transfer: 'bridged', isOver: true })
    expect(registry.byLegId('CA1')!.story().transfers.at(-1)).toMatchObject({ outcome: 'bridged' })
    expect(leftForMs()).toBe(60_000)
    expect(legNotices()).toEqual([{ type: 'leg', isOver: true }])
  })

  it('ends once, whatever is reported afterwards', async () => {
    const { call, clock, leftForMs, legNotices } = await fallenBack()
    await clock.advance(500)
    call.end('caller_hung_up')
    await clock.advance(5_000)
    call.reported({ transfer: 'busy', isOver: true })
    call.reported({ transfer: 'bridged', isOver: true })
    expect(leftForMs()).toBe(500)
    expect(call.story().transfers.at(-1)).toMatchObject({ outcome: 'busy' })
    expect(legNotices()).toHaveLength(2)
  })

  it('does not end because this process stops', async () => {
    const { call, leftForMs } = await fallenBack()
    call.end('drained')
    expect(leftForMs()).toBeUndefined()
  })
})

it('a call that ends with its caller has one end', async () => {
  const { call, clock, goLive, notices } = openCall()
  await goLive()
  await clock.advance(2_000)
  call.end('caller_hung_up')
  await clock.advance(2_000)
  call.end('caller_hung_up')
  const { endedAt, startedAt } = call.story()
  expect(Date.parse(endedAt!) - Date.parse(startedAt)).toBe(2_000)
  expect(call.story()).not.toHaveProperty('assistantEndedAt')
  expect(notices.filter(({ type }) => type === 'leg')).toEqual([])
})

describe('the story of a call', () => {
  it('has the problems of the call with their times', async () => {
    const { call } = await fallenBack()
    expect(call.story().problems).toMatchObject([{ code: 'model_lost', message: 'gone', atMs: 0 }])
  })

  it('tells of each turn when it was spoken, how much was heard and how long the caller waited', async () => {
    const { call, clock, goLive, model } = openCall()
    const line = await goLive()
    await clock.advance(1_000)
    model.latest.emit({ type: 'speechStarted' })
    await clock.advance(700)
    model.latest.emit({ type: 'speechStopped' })
    model.latest.emit({ type: 'itemPlaced', itemId: 'asks', speaker: 'caller' })
    model.latest.emit({ type: 'transcript', itemId: 'asks', speaker: 'caller', text: 'When are you open?' })
    await clock.advance(300)
    model.latest.emit({ type: 'replyStarted' })
    model.latest.emit({ type: 'itemPlaced', itemId: 'says', speaker: 'assistant' })
    model.latest.speak(audio(1_000), 'says')
    const words = { itemId: 'says', speaker: 'assistant', text: 'one two three four five six seven eight nine ten' }
    model.latest.emit({ type: 'transcript', ...words } as never)
    await clock.advance(400)
    for (const { mark } of line.messages('mark').slice(-5, -3)) line.heard(mark.name)
    model.latest.emit({ type: 'speechStarted' })
    const [asks, says] = call.story().turns.slice(-2)
    expect(asks).toMatchObject({ startedMs: 1_000, endedMs: 1_700 })
    expect(asks).not.toHaveProperty('sentMs')
    expect(says).toMatchObject({ startedMs: 2_000, sentMs: 1_000, cut: true, latencyMs: 300 })
    expect(says!.heardMs).toBe(400)
    expect(says!.endedMs).toBe(2_400)
  })

  it('has what a tool was asked and what it said', async () => {
    const { call, goLive, model } = openCall()
    await goLive()
    model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'no_tool', argumentsJson: '{"who":"Anna"}' })
    await settle()
    expect(call.story().tools).toMatchObject([
      { name: 'no_tool', input: { who: 'Anna' }, result: { error: expect.stringContaining('no tool') } },
    ])
  })
})
