import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEar } from '../src/speech/ear.ts'
import { encodeUlaw, ulawRms, ulawSilence } from '@llc-phone/virtual-carrier/ulaw'
import { speak, voices } from '@llc-phone/virtual-carrier/voice'
import { answeringMachine, beep, recordedAfterBeep } from '@llc-phone/virtual-carrier/answering-machine'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import { createMachineDetector, usualDetection } from '@llc-phone/virtual-carrier/machine-detector'
import type { AnsweredBy, FarEnd } from '@llc-phone/virtual-carrier/types'
import { accountSid, authToken, ourNumber, startGateway, streamTwiml, type Stream } from './twilio-gateway.ts'
import { sdkFor } from './twilio-sdk.ts'

const greeting = 'You have reached the voicemail of Anna Keller. Please leave a message after the tone.'

/** What detection makes of audio and the silence behind it, and after how many ms; no clock is waited for. */
function judge(parts: readonly Buffer[], waitsForEnd: boolean): [AnsweredBy | undefined, number] {
  const detector = createMachineDetector({ ...usualDetection, waitsForEnd })
  const audio = Buffer.concat([...parts, ulawSilence(40_000)])
  for (let at = 0; at < audio.length; at += 160) {
    const verdict = detector.push(audio.subarray(at, at + 160))
    if (verdict) return [verdict, detector.listenedMs]
  }
  return [undefined, detector.listenedMs]
}
const ms = (...parts: Buffer[]) => Buffer.concat(parts).length / 8

describe('detection by ear', () => {
  test.each([false, true])('calls a short hello and silence a person (waiting for the end: %s)', async (waits) => {
    for (const voice of voices) {
      const hello = await speak('Hello? Who is there?', voice)
      const [verdict, afterMs] = judge([ulawSilence(400), hello], waits)
      expect(verdict, voice).toBe('human')
      // 1.2 s after the last sound; speech trails off a little earlier than its audio ends.
      expect(afterMs).toBeLessThanOrEqual(400 + ms(hello) + 1220)
      expect(afterMs).toBeGreaterThan(400 + ms(hello) + 700)
    }
  })

  test('calls long speech a machine as soon as it is clear, and waits for its tone when asked to', async () => {
    for (const voice of voices) {
      const speech = await speak(greeting, voice)
      const parts = [ulawSilence(300), speech, ulawSilence(600), beep()]
      const [early, earlyMs] = judge(parts, false)
      expect(early, voice).toBe('machine_start')
      expect(Math.abs(earlyMs - 2700)).toBeLessThan(300)
      const [late, lateMs] = judge(parts, true)
      expect(late, voice).toBe('machine_end_beep')
      expect(Math.abs(lateMs - ms(...parts))).toBeLessThan(60)
    }
  })

  test.each([700, 1000, 1337])('takes a tone of any pitch for one, %i Hz too', async (hz) => {
    const speech = await speak('Leave a message.', 'kal')
    const tone = encodeUlaw(Int16Array.from({ length: 3200 }, (_, i) => 5000 * Math.sin((2 * Math.PI * hz * i) / 8000)))
    expect(judge([speech, ulawSilence(300), tone], true)[0]).toBe('machine_end_beep')
    expect(judge([speech, ulawSilence(300), tone], false)[0]).toBe('machine_start')
  })

  test('a greeting without a tone ends in silence, one without an end in the time limit', async () => {
    const speech = await speak(greeting, 'awb')
    expect(judge([speech], true)[0]).toBe('machine_end_silence')
    const endless = Array.from({ length: 12 }, () => speech)
    const [verdict, afterMs] = judge(endless, true)
    expect([verdict, afterMs]).toEqual(['machine_end_other', 30_000])
  })

  test('nobody knows who is silent', () => {
    expect(judge([], false)).toEqual(['unknown', 5000])
    expect(judge([], true)).toEqual(['unknown', 5000])
  })

  test('a person who talks on is mistaken for a machine, as it happens', async () => {
    const talk = await speak('Hello, this is Sam in the kitchen, who am I speaking to on this fine morning?', 'rms')
    expect(judge([talk], false)[0]).toBe('machine_start')
  })
})

