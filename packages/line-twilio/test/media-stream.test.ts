import { fakeClock } from '@llc-phone/core/testing/fake-clock'
import { linkedSockets } from '@llc-phone/core/testing/linked-sockets'
import { describe, expect, it } from 'vitest'
import { acceptMediaStream } from '../src/media/stream.ts'
import { tellingListener } from './support/telling-listener.ts'

const audio = Buffer.alloc(160, 0x2a).toString('base64')

/** A media stream of call CA1, and Twilio's end of it: what it sends arrives before the next thing is done. */
const openStream = ({ started = true } = {}) => {
  const [near, far] = linkedSockets()
  const clock = fakeClock()
  const { listener, told, counts } = tellingListener()
  const stream = acceptMediaStream(near, clock)(listener, (legId) => legId === 'CA1')
  const send = (data: string | Buffer): void => {
    far.send(data)
    far.deliver()
  }
  const say = (frame: object): void => send(JSON.stringify(frame))
  const frame = (timestamp = 0): void =>
    say({ event: 'media', streamSid: 'MZ1', media: { track: 'inbound', timestamp: String(timestamp), payload: audio } })
  const start = (fields: object = {}): void => {
    send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
    say({
      event: 'start',
      streamSid: 'MZ1',
      start: { callSid: 'CA1', accountSid: 'AC1', tracks: ['inbound'], ...fields },
    })
  }
  if (started) {
    start()
    told.length = 0
  }
  const problems = () => told.filter((each) => Array.isArray(each) && each[0] === 'problem')
  return { far, clock, told, counts, stream, send, say, frame, start, problems }
}

type Open = ReturnType<typeof openStream>
const said = (frame: object) => (line: Open) => line.say(frame)
const media = (fields: unknown) => said({ event: 'media', media: fields })

describe('before it has started', () => {
  it.each<[what: string, misbehave: (line: Open) => void, code: number]>([
    ['a start of another call', said({ event: 'start', streamSid: 'MZ9', start: { callSid: 'CA2' } }), 1008],
    ['audio', (line) => line.frame(), 1008],
    ['a mark', said({ event: 'mark', mark: { name: 'x' } }), 1008],
    ['broken JSON', (line) => line.send('{"event":'), 1007],
    ['a JSON null', (line) => line.send('null'), 1007],
    ['a binary frame', (line) => line.send(Buffer.from([1, 2])), 1003],
    ['a start that is no start', said({ event: 'start', start: 7 }), 1008],
    [
      'a start in another format',
      (line) => line.start({ mediaFormat: { encoding: 'audio/x-l16', sampleRate: 8000, channels: 1 } }),
      1008,
    ],
    [
      'a start at another rate',
      (line) => line.start({ mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 16000, channels: 1 } }),
      1008,
    ],
  ])('%s closes it, and a reason is told', (_what, misbehave, code) => {
    const line = openStream({ started: false })
    misbehave(line)
    expect(line.far.closeCode).toBe(code)
    expect(line.problems()).toHaveLength(1)
    expect(line.told.at(-1)).toEqual(['gone', false])
    expect(line.told).not.toContain('started')
  })

  it('nothing within five seconds closes it', async () => {
    const { far, clock, problems } = openStream({ started: false })
    await clock.advance(4_999)
    expect(far.readyState).toBe(1)
    await clock.advance(2)
    expect(far.closeCode).toBe(1008)
    expect(problems()).toEqual([['problem', 'start_missing']])
  })

  it('nothing is sent on it', () => {
    const { far, stream } = openStream({ started: false })
    stream.play(audio)
    stream.mark('0:1')
    stream.clear()
    far.deliver()
    expect(far.received).toEqual([])
  })
})

