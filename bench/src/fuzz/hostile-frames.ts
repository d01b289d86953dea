import { mutated, notJson, oddValue, respelled } from './odd-values.ts'
import type { Random } from './random.ts'

/** What is sent as one message on a WebSocket. */
export type Message =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  /** One message in many fragments. */
  | { readonly kind: 'fragments'; readonly text: string; readonly count: number }
  /** Bytes that are no frame of a WebSocket. */
  | { readonly kind: 'raw'; readonly bytes: Buffer }
  | { readonly kind: 'ping' }

/** The names in a stream of Twilio's. */
export interface StreamNames {
  readonly accountSid: string
  readonly streamSid: string
  readonly callSid: string
}

/** A frame of Twilio's that opens a stream. */
export const startFrame = ({ accountSid, streamSid, callSid }: StreamNames): object => ({
  event: 'start',
  sequenceNumber: '1',
  start: {
    accountSid,
    streamSid,
    callSid,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: {},
  },
  streamSid,
})

const payloads = (random: Random): string => {
  switch (random.below(9)) {
    case 0:
      return ''
    case 1:
      return '===='
    case 2:
      return 'not base64 at all!'
    case 3:
      return Buffer.alloc(random.below(400), random.below(256)).toString('base64')
    case 4:
      return Buffer.alloc(8_000 + random.below(30_000), 0xff).toString('base64')
    case 5:
      return `${Buffer.alloc(160).toString('base64')}\u0000`
    case 6:
      return Buffer.alloc(160, 1).toString('base64url')
    case 7:
      return Buffer.alloc(161, 1).toString('base64').replace('=', '')
    default:
      return '//8='
  }
}

const timestamps = (random: Random): unknown =>
  random.pick<unknown>([
    '0',
    '-20',
    '20.5',
    '1e3',
    '99999999999',
    'NaN',
    'Infinity',
    '',
    ' ',
    '0x10',
    20,
    null,
    String(random.below(1_000_000)),
  ])

const mediaFrame = ({ streamSid }: StreamNames, index: number, random: Random) => ({
  event: 'media',
  sequenceNumber: String(index + 2),
  media: {
    track: 'inbound',
    chunk: String(index + 1),
    timestamp: String(index * 20),
    payload: Buffer.alloc(160, random.below(256)).toString('base64'),
  },
  streamSid,
})

/** A frame of the kinds that Twilio sends, in whatever order. */
const validFrame = (names: StreamNames, index: number, random: Random): object => {
  const { streamSid } = names
  const sequenceNumber = String(random.chance(0.5) ? index : random.below(10_000))
  switch (random.below(8)) {
    case 0:
      return { event: 'mark', sequenceNumber, streamSid, mark: { name: random.pick(['0:1', '1:1', '99:1', 'x', '']) } }
    case 1:
      return {
        event: 'dtmf',
        sequenceNumber,
        streamSid,
        dtmf: { track: 'inbound_track', digit: random.pick([...'0123456789*#AD']) },
      }
    case 2:
      return { event: 'connected', protocol: 'Call', version: '1.0.0' }
    case 3:
      return startFrame(names)
    case 4:
      return startFrame({ ...names, streamSid: `MZ${'f'.repeat(32)}`, callSid: `CA${'e'.repeat(32)}` })
    default:
      return mediaFrame(names, random.chance(0.5) ? index : random.below(10_000), random)
  }
}

const unusualFrame = (names: StreamNames, index: number, random: Random): string => {
  const media = mediaFrame(names, index, random)
  switch (random.below(5)) {
    case 0:
      return JSON.stringify({ ...media, media: { ...media.media, payload: payloads(random) } })
    case 1:
      return JSON.stringify({ ...media, media: { ...media.media, timestamp: timestamps(random) } })
    case 2:
      return respelled(random, validFrame(names, index, random))
    case 3:
      return `{"event":"${random.pick(['gather', 'Media', 'media ', '', 'stop2', '__proto__'])}","streamSid":${oddValue(random)}}`
    default:
      return JSON.stringify({ ...media, media: { ...media.media, track: random.pick(['outbound', 'both', 7]) } })
  }
}

