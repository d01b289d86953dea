import { describe, expect, it } from 'vitest'
import type { GreetingBook, SpokenGreeting, WantedGreeting } from '../../src/greetings.ts'
import type { ModelEvent } from '../../src/model.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, type createLine, greeter, openCall, prepareCall, talk, timesSaid } from './harness.ts'

const WORDS = 'Hello there!'
/** Recognisable by its sound. */
const SOUND = 0x55
const RECORDING_MS = 2_000

/** A book that has recorded every greeting, or none. */
const bookOf = (isRecorded: boolean) => {
  const wanted: WantedGreeting[] = []
  const offered: SpokenGreeting[] = []
  const greetings: GreetingBook = {
    find(each) {
      wanted.push(each)
      return isRecorded ? { text: each.text, payload: audio(RECORDING_MS, SOUND) } : undefined
    },
    offer: (spoken) => void offered.push(spoken),
  }
  return { greetings, wanted, offered }
}

/** How much of the recording was sent to a line (ms). */
const playedMs = (line: ReturnType<typeof createLine>): number =>
  line
    .messages('media')
    .map(({ media }) => Buffer.from(media.payload, 'base64'))
    .filter(([first]) => first === SOUND)
    .reduce((bytes, part) => bytes + part.length, 0) / 8

/** The caller hears 960 ms of the recording, which the marks confirm. */
const hearSome = async (clock: ReturnType<typeof openCall>['clock'], line: ReturnType<typeof createLine>) => {
  const marks = line.messages('mark')
  await clock.advance(960)
  for (const { mark } of marks.slice(0, 4)) line.heard(mark.name)
}

/** A call whose greeting is recorded and whose look-up is over; the model is still opening. */
const openRecorded = async (changes: Parameters<typeof greeter>[0] = {}, model?: object) => {
  const rig = openCall(greeter(changes), { greetings: bookOf(true).greetings, ...(model ? { model } : {}) })
  await settle()
  return rig
}

