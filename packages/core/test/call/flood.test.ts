import { expect, it } from 'vitest'
import { createBudget } from '../../src/budget.ts'
import { GatewayError } from '../../src/errors.ts'
import type { ModelCommand } from '../../src/model.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, openCall, talk } from './harness.ts'

const flooded = { type: 'lost', error: new GatewayError('model_flooded', 'Too much.'), retry: true } as const

let called = 0
/** The model calls a tool `times` times in one reply. */
const callTools = async ({ model }: ReturnType<typeof openCall>, times: number): Promise<void> => {
  const { latest } = model
  latest.emit({ type: 'replyStarted' })
  for (let n = 0; n < times; n++)
    if (!latest.closed)
      latest.emit({ type: 'toolCalled', toolCallId: `t${called++}`, name: 'nonsense', argumentsJson: '{}' })
  for (let n = 0; n < 5; n++) await settle()
}

it('fills a budget evenly, and never beyond what may be taken at once', () => {
  const budget = createBudget({ perSecond: 10, most: 20 })
  const takeAll = (nowMs: number) => {
    let taken = 0
    while (budget.take(nowMs)) taken++
    return taken
  }
  expect([takeAll(0), takeAll(500), takeAll(600), takeAll(100_000)]).toEqual([20, 5, 1, 20])
  expect(budget.take(100_100, 2)).toBe(false)
  expect(budget.take(100_200, 2)).toBe(true)
})

it('sends no more than two minutes of a reply ahead, tells the model where it ends, and goes on', async () => {
  const call = openCall()
  const line = await call.goLive()
  const { latest } = call.model
  latest.emit({ type: 'replyStarted' })
  for (let n = 0; n < 1_000; n++) latest.speak(audio(200), 'endless')
  const sentMs = line.messages('media').reduce((ms, { media }) => ms + (media.payload.length * 3) / 4 / 8, 0)
  expect(sentMs).toBeGreaterThan(119_000)
  expect(sentMs).toBeLessThan(121_000)
  const [interrupt] = call.commands('interrupt') as Extract<ModelCommand, { type: 'interrupt' }>[]
  expect(interrupt!.heard).toMatchObject([{ itemId: 'endless' }])
  expect(interrupt!.heard[0]!.heardMs).toBe(interrupt!.heard[0]!.sentMs)
  expect(interrupt!.heard[0]!.heardMs).toBeGreaterThan(119_000)
  latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
  expect(call.notices.filter((notice) => notice.type === 'problem')).toMatchObject([{ code: 'model_flooded' }])
  // The caller interrupts, and is answered as ever.
  latest.emit({ type: 'speechStarted' })
  await talk(call, line, 1_000)
  latest.emit({ type: 'speechStopped' })
  latest.emit({ type: 'replyStarted' })
  latest.speak(audio(200), 'next')
  await settle()
  expect(call.call.state).toMatchObject({ phase: 'live', turn: 'speaking' })
  expect(line.messages('media').length).toBeGreaterThan(600)
})

it('replaces a connection that calls tools without end, and gives the model up when the next one does the same', async () => {
  const call = openCall()
  await call.goLive()
  await callTools(call, 1_000)
  expect(call.model.connections[0]!.closed).toBe(true)
  expect(call.commands('toolOutput').length).toBeLessThanOrEqual(100)
  await call.clock.advance(1_000)
  expect(call.model.connections).toHaveLength(2)
  await call.configure()
  expect(call.call.state.phase).toBe('live')
  await callTools(call, 1_000)
  await call.clock.advance(10_000)
  expect(call.model.connections).toHaveLength(2)
  expect(call.followed.at(-1)?.instruction).toMatchObject({ kind: 'fallback' })
  expect(call.notices.filter((notice) => notice.type === 'problem' && notice.code === 'model_flooded')).toHaveLength(2)
})

it('lets a model call as many tools as it likes for a caller who goes on talking', async () => {
  const call = openCall()
  await call.goLive()
  for (let turn = 0; turn < 5; turn++) {
    call.model.latest.emit({ type: 'speechStarted' })
    call.model.latest.emit({ type: 'speechStopped' })
    await callTools(call, 50)
    call.model.latest.speak(audio(20), `words-${turn}`)
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  }
  expect(call.model.connections).toHaveLength(1)
})

it('gives a model up whose connection floods a second time', async () => {
  const call = openCall()
  await call.goLive()
  call.model.latest.emit(flooded)
  await call.clock.advance(1_000)
  expect(call.model.connections).toHaveLength(2)
  await call.configure()
  call.model.latest.emit(flooded)
  await call.clock.advance(5_000)
  expect(call.model.connections).toHaveLength(2)
  expect(call.followed.at(-1)?.instruction).toMatchObject({ kind: 'fallback' })
})
