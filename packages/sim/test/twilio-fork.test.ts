import { afterEach, expect, test } from 'vitest'
import { ulawRms } from '@llc-phone/virtual-carrier/ulaw'
import { createTwilio, type TwilioOptions } from '../src/twilio/create-twilio.ts'
import { accountSid, authToken, callerNumber, ourNumber, startGateway, tone, type Stream } from './twilio-gateway.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()))
})

/** Rings a gateway that answers its webhooks with these verbs, by path. */
async function ring(
  verbs: Record<string, (wsUrl: string) => string>,
  onStream: (stream: Stream) => void = () => {},
  more: Partial<TwilioOptions> = {},
) {
  const gateway = await startGateway(
    ({ path }, { wsUrl }) => `<Response>${verbs[path]?.(wsUrl) ?? ''}</Response>`,
    onStream,
  )
  const stand = await createTwilio({
    accountSid,
    authToken,
    anyNumber: { voiceUrl: `${gateway.url}/voice` },
    ...more,
  })
  cleanUps.push(stand.close, gateway.close)
  const call = stand.placeCall({ to: ourNumber, from: callerNumber, maxCallMs: 5000 })
  return { gateway, stand, call }
}
const streamAt = (gateway: { streams: Stream[] }, path: string) => gateway.streams.find((each) => each.path === path)!
const mediaOf = ({ messages }: Stream) => messages.flatMap(({ message }) => (message.media ? [message.media] : []))
const loud = (payload: string) => ulawRms(Buffer.from(payload, 'base64')) > 0.008

test('a one-way stream copies both sides, numbered by track, while the document goes on', async () => {
  const { call, gateway } = await ring(
    {
      '/voice': (wsUrl) =>
        `<Start><Stream name="copy" url="${wsUrl}/copy" track="both_tracks" statusCallback="/told"><Parameter name="who" value="me"/></Stream></Start><Connect><Stream url="${wsUrl}/talk"/></Connect>`,
    },
    (stream) => {
      if (stream.path === '/talk') stream.play(tone(200))
    },
  )
  await call.seen('media-start', 2)
  await call.play(tone(200))
  await call.quiet(100)
  call.hangUp()
  const { errors, warnings } = await call.ended
  expect({ errors, warnings }).toEqual({ errors: [], warnings: [] })

  const copy = streamAt(gateway, '/copy')
  expect(await copy.closed).toBe(1000)
  const [connected, start, ...rest] = copy.messages.map(({ message }) => message)
  expect(connected).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' })
  expect(start!.start).toMatchObject({ tracks: ['inbound', 'outbound'], customParameters: { who: 'me' } })
  expect(rest.at(-1)).toMatchObject({ event: 'stop' })
  for (const track of ['inbound', 'outbound']) {
    const media = mediaOf(copy).filter((each) => each.track === track)
    expect(media.map(({ chunk }) => chunk)).toEqual(media.map((_, index) => String(index + 1)))
    expect(media.some(({ payload }) => loud(payload))).toBe(true)
  }
  // The other stream hears the caller only.
  expect(new Set(mediaOf(streamAt(gateway, '/talk')).map(({ track }) => track))).toEqual(new Set(['inbound']))
  const told = gateway.webhooks.filter(({ path }) => path === '/told').map(({ params }) => params)
  expect(told.map(({ StreamEvent, StreamName }) => [StreamEvent, StreamName])).toEqual([
    ['stream-started', 'copy'],
    ['stream-stopped', 'copy'],
  ])
})

test('a one-way stream has the caller’s side unless the document says otherwise, and takes no messages', async () => {
  const { call, gateway } = await ring(
    {
      '/voice': (wsUrl) =>
        `<Start><Stream url="${wsUrl}/in"/></Start><Start><Stream url="${wsUrl}/out" track="outbound_track"/></Start><Pause length="3"/>`,
    },
    (stream) => {
      if (stream.path === '/in') stream.mark('one')
      if (stream.path === '/in') stream.mark('two')
    },
  )
  await call.seen('warning')
  call.hangUp()
  const { warnings } = await call.ended
  expect(warnings.map(({ code }) => code)).toEqual([31951])
  const [inbound, outbound] = [streamAt(gateway, '/in'), streamAt(gateway, '/out')]
  expect(inbound.messages[1]!.message.start).toMatchObject({ tracks: ['inbound'] })
  expect(outbound.messages[1]!.message.start).toMatchObject({ tracks: ['outbound'] })
})

