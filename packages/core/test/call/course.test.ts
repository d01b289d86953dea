import { expect, it } from 'vitest'
import { audio, greeter, openCall } from './harness.ts'

const LOUD = 0x10
const FAINT = 0x60

it('is told with the phases of the call, each with its time', async () => {
  const { clock, configure, connectMedia, call } = openCall()
  await configure()
  await clock.advance(30)
  connectMedia()
  expect(call.story().phases).toEqual([
    { phase: 'warming', atMs: 0 },
    { phase: 'ready', atMs: expect.any(Number) },
    { phase: 'live', atMs: expect.any(Number) },
  ])
})

it('tells what an interruption has cut, and how soon the line was told to be silent', async () => {
  const { model, goLive, clock, call } = openCall()
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'itemPlaced', itemId: 'answer', speaker: 'assistant' })
  model.latest.speak(audio(1_000), 'answer')
  model.latest.emit({ type: 'transcript', itemId: 'answer', speaker: 'assistant', text: 'one two three four' })
  await clock.advance(500)
  line.echoMarks()
  model.latest.emit({ type: 'speechStarted' })
  await clock.advance(200)
  model.latest.emit({ type: 'speechStopped' })
  const { speech = [], turns } = call.story()
  expect(speech).toMatchObject([{ clearedAfterMs: 0 }])
  expect(speech[0]!.endedMs! - speech[0]!.startedMs).toBe(200)
  const { text, unheard } = turns.at(-1)!
  expect(turns.at(-1)).toMatchObject({ cut: true, sentMs: 1_000 })
  expect(`${text.replace(' —', '')} ${unheard}`).toBe('one two three four')
})

it('tells what was cut before a word of it was heard', async () => {
  const { model, goLive, call } = openCall()
  await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'itemPlaced', itemId: 'answer', speaker: 'assistant' })
  model.latest.speak(audio(1_000), 'answer')
  model.latest.emit({ type: 'speechStarted' })
  expect(call.story().turns.at(-1)).toMatchObject({ text: '', cut: true, sentMs: 1_000, heardMs: 0 })
})

it('tells noise from speech that had to prove itself', async () => {
  const { model, goLive, clock, call } = openCall(greeter({ turnTaking: { minSpeechMs: 200 } }))
  const line = await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(4_000, FAINT), 'answer')
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
  await clock.advance(100)
  model.latest.emit({ type: 'speechStarted' })
  await clock.advance(60)
  for (let frame = 0; frame < 10; frame++) line.frame(audio(20, LOUD))
  model.latest.emit({ type: 'speechStopped' })
  const { speech = [] } = call.story()
  expect(speech).toMatchObject([{ as: 'noise' }, { clearedAfterMs: expect.any(Number) }])
  expect(speech[0]).not.toHaveProperty('clearedAfterMs')
  expect(speech[1]).not.toHaveProperty('as')
})

it('tells what was said into a greeting that is not interrupted', async () => {
  const { model, configure, connectMedia, call } = openCall()
  await configure()
  connectMedia()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(600), 'greeting')
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
  expect(call.story().speech).toMatchObject([{ as: 'kept' }])
})

it('counts the tokens of a turn with those of the tool calls before it', async () => {
  const { model, goLive, call } = openCall()
  await goLive()
  const usage = { input: { text: 10, audio: 2, cachedText: 4, cachedAudio: 0 }, output: { text: 1, audio: 5 } }
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed', usage })
  model.latest.emit({ type: 'replyStarted' })
  model.latest.emit({ type: 'itemPlaced', itemId: 'answer', speaker: 'assistant' })
  model.latest.speak(audio(100), 'answer')
  model.latest.emit({ type: 'transcript', itemId: 'answer', speaker: 'assistant', text: 'Yes.' })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed', usage })
  expect(call.story().turns.at(-1)?.usage).toEqual({
    input: { text: 20, audio: 4, cachedText: 8, cachedAudio: 0 },
    output: { text: 2, audio: 10 },
  })
})
