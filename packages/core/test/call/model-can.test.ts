import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, caller, greeter, openCall, prepareCall, timesSaid } from './harness.ts'
import { notes } from './listening-rig.ts'

const LOUD = 0x10
const FAINT = 0x60

/** A sentence of a second, of which the caller hears half; then they speak. */
const interruptHalfway = async (call: ReturnType<typeof openCall>): Promise<void> => {
  const line = await call.goLive()
  call.model.latest.emit({ type: 'replyStarted' })
  call.model.latest.speak(audio(1_000), 'one')
  const marks = line.messages('mark')
  await call.clock.advance(480)
  for (const { mark } of marks.slice(0, 3)) line.heard(mark.name)
  call.model.latest.emit({ type: 'speechStarted' })
}

describe('a model that cannot be told how much was heard', () => {
  it('is told in words, and the story says what was heard', async () => {
    const call = openCall(greeter(), { model: { truncate: false } })
    await interruptHalfway(call)
    expect(call.commands('interrupt')).toEqual([{ type: 'interrupt', cause: 'speech', heard: [] }])
    expect(notes(call).at(-1)).toBe('The caller has heard only the first 0.5 seconds of what you said last.')
  })

  it('forgets all the same what nobody has heard', async () => {
    const call = openCall(greeter(), { model: { truncate: false } })
    await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(1_000), 'one')
    call.model.latest.emit({ type: 'speechStarted' })
    expect(call.commands('interrupt')).toMatchObject([{ heard: [{ itemId: 'one', heardMs: 0 }] }])
    expect(notes(call).join('\n')).not.toContain('has heard')
  })

  it('is told nothing about a sentence that was another one’s', async () => {
    const call = openCall(greeter(), { model: { truncate: false, deleteItem: false } })
    await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(4_000), 'one')
    call.model.latest.emit({ type: 'partEnded', itemId: 'one', contentIndex: 0 })
    const { model, clock } = call
    model.latest.emit({ type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true })
    await clock.advance(250)
    await call.configure()
    model.latest.emit({ type: 'speechStarted' })
    expect(notes(call).join('\n')).not.toContain('has heard')
  })
})

describe('a model that forgets nothing', () => {
  it('is told in words that a sentence was not heard', async () => {
    const call = openCall(greeter(), { model: { deleteItem: false } })
    await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(1_000), 'one')
    call.model.latest.emit({ type: 'speechStarted' })
    expect(call.commands('interrupt')).toMatchObject([{ heard: [] }])
    expect(notes(call).at(-1)).toBe('The caller has heard nothing of what you said last.')
  })

  it('is told in words that a turn was noise', async () => {
    const call = openCall(greeter({ turnTaking: { minSpeechMs: 200 } }), { model: { deleteItem: false } })
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(2_000, FAINT), 'answer')
    call.model.latest.emit({ type: 'speechStarted' })
    for (let frame = 0; frame < 4; frame++) line.frame(audio(20, LOUD))
    call.model.latest.emit({ type: 'speechStopped' })
    expect(call.commands('dismissTurn')).toHaveLength(1)
    expect(notes(call).at(-1)).toContain('was noise')
    expect(line.messages('clear')).toHaveLength(0)
  })
})

it('a model that can do all of it is told nothing of that in words', async () => {
  const call = openCall(greeter({ turnTaking: { minSpeechMs: 200 } }))
  const line = await call.goLive()
  const before = notes(call)
  call.model.latest.emit({ type: 'replyStarted' })
  call.model.latest.speak(audio(2_000, FAINT), 'answer')
  call.model.latest.emit({ type: 'speechStarted' })
  for (let frame = 0; frame < 4; frame++) line.frame(audio(20, LOUD))
  call.model.latest.emit({ type: 'speechStopped' })
  expect(call.commands('dismissTurn')).toHaveLength(1)
  call.model.latest.emit({ type: 'speechStarted' })
  for (let frame = 0; frame < 12; frame++) line.frame(audio(20, LOUD))
  expect(call.commands('interrupt')).toHaveLength(1)
  expect(notes(call)).toEqual(before)
})

