import { afterEach, expect, test } from 'vitest'
import { ulawRms } from '@llc-phone/virtual-carrier/ulaw'
import { createTwilio, type SimTwilio, type TwilioOptions } from '../src/twilio/create-twilio.ts'
import {
  accountSid,
  authToken,
  callerNumber,
  ourNumber,
  startGateway,
  streamTwiml,
  tone,
  type Stream,
} from './twilio-gateway.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function start(
  onStream: (stream: Stream) => void | Promise<void>,
  options: Partial<TwilioOptions> = {},
  attributes = '',
): Promise<{ stand: SimTwilio; gateway: Awaited<ReturnType<typeof startGateway>> }> {
  const gateway = await startGateway(
    ({ path }, { wsUrl }) => (path === '/twiml' ? streamTwiml(`${wsUrl}/media/t`, attributes) : '<Response/>'),
    onStream,
  )
  const stand = await createTwilio({
    accountSid,
    authToken,
    numbers: { [ourNumber]: { voiceUrl: `${gateway.url}/twiml` } },
    ...options,
  })
  cleanUps.push(gateway.close, stand.close)
  return { stand, gateway }
}
const ring = (stand: SimTwilio, more: object = {}) => stand.placeCall({ to: ourNumber, from: callerNumber, ...more })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('the stream speaks as Twilio does: connected, start, 20 ms frames numbered as strings, stop, close', async () => {
  const { stand, gateway } = await start(() => {})
  const call = ring(stand)
  await call.seen('media-start')
  await pause(300)
  call.press('5')
  await pause(60)
  call.hangUp()
  const result = await call.ended
  const stream = gateway.streams[0]!
  expect(await stream.closed).toBe(1000)
  const messages = stream.messages.map(({ message }) => message)
  expect(messages[0]).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' })
  expect(messages[1]).toEqual({
    event: 'start',
    sequenceNumber: '1',
    streamSid: stream.streamSid,
    start: {
      accountSid,
      streamSid: stream.streamSid,
      callSid: call.sid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    },
  })
  expect(messages.slice(1).map((message) => message.sequenceNumber)).toEqual(
    messages.slice(1).map((_, index) => String(index + 1)),
  )
  const media = messages.filter(({ event }) => event === 'media').map((message) => message.media!)
  expect(media.length).toBeGreaterThan(14)
  expect(media.map(({ chunk }) => chunk)).toEqual(media.map((_, index) => String(index + 1)))
  expect(media.map(({ timestamp }) => timestamp)).toEqual(media.map((_, index) => String(100 + index * 20)))
  expect(Buffer.from(media[0]!.payload, 'base64')).toEqual(Buffer.alloc(160, 0xff))
  expect(messages.find(({ event }) => event === 'dtmf')?.dtmf).toEqual({ track: 'inbound_track', digit: '5' })
  expect(messages.at(-1)).toMatchObject({ event: 'stop', stop: { accountSid, callSid: call.sid } })
  expect(result).toMatchObject({ status: 'completed', warnings: [], errors: [] })
})

test('marks come back when their audio has played, within a frame', async () => {
  const echoes: Record<string, number> = {}
  let sentMs = 0
  const { stand } = await start(async (stream) => {
    stream.mark('at once')
    stream.play(tone(200))
    stream.mark('after 200')
    stream.play(tone(300))
    stream.mark('after 500')
    sentMs = performance.now()
    for (const nth of [1, 2, 3]) {
      const { atMs, message } = await stream.next('mark', nth)
      echoes[message.mark!.name] = atMs - sentMs
    }
    stream.socket.close()
  })
  const result = await ring(stand).ended
  expect(Object.keys(echoes)).toEqual(['at once', 'after 200', 'after 500'])
  // Long before any audio could have played, with the same slack as below.
  expect(echoes['at once']).toBeLessThan(100)
  // The first frame starts with the next tick, up to 20 ms later; the rest is slack for a busy machine.
  expect(echoes['after 200']).toBeGreaterThanOrEqual(199)
  expect(echoes['after 200']).toBeLessThan(300)
  expect(echoes['after 500']! - echoes['after 200']!).toBeGreaterThan(240)
  expect(echoes['after 500']! - echoes['after 200']!).toBeLessThan(400)
  expect(result.warnings).toEqual([])
})

