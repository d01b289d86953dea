import { expect, it } from 'vitest'
import { audio, greeter, openCall } from './harness.ts'

type Line = Awaited<ReturnType<ReturnType<typeof openCall>['goLive']>>
const said = (frame: object) => (line: Line) => line.say(frame)
const media = (fields: unknown) => said({ event: 'media', media: fields })

it.each<[what: string, misbehave: (line: Line) => void]>([
  ['a mark without a name', said({ event: 'mark', mark: {} })],
  ['a mark without anything', said({ event: 'mark' })],
  ['a mark whose name is a number', said({ event: 'mark', mark: { name: 7 } })],
  ['a mark that is null', said({ event: 'mark', mark: null })],
  ['a mark with an endless name', said({ event: 'mark', mark: { name: 'x'.repeat(300) } })],
  ['a key that no telephone has', said({ event: 'dtmf', dtmf: { digit: 'Q' } })],
  ['two keys in one', said({ event: 'dtmf', dtmf: { digit: '12' } })],
  ['a key that is a number', said({ event: 'dtmf', dtmf: { digit: 1 } })],
  ['a key without a digit', said({ event: 'dtmf' })],
  ['media without anything', said({ event: 'media' })],
  ['media that is text', media('audio')],
  ['media without a payload', media({ timestamp: '40' })],
  ['media with an empty payload', media({ timestamp: '40', payload: '' })],
  ['media whose payload is a list', media({ timestamp: '40', payload: [1, 2] })],
  ['media without a timestamp', media({ payload: audio(20) })],
  ['media with an empty timestamp', media({ payload: audio(20), timestamp: '' })],
  ['media with a blank timestamp', media({ payload: audio(20), timestamp: ' ' })],
  ['media with a timestamp in words', media({ payload: audio(20), timestamp: 'soon' })],
  ['media with a negative timestamp', media({ payload: audio(20), timestamp: '-20' })],
  ['media with an endless timestamp', media({ payload: audio(20), timestamp: 'Infinity' })],
  ['media with a timestamp of true', media({ payload: audio(20), timestamp: true })],
  ['media with a timestamp that is an object', media({ payload: audio(20), timestamp: { toString: 1 } })],
  ['a second start without its fields', said({ event: 'start' })],
  ['a second start of another call', said({ event: 'start', streamSid: 'MZ9', start: { callSid: 'CA9' } })],
  ['a second start of this call', said({ event: 'start', streamSid: 'MZ9', start: { callSid: 'CA1' } })],
  ['broken JSON', (line) => line.send('{"event":"mark",')],
  ['an empty message', (line) => line.send('')],
  ['a JSON null', (line) => line.send('null')],
  ['a JSON text', (line) => line.send('"media"')],
  ['a binary frame', (line) => line.send(Buffer.from([1, 2, 3]))],
])('goes on talking after %s, and says so once', async (_what, misbehave) => {
  const { goLive, call, model, notices } = openCall()
  const line = await goLive()
  line.frame()
  misbehave(line)
  misbehave(line)
  line.frame()
  expect(model.latest.audio).toEqual([audio(20), audio(20)])
  expect([line.far.readyState, call.state.phase]).toEqual([1, 'live'])
  expect(notices.filter(({ type }) => type === 'problem')).toMatchObject([{ code: 'frame_invalid' }])
  expect(call.story().audio.ignored).toBe(2)
})

it('says each kind once, and counts them all', async () => {
  const { goLive, call, notices } = openCall()
  const line = await goLive()
  for (let round = 0; round < 5; round++) {
    line.say({ event: 'mark' })
    line.say({ event: 'dtmf' })
    line.say({ event: 'weather' })
  }
  expect(notices.filter(({ type }) => type === 'problem')).toHaveLength(3)
  expect(call.story().audio.ignored).toBe(15)
})

it('hears a stop whatever it carries', async () => {
  const { goLive, call } = openCall()
  const line = await goLive()
  line.say({ event: 'stop', stop: 7, streamSid: null })
  expect(line.isOpen).toBe(false)
  expect(call.state).toMatchObject({ phase: 'away' })
})

it('still hears a key and the end of the greeting after frames that cannot be read', async () => {
  const { configure, connectMedia, model, commands, clock } = openCall()
  await configure()
  const line = connectMedia()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'greeting')
  line.say({ event: 'mark', mark: {} })
  model.latest.emit({ type: 'partEnded', itemId: 'greeting', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  line.echoMarks()
  expect(commands('configure')).toHaveLength(1)
  line.press('Q')
  line.press('4')
  line.press('#')
  await clock.advance(0)
  expect(commands('addMessage').at(-1)).toMatchObject({ text: 'The caller pressed 4 on the keypad.' })
})

it('bears odd frames for as long as a call lasts', async () => {
  const { goLive, clock } = openCall(greeter({ patience: { silenceMs: 600_000 } }))
  const line = await goLive()
  for (let quarter = 0; quarter < 20; quarter++) {
    for (let frame = 0; frame < 50; frame++) line.say({ event: 'mark' })
    await clock.advance(15_000)
  }
  expect(line.isOpen).toBe(true)
})

it('ends a stream of which nothing can be read any more', async () => {
  const { goLive, call, notices } = openCall()
  const line = await goLive()
  for (let frame = 0; frame < 200; frame++) line.say({ event: 'media', media: { timestamp: '0' } })
  expect(line.far.closeCode).toBe(1008)
  expect(call.state.phase).toBe('away')
  expect(notices.filter(({ type }) => type === 'problem')).toHaveLength(2)
})

it('bears any number of events that Twilio may have added', async () => {
  const { goLive } = openCall()
  const line = await goLive()
  for (let frame = 0; frame < 1_000; frame++) line.say({ event: 'weather' })
  expect(line.isOpen).toBe(true)
})
