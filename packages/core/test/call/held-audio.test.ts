import { expect, it } from 'vitest'
import { createPlayout } from '../../src/call/playout.ts'
import { createRelay } from '../../src/call/relay.ts'
import { audio, greeter, openCall } from './harness.ts'

type Call = ReturnType<typeof openCall>

/** The greeting is generated to its end while the phone still rings; then the caller comes. */
const preAccepted = async (call: Call) => {
  const { model, configure, connectMedia } = call
  await configure()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'itemPlaced', itemId: 'greeting', speaker: 'assistant' })
  model.latest.speak(audio(600), 'greeting')
  model.latest.emit({ type: 'transcript', itemId: 'greeting', speaker: 'assistant', text: 'Hello there!' })
  model.latest.emit({ type: 'partEnded', itemId: 'greeting', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  await call.clock.advance(2_000)
  return connectMedia()
}

it('leaves a greeting whole that was ready before the caller came and was heard to its end', async () => {
  const rig = openCall()
  const line = await preAccepted(rig)
  await rig.clock.advance(600)
  line.echoMarks()
  rig.model.latest.emit({ type: 'speechStarted' })
  expect(rig.commands('interrupt')).toEqual([])
  expect(rig.call.story().turns.map(({ text }) => text)).toEqual(['Hello there!'])
})

it('answers a short "yes" to a greeting that was ready before the caller came', async () => {
  const rig = openCall(greeter({ turnTaking: { minSpeechMs: 200 } }))
  const line = await preAccepted(rig)
  await rig.clock.advance(600)
  line.echoMarks()
  rig.model.latest.emit({ type: 'speechStarted' })
  for (let frame = 0; frame < 6; frame++) line.frame(audio(20, 0x10))
  rig.model.latest.emit({ type: 'speechStopped' })
  expect(rig.commands('dismissTurn')).toEqual([])
  expect(rig.call.state.turn).toBe('thinking')
})

it('still cuts such a greeting where the caller stopped listening', async () => {
  const rig = openCall(greeter({ greetingShield: 'off' }))
  await preAccepted(rig)
  await rig.clock.advance(200)
  rig.model.latest.emit({ type: 'speechStarted' })
  expect(rig.commands('interrupt')).toMatchObject([{ heard: [{ itemId: 'greeting', heardMs: 200, sentMs: 600 }] }])
})

it('sends the unaligned end of held audio, and counts it as complete only then', () => {
  let nowMs = 0
  const playout = createPlayout(() => nowMs)
  const relay = createRelay(playout)
  const heard: string[] = []
  relay.fromModel(audio(30, 1), 'one', 0)
  relay.partEnded('one', 0)
  relay.fromModel(audio(20, 2), 'two', 0)
  expect(playout.unheard()).toEqual([])
  nowMs = 5_000
  relay.attachCaller({ sendAudio: (payload) => void heard.push(payload), sendMark: () => {} })
  expect(Buffer.concat(heard.map((payload) => Buffer.from(payload, 'base64'))).length).toBe(480)
  nowMs = 5_060
  expect(playout.unheard(), 'the second is not complete').toEqual([
    { itemId: 'two', contentIndex: 0, heardMs: 20, sentMs: 20 },
  ])
})

it('keeps nothing of held audio once it has been thrown away', () => {
  const playout = createPlayout(() => 0)
  const relay = createRelay(playout)
  const heard: string[] = []
  relay.fromModel(audio(30), 'one', 0)
  relay.play(audio(100), 'phrase')
  relay.clear()
  expect(relay.holding).toBe(false)
  relay.attachCaller({ sendAudio: (payload) => void heard.push(payload), sendMark: () => {} })
  relay.partEnded('one', 0)
  expect([heard, playout.unheard()]).toEqual([[], []])
})

it('times the first frame of an answer when it is sent, not while it is kept back', async () => {
  const rig = openCall()
  await rig.goLive()
  rig.model.latest.emit({ type: 'speechStarted' })
  rig.model.latest.emit({ type: 'speechStopped' })
  rig.model.latest.emit({ type: 'replyStarted' })
  await rig.clock.advance(300)
  rig.model.latest.speak(audio(10), 'answer')
  await rig.clock.advance(200)
  rig.model.latest.speak(audio(10), 'answer')
  expect(rig.call.story().latency.speech_end_to_frame).toEqual([500])
})