describe('a call to an answering machine', () => {
  let gateway: Awaited<ReturnType<typeof startGateway>>
  let stand: SimTwilio
  let client: ReturnType<typeof sdkFor>
  const farEnds = new Map<string, FarEnd>()
  const onVerdict = new Map<string, (stream: Stream) => void>()

  beforeAll(async () => {
    gateway = await startGateway(({ path, params }) => {
      // The gateway of these tests speaks when it is told who answered.
      const stream = gateway.streams.find(({ messages }) =>
        messages.some(({ message }) => message.start?.callSid === params['CallSid']),
      )
      if (stream) onVerdict.get(path)?.(stream)
      return ''
    })
    stand = await createTwilio({
      accountSid,
      authToken,
      numbers: { [ourNumber]: { voiceUrl: `${gateway.url}/twiml` } },
      farEnd: (to) => farEnds.get(to)!,
    })
    client = sdkFor(stand)
  })
  afterAll(async () => {
    await stand.close()
    await gateway.close()
  })

  async function place(to: string, far: FarEnd, machineDetection: string, more: object = {}) {
    farEnds.set(to, far)
    const { sid } = await client.calls.create({
      to,
      from: ourNumber,
      twiml: streamTwiml(`${gateway.wsUrl}/media/${to.slice(1)}`),
      machineDetection,
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${gateway.url}/amd/${to.slice(1)}`,
      // The shortest that Twilio allows.
      machineDetectionSpeechThreshold: 1000,
      machineDetectionSpeechEndThreshold: 500,
      ...more,
    })
    return stand.calls.get(sid)!
  }
  const verdicts = (to: string) =>
    gateway.webhooks.filter(({ path }) => path === `/amd/${to.slice(1)}`).map(({ params }) => params)

  test.concurrent('speaks, beeps, records what the gateway says after the tone, and hangs up', async () => {
    const to = '+14155550123'
    const words = 'Please call us back tomorrow'
    const message = await speak(words, 'slt')
    onVerdict.set('/amd/14155550123', (stream) => stream.play(message))
    const far = answeringMachine({ greeting: 'Nobody is at home now.', pauseMs: 200, recordsMs: 2200, afterMs: 10 })
    const result = await (await place(to, far, 'DetectMessageEnd')).ended
    expect(verdicts(to)).toHaveLength(1)
    const [{ AnsweredBy: answeredBy, MachineDetectionDuration: tookMs, CallSid: sid }] = verdicts(to) as [
      Record<string, string>,
    ]
    expect([answeredBy, sid]).toEqual(['machine_end_beep', result.sid])
    const at = (text: string, type = 'caller-stop') =>
      result.timeline.find((entry) => entry.type === type && entry.text === text)!.atMs
    const answeredMs = result.timeline.find(({ type }) => type === 'answered')!.atMs
    expect(Math.abs(Number(tookMs) - (at('(beep)') - answeredMs))).toBeLessThan(80)
    expect(at('(beep)', 'caller-start')).toBeGreaterThan(at('Nobody is at home now.') + 150)
    expect([result.status, result.timeline.find(({ type }) => type === 'ended')!.text]).toEqual([
      'completed',
      'the callee hung up',
    ])
    const recorded = recordedAfterBeep(result)!
    expect(ulawRms(recorded)).toBeGreaterThan(0.01)
    const ear = await createEar({ phrases: { slt: [words, 'We will never call again'] } })
    expect((await ear.hear(recorded))?.phrase).toBe(words)
    ear.close()
    // Nothing was said into the greeting.
    expect(ulawRms(result.tracks.heard.subarray(0, result.tracks.heard.length - recorded.length))).toBeLessThan(0.001)
    expect(await client.calls(result.sid).fetch()).toMatchObject({ answeredBy: 'machine_end_beep' })
  }, 10_000)

  test.concurrent('is known early when the gateway asks only whether it is one', async () => {
    const to = '+14155550124'
    const far = answeringMachine({ greeting, afterMs: 10 })
    const call = await place(to, far, 'Enable')
    const verdict = await call.seen('callback')
    expect(verdict!.params).toMatchObject({ AnsweredBy: 'machine_start' })
    expect(call.timeline.some(({ type }) => type === 'caller-stop')).toBe(false)
    await client.calls(call.sid).update({ status: 'completed' })
    expect(recordedAfterBeep(await call.ended)).toBeUndefined()
  })

  test.concurrent('that is a person is called human, in both ways of asking', async () => {
    const far: FarEnd = { outcome: 'answers', afterMs: 10, script: [{ wait: 100 }, { say: 'Hello?' }] }
    const calls = [await place('+14155550125', far, 'Enable'), await place('+14155550126', far, 'DetectMessageEnd')]
    for (const call of calls) {
      expect((await call.seen('callback'))!.params).toMatchObject({ AnsweredBy: 'human' })
      call.hangUp()
    }
  })

  test.concurrent('a wrong verdict on request: a machine, although a person speaks; nothing after they have hung up', async () => {
    const [to, gone] = ['+14155550127', '+14155550128']
    const person: FarEnd = { outcome: 'answers', afterMs: 10, script: [{ wait: 50 }, { say: 'Hello?' }] }
    const call = await place(to, { ...person, answeredBy: 'machine_start', detectionMs: 60 }, 'Enable')
    const early = await place(gone, { ...person, answeredBy: 'human', detectionMs: 800, hangsUpAfterMs: 100 }, 'Enable')
    expect((await call.seen('callback'))!.params).toMatchObject({
      AnsweredBy: 'machine_start',
      MachineDetectionDuration: '60',
    })
    await early.ended
    call.hangUp()
    await call.ended
    expect([verdicts(to).length, verdicts(gone).length]).toEqual([1, 0])
  })
})

test('the verdict comes twice when asked to, and by GET when asked so', async () => {
  const gateway = await startGateway(() => '')
  const stand = await createTwilio({ accountSid, authToken, anyNumber: { voiceUrl: `${gateway.url}/twiml` } })
  stand.setFaults({ duplicateAmd: true })
  stand.setFarEnd(() => ({ outcome: 'answers', afterMs: 10, answeredBy: 'machine_end_beep', detectionMs: 30 }))
  const { sid } = await sdkFor(stand).calls.create({
    to: '+14155550123',
    from: ourNumber,
    twiml: streamTwiml(`${gateway.wsUrl}/media/x`),
    machineDetection: 'DetectMessageEnd',
    asyncAmd: 'true',
    asyncAmdStatusCallback: `${gateway.url}/amd`,
    asyncAmdStatusCallbackMethod: 'GET',
  })
  const call = stand.calls.get(sid)!
  await call.seen('callback', 2)
  call.hangUp()
  await call.ended
  expect(gateway.webhooks.map(({ method, params }) => [method, params['AnsweredBy']])).toEqual([
    ['GET', 'machine_end_beep'],
    ['GET', 'machine_end_beep'],
  ])
  await stand.close()
  await gateway.close()
})