describe('a model that cannot be stopped', () => {
  it('is let run: nothing more of that reply is heard or done, and the next one is', async () => {
    const call = openCall(greeter(), { model: { cancel: false } })
    const line = await call.goLive()
    const { latest } = call.model
    latest.emit({ type: 'replyStarted' })
    latest.emit({ type: 'itemPlaced', itemId: 'one', speaker: 'assistant' })
    latest.speak(audio(1_000), 'one')
    await call.clock.advance(500)
    line.echoMarks()
    latest.emit({ type: 'speechStarted' })
    const sent = line.messages('media').length
    latest.speak(audio(1_000), 'one')
    latest.emit({
      type: 'transcript',
      itemId: 'one',
      speaker: 'assistant',
      text: 'One two three four five six seven eight.',
    })
    latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
    await settle()
    expect(line.messages('media')).toHaveLength(sent)
    expect(call.call.state.toolsRunning).toEqual([])
    expect(call.commands('toolOutput')).toMatchObject([
      { toolCallId: 't1', output: expect.stringContaining('not done') },
    ])
    latest.emit({ type: 'speechStopped' })
    latest.emit({ type: 'replyEnded', outcome: 'completed' })
    expect(call.call.state).toMatchObject({ phase: 'live', replyActive: false, cut: false })
    const [said] = call.call.story().turns.filter(({ text }) => text.startsWith('One'))
    expect(said?.text, 'half of it was sent, and that was heard').not.toContain('seven')
    latest.emit({ type: 'replyStarted' })
    latest.speak(audio(200), 'two')
    expect(line.messages('media').length).toBeGreaterThan(sent)
  })

  it('does not keep the caller in silence when it never comes to an end', async () => {
    const call = openCall(greeter(), { model: { cancel: false } })
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(1_000), 'one')
    call.model.latest.emit({ type: 'speechStarted' })
    await call.clock.advance(500)
    call.model.latest.emit({ type: 'speechStopped' })
    await call.clock.advance(1_600)
    expect(timesSaid(line, 'oneMoment')).toBeGreaterThan(0)
    await call.clock.advance(1_000)
    expect(call.model.connections, 'another one is asked').toHaveLength(2)
  })
})

describe('a model that tells nothing of the caller’s turns', () => {
  const open = (changes = {}) => openCall(greeter(changes), { model: { turnEvents: false } })
  type Call = ReturnType<typeof open>
  type Line = Awaited<ReturnType<Call['goLive']>>
  const frames = async (call: Call, line: Line, ms: number, byte: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      for (let frame = 0; frame < 5; frame++) line.frame(audio(20, byte))
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await call.clock.advance(100)
    }
  }

  it('has its call hear them begin and end, and owe an answer', async () => {
    const call = open()
    const line = await call.goLive()
    await frames(call, line, 100, LOUD)
    expect(call.call.state.callerSpeaking, 'a click is no speech').toBe(false)
    await frames(call, line, 300, LOUD)
    expect(call.call.state.callerSpeaking).toBe(true)
    await frames(call, line, 500, 0xff)
    expect(call.call.state.callerSpeaking, 'a pause for breath').toBe(true)
    await frames(call, line, 500, 0xff)
    expect(call.call.state).toMatchObject({ callerSpeaking: false, turn: 'thinking', callerTurns: 1 })
    await frames(call, line, 1_700, 0xff)
    expect(timesSaid(line, 'oneMoment'), 'the wait for it is bridged').toBeGreaterThan(0)
  })

  it('hears a turn end when the line falls silent altogether', async () => {
    const call = open()
    const line = await call.goLive()
    await frames(call, line, 600, LOUD)
    await call.clock.advance(1_500)
    expect(call.call.state).toMatchObject({ callerSpeaking: false, callerTurns: 1 })
  })

  it('is interrupted by the caller, and not by its own echo', async () => {
    const call = open()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(4_000, LOUD), 'one')
    await frames(call, line, 600, 0x2f)
    expect(call.commands('interrupt')).toEqual([])
    await frames(call, line, 400, 0x0a)
    expect(call.commands('interrupt')).toMatchObject([{ cause: 'speech', heard: [{ itemId: 'one' }] }])
    expect(line.messages('clear')).toHaveLength(1)
  })

  it('hears a quiet caller once its own voice has died away', async () => {
    const call = open()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(600, LOUD), 'one')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await call.clock.advance(600)
    line.echoMarks()
    await frames(call, line, 600, 0xff)
    await frames(call, line, 400, 0x2f)
    expect(call.call.state.callerSpeaking).toBe(true)
  })

  it('is not stopped by a word of agreement where speech must prove itself', async () => {
    const call = open({ turnTaking: { minSpeechMs: 600 } })
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(4_000, FAINT), 'one')
    await frames(call, line, 400, LOUD)
    await frames(call, line, 1_000, 0xff)
    expect(call.commands('interrupt')).toEqual([])
    expect(call.commands('dismissTurn')).toHaveLength(1)
  })

  it('is asked whether somebody is there when nobody is heard', async () => {
    const call = open({ patience: { silenceMs: 20_000 } })
    const line = await call.goLive()
    await frames(call, line, 21_000, 0xff)
    expect(notes(call).at(-1)).toContain('still there')
  })

  it('is not asked whether it still hears: nobody expects it to say so', async () => {
    const call = open()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(600, LOUD), 'one')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await call.clock.advance(600)
    line.echoMarks()
    // What still echoes is a voice to whoever does not know ours.
    await frames(call, line, 450, 0x2f)
    await frames(call, line, 2_000, 0xff)
    expect(call.call.state.callerTurns).toBe(0)
    expect(call.commands('probe')).toEqual([])
  })
})

