import { expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { audio, openCall, talk } from './harness.ts'

const lost = { type: 'lost', error: new GatewayError('model_lost', 'deaf'), retry: true } as const
const QUIET = 0xff

type Call = ReturnType<typeof openCall>
type Line = Awaited<ReturnType<Call['goLive']>>

const quiet = async ({ clock }: Call, line: Line, ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 100) {
    for (let frame = 0; frame < 5; frame++) line.frame(audio(20, QUIET))
    await clock.advance(100)
  }
}

it('asks whether the model is still there when it has not noticed that the caller spoke', async () => {
  const call = openCall()
  const line = await call.goLive()
  await talk(call, line, 1_000)
  expect(call.commands('probe'), 'they may go on').toHaveLength(0)
  await quiet(call, line, 1_300)
  expect(call.commands('probe')).toHaveLength(1)
  await quiet(call, line, 3_000)
  expect(call.commands('probe'), 'once for each time').toHaveLength(1)
})

it('has the caller say it again when nobody was there', async () => {
  const call = openCall()
  const line = await call.goLive()
  await talk(call, line, 1_000)
  await quiet(call, line, 1_300)
  call.model.latest.emit(lost)
  expect(call.call.story().turns.at(-1)?.text).toBe('(sayAgain)')
  await quiet(call, line, 300)
  await call.configure()
  expect(call.call.state).toMatchObject({ phase: 'live', unheardTurn: false })
})

it('lets a cough, an answer of one word and the assistant’s own voice be', async () => {
  const call = openCall()
  const line = await call.goLive()
  for (let frame = 0; frame < 12; frame++) line.frame(audio(20, 0x10))
  await quiet(call, line, 2_000)
  call.model.latest.speak(audio(3_000), 'answer')
  await talk(call, line, 2_000)
  expect(call.commands('probe')).toHaveLength(0)
})

it('asks nothing about a turn that the model has noticed', async () => {
  const call = openCall()
  const line = await call.goLive()
  await talk(call, line, 500)
  call.model.latest.emit({ type: 'speechStarted' })
  await talk(call, line, 1_000)
  call.model.latest.emit({ type: 'speechStopped' })
  await quiet(call, line, 1_400)
  expect(call.commands('probe')).toHaveLength(0)
})

it('takes a line on which no frames come for no silence: only what is heard counts', async () => {
  const call = openCall()
  const line = await call.goLive()
  await talk(call, line, 1_000)
  await call.clock.advance(5_000)
  expect(call.commands('probe')).toHaveLength(0)
})