it.each<[what: string, misbehave: (line: Open) => void]>([
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
  ['media whose payload is no text', media({ timestamp: '0', payload: { toString: 1 } })],
  ['media without a timestamp', media({ payload: audio })],
  ['media with an empty timestamp', media({ payload: audio, timestamp: '' })],
  ['media with a blank timestamp', media({ payload: audio, timestamp: ' ' })],
  ['media with a timestamp in words', media({ payload: audio, timestamp: 'soon' })],
  ['media with a negative timestamp', media({ payload: audio, timestamp: '-20' })],
  ['media with an endless timestamp', media({ payload: audio, timestamp: 'Infinity' })],
  ['media with a timestamp of true', media({ payload: audio, timestamp: true })],
  ['media with a timestamp that is an object', media({ payload: audio, timestamp: { toString: 1, valueOf: 1 } })],
  ['a second start without its fields', said({ event: 'start' })],
  ['a second start of another call', said({ event: 'start', streamSid: 'MZ9', start: { callSid: 'CA9' } })],
  ['a second start of this call', said({ event: 'start', streamSid: 'MZ9', start: { callSid: 'CA1' } })],
  ['broken JSON', (line) => line.send('{"event":"mark",')],
  ['an empty message', (line) => line.send('')],
  ['a JSON null', (line) => line.send('null')],
  ['a JSON text', (line) => line.send('"media"')],
  ['a binary frame', (line) => line.send(Buffer.from([1, 2, 3]))],
])('passes over %s, and says so once', (_what, misbehave) => {
  const line = openStream()
  line.frame(0)
  misbehave(line)
  misbehave(line)
  line.frame(20)
  expect(line.told.filter((each) => each !== 'roundTrip')).toEqual([
    ['audio', audio, 0],
    ['problem', 'frame_invalid'],
    ['audio', audio, 20],
  ])
  expect([line.far.readyState, line.counts.ignored]).toEqual([1, 2])
})

it('hears the same start twice, as when it was sent again, without a word', () => {
  const { told, counts, start } = openStream()
  start()
  expect([told, counts.ignored]).toEqual([[], 0])
})

it('does not take what we have said for the caller', () => {
  const { say, told } = openStream()
  say({ event: 'media', media: { track: 'outbound', timestamp: '0', payload: audio } })
  expect(told).toEqual([])
})

it('says each kind once, and counts them all', () => {
  const { say, counts, problems } = openStream()
  for (let round = 0; round < 5; round++) {
    say({ event: 'mark' })
    say({ event: 'dtmf' })
    say({ event: 'weather' })
  }
  expect([problems().length, counts.ignored]).toEqual([3, 15])
})

it('hears a stop whatever it carries', () => {
  const { say, far, told } = openStream()
  say({ event: 'stop', stop: 7, streamSid: null })
  expect([far.closeCode, told]).toEqual([1000, [['gone', true]]])
})

it('hears keys and marks after frames that cannot be read', () => {
  const { say, told } = openStream()
  say({ event: 'mark', mark: {} })
  say({ event: 'mark', mark: { name: '0:1' } })
  say({ event: 'dtmf', dtmf: { digit: 'Q' } })
  say({ event: 'dtmf', dtmf: { track: 'inbound_track', digit: '4' } })
  expect(told.filter((each) => (each as unknown[])[0] !== 'problem')).toEqual([
    ['heard', '0:1'],
    ['key', '4'],
  ])
})

it('bears odd frames for as long as a call lasts', async () => {
  const { say, clock, far } = openStream()
  for (let quarter = 0; quarter < 20; quarter++) {
    for (let frame = 0; frame < 50; frame++) say({ event: 'mark' })
    await clock.advance(15_000)
  }
  expect(far.readyState).toBe(1)
})

it('ends a stream of which nothing can be read any more', () => {
  const { say, far, problems } = openStream()
  for (let frame = 0; frame < 200; frame++) say({ event: 'media', media: { timestamp: '0' } })
  expect([far.closeCode, problems().length]).toEqual([1008, 2])
})

it('bears any number of events that Twilio may have added', () => {
  const { say, far, problems } = openStream()
  for (let frame = 0; frame < 1_000; frame++) say({ event: 'weather' })
  expect([far.readyState, problems().length]).toEqual([1, 1])
})

it('ends a stream that is silent and does not answer pings', async () => {
  const { far, clock, problems } = openStream()
  far.pause()
  await clock.advance(14_000)
  expect([far.closeCode, problems()]).toEqual([1006, [['problem', 'media_silent']]])
})

