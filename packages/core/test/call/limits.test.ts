import { expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, prepareCall } from './harness.ts'

const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const
const short = () => openCall(greeter({ patience: { silenceMs: 3_600_000, maxDurationMs: 120_000 } }))
type Call = ReturnType<typeof openCall>

const leave = async ({ model }: Call, line: Awaited<ReturnType<Call['goLive']>>): Promise<void> => {
  model.latest.emit({
    type: 'toolCalled',
    toolCallId: `t${Math.random()}`,
    name: 'transfer_call',
    argumentsJson: '{"destination":"sales","reason":"orders"}',
  })
  await settle()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(200), 'connecting')
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  await settle()
}
const notes = ({ commands }: Call): string => JSON.stringify(commands('addMessage'))

it('the limit of a call holds for a caller who comes back from a transfer', async () => {
  const call = short()
  const line = await call.goLive()
  await call.clock.advance(55_000)
  await leave(call, line)
  call.call.next()
  await call.clock.advance(35_000)
  expect(call.call.next({ transfer: 'no_answer' })).toEqual({ kind: 'connect' })
  await call.clock.advance(3_000)
  call.connectMedia()
  expect(notes(call), 'the warning has waited for them').toContain('must end in a minute')
  call.model.latest.emit({ type: 'replyStarted' })
  call.model.latest.speak(audio(20), 'warning')
  call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await call.clock.advance(30_000)
  expect(call.call.state.phase).toBe('leaving')
})

it('the limit of a call that was reached during a transfer is kept when the caller is back', async () => {
  const call = short()
  const line = await call.goLive()
  await call.clock.advance(55_000)
  await leave(call, line)
  call.call.next()
  await call.clock.advance(20_000)
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(call.call.next({ transfer: 'busy' })).toEqual({ kind: 'connect' })
    const back = call.connectMedia()
    await leave(call, back)
    call.call.next()
    await call.clock.advance(25_000)
  }
  expect(call.call.next({ transfer: 'busy' })).toEqual({ kind: 'connect' })
  call.connectMedia()
  expect(call.call.state).toMatchObject({ phase: 'leaving', departure: { kind: 'hangUp' } })
  expect(notes(call)).toContain('The time for this call is over')
})

it('the wait for a stream begins again each time somebody is told where to send it', async () => {
  const { call, clock } = openCall()
  await clock.advance(80_000)
  call.offered()
  await clock.advance(80_000)
  expect(call.state.phase).not.toBe('ended')
  await clock.advance(10_001)
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'never_connected' })
})

it('the wait for a media socket counts from dialling, not from preparing', async () => {
  const { call, clock, configure } = prepareCall()
  await configure()
  await clock.advance(60_000)
  call.offered()
  await clock.advance(80_000)
  expect(call.state.phase).toBe('ready')
})

it('a stream that comes eight seconds after it was offered is not too late', async () => {
  const { goLive, call, clock, connectMedia } = openCall()
  const line = await goLive()
  line.drop()
  expect(call.next()).toEqual({ kind: 'connect' })
  await clock.advance(8_000)
  connectMedia()
  expect(call.state.phase).toBe('live')
})

it('a model that is not ready in time is in the log', async () => {
  const { clock, notices } = openCall()
  await clock.advance(10_000)
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'model_timeout' }))
})

it('a model that is given up is in the log', async () => {
  const { model, goLive, clock, notices } = openCall()
  await goLive()
  for (let attempt = 0; attempt < 3; attempt++) {
    model.latest.emit({ type: 'replyStarted' })
    model.latest.emit({ type: 'replyEnded', outcome: 'failed' })
    await clock.advance(500)
  }
  expect(notices).toContainEqual(
    expect.objectContaining({ code: 'model_lost', message: expect.stringContaining('three replies') }),
  )
})

it('a session that is configured and closed, again and again, is not opened for ever while the phone rings', async () => {
  const { model, clock } = openCall()
  for (let second = 0; second < 80; second++) {
    if (!model.latest.closed) {
      model.latest.emit({ type: 'configured' })
      model.latest.emit(lost)
    }
    await clock.advance(1_000)
  }
  expect(model.connections.length).toBeLessThanOrEqual(3)
})

it('a server that drops us after a word, again and again, is not used for ever', async () => {
  const { model, clock, goLive, call } = openCall()
  const line = await goLive()
  for (let round = 0; round < 100 && line.isOpen; round++) {
    if (round > 0) model.latest.emit({ type: 'configured' })
    model.latest.speak(audio(20), `item${round}`)
    model.latest.emit(lost)
    await clock.advance(2_000)
  }
  expect(call.next()).toMatchObject({ kind: 'fallback' })
  expect(model.connections.length).toBeLessThanOrEqual(12)
})

it('whoever watches a call and fails does not lock it', async () => {
  const rig = openCall(greeter(), {
    observe() {
      throw new Error('a defect of the watcher')
    },
  })
  await rig.configure()
  rig.connectMedia()
  expect(rig.call.state.phase).toBe('live')
  rig.call.end('caller_hung_up')
  expect(rig.call.state.phase).toBe('ended')
  expect(rig.model.latest.closed, 'all that follows from the end has been done').toBe(true)
})

it.each([1_700, 3_300])('a pause of %i ms between digits read off a card leaves them one number', async (pauseMs) => {
  const { goLive, clock, commands } = openCall()
  const line = await goLive()
  for (const digit of '4155') {
    line.press(digit)
    await clock.advance(pauseMs)
  }
  await clock.advance(3_500 - pauseMs)
  expect(commands('addMessage')).toEqual([
    expect.anything(),
    { type: 'addMessage', role: 'user', text: 'The caller pressed 4 1 5 5 on the keypad.' },
  ])
})

it('digits end at once with #, or after the pause that the mode sets', async () => {
  const { goLive, clock, commands } = openCall(greeter({ patience: { keysMs: 2_000 } }))
  const line = await goLive()
  line.press('7')
  line.press('#')
  expect(commands('addMessage')).toHaveLength(2)
  line.press('8')
  await clock.advance(2_000)
  expect(commands('addMessage')).toHaveLength(3)
})