describe('a recorded greeting', () => {
  it('is played at the start of the audio, whether or not the model is there', async () => {
    const { call, connectMedia, commands, notices } = await openRecorded()
    const line = connectMedia()
    expect(call.state).toMatchObject({ phase: 'joining', model: 'opening', greeting: 'playing' })
    expect(playedMs(line)).toBe(RECORDING_MS)
    expect(commands()).toEqual([])
    expect(call.story().turns).toMatchObject([{ speaker: 'assistant', text: WORDS }])
    expect(call.story().latency).toMatchObject({ media_to_greeting_frame: [0] })
    expect(notices).toContainEqual({ type: 'greeting', source: 'recording' })
  })

  it('is what the model finds in its conversation, and no reply is asked for', async () => {
    const { call, connectMedia, configure, commands, clock } = await openRecorded()
    const line = connectMedia()
    await clock.advance(500)
    await configure()
    expect(call.state).toMatchObject({ phase: 'live', greeting: 'playing' })
    expect(commands()).toEqual([{ type: 'addMessage', role: 'assistant', text: WORDS }])
    expect(playedMs(line)).toBe(RECORDING_MS)
  })

  it('is told to a model that was there first, when it is played', async () => {
    const { call, connectMedia, configure, commands } = await openRecorded()
    await configure()
    expect([call.state.phase, commands()]).toEqual(['ready', []])
    const line = connectMedia()
    expect(playedMs(line)).toBe(RECORDING_MS)
    expect(commands()).toEqual([{ type: 'addMessage', role: 'assistant', text: WORDS }])
  })

  it('waits for a look-up that is slower than the line', async () => {
    const known = Promise.withResolvers<string>()
    const { greetings } = bookOf(true)
    const { connectMedia, clock } = openCall(
      greeter({ lookUp: { find: () => known.promise, orElse: () => 'nobody', timeoutMs: 60_000 } }),
      { greetings },
    )
    const line = connectMedia()
    await clock.advance(500)
    expect(playedMs(line)).toBe(0)
    known.resolve('Anna')
    await settle()
    expect(playedMs(line)).toBe(RECORDING_MS)
  })

  it('is followed by the conversation settings once it was heard', async () => {
    const { connectMedia, configure, commands, clock, call } = await openRecorded()
    const line = connectMedia()
    await configure()
    expect(commands('configure')).toEqual([])
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    expect(commands('configure')).toMatchObject([
      { config: { turnDetection: { eagerness: 'medium', autoReply: true }, tools: [{}, {}, { name: 'slow_tool' }] } },
    ])
    expect(call.state).toMatchObject({ greeting: 'heard', turn: 'listening', opening: false })
    expect(commands('reply')).toEqual([])
  })

  it('ends before a slow model comes, which gets the conversation settings before audio of the caller', async () => {
    const { connectMedia, configure, commands, clock, model, call } = await openRecorded()
    expect(await model.latest.config).toMatchObject({ turnDetection: { autoReply: false } })
    const line = connectMedia()
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    for (let frame = 0; frame < 10; frame++) line.frame()
    expect(call.state).toMatchObject({ phase: 'joining', greeting: 'heard' })
    let heardBefore: number | undefined
    const { commands: sent } = model.latest
    const push = sent.push.bind(sent)
    sent.push = (...all) => {
      if (all.some(({ type }) => type === 'configure')) heardBefore = model.latest.audio.length
      return push(...all)
    }
    await configure()
    expect(commands().map(({ type }) => type)).toEqual(['configure', 'addMessage'])
    expect(commands('configure')).toMatchObject([{ config: { turnDetection: { autoReply: true } } }])
    expect([heardBefore, model.latest.audio.length]).toEqual([0, 10])
    // The server answers the turn by itself: nothing is asked for.
    model.latest.emit({ type: 'speechStarted' })
    model.latest.emit({ type: 'speechStopped' })
    expect([call.state.turn, commands('reply')]).toEqual(['thinking', []])
  })

  it('keeps what is said behind the shield, and has it answered when the greeting was heard', async () => {
    const { connectMedia, configure, commands, clock, model } = await openRecorded()
    const line = connectMedia()
    await configure()
    model.latest.emit({ type: 'speechStarted' })
    model.latest.emit({ type: 'speechStopped' })
    expect([line.messages('clear'), commands('reply')]).toEqual([[], []])
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    expect(commands('reply')).toHaveLength(1)
  })

  it('is stopped by the caller where the shield is down, and the model is told what was heard', async () => {
    const { call, connectMedia, configure, commands, clock, model } = await openRecorded({
      greeting: () => 'one two three four five six seven eight nine ten',
      greetingShield: 'off',
    })
    const line = connectMedia()
    await configure()
    await hearSome(clock, line)
    model.latest.emit({ type: 'speechStarted' })
    expect(line.messages('clear')).toHaveLength(1)
    expect(commands('interrupt')).toMatchObject([{ heard: [] }])
    expect(commands('addMessage').at(-1)).toMatchObject({
      role: 'system',
      text: 'The caller has heard only this of your greeting: "one two three four —".',
    })
    expect(call.story().turns[0]).toMatchObject({ text: 'one two three four —' })
  })

  it('is stopped by keys too, also while the model is missing, which then learns only what was heard', async () => {
    const { connectMedia, configure, commands, clock } = await openRecorded({
      greeting: () => 'one two three four five six seven eight nine ten',
    })
    const line = connectMedia()
    await hearSome(clock, line)
    line.press('1')
    expect(line.messages('clear')).toHaveLength(1)
    await configure()
    expect(commands('addMessage')[0]).toMatchObject({ role: 'assistant', text: 'one two three four —' })
  })

  it('costs nothing and is no reply of the model', async () => {
    const { call, connectMedia, configure, clock, model } = await openRecorded()
    const line = connectMedia()
    await configure()
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    model.latest.emit({ type: 'speechStarted' })
    model.latest.emit({ type: 'speechStopped' })
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(200), 'answer')
    const { usage, latency } = call.story()
    expect(usage.output).toEqual({ text: 0, audio: 0 })
    expect(latency.webhook_to_greeting_delta).toBeUndefined()
    expect(latency.speech_end_to_delta).toHaveLength(1)
  })

  it('is not used for calls that we place', async () => {
    const { greetings, wanted } = bookOf(true)
    const { connectMedia, configure, commands } = prepareCall(greeter(), { greetings })
    await configure()
    connectMedia()
    expect([wanted, commands('reply').length]).toEqual([[], 1])
  })

  it('is begun again for a stream that takes the place of the first before the model is there', async () => {
    const { call, connectMedia, configure, commands, clock } = await openRecorded()
    connectMedia()
    await clock.advance(500)
    const line = connectMedia()
    expect(playedMs(line)).toBe(RECORDING_MS)
    await configure()
    expect(commands('addMessage').at(-1)).toMatchObject({ role: 'assistant', text: WORDS })
    expect(call.state.greeting).toBe('playing')
  })
})

