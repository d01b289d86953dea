import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../src/testing/index.ts'
import { configured, created, delta, refuses, say, type Sent } from './server.ts'

const conversation = { kind: 'semantic', eagerness: 'low', autoReply: true } as const
const opening = { turnDetection: { kind: 'server', autoReply: false } } as const

/** A session whose server answers every later change with `answer`, or not at all. */
const changing = async (answer: (update: Sent) => object | undefined, dialect: 'ga' | 'flat' = 'ga') => {
  const clock = fakeClock()
  const rig = await configured({ clock }, opening, dialect)
  rig.socket.removeAllListeners('got:session.update')
  rig.socket.on('got:session.update', (update: Sent) => {
    const event = answer(update)
    if (event) say(rig.socket, event)
  })
  rig.connection.send({ type: 'configure', config: { turnDetection: conversation } })
  await rig.settled()
  await rig.settled()
  return { ...rig, clock }
}

const echo = ({ session }: Sent): object => ({ type: 'session.updated', session })

/** Whether an interruption by speech is left to the server. */
const leavesCancelling = async ({ connection, says, settled, sentTypes }: Awaited<ReturnType<typeof changing>>) => {
  await says(created('r1'), delta('r1'))
  connection.send({ type: 'interrupt', cause: 'speech', heard: [] })
  await settled()
  return !sentTypes().includes('response.cancel')
}

describe.each(['ga', 'flat'] as const)('a change of settings over %s', (dialect) => {
  it('is in force when the server says so', async () => {
    const rig = await changing(echo, dialect)
    expect(rig.events).toEqual([{ type: 'reconfigured' }])
    expect(await leavesCancelling(rig)).toBe(true)
    expect(rig.clock.pending, 'the heartbeat, and the limit of the cut reply').toBe(2)
  })

  it('that is refused is told, and what was in force stays', async () => {
    const rig = await changing(
      ({ event_id }) => refuses('invalid_value', { event_id, param: 'session.tools[0].x' }),
      dialect,
    )
    expect(rig.events).toContainEqual({ type: 'configureRefused', code: 'invalid_value' })
    expect(await leavesCancelling(rig)).toBe(false)
  })

  it('that the server answers with other settings is told', async () => {
    const off = { type: 'semantic_vad', create_response: false, interrupt_response: false }
    const rig = await changing(
      () => ({ type: 'session.updated', session: { audio: { input: { turn_detection: off } }, turn_detection: off } }),
      dialect,
    )
    expect(rig.events).toContainEqual({ type: 'configureRefused', code: 'settings_not_taken' })
    expect(await leavesCancelling(rig)).toBe(false)
  })
})

it('a refused change is recognised by its field when the refusal names no event', async () => {
  const rig = await changing(() => refuses('invalid_value', { param: 'session.audio.input.turn_detection' }))
  expect(rig.events).toContainEqual({ type: 'configureRefused', code: 'invalid_value' })
})

it('a refusal of something else is no refusal of the settings', async () => {
  const rig = await changing(() => refuses('invalid_value', { param: 'audio_end_ms' }))
  expect(rig.types()).toEqual(['warning'])
})

it('a change that is never answered is told after five seconds, and counts when its answer is late', async () => {
  const rig = await changing(() => undefined)
  await rig.clock.advance(4_999)
  expect(rig.types()).toEqual([])
  await rig.clock.advance(1)
  expect(rig.types()).toEqual(['warning', 'configureRefused'])
  await rig.says({ type: 'session.updated', session: {} })
  expect(rig.types().at(-1)).toBe('reconfigured')
  expect(await leavesCancelling(rig)).toBe(true)
})