test('clear cuts what the ear has not heard, returns its marks, and the next answer plays at once', async () => {
  const names: string[] = []
  const { stand } = await start(async (stream) => {
    stream.play(tone(2000))
    stream.mark('1')
    await pause(300)
    stream.clear()
    stream.mark('2')
    names.push((await stream.next('mark')).message.mark!.name, (await stream.next('mark', 2)).message.mark!.name)
    await pause(500)
    stream.socket.close()
  })
  const result = await ring(stand).ended
  expect(names).toEqual(['1', '2'])
  const clear = result.timeline.find(({ type }) => type === 'clear')!
  expect(clear.tookMs).toBeGreaterThan(1500)
  const heardMs = loudMs(result.tracks.heard)
  expect(heardMs).toBeGreaterThan(200)
  expect(heardMs).toBeLessThan(420)
  expect(heardMs + clear.tookMs!).toBe(2000)
  const [started, stopped] = ['assistant-start', 'assistant-stop'].map(
    (type) => result.timeline.find((entry) => entry.type === type)!.atMs,
  )
  expect(stopped! - started!).toBe(heardMs)
})

test('the marks that a clear returned can come late, among those of the next answer', async () => {
  const names: string[] = []
  const { stand } = await start(
    async (stream) => {
      stream.play(tone(1000))
      stream.mark('1')
      stream.clear()
      stream.mark('2')
      names.push((await stream.next('mark')).message.mark!.name, (await stream.next('mark', 2)).message.mark!.name)
      stream.socket.close()
    },
    { faults: { lateClearMarksMs: 100 } },
  )
  await ring(stand).ended
  expect(names).toEqual(['2', '1'])
})

test('marks can be lost, or come back late', async () => {
  const echoes: number[] = []
  const { stand } = await start(async (stream) => {
    stream.play(tone(100))
    stream.mark('1')
    await pause(600)
    echoes.push(stream.messages.filter(({ message }) => message.event === 'mark').length)
    stream.socket.close()
  })
  await ring(stand, { media: { marks: 'lost' } }).ended
  await ring(stand, { media: { marks: { lateMs: 100 } } }).ended
  expect(echoes).toEqual([0, 1])
})

test('what Twilio would warn of is noted: binary, no JSON, unknown, extra field, wrong stream', async () => {
  const { stand } = await start(async (stream) => {
    const { streamSid, socket } = stream
    socket.send(Buffer.from([1, 2, 3]))
    socket.send('{"event":')
    stream.send({ event: 'hangup', streamSid })
    stream.send({ event: 'media', streamSid: 'MZother', media: { payload: '/w==' } })
    stream.send({ event: 'media', streamSid, media: { payload: '/w==', track: 'outbound' } })
    stream.send({ event: 'clear' })
    stream.send({ event: 'clear', streamSid })
    socket.close()
  })
  const { warnings } = await ring(stand).ended
  expect(warnings.map(({ code }) => code)).toEqual([31950, 31950, 31951, 31951, 31951, 31951])
})

test('more than ten minutes of audio ahead is discarded with 31931', async () => {
  const { stand } = await start((stream) => {
    const minute = Buffer.alloc(60 * 8000, 0xff)
    for (let i = 0; i < 11; i++) stream.play(minute)
    stream.socket.close()
  })
  const { warnings } = await ring(stand).ended
  expect(warnings.map(({ code }) => code)).toEqual([31931])
})

test('after the gateway closed the socket the action is asked, and a new stream carries the same call', async () => {
  let connects = 0
  const gateway = await startGateway(
    ({ path }, { wsUrl }) => {
      if (path === '/after' && connects >= 2) return '<Response><Hangup/></Response>'
      return streamTwiml(`${wsUrl}/media/t${++connects}`, 'action="/after"')
    },
    ({ socket }) => socket.close(1000),
  )
  const stand = await createTwilio({ accountSid, authToken, anyNumber: { voiceUrl: `${gateway.url}/twiml` } })
  cleanUps.push(gateway.close, stand.close)
  const call = ring(stand)
  const result = await call.ended
  expect(gateway.webhooks.map(({ path, params }) => [path, params.CallStatus])).toEqual([
    ['/twiml', 'ringing'],
    ['/after', 'in-progress'],
    ['/after', 'in-progress'],
  ])
  const [first, second] = gateway.streams
  expect(first!.streamSid).not.toBe(second!.streamSid)
  expect(second!.messages[1]!.message.start!.callSid).toBe(call.sid)
  expect([first!.path, second!.path]).toEqual(['/media/t1', '/media/t2'])
  expect(result.status).toBe('completed')
})