describe('while a recorded greeting is played, the model', () => {
  const gone = (retry: boolean): ModelEvent => ({
    type: 'lost',
    retry,
    error: Object.assign(new Error('gone'), { code: 'model_lost' }) as never,
  })

  it('may be lost and come back unnoticed', async () => {
    const { connectMedia, configure, commands, clock, model, call } = await openRecorded()
    const line = connectMedia()
    await configure()
    model.latest.emit(gone(true))
    await clock.advance(300)
    expect(model.connections).toHaveLength(2)
    await configure()
    expect(commands()).toEqual([{ type: 'addMessage', role: 'assistant', text: WORDS }])
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    expect(commands('reply'), 'nobody is told of a lost connection').toEqual([])
    expect(call.state).toMatchObject({ phase: 'live', greeting: 'heard' })
  })

  it('may be given up: the greeting is heard to its end, then the caller goes to the fallback', async () => {
    const { connectMedia, clock, model, call } = await openRecorded()
    const line = connectMedia()
    model.latest.emit(gone(false))
    expect([call.state.phase, line.messages('clear')]).toEqual(['joining', []])
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    expect(call.next()).toMatchObject({ kind: 'fallback' })
  })

  it('may never come: the clock of what is owed begins when the greeting has ended', async () => {
    const { connectMedia, clock, call } = await openRecorded()
    const line = connectMedia()
    await clock.advance(RECORDING_MS)
    line.echoMarks()
    expect(timesSaid(line, 'oneMoment')).toBe(0)
    await clock.advance(1_600)
    expect(timesSaid(line, 'oneMoment')).toBe(1)
    await clock.advance(5_500)
    expect(call.next()).toMatchObject({ kind: 'fallback' })
  })

  it('is told of the greeting when it was lost after the caller had spoken', async () => {
    const rig = await openRecorded()
    const { connectMedia, configure, commands, clock, model } = rig
    const line = connectMedia()
    await configure()
    model.latest.emit({ type: 'speechStarted' })
    await talk(rig, line, 500)
    model.latest.emit(gone(true))
    await clock.advance(300)
    await configure()
    expect(model.latest.history).toContainEqual({ kind: 'message', role: 'assistant', text: WORDS })
    expect(commands('addMessage')).toMatchObject([
      { role: 'system', text: expect.stringContaining('The connection was lost') },
    ])
  })
})

