import { afterAll, expect, test } from 'vitest'
import { createTwilio } from '../src/twilio/create-twilio.ts'
import type { CallerStep, CallResult, TimelineType } from '@llc-phone/virtual-carrier/types'
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
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** Makes a whole call with an assistant that a test plays. */
async function makeCall(
  script: CallerStep[],
  assistant: (stream: Stream) => void,
  more: object = {},
): Promise<CallResult> {
  const gateway = await startGateway((_, { wsUrl }) => streamTwiml(`${wsUrl}/media`), assistant)
  const stand = await createTwilio({ accountSid, authToken, anyNumber: { voiceUrl: `${gateway.url}/twiml` } })
  cleanUps.push(gateway.close, stand.close)
  return stand.placeCall({ to: ourNumber, from: callerNumber, script, ...more }).ended
}
const at = (result: CallResult, type: TimelineType, nth = 1): number =>
  result.timeline.filter((entry) => entry.type === type).toSorted((a, b) => a.atMs - b.atMs)[nth - 1]!.atMs

test.concurrent('a scripted caller lets the assistant finish, speaks real words, and waits for the answer', async () => {
  let heard = 0
  const result = await makeCall([{ say: 'Sales please' }, { hangup: true }], (stream) => {
    setTimeout(() => stream.play(tone(400)), 100)
    stream.socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as { media?: { payload: string } }
      if (message.media && !message.media.payload.startsWith('/////')) heard++
    })
  })
  const silentMs = at(result, 'caller-start') - at(result, 'assistant-stop')
  expect(silentMs).toBeGreaterThanOrEqual(680)
  expect(silentMs).toBeLessThan(800)
  // Two spoken words, in 20 ms frames.
  expect(heard).toBeGreaterThan(20)
  expect(result.timeline.find(({ type }) => type === 'caller-start')!.text).toBe('Sales please')
  expect(result.status).toBe('completed')
})

test.concurrent('an interruption starts when the assistant has spoken for a while', async () => {
  const result = await makeCall([{ interrupt: 'Stop', afterMs: 300 }, { hangup: true }], (stream) => {
    stream.play(tone(3000))
  })
  const afterMs = at(result, 'caller-start') - at(result, 'assistant-start')
  expect(afterMs).toBeGreaterThanOrEqual(300)
  expect(afterMs).toBeLessThan(380)
  expect(at(result, 'caller-stop')).toBeLessThan(at(result, 'assistant-stop'))
})

test.concurrent('keys are pressed after listening, words after a wait come at once', async () => {
  const digits: string[] = []
  const result = await makeCall([{ wait: 50 }, { audio: tone(100) }, { dtmf: '12' }, { hangup: true }], (stream) => {
    stream.socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as { dtmf?: { digit: string } }
      if (message.dtmf) digits.push(message.dtmf.digit)
    })
    setTimeout(() => stream.play(tone(200)), 300)
  })
  expect(at(result, 'caller-start') - at(result, 'answered')).toBeLessThan(150)
  expect(at(result, 'dtmf') - at(result, 'assistant-stop')).toBeGreaterThanOrEqual(680)
  expect(digits).toEqual(['1', '2'])
})

test.concurrent('with nothing left to say the caller hangs up after silence on both sides', async () => {
  const result = await makeCall([], (stream) => stream.play(tone(200)), { maxSilenceMs: 400 })
  expect(result.timeline.find(({ type }) => type === 'ended')!.text).toBe('the caller hung up')
  const silentMs = at(result, 'ended') - at(result, 'assistant-stop')
  expect(silentMs).toBeGreaterThanOrEqual(380)
  expect(silentMs).toBeLessThan(500)
})

test.concurrent('both tracks lie on the clock of the timeline', async () => {
  const result = await makeCall([{ wait: 200 }, { audio: tone(100) }, { wait: 1_500 }, { hangup: true }], (stream) => {
    setTimeout(() => stream.play(tone(100)), 100)
  })
  const { caller, heard } = result.tracks
  expect(caller.length).toBe(heard.length)
  expect(Math.abs(caller.length / 8 - result.durationMs)).toBeLessThan(60)
  expect(caller.findIndex((byte) => byte !== 0xff)).toBe(at(result, 'caller-start') * 8)
  expect(heard.findIndex((byte) => byte !== 0xff)).toBe(at(result, 'assistant-start') * 8)
})
