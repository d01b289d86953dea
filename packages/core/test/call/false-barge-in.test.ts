import { expect, it } from 'vitest'
import { createSpeechMeter } from '../../src/call/speech-meter.ts'
import { audio, greeter, openCall } from './harness.ts'

/** μ-law bytes of a loud and of a quiet voice, and of our own voice at full level. */
const LOUD = 0x10
const FAINT = 0x60
const guarded = () => openCall(greeter({ turnTaking: { minSpeechMs: 200 } }))

it('asks the model to leave interrupting to us where speech must prove itself', async () => {
  const { goLive, commands } = guarded()
  await goLive()
  expect(commands('configure')).toMatchObject([{ config: { turnDetection: { autoReply: true, interrupts: false } } }])
})

it('lets the assistant finish over a cough, and has the model forget it', async () => {
  const { model, goLive, commands } = guarded()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(2_000, FAINT), 'answer')
  model.latest.emit({ type: 'speechStarted' })
  for (let frame = 0; frame < 6; frame++) line.frame(audio(20, LOUD))
  for (let frame = 0; frame < 20; frame++) line.frame(audio(20, 0xff))
  model.latest.emit({ type: 'speechStopped' })
  expect(line.messages('clear')).toHaveLength(0)
  expect(commands('interrupt')).toHaveLength(0)
  expect(commands('dismissTurn')).toHaveLength(1)
})

it('stops for speech that lasts', async () => {
  const { model, goLive, commands } = guarded()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(2_000, FAINT), 'answer')
  model.latest.emit({ type: 'speechStarted' })
  for (let frame = 0; frame < 10; frame++) line.frame(audio(20, LOUD))
  expect(line.messages('clear')).toHaveLength(1)
  expect(commands('interrupt')).toMatchObject([{ cause: 'gateway', heard: [{ itemId: 'answer' }] }])
  model.latest.emit({ type: 'speechStopped' })
  expect(commands('dismissTurn')).toHaveLength(0)
})

it('does not weigh speech while the assistant is silent', async () => {
  const { model, goLive, call } = guarded()
  await goLive()
  model.latest.emit({ type: 'speechStarted' })
  expect(call.state.bargeInPending).toBe(false)
})

it('does not take an echo of our own voice for the caller', () => {
  const meter = createSpeechMeter()
  let heard = 0
  const weigh = (byte: number): number => {
    meter.weigh(200, () => void heard++)
    for (let frame = 0; frame < 20; frame++) {
      meter.sent(audio(20, LOUD), () => frame * 20)
      meter.frame(audio(20, byte), () => frame * 20)
    }
    meter.rest()
    return heard
  }
  // 0x2f is 12 dB below 0x10.
  expect(weigh(0x2f)).toBe(0)
  expect(weigh(LOUD)).toBe(1)
})