it('lets a quiet caller be, when pings are answered', async () => {
  const { far, clock, counts, problems } = openStream()
  await clock.advance(60_000)
  expect([far.readyState, problems()]).toEqual([1, []])
  expect(counts.quietMs).toBeGreaterThan(59_000)
})

it('ends a stream that does not take our audio', () => {
  const { far, stream, problems } = openStream()
  far.pause()
  const minute = Buffer.alloc(480_000, 0x2a).toString('base64')
  for (let sent = 0; sent < 5; sent++) stream.play(minute)
  far.deliver()
  expect([far.closeCode, problems()]).toEqual([1006, [['problem', 'backlog_exceeded']]])
})

it('survives a listener that throws', () => {
  const [near, far] = linkedSockets()
  const { listener, told } = tellingListener()
  const broken = {
    ...listener,
    audio: () => {
      throw new Error('a defect')
    },
  }
  acceptMediaStream(near, fakeClock())(broken, () => true)
  far.send(JSON.stringify({ event: 'start', streamSid: 'MZ1', start: { callSid: 'CA1' } }))
  far.send(JSON.stringify({ event: 'media', media: { timestamp: '0', payload: audio } }))
  far.deliver()
  expect([far.readyState, told.filter((each) => Array.isArray(each))]).toEqual([1, [['problem', 'internal']]])
})

it('tells audio as Twilio writes it the same, recognised by its bytes or parsed', () => {
  const line = openStream()
  const whole = `{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"${audio}"},"streamSid":"MZ1"}`
  line.send(whole)
  line.send(` ${whole}`)
  expect(line.told).toHaveLength(2)
  expect(line.told[0]).toEqual(line.told[1])
})

it('passes over text that is not UTF-8', () => {
  const [near, far] = linkedSockets()
  const { listener, told } = tellingListener()
  acceptMediaStream(near, fakeClock())(listener, () => true)
  far.send(JSON.stringify({ event: 'start', streamSid: 'MZ1', start: { callSid: 'CA1' } }))
  far.deliver()
  near.emit(
    'message',
    Buffer.concat([Buffer.from('{"event":"mark","mark":{"name":"'), Buffer.of(0xff), Buffer.from('"}}')]),
    false,
  )
  expect([far.readyState, told.filter((each) => Array.isArray(each))]).toEqual([1, [['problem', 'frame_invalid']]])
})

it('leaves no timer behind', async () => {
  const { far, clock } = openStream()
  far.terminate()
  far.deliver()
  expect(clock.pending).toBe(0)
})

describe('a stream that floods', () => {
  const framesTaken = ({ told }: Open) => told.filter((each) => Array.isArray(each) && each[0] === 'audio').length

  it('is read at no more than twice the rate of speech, after a backlog of half a minute', async () => {
    const line = openStream()
    for (let n = 0; n < 2_000; n++) line.frame(n * 20)
    const atOnce = framesTaken(line)
    // Its `connected` and `start` count too.
    expect(atOnce).toBe(1_498)
    await line.clock.advance(1_000)
    for (let n = 0; n < 500; n++) line.frame(n * 20)
    expect(framesTaken(line) - atOnce).toBe(100)
    expect(line.problems()).toMatchObject([['problem', 'line_flooded']])
    expect(line.far.closeCode).toBeUndefined()
  })

  it('is ended when it goes on', () => {
    const line = openStream()
    for (let n = 0; n < 6_000 && line.far.closeCode === undefined; n++) line.frame(n * 20)
    expect(line.far.closeCode).toBe(1008)
    expect(line.problems()).toHaveLength(2)
  })

  it('has no more keys counted than fingers can press', async () => {
    const line = openStream()
    const press = (times: number) => {
      for (let n = 0; n < times; n++) line.say({ event: 'dtmf', dtmf: { track: 'inbound_track', digit: '4' } })
    }
    const pressed = () => line.told.filter((each) => Array.isArray(each) && each[0] === 'key').length
    press(500)
    expect(pressed()).toBe(40)
    await line.clock.advance(1_000)
    press(500)
    expect(pressed()).toBe(50)
  })
})
