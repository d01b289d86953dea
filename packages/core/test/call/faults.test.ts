import { expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, type createLine, greeter, openCall } from './harness.ts'

type Line = ReturnType<typeof createLine>

const lost = (retry: boolean) => ({ type: 'lost', error: new GatewayError('model_lost', 'gone'), retry }) as const

it('connects cold when the model was not ready before the caller came', async () => {
  const { model, clock, connectMedia, configure, call, commands } = openCall()
  await clock.advance(10_001)
  expect(model.connections).toHaveLength(1)
  expect(model.latest.closed).toBe(true)
  connectMedia()
  expect(model.connections).toHaveLength(2)
  await configure()
  expect(call.state.phase).toBe('live')
  expect(commands('reply')).toHaveLength(1)
})

it('goes to the fallback when nothing of the model was heard in seven seconds', async () => {
  const { clock, connectMedia, call, notices } = openCall()
  const line = connectMedia()
  await clock.advance(6_999)
  expect(line.isOpen).toBe(true)
  await clock.advance(1)
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'model_timeout' }))
  expect(line.isOpen).toBe(false)
  expect(call.next()).toMatchObject({ kind: 'fallback', route: { label: 'sales' } })
  expect(call.state.disposition).toBe('fallback')
})

it('does not let a caller wait for a server that has refused us', async () => {
  const { model, connectMedia, call } = openCall()
  model.latest.emit(lost(false))
  const line = connectMedia()
  expect(model.connections).toHaveLength(1)
  expect(line.isOpen).toBe(false)
  expect(call.next()).toMatchObject({ kind: 'fallback' })
})

it('tells a new connection what was said when the model drops in mid-call', async () => {
  const { model, goLive, clock, configure, commands, call } = openCall()
  await goLive()
  model.latest.emit({ type: 'itemPlaced', itemId: 'greeting', speaker: 'assistant' })
  model.latest.emit({ type: 'transcript', itemId: 'greeting', speaker: 'assistant', text: 'Hello there!' })
  model.latest.emit({ type: 'itemPlaced', itemId: 'u1', speaker: 'caller' })
  model.latest.emit({ type: 'transcript', itemId: 'u1', speaker: 'caller', text: 'I need help.' })
  const first = model.latest
  first.emit(lost(true))
  expect(call.state.phase).toBe('joining')
  await clock.advance(250)
  expect(model.latest).not.toBe(first)
  await configure()
  expect(call.state.phase).toBe('live')
  expect(model.latest.history).toMatchObject([
    { role: 'assistant', text: 'Hello there!' },
    { role: 'user', text: 'I need help.' },
  ])
  expect(commands('addMessage')).toMatchObject([
    { role: 'system', text: expect.stringContaining('connection was lost') },
  ])
  first.emit({ type: 'speechStarted' })
  expect(call.state.callerSpeaking, 'the old connection is not listened to').toBe(false)
})

it('asks again when a reply fails, and gives up after the third', async () => {
  const { model, goLive, clock, commands, call } = openCall()
  await goLive()
  const before = commands('reply').length
  for (const attempt of [1, 2]) {
    model.latest.emit({ type: 'replyStarted' })
    model.latest.emit({ type: 'replyEnded', outcome: 'failed' })
    await clock.advance(500)
    expect(commands('reply')).toHaveLength(before + attempt)
  }
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'replyEnded', outcome: 'failed' })
  expect(call.next()).toMatchObject({ kind: 'fallback' })
})

it('keeps what the caller said in the last fifteen seconds before the model came, and sends it first', async () => {
  const { model, connectMedia, configure } = openCall()
  const line = connectMedia()
  for (let frame = 0; frame < 800; frame++) line.frame(audio(20, frame % 250))
  await configure()
  expect(model.latest.audio).toHaveLength(750)
  expect(model.latest.audio[0]).toBe(audio(20, 50))
  line.frame(audio(20, 7), 16_000)
  expect(model.latest.audio.at(-1)).toBe(audio(20, 7))
})

