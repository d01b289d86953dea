import { expect, it } from 'vitest'
import type { CallNotice } from '../../src/call/observer.ts'
import type { TokenUsage, TranscriptionUsage } from '../../src/model.ts'
import { audio, openCall } from './harness.ts'

const took = (text: number): TokenUsage => ({
  input: { text, audio: 0, cachedText: 0, cachedAudio: 0 },
  output: { text: 0, audio: 0 },
})
const written = (model: string, seconds: number): { type: 'transcribed'; usage: TranscriptionUsage } => ({
  type: 'transcribed',
  usage: { model, seconds, input: { text: 0, audio: 10 }, output: { text: 2 } },
})
const transcribed = (model: string, seconds: number, times: number): TranscriptionUsage => ({
  model,
  seconds,
  input: { text: 0, audio: 10 * times },
  output: { text: 2 * times },
})

it('writing the caller’s words down is a part of what a call took, by model', async () => {
  const call = openCall()
  await call.goLive()
  expect(call.call.story().usage, 'nothing was written down').not.toHaveProperty('transcription')
  for (const event of [written('gpt-transcribe', 2), written('whisper-1', 1), written('gpt-transcribe', 3)])
    call.model.latest.emit(event)
  expect(call.call.story().usage.transcription).toEqual([
    transcribed('gpt-transcribe', 5, 2),
    transcribed('whisper-1', 1, 1),
  ])
  const notices = call.notices.filter((notice: CallNotice) => notice.type === 'usage')
  expect(notices.at(-1)).toMatchObject({ usage: { input: { text: 0 }, transcription: [{ seconds: 3 }] } })
})

it('a server that names a new model for every turn cannot make a story long', async () => {
  const call = openCall()
  await call.goLive()
  for (let turn = 0; turn < 100; turn++) call.model.latest.emit(written(`model-${turn}`, 1))
  const { transcription = [] } = call.call.story().usage
  expect(transcription.length).toBeLessThanOrEqual(4)
  expect(transcription.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(100)
})

it('a second connection is paid for although the first one answers after all', async () => {
  const call = openCall()
  await call.goLive()
  call.model.latest.emit({ type: 'speechStarted' })
  call.model.latest.emit({ type: 'speechStopped' })
  await call.clock.advance(2_500)
  const [first, second] = call.model.connections
  second!.emit({ type: 'configured' })
  second!.emit({ type: 'primed', usage: took(30) })
  second!.emit({ type: 'replyEnded', outcome: 'failed', usage: took(500) })
  first!.emit({ type: 'replyStarted' })
  first!.speak(audio(200), 'late')
  first!.emit({ type: 'replyEnded', outcome: 'completed', usage: took(7) })
  expect(second!.closed).toBe(true)
  expect(call.call.story().usage.input.text).toBe(537)
})

it('a second connection that takes over is paid for once', async () => {
  const call = openCall()
  await call.goLive()
  call.model.latest.emit({ type: 'speechStarted' })
  call.model.latest.emit({ type: 'speechStopped' })
  await call.clock.advance(2_500)
  const [first, second] = call.model.connections
  second!.emit({ type: 'configured' })
  second!.emit({ type: 'primed', usage: took(30) })
  second!.emit({ type: 'replyStarted' })
  second!.speak(audio(200), 'answer')
  second!.emit({ type: 'replyEnded', outcome: 'cancelled', usage: took(500) })
  expect(first!.closed).toBe(true)
  expect(call.call.story().usage.input.text).toBe(530)
})