test('<Stop> ends it by its name, new instructions do not, and the end of the call does', async () => {
  const { call, gateway, stand } = await ring({
    '/voice': (wsUrl) =>
      `<Start><Stream name="a" url="${wsUrl}/a"/></Start><Start><Stream name="b" url="${wsUrl}/b"/></Start><Pause length="1"/><Redirect>/next</Redirect>`,
    '/next': () => '<Stop><Stream name="a"/></Stop><Stop><Stream name="nobody"/></Stop><Pause length="4"/>',
  })
  await call.seen('media-start', 2)
  await call.seen('redirected')
  const [a, b] = [streamAt(gateway, '/a'), streamAt(gateway, '/b')]
  expect(await a.closed).toBe(1000)
  expect(call.status).toBe('in-progress')
  expect(b.socket.readyState).toBe(b.socket.OPEN)
  call.hangUp()
  expect(await b.closed).toBe(1000)
  expect((await call.ended).errors).toEqual([])
  expect(stand.calls.get(call.sid)!.errors).toEqual([])
})

test('a gateway that closes a one-way stream, or is not there, leaves the call alone', async () => {
  const { call, gateway } = await ring(
    {
      '/voice': (wsUrl) =>
        `<Start><Stream url="${wsUrl}/copy" statusCallback="/told"/></Start><Start><Stream url="ws://127.0.0.1:9/" statusCallback="/told"/></Start><Pause length="1"/>`,
    },
    (stream) => stream.socket.close(),
  )
  const { status, errors } = await call.ended
  expect({ status, codes: errors.map(({ code }) => code) }).toEqual({ status: 'completed', codes: [31902] })
  const told = gateway.webhooks.filter(({ path }) => path === '/told').map(({ params }) => params['StreamEvent'])
  expect(new Set(told)).toEqual(new Set(['stream-error', 'stream-started', 'stream-stopped']))
})

test.each([
  ['Start', 'all_tracks'],
  ['Connect', 'both_tracks'],
])('<%s> with the track %s is refused', async (verb, track) => {
  const { call } = await ring({ '/voice': (wsUrl) => `<${verb}><Stream url="${wsUrl}/x" track="${track}"/></${verb}>` })
  expect((await call.ended).errors.map(({ code }) => code)).toEqual([31941])
})

test('streams begin as captures do: never at 0, with empty parameters or none, and the same in every run', async () => {
  const begin = async (seed: number | undefined) => {
    const { call, gateway } = await ring(
      { '/voice': (wsUrl) => `<Connect action="/voice"><Stream url="${wsUrl}/x"/></Connect>` },
      (stream) => void stream.next('media').then(() => stream.socket.close()),
      seed === undefined ? {} : { seed },
    )
    await call.seen('socket-closed', 8)
    call.hangUp()
    await call.ended
    return gateway.streams
      .slice(0, 8)
      .map((stream) => [
        Number(mediaOf(stream)[0]!.timestamp),
        JSON.stringify(stream.messages[1]!.message.start!.customParameters),
      ])
  }
  const usual = await begin(undefined)
  expect(usual[0]).toEqual([100, undefined])
  expect(usual.every(([first]) => Number(first) >= 88 && Number(first) <= 171)).toBe(true)
  expect(new Set(usual.map(([first]) => first)).size).toBeGreaterThan(4)
  expect(new Set(usual.map(([, parameters]) => parameters))).toEqual(new Set([undefined, '{}']))
  expect(await begin(undefined)).toEqual(usual)
  expect(await begin(7)).not.toEqual(usual)
})

test('how streams begin can be said', async () => {
  const { call, gateway } = await ring(
    { '/voice': (wsUrl) => `<Connect><Stream url="${wsUrl}/x"/></Connect>` },
    (stream) => void stream.next('media').then(() => stream.socket.close()),
    { faults: { streamStart: { firstTimestampMs: 155, customParameters: 'empty' } } },
  )
  await call.ended
  const [stream] = gateway.streams
  expect(mediaOf(stream!)[0]!.timestamp).toBe('155')
  expect(stream!.messages[1]!.message.start!.customParameters).toEqual({})
})
