import { expect, it } from 'vitest'
import { settle } from '../../src/testing/index.ts'
import { audio, openCall } from './harness.ts'

const callTool = (name: string) => ({ type: 'toolCalled', toolCallId: 't1', name, argumentsJson: '{}' }) as const

it('goes on talking on a second stream that comes while the first is live', async () => {
  const { goLive, connectMedia, model, call, commands } = openCall()
  const first = await goLive()
  const before = first.messages('media').length
  const second = connectMedia()
  await settle()
  expect(first.isOpen, 'the first is let go').toBe(false)
  expect(call.state.phase).toBe('live')
  expect(commands().at(-1), 'the assistant says that the line is back').toEqual({ type: 'reply' })
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'back')
  expect(first.messages('media')).toHaveLength(before)
  expect(second.messages('media').map(({ media }) => media.payload)).toEqual([audio(400)])
  expect(second.messages('mark')).toHaveLength(1)
  second.frame(audio(20, 7))
  expect(model.latest.audio.at(-1)).toBe(audio(20, 7))
})

it('lets go of audio whose end the carrier reports before it closes the connection', async () => {
  const { goLive, connectMedia, call } = openCall()
  const first = await goLive()
  expect(call.next()).toEqual({ kind: 'connect' })
  await settle()
  expect(first.isOpen).toBe(false)
  connectMedia()
  expect(call.state.phase).toBe('live')
})

it('tells the model what was lost with the first stream', async () => {
  const { goLive, connectMedia, model, clock, commands } = openCall()
  await goLive()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(2_000), 'answer')
  await clock.advance(440)
  connectMedia()
  expect(commands('interrupt')).toMatchObject([{ heard: [{ itemId: 'answer', heardMs: 440, sentMs: 2_000 }] }])
})

it('hears the marks of the new stream, and neither marks, keys nor words of the old one', async () => {
  const { goLive, connectMedia, model, call, commands } = openCall()
  const first = await goLive()
  const second = connectMedia()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'back')
  model.latest.emit({ type: 'partEnded', itemId: 'back', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  const heard = model.latest.audio.length
  first.press('5')
  first.frame()
  first.heard(second.messages('mark').at(-1)!.mark.name)
  expect(model.latest.audio).toHaveLength(heard)
  expect(call.state).toMatchObject({ turn: 'speaking', digits: '' })
  second.echoMarks()
  expect(call.state.turn).toBe('listening')
  model.latest.emit({ type: 'speechStarted' })
  expect(commands('interrupt').at(-1)).toMatchObject({ heard: [] })
})

it('is not taken for a line that drops when the first stream closes afterwards', async () => {
  const { goLive, connectMedia, call, clock } = openCall()
  const first = await goLive()
  connectMedia()
  first.drop()
  await clock.advance(5_000)
  expect(call.state.phase).toBe('live')
})

it('lets the goodbye go on where it can be heard, and hangs up behind it', async () => {
  const { goLive, connectMedia, model, call, hungUp } = openCall()
  await goLive()
  model.latest.emit(callTool('hang_up'))
  await settle()
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(400), 'goodbye')
  const second = connectMedia()
  expect(call.state.phase).toBe('leaving')
  model.latest.speak(audio(600), 'goodbye')
  model.latest.emit({ type: 'partEnded', itemId: 'goodbye', contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  expect(second.messages('media').map(({ media }) => media.payload)).toHaveLength(3)
  expect(hungUp).toEqual([])
  second.echoMarks()
  await settle()
  expect(hungUp).toEqual(['CA1'])
})

it('hears the greeting on a second stream that comes before the model is ready', async () => {
  const { connectMedia, configure, model, commands } = openCall()
  const first = connectMedia()
  const second = connectMedia()
  await configure()
  expect(JSON.stringify(commands('addMessage')), 'nobody has noticed anything').not.toContain('line dropped')
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(200), 'greeting')
  expect(first.messages('media')).toHaveLength(0)
  expect(second.messages('media')).toHaveLength(1)
})

it('keeps a caller whom somebody is being rung for when the carrier asks again, however often the audio had ended', async () => {
  const { goLive, connectMedia, model, clock, call } = openCall()
  let line = await goLive()
  for (let ended = 1; ended < 8; ended++) line = connectMedia()
  model.latest.emit({
    type: 'toolCalled',
    toolCallId: 't1',
    name: 'transfer_call',
    argumentsJson: '{"destination":"sales","reason":"x"}',
  })
  await settle()
  await clock.advance(4_500)
  line.drop()
  await settle()
  const dial = { kind: 'dial', number: '+14155550111', label: 'sales' }
  expect(call.next()).toEqual(dial)
  expect(call.next(), 'the answer was lost').toEqual(dial)
  expect(call.state.phase).toBe('away')
  expect(call.next({ transfer: 'busy' }), 'the audio is worn out').toMatchObject({ kind: 'fallback' })
  expect(call.state).toMatchObject({ phase: 'ended', disposition: 'fallback' })
})
