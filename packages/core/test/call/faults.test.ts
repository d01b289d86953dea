import { expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, createLine, greeter, openCall } from './harness.ts'
import { linkedSockets } from '../../src/testing/index.ts'

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
  expect(commands('addMessage')).toMatchObject([
    { role: 'assistant', text: 'Hello there!' },
    { role: 'user', text: 'I need help.' },
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

it('keeps the first five seconds the caller said and sends them first', async () => {
  const { model, connectMedia, configure } = openCall()
  const line = connectMedia()
  for (let frame = 0; frame < 300; frame++) line.frame(audio(20, frame % 250))
  await configure()
  expect(model.latest.audio).toHaveLength(250)
  expect(model.latest.audio[0]).toBe(audio(20, 50))
  line.frame(audio(20, 7), 6_000)
  expect(model.latest.audio.at(-1)).toBe(audio(20, 7))
})

it("fills gaps in the caller's audio with silence by Twilio's clock", async () => {
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

it('survives the loss of a media socket and goes on where it was', async () => {
  const { goLive, call, connectMedia, commands, model } = openCall()
  const line = await goLive()
  line.drop()
  expect(call.state).toMatchObject({ phase: 'away', awayKind: 'reconnect' })
  expect(call.next()).toMatchObject({ kind: 'stream' })
  connectMedia('MZ2')
  expect(call.state.phase).toBe('live')
  expect(commands().at(-1)).toEqual({ type: 'reply' })
  expect(model.connections).toHaveLength(1)
})

it('ends when a lost media socket does not come back', async () => {
  const { goLive, call, clock, model } = openCall()
  const line = await goLive()
  line.drop()
  await clock.advance(4_001)
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'caller_hung_up' })
  expect(model.latest.closed).toBe(true)
  expect(clock.pending, 'only the registry remembers it').toBe(1)
  await clock.advance(600_000)
  expect(clock.pending).toBe(0)
})

it('is swept when nobody ever connects', async () => {
  const { call, clock, configure, model, registry } = openCall()
  const token = call.mediaToken()
  await configure()
  await clock.advance(90_001)
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'never_connected' })
  expect(model.latest.closed).toBe(true)
  expect(registry.claim(token)).toBeUndefined()
})

it('ends a stream that is silent and does not answer pings', async () => {
  const { goLive, clock, notices } = openCall()
  const line = await goLive()
  line.far.pause()
  await clock.advance(14_000)
  expect(line.far.closeCode).toBe(1006)
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'media_silent' }))
})

it('lets a quiet caller be, when pings are answered', async () => {
  const { goLive, clock, call } = openCall(greeter({ patience: { silenceMs: 600_000 } }))
  await goLive()
  await clock.advance(60_000)
  expect(call.state.phase).toBe('live')
})

it('ends a stream that does not take our audio', async () => {
  const { goLive, model, notices } = openCall()
  const line = await goLive()
  line.far.pause()
  for (let minute = 0; minute < 5; minute++) model.latest.speak(audio(60_000), 'one')
  expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'backlog_exceeded' }))
  expect(line.far.closeCode).toBe(1006)
})

it.each([
  [
    'a start for another call',
    (line: ReturnType<typeof createLine>) => line.say({ event: 'start', streamSid: 'MZ9', start: { callSid: 'CA2' } }),
    1008,
  ],
  ['audio before start', (line: ReturnType<typeof createLine>) => line.frame(), 1008],
  [
    'a mark before start',
    (line: ReturnType<typeof createLine>) => line.say({ event: 'mark', mark: { name: 'x' } }),
    1008,
  ],
  ['broken JSON', (line: ReturnType<typeof createLine>) => line.send('{"event":'), 1007],
  ['a JSON null', (line: ReturnType<typeof createLine>) => line.send('null'), 1007],
  ['a binary frame', (line: ReturnType<typeof createLine>) => line.send(Buffer.from([1, 2])), 1003],
  ['a start that is no start', (line: ReturnType<typeof createLine>) => line.say({ event: 'start', start: 7 }), 1008],
])('closes on %s', async (_name, misbehave, code) => {
  const { call, registry, notices } = openCall()
  const [near, far] = linkedSockets()
  registry.claim(call.mediaToken())!.attachMedia(near)
  misbehave(createLine(far))
  await settle()
  expect(far.closeCode).toBe(code)
  expect(notices.some(({ type }) => type === 'problem')).toBe(true)
  expect(call.state.phase).toBe('warming')
})

it('ignores events it does not know, once aloud', async () => {
  const { goLive, notices, call } = openCall()
  const line = await goLive()
  line.say({ event: 'weather' })
  line.say({ event: 'weather' })
  expect(notices.filter((notice) => notice.type === 'problem')).toHaveLength(1)
  expect(call.state.phase).toBe('live')
})

it('closes a socket that never starts', async () => {
  const { call, registry, clock } = openCall()
  const [near, far] = linkedSockets()
  registry.claim(call.mediaToken())!.attachMedia(near)
  await clock.advance(5_001)
  expect(far.closeCode).toBe(1008)
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

it('gives one token to one socket', () => {
  const { call, registry } = openCall()
  const token = call.mediaToken()
  expect(call.mediaToken()).toBe(token)
  expect(registry.claim(token)).toBe(call)
  expect(registry.claim(token)).toBeUndefined()
})

it('closes a media socket that starts after its call has ended', () => {
  const { call, registry } = openCall()
  const [near, far] = linkedSockets()
  registry.claim(call.mediaToken())!.attachMedia(near)
  call.end('caller_hung_up')
  createLine(far).start()
  expect(far.readyState).toBe(3)
})

it('makes a new media token when the last one was claimed and no socket came of it', () => {
  const { call, registry } = openCall()
  const first = call.mediaToken()
  expect(call.mediaToken()).toBe(first)
  registry.claim(first)
  const second = call.mediaToken()
  expect(second).not.toBe(first)
  expect(registry.claim(second)).toBe(call)
})

it.each([
  { timestamp: { toString: 1, valueOf: 1 }, payload: audio(20) },
  { timestamp: '0', payload: { toString: 1 } },
])('passes over a frame that no number or text can be made of', async (media) => {
  const { goLive, call } = openCall()
  const line = await goLive()
  expect(() => line.say({ event: 'media', media })).not.toThrow()
  expect([line.far.readyState, call.state.phase]).toEqual([1, 'live'])
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