describe('a model that speaks no faster than it is heard', () => {
  const speakWithGap = async (pace: 'burst' | 'realTime', gapMs: number) => {
    const call = openCall(greeter(), { model: { pace } })
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(200), 'one')
    await call.clock.advance(200 + gapMs)
    line.echoMarks()
    await settle()
    return call
  }

  it('is still heard between two of its deltas', async () => {
    expect((await speakWithGap('realTime', 300)).call.state.sounding).toBe(true)
    expect((await speakWithGap('burst', 300)).call.state.sounding, 'where there should be more').toBe(false)
  })

  it('has stopped when nothing comes for longer', async () => {
    expect((await speakWithGap('realTime', 900)).call.state.sounding).toBe(false)
  })

  it('has ended at once when its reply has', async () => {
    const call = openCall(greeter(), { model: { pace: 'realTime' } })
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(200), 'one')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await call.clock.advance(200)
    line.echoMarks()
    await settle()
    expect(call.call.state).toMatchObject({ sounding: false, turn: 'listening' })
  })
})

describe('a model whose idle connections are billed', () => {
  it('is not opened while somebody is being rung, and the call is placed all the same', async () => {
    const { call, model, configure, connectMedia, clock } = prepareCall(caller(), {
      primes: true,
      model: { idle: 'billed' },
    })
    expect(model.connections).toHaveLength(0)
    expect(await call.warmed).toBe('late')
    await clock.advance(20_000)
    expect(model.connections).toHaveLength(0)
    call.bind('CA1')
    call.offered()
    expect(model.connections).toHaveLength(1)
    expect((await model.latest.config).primes).toBeUndefined()
    connectMedia()
    await configure()
    expect(call.state.phase).toBe('live')
    expect(model.connections).toHaveLength(1)
  })

  it('is opened once, whether the audio was announced or not', async () => {
    const { model, call, connectLeg, configure } = openCall(greeter(), { model: { idle: 'billed' } })
    expect(model.connections).toHaveLength(0)
    connectLeg().start()
    expect(model.connections).toHaveLength(1)
    call.offered()
    expect(model.connections).toHaveLength(1)
    await configure()
    expect(call.state).toMatchObject({ phase: 'live', greeting: 'asked' })
  })

  it('is never opened for a call that nobody answers', async () => {
    const { model, call, clock } = prepareCall(caller(), { model: { idle: 'billed' } })
    await clock.advance(200_000)
    expect(model.connections).toHaveLength(0)
    expect(call.state.phase).toBe('ended')
  })
})