describe('a greeting of the model', () => {
  interface Steps {
    readonly outcome?: 'completed' | 'incomplete'
    readonly transcript?: string
  }
  /** The model greets, and the caller hears it to its end. */
  const greet = async (
    { model, connectMedia, configure }: ReturnType<typeof openCall>,
    { outcome = 'completed', transcript = WORDS }: Steps = {},
  ) => {
    await configure()
    const line = connectMedia()
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(300, 1), 'greeting')
    model.latest.speak(audio(130, 2), 'greeting')
    model.latest.emit({ type: 'partEnded', itemId: 'greeting', contentIndex: 0 })
    model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'greeting', text: transcript })
    model.latest.emit({ type: 'replyEnded', outcome })
    return line
  }
  const open = (changes: Parameters<typeof greeter>[0] = {}) => {
    const book = bookOf(false)
    return { ...book, ...openCall(greeter(changes), { greetings: book.greetings }) }
  }

  it('is offered with its words and its sound when it was heard to its end, once', async () => {
    const rig = open({ voice: 'marin', tuning: { effort: 'low' } })
    const line = await greet(rig)
    expect(rig.offered, 'sent is not heard').toEqual([])
    line.echoMarks()
    expect(rig.offered).toEqual([
      {
        mode: 'greeter',
        promptVersion: rig.call.mode.promptVersion,
        tuning: { effort: 'low' },
        voice: 'marin',
        text: WORDS,
        transcript: ` ${WORDS}`,
        audio: Buffer.concat([Buffer.alloc(2_400, 1), Buffer.alloc(1_040, 2)]),
      },
    ])
    expect(rig.notices).toContainEqual({ type: 'greeting', source: 'model' })
  })

  it('is not offered when it broke off', async () => {
    const rig = open()
    const line = await greet(rig, { outcome: 'incomplete' })
    line.echoMarks()
    expect(rig.offered).toEqual([])
  })

  it('is not offered when the caller interrupted it, however much of it had come', async () => {
    const rig = open({ greetingShield: 'off' })
    const line = await greet(rig)
    rig.model.latest.emit({ type: 'speechStarted' })
    line.echoMarks()
    expect(rig.offered).toEqual([])
  })

  it('is not offered when the model has heard the caller before it had made all of it: they may have told it how to speak', async () => {
    const early = open()
    early.connectMedia()
    await early.configure()
    early.model.latest.emit({ type: 'speechStarted' })
    early.model.latest.emit({ type: 'speechStopped' })
    early.model.latest.emit({ type: 'replyStarted' })
    early.model.latest.speak(audio(300, 1), 'greeting')
    early.model.latest.emit({ type: 'partEnded', itemId: 'greeting', contentIndex: 0 })
    early.model.latest.emit({ type: 'transcript', speaker: 'assistant', itemId: 'greeting', text: WORDS })
    early.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await early.clock.advance(3_000)
    expect(early.call.state.greeting).toBe('heard')
    expect(early.offered).toEqual([])

    const later = open()
    const line = await greet(later)
    later.model.latest.emit({ type: 'speechStarted' })
    later.model.latest.emit({ type: 'speechStopped' })
    line.echoMarks()
    expect(later.offered, 'behind the shield, when all of it was made').toHaveLength(1)
  })

  it('is not offered when the caller was gone before its end', async () => {
    const rig = open()
    const line = await greet(rig)
    line.drop()
    await rig.clock.advance(10_000)
    expect(rig.offered).toEqual([])
  })

  it('is not offered when its connection was lost in the middle of it', async () => {
    const rig = open()
    await rig.configure()
    const line = rig.connectMedia()
    rig.model.latest.emit({ type: 'replyStarted' })
    rig.model.latest.speak(audio(300, 1), 'greeting')
    rig.model.latest.emit({
      type: 'lost',
      retry: true,
      error: Object.assign(new Error('gone'), { code: 'model_lost' }) as never,
    })
    line.echoMarks()
    await rig.clock.advance(300)
    await rig.configure()
    expect(rig.offered).toEqual([])
  })

  it('is neither looked for nor offered where it differs from caller to caller', async () => {
    const rig = open({
      lookUp: { find: async () => 'Anna', orElse: () => '' },
      greeting: (_facts, known) => `Hello ${String(known)}`,
    })
    const line = await greet(rig, { transcript: 'Hello Anna' })
    line.echoMarks()
    expect([rig.wanted, rig.offered]).toEqual([[], []])
  })

  it('is neither looked for nor offered where the words name the number that calls', async () => {
    const rig = open({ greeting: ({ otherParty }) => `Hello ${otherParty.number ?? 'there'}` })
    const line = await greet(rig)
    line.echoMarks()
    expect([rig.wanted, rig.offered]).toEqual([[], []])
  })

  it('is offered to a caller whom the look-up does not know: anybody would hear it', async () => {
    const rig = open({ lookUp: { find: async () => '', orElse: () => '' }, greeting: () => WORDS })
    const line = await greet(rig)
    line.echoMarks()
    expect(rig.offered).toHaveLength(1)
  })

  it('is not recorded where that is switched off', async () => {
    const rig = open({ recordsGreeting: false })
    const line = await greet(rig)
    line.echoMarks()
    expect([rig.wanted, rig.offered]).toEqual([[], []])
  })
})