test('a socket that dies without a close frame is an error, and the action decides what comes next', async () => {
  const { stand, gateway } = await start(() => {}, {}, 'action="/after"')
  const call = ring(stand)
  await call.seen('media-start')
  call.killSocket()
  const result = await call.ended
  expect(await gateway.streams[0]!.closed).toBe(1006)
  expect(gateway.streams[0]!.messages.some(({ message }) => message.event === 'stop')).toBe(false)
  expect(gateway.webhooks.map(({ path }) => path)).toEqual(['/twiml', '/after'])
  expect(result.errors.map(({ code }) => code)).toEqual([31924])
})

test.each([
  [false, ['/twiml']],
  [true, ['/twiml', '/after']],
])('after the caller hung up, with actionAfterHangup %s', async (actionAfterHangup, paths) => {
  const { stand, gateway } = await start(() => {}, {}, 'action="/after"')
  const call = ring(stand, { actionAfterHangup })
  await call.seen('media-start')
  call.hangUp()
  await call.ended
  expect(gateway.webhooks.map(({ path }) => path)).toEqual(paths)
  if (actionAfterHangup) expect(gateway.webhooks[1]!.params.CallStatus).toBe('completed')
})

test('gaps: nothing is sent while the caller is silent, and the timestamps jump', async () => {
  const { stand, gateway } = await start(() => {}, { faults: { media: { gaps: true } } })
  const call = ring(stand)
  await call.seen('media-start')
  await pause(200)
  await call.play(tone(100))
  await pause(100)
  await call.play(tone(100))
  call.hangUp()
  await call.ended
  const media = gateway.streams[0]!.messages.filter(({ message }) => message.event === 'media')
  expect(media).toHaveLength(10)
  const stamps = media.map(({ message }) => Number(message.media!.timestamp))
  const steps = stamps.slice(1).map((stamp, index) => stamp - stamps[index]!)
  expect(steps.filter((step) => step === 20)).toHaveLength(8)
  expect(Math.max(...steps)).toBeGreaterThanOrEqual(100)
  expect(media.map(({ message }) => message.media!.chunk)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
})

test('bursts: the audio stalls, then comes at once, nothing lost', async () => {
  const { stand, gateway } = await start(() => {}, {
    faults: { media: { bursts: { everyMs: 400, stallMs: 200 } } },
  })
  const call = ring(stand)
  await gateway.streams[0]?.next('media')
  await call.seen('media-start')
  await pause(500)
  call.hangUp()
  await call.ended
  const media = gateway.streams[0]!.messages.filter(({ message }) => message.event === 'media')
  const stamps = media.map(({ message }) => Number(message.media!.timestamp))
  expect(stamps).toEqual(stamps.map((_, index) => 100 + index * 20))
  // The first eleven frames (200 ms held back, and the one that releases them) arrive together.
  expect(media[10]!.atMs - media[0]!.atMs).toBeLessThan(100)
})

test('jitter delays frames but keeps their order', async () => {
  const { stand, gateway } = await start(() => {}, { faults: { media: { jitterMs: 60 } } })
  const call = ring(stand)
  await call.seen('media-start')
  await pause(500)
  call.hangUp()
  await call.ended
  const media = gateway.streams[0]!.messages.filter(({ message }) => message.event === 'media')
  const stamps = media.map(({ message }) => Number(message.media!.timestamp))
  expect(stamps.length).toBeGreaterThan(15)
  expect(stamps).toEqual(stamps.map((_, index) => 100 + index * 20))
})

test('a late stream, more fields in connected, and the webhook twice', async () => {
  const { stand, gateway } = await start(({ socket }) => socket.close(), {
    faults: { lateStreamMs: 150, connectedExtra: { region: 'us1' }, duplicateWebhook: true },
  })
  const { timeline } = await ring(stand).ended
  const answered = timeline.find(({ type }) => type === 'answered')!
  const opened = timeline.find(({ type }) => type === 'socket-opened')!
  expect(opened.atMs - answered.atMs).toBeGreaterThanOrEqual(149)
  expect(gateway.streams[0]!.messages[0]!.message).toMatchObject({ event: 'connected', region: 'us1' })
  expect(gateway.webhooks.map(({ params }) => params.CallSid)).toHaveLength(2)
  expect(new Set(gateway.webhooks.map(({ params }) => params.CallSid)).size).toBe(1)
})

/** How long a track is loud, in ms. */
function loudMs(track: Buffer): number {
  let frames = 0
  for (let at = 0; at < track.length; at += 160) if (ulawRms(track.subarray(at, at + 160)) > 0.008) frames++
  return frames * 20
}