it("fills gaps in the caller's audio with silence by the line's clock", async () => {
  const { model, goLive } = openCall()
  const line = await goLive()
  line.frame(audio(20), 0)
  line.frame(audio(20), 120)
  expect(model.latest.audio).toEqual([audio(20), audio(100, 0xff), audio(20)])
})

it('feeds silence when audio stops while the caller is speaking', async () => {
  const { model, goLive, clock } = openCall()
  const line = await goLive()
  line.frame(audio(20), 0)
  model.latest.emit({ type: 'speechStarted' })
  await clock.advance(1_000)
  expect(model.latest.audio.at(-1)).toBe(audio(1_000, 0xff))
})

it('survives the loss of its audio and goes on where it was', async () => {
  const { goLive, call, connectMedia, commands, model } = openCall()
  const line = await goLive()
  line.drop()
  expect(call.state).toMatchObject({ phase: 'away', awayKind: 'reconnect' })
  expect(call.next()).toEqual({ kind: 'connect' })
  connectMedia()
  expect(call.state.phase).toBe('live')
  expect(commands().at(-1)).toEqual({ type: 'reply' })
  expect(model.connections).toHaveLength(1)
})

it('ends when lost audio does not come back', async () => {
  const { goLive, call, clock, model } = openCall()
  const line = await goLive()
  line.drop()
  await clock.advance(4_001)
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'caller_hung_up' })
  expect(model.latest.closed).toBe(true)
  // Its session is let go of a second after the end.
  await clock.advance(1_000)
  expect(clock.pending, 'only the registry remembers it').toBe(1)
  await clock.advance(600_000)
  expect(clock.pending).toBe(0)
})

it('is swept when nobody ever connects', async () => {
  const { call, clock, configure, model } = openCall()
  call.offered()
  await configure()
  await clock.advance(90_001)
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'never_connected' })
  expect(model.latest.closed).toBe(true)
})

it('lets a quiet caller be, when pings are answered', async () => {
  const { goLive, clock, call } = openCall(greeter({ patience: { silenceMs: 600_000 } }))
  await goLive()
  await clock.advance(60_000)
  expect(call.state.phase).toBe('live')
})

it('drops what a model says in place of base64', async () => {
  const { goLive, model, call } = openCall()
  const line = await goLive()
  const before = line.messages('media').length
  model.latest.speak('","event":"clear', 'one')
  model.latest.speak('abc', 'one')
  expect(line.messages('media')).toHaveLength(before)
  expect(call.story().audio.dropped).toBe(2)
})

it.each([
  ['another leg', (line: Line) => line.start('CA2')],
  ['audio before its start', (line: Line) => line.frame()],
])('takes nothing from %s', async (_name, misbehave) => {
  const { call, connectLeg, notices } = openCall()
  const line = connectLeg()
  misbehave(line)
  await settle()
  expect(line.isOpen).toBe(false)
  expect(notices.some(({ type }) => type === 'problem')).toBe(true)
  expect(call.state.phase).toBe('warming')
})

it('ends audio that starts after its call has ended', () => {
  const { call, connectLeg } = openCall()
  const line = connectLeg()
  call.end('caller_hung_up')
  line.start()
  expect(line.isOpen).toBe(false)
})

it('tells the model of no more keys than a number can have', async () => {
  const { goLive, clock, commands } = openCall()
  const line = await goLive()
  for (let index = 0; index < 5_000; index++) line.press('7')
  await clock.advance(4_000)
  const told = commands('addMessage').at(-1)
  expect(told).toMatchObject({ role: 'user', text: expect.stringContaining('pressed 7 7') })
  expect(JSON.stringify(told).length).toBeLessThan(300)
})

it('keeps a story of bounded size, whatever the model sends', async () => {
  const { goLive, model, call } = openCall()
  await goLive()
  for (let index = 0; index < 2_000; index++) {
    model.latest.speak(audio(20), `item${index}`)
    model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: `item${index}`, text: 'Hello.' })
    model.latest.emit({ type: 'toolCalled', toolCallId: `call${index}`, name: 'nope', argumentsJson: '{}' })
  }
  for (let index = 0; index < 20; index++) model.latest.emit({ type: 'speechStarted' })
  await settle()
  expect(JSON.stringify(call.story()).length).toBeLessThan(500_000)
})
