import { hostileText, mutate } from '@llc-phone/core/testing/hostile-text'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readMediaFrame } from '../src/media/media-frame.ts'

const PAYLOAD = '/v7+'.repeat(54)

const frame = ({ sequence = '3', chunk = '2', timestamp = '40', payload = PAYLOAD, streamSid = 'MZ18ad3ab5' } = {}) =>
  `{"event":"media","sequenceNumber":"${sequence}","media":{"track":"inbound","chunk":"${chunk}","timestamp":"${timestamp}","payload":"${payload}"},"streamSid":"${streamSid}"}`

/** What the stream makes of a message with `JSON.parse`; `undefined` when it is no audio of the caller's. */
const parsed = (text: string) => {
  try {
    const { event, media } = JSON.parse(text) as { event: unknown; media: Record<string, unknown> }
    const { track, payload, timestamp } = media
    if (event !== 'media' || track === 'outbound' || typeof payload !== 'string' || payload === '') return undefined
    return { payload, timestampMs: Number(timestamp) }
  } catch {
    return undefined
  }
}

it('recognises the audio of a caller as Twilio writes it', () => {
  expect(readMediaFrame(Buffer.from(frame()))).toEqual({ payload: PAYLOAD, timestampMs: 40 })
  expect(readMediaFrame(Buffer.from(frame({ timestamp: '123456789012345' })))?.timestampMs).toBe(123_456_789_012_345)
})

it.each([
  ['another order of the fields', `{"streamSid":"MZ1",${frame().slice(1)}`],
  ['whitespace', frame().replace(',', ', ')],
  ['an escape', frame({ payload: 'AAA\\u0041' })],
  ['our own audio', frame().replace('inbound', 'outbound')],
  ['no payload', frame({ payload: '' })],
  ['no timestamp', frame({ timestamp: '' })],
  ['a timestamp that no number holds', frame({ timestamp: '1234567890123456' })],
  ['a timestamp that is no text', frame().replace('"40"', '40')],
  ['a second payload', frame({ payload: 'AAAA","payload":"BBBB' })],
  ['a nested payload', frame({ chunk: '2","x":{"payload":"BBBB"},"y":"' })],
  ['a prototype', frame({ chunk: '2","__proto__":{"payload":"BBBB"},"y":"' })],
  ['something behind it', `${frame()}{}`],
  ['the beginning of it', frame().slice(0, -1)],
])('leaves to JSON.parse a message with %s', (_what, text) => {
  expect(readMediaFrame(Buffer.from(text))).toBeUndefined()
})

const { field, cuts } = hostileText(
  ',"payload":"BBBB"',
  '"__proto__":{"payload":"BBBB"},',
  '"media":{"payload":"BBBB"},',
  '"event":"media",',
)
const hostile = fc.record(
  { sequence: field, chunk: field, timestamp: field, payload: field, streamSid: field },
  { requiredKeys: [] },
)

it('reads in every message the same as JSON.parse, or leaves it', () => {
  let recognised = 0
  fc.assert(
    fc.property(hostile, cuts, (fields, changes) => {
      const bytes = Buffer.from(mutate(frame(fields), changes))
      const found = readMediaFrame(bytes)
      if (found === undefined) return
      recognised++
      expect(found).toEqual(parsed(bytes.toString()))
    }),
    { numRuns: 20_000 },
  )
  expect(recognised).toBeGreaterThan(1_000)
})

it('never recognises bytes that are not ASCII', () => {
  const whole = Buffer.from(frame())
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 128, max: 255 }), (at, byte) => {
      const bytes = Buffer.from(whole)
      bytes[at] = byte
      expect(readMediaFrame(bytes)).toBeUndefined()
    }),
    { numRuns: 2_000 },
  )
})