const brokenMessage = (names: StreamNames, index: number, random: Random): Message => {
  const valid = validFrame(names, index, random)
  switch (random.below(12)) {
    case 0:
      return { kind: 'binary', bytes: Buffer.from(JSON.stringify(valid)) }
    case 1:
      return { kind: 'binary', bytes: Buffer.alloc(random.below(2_000), random.below(256)) }
    case 2:
    case 3:
      return { kind: 'text', text: notJson(random, JSON.stringify(valid)) }
    case 4:
      return { kind: 'text', text: oddValue(random) }
    default:
      return { kind: 'text', text: mutated(random, valid) }
  }
}

/** What ends a WebSocket, or should. */
const fatalMessage = (random: Random): Message => {
  switch (random.below(6)) {
    case 0:
      return { kind: 'text', text: `{"event":"media","x":"${'x'.repeat(70_000 + random.below(400_000))}"}` }
    case 1:
      return { kind: 'fragments', text: '{"event":"media"}'.repeat(20), count: 200 }
    // A reserved bit, an unknown opcode, a masked frame that ends early, text that is not UTF-8.
    case 2:
      return { kind: 'raw', bytes: Buffer.from([0xf1, 0x80, 0, 0, 0, 0]) }
    case 3:
      return { kind: 'raw', bytes: Buffer.from([0x8f, 0x80, 0, 0, 0, 0]) }
    case 4:
      return { kind: 'raw', bytes: Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 1, 2]) }
    default:
      return { kind: 'raw', bytes: Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]) }
  }
}

/** How hostile a stream is. */
export interface Manners {
  /** Share of messages that are wrong. */
  readonly broken: number
  /** Share that is allowed and unusual. */
  readonly unusual: number
  /** Share that ends the socket. */
  readonly fatal: number
}

/** Streams of all kinds: most last long, because one that is closed at once tests little. */
export const mannersOf = (random: Random): Manners =>
  random.pick<Manners>([
    { broken: 0, unusual: 0.5, fatal: 0 },
    { broken: 0.05, unusual: 0.3, fatal: 0 },
    { broken: 0.1, unusual: 0.6, fatal: 0.0005 },
    { broken: 0.15, unusual: 0, fatal: 0 },
    { broken: 0.7, unusual: 0.2, fatal: 0.02 },
  ])

/** Frame `index` of a stream. */
export const hostileFrame = (names: StreamNames, index: number, manners: Manners, random: Random): Message => {
  const luck = random.share()
  if (luck < manners.fatal) return fatalMessage(random)
  if (luck < manners.fatal + manners.broken) return brokenMessage(names, index, random)
  if (luck < manners.fatal + manners.broken + manners.unusual) {
    const text = unusualFrame(names, index, random)
    return random.chance(0.05) ? { kind: 'fragments', text, count: 1 + random.below(30) } : { kind: 'text', text }
  }
  if (random.chance(0.01)) return { kind: 'ping' }
  return {
    kind: 'text',
    text: JSON.stringify(random.chance(0.2) ? validFrame(names, index, random) : mediaFrame(names, index, random)),
  }
}

/** How a stream begins: nearly always as Twilio does it. */
export const opening = (names: StreamNames, random: Random): Message[] => {
  const text = (frame: object): Message => ({ kind: 'text', text: JSON.stringify(frame) })
  const connected = text({ event: 'connected', protocol: 'Call', version: '1.0.0' })
  const start = text(startFrame(names))
  if (random.chance(0.9)) return [connected, start]
  const media = text(mediaFrame(names, 0, random))
  return random.pick<Message[]>([
    [start],
    [start, start, connected],
    [media, start],
    [connected, media],
    [connected, text({ event: 'stop', streamSid: names.streamSid }), start],
    [connected, text(startFrame({ ...names, callSid: `CA${'0'.repeat(32)}` }))],
    [connected, { kind: 'text', text: mutated(random, startFrame(names)) }],
    [{ kind: 'binary', bytes: Buffer.alloc(20) }, start],
    [],
  ])
}
