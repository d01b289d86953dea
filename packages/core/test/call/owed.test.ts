import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/errors.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, prepareCall } from './harness.ts'
import { playLeg, type LegPlayer } from '../../src/testing/leg-player.ts'
import { phraseKeys } from '../../src/phrases.ts'

type Call = ReturnType<typeof openCall>
type Line = Awaited<ReturnType<Call['goLive']>>

/** Which phrases the caller has begun to hear, in order. */
const phrasesOn = (line: Line): string[] =>
  line
    .messages('media')
    .map(({ media }) => Buffer.from(media.payload, 'base64')[0]! - 0x40)
    .flatMap((index, at, all) => (phraseKeys[index] && index !== all[at - 1] ? [phraseKeys[index]] : []))
const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const

const callerSpeaks = ({ model }: Call): void => {
  model.latest.emit({ type: 'speechStarted' })
  model.latest.emit({ type: 'speechStopped' })
}
const players = new WeakMap<Line, LegPlayer>()
/** Time passes while Twilio plays what it has been sent. */
const pass = async ({ clock }: Call, line: Line, ms: number): Promise<void> => {
  const player = players.get(line) ?? playLeg(line)
  players.set(line, player)
  for (let passed = 0; passed < ms; passed += 100) {
    player.play(0)
    await clock.advance(100)
    player.play(100)
  }
}
const answer = ({ model }: Call, itemId = 'answer', ms = 400): void => {
  model.latest.emit({ type: 'replyStarted' })
  model.latest.speak(audio(ms), itemId)
  model.latest.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
}

describe('a caller whose turn is over', () => {
  it('hears words of ours after a second and a half, and a second connection is opened after two and a half', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    await pass(call, line, 1_400)
    expect(phrasesOn(line)).toEqual([])
    await pass(call, line, 100)
    expect(phrasesOn(line)).toEqual(['oneMoment'])
    expect(call.model.connections).toHaveLength(1)
    await pass(call, line, 1_000)
    expect(call.model.connections).toHaveLength(2)
    await pass(call, line, 2_000)
    expect(phrasesOn(line)).toEqual(['oneMoment', 'stillHere'])
  })

  it('is never left in silence for two and a half seconds before the fallback takes them', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const player = playLeg(line)
    let silentMs = 0
    let longestMs = 0
    while (line.isOpen) {
      await call.clock.advance(100)
      silentMs = player.play(100) === 100 ? silentMs + 100 : 0
      longestMs = Math.max(longestMs, silentMs)
    }
    expect(longestMs).toBeLessThanOrEqual(2_500)
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
    expect(call.notices).toContainEqual(expect.objectContaining({ type: 'problem', code: 'model_timeout' }))
  })

  it('is handed on though they say "hello?" again and again to a model that hears them and never speaks', async () => {
    const call = openCall()
    const line = await call.goLive()
    const [first] = call.model.connections
    for (let hellos = 0; hellos < 6 && line.isOpen; hellos++) {
      first!.emit({ type: 'speechStarted' })
      first!.emit({ type: 'speechStopped' })
      await pass(call, line, 5_000)
    }
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
  })

  it('hears a model that answers late, and the second connection is let go', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    await pass(call, line, 3_500)
    const [first, second] = call.model.connections
    first!.emit({ type: 'replyStarted' })
    first!.speak(audio(200, 1), 'late')
    expect(line.messages('media').at(-1)!.media.payload).toBe(audio(200, 1))
    expect(second!.closed).toBe(true)
    await pass(call, line, 10_000)
    expect(call.call.state.phase).not.toBe('ended')
  })

  it('has a second connection again when a later answer fails, and another when the first is lost', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    await pass(call, line, 3_000)
    const [first] = call.model.connections
    first!.emit({ type: 'replyStarted' })
    first!.speak(audio(200, 1), 'late')
    first!.emit({ type: 'partEnded', itemId: 'late', contentIndex: 0 })
    first!.emit({ type: 'replyEnded', outcome: 'completed' })
    await pass(call, line, 1_000)
    expect(call.call.state.spare).toBe(false)
    first!.emit({ type: 'speechStarted' })
    first!.emit({ type: 'speechStopped' })
    await pass(call, line, 2_500)
    expect(call.model.connections).toHaveLength(3)
    call.model.latest.emit(lost)
    first!.emit(lost)
    await pass(call, line, 300)
    expect(call.model.connections).toHaveLength(4)
  })

  it('hears whichever of the two connections speaks first; the second was told what was said', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'itemPlaced', itemId: 'u1', speaker: 'caller' })
    call.model.latest.emit({ type: 'transcript', itemId: 'u1', speaker: 'caller', text: 'What are your hours?' })
    callerSpeaks(call)
    await pass(call, line, 2_500)
    const [first, second] = call.model.connections
    second!.emit({ type: 'configured' })
    expect(second!.commands.at(-1)).toEqual({ type: 'reply' })
    expect(second!.history).toContainEqual({ kind: 'message', role: 'user', text: 'What are your hours?' })
    expect(second!.history, 'as well as our own words').toContainEqual(
      expect.objectContaining({ role: 'assistant', text: '(oneMoment)' }),
    )
    expect(first!.closed, 'it may still answer').toBe(false)
    second!.emit({ type: 'replyStarted' })
    second!.speak(audio(200, 2), 'answer')
    expect(first!.closed).toBe(true)
    expect(line.messages('media').at(-1)!.media.payload).toBe(audio(200, 2))
    line.frame(audio(20, 9))
    expect(second!.audio.at(-1)).toBe(audio(20, 9))
    expect(call.call.state).toMatchObject({ phase: 'live', spare: false })
  })

  it('is asked to say it again where the words were lost with the connection', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'itemPlaced', itemId: 'u1', speaker: 'caller' })
    callerSpeaks(call)
    await pass(call, line, 2_500)
    call.model.latest.emit({ type: 'configured' })
    expect(JSON.stringify(call.model.latest.history)).toContain('Ask them to say it again')
  })

  it('is handed on when three connections in a row are lost in the middle of a reply, each later than the one before', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const pauses: number[] = []
    for (let attempt = 1; line.isOpen; attempt++) {
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.speak(audio(200), `word${attempt}`)
      await pass(call, line, 200)
      call.model.latest.emit(lost)
      const before = call.model.connections.length
      let pauseMs = 0
      for (; line.isOpen && call.model.connections.length === before; pauseMs += 50) await call.clock.advance(50)
      pauses.push(pauseMs)
      if (line.isOpen) await call.configure()
    }
    expect(pauses).toEqual([250, 1_000, 0])
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
  })

  it('does not wait again when a connection is closed and opened time after time', async () => {
    const call = openCall()
    const line = await call.goLive()
    for (let attempt = 0; attempt < 200 && line.isOpen; attempt++) {
      if (!call.model.latest.closed) {
        if (attempt > 0) call.model.latest.emit({ type: 'configured' })
        call.model.latest.emit(lost)
      }
      await pass(call, line, 300)
    }
    expect(line.isOpen).toBe(false)
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
    expect(call.model.connections.length).toBeLessThanOrEqual(4)
  })
})

describe('words of our own', () => {
  it('are told to the model as what it said, and stand in the story', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    await pass(call, line, 1_500)
    expect(call.commands('addMessage').at(-1)).toEqual({ type: 'addMessage', role: 'assistant', text: '(oneMoment)' })
    expect(call.call.story().turns.at(-1)).toMatchObject({ speaker: 'assistant', text: '(oneMoment)' })
  })

  it('are stopped by the caller like any others, without a word to the model about an item it does not know', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    await pass(call, line, 1_600)
    call.model.latest.emit({ type: 'speechStarted' })
    expect(line.messages('clear')).toHaveLength(1)
    expect(call.commands('interrupt').at(-1)).toMatchObject({ heard: [] })
  })

  it('are stopped by the caller also where they bridge the wait for a shielded greeting, which is still to come', async () => {
    const call = openCall()
    await call.configure()
    const line = call.connectMedia()
    await pass(call, line, 1_600)
    expect(phrasesOn(line)).toEqual(['oneMoment'])
    call.model.latest.emit({ type: 'speechStarted' })
    expect(line.messages('clear')).toHaveLength(1)
    expect(call.commands('interrupt')).toEqual([])
    expect(call.call.state).toMatchObject({ greeting: 'asked', sounding: false })
  })

  it('are heard by a caller who has come before the model', async () => {
    const call = openCall()
    const line = call.connectMedia()
    await pass(call, line, 1_500)
    expect(phrasesOn(line)).toEqual(['oneMoment'])
    await call.configure()
    expect(call.commands()).toMatchObject([
      { role: 'assistant', text: '(oneMoment)' },
      { role: 'system' },
      { type: 'reply' },
    ])
  })

  it('come before the result of a slow tool, and again while it runs', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await pass(call, line, 1_500)
    expect(phrasesOn(line)).toEqual(['oneMoment'])
    await pass(call, line, 4_000)
    expect(phrasesOn(line)).toEqual(['oneMoment', 'stillHere'])
    expect(call.model.connections, 'the model is not late').toHaveLength(1)
  })

  const silences = async (call: Call, line: Line, ms: number, happens: (passedMs: number) => void) => {
    const player = playLeg(line)
    let silentMs = 0
    let longestMs = 0
    for (let passed = 0; passed < ms; passed += 100) {
      happens(passed)
      await call.clock.advance(100)
      silentMs = player.play(100) === 100 ? silentMs + 100 : 0
      longestMs = Math.max(longestMs, silentMs)
    }
    return longestMs
  }

  it('come in time however often it changes what is waited for', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const { model } = call
    // A tool that ends at once, and a model that thinks for 1.4 s before it calls the next.
    const longestMs = await silences(call, line, 8_000, (passed) => {
      if (passed % 1_400 !== 1_300) return
      model.latest.emit({ type: 'replyStarted' })
      model.latest.emit({ type: 'toolCalled', toolCallId: `t${passed}`, name: 'unheard_of', argumentsJson: '{}' })
      model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    })
    expect(longestMs).toBeLessThanOrEqual(1_600)
  })

  it('come for as long as a tool runs', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    expect(await silences(call, line, 9_000, () => {})).toBeLessThanOrEqual(2_500)
  })

  it('come while a tool runs that a lost connection has called', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 't1', name: 'slow_tool', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    call.model.latest.emit(lost)
    await pass(call, line, 300)
    await call.configure()
    answer(call, 'back')
    await pass(call, line, 2_100)
    expect(phrasesOn(line)).toEqual(['oneMoment'])
    expect(call.call.state.toolsLeft).toEqual(['t1'])
  })

  it('are not said to a caller who is speaking, pressing keys or being spoken to', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(5_000), 'long')
    await pass(call, line, 4_000)
    call.model.latest.emit({ type: 'speechStarted' })
    await pass(call, line, 4_000)
    line.press('1')
    expect(phrasesOn(line)).toEqual([])
  })
})

describe('a reply', () => {
  it('that stalls in the middle of a sentence is cut and asked for again', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(600), 'half')
    await pass(call, line, 600 + 2_500)
    const [first] = call.model.connections
    expect(first!.commands.filter(({ type }) => type === 'interrupt')).toMatchObject([{ heard: [{ itemId: 'half' }] }])
    expect(first!.commands.at(-1)).toEqual({ type: 'reply' })
    expect(line.messages('clear'), 'the words that bridge it are heard out').toHaveLength(0)
  })

  it('that stalls twice is asked for elsewhere, and three times is not asked for any more', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const stalls = async (itemId: string) => {
      call.model.latest.emit({ type: 'configured' })
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.speak(audio(600), itemId)
      await pass(call, line, 600 + 2_600)
    }
    const [first] = call.model.connections
    for (const itemId of ['one', 'two']) {
      first!.emit({ type: 'replyStarted' })
      first!.speak(audio(600), itemId)
      await pass(call, line, 600 + 2_600)
      first!.emit({ type: 'replyEnded', outcome: 'cancelled' })
    }
    expect(first!.commands.filter(({ type }) => type === 'reply').length, 'the greeting, and once more').toBe(2)
    expect(call.model.connections).toHaveLength(3)
    await stalls('three')
    expect(first!.closed).toBe(true)
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
  })

  it('that stalls between two sentences, or before a tool, is cut and asked for again', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(600), 'let me look that up')
    call.model.latest.emit({ type: 'partEnded', itemId: 'let me look that up', contentIndex: 0 })
    await pass(call, line, 600 + 2_600)
    expect(call.call.state).toMatchObject({ turn: 'thinking', spare: true })
    const [first, second] = call.model.connections
    expect(first!.commands.slice(-3)).toMatchObject([{ type: 'interrupt' }, { type: 'addMessage' }, { type: 'reply' }])
    second!.emit({ type: 'configured' })
    await settle()
    second!.emit({ type: 'replyStarted' })
    second!.speak(audio(400), 'found it')
    expect(call.call.state).toMatchObject({ turn: 'speaking', spare: false })
  })

  it.each(['completed', 'incomplete'] as const)(
    'that is %s without a sound is no answer: it is asked for again',
    async (outcome) => {
      const call = openCall()
      await call.goLive()
      callerSpeaks(call)
      const before = call.commands('reply').length
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.emit({ type: 'replyEnded', outcome })
      await call.clock.advance(500)
      expect(call.commands('reply')).toHaveLength(before + 1)
    },
  )

  it('that ends without a sound has answered nobody, also where its words came', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const before = call.commands('reply').length
    const { latest } = call.model
    latest.emit({ type: 'replyStarted' })
    latest.emit({ type: 'itemPlaced', itemId: 'mute', speaker: 'assistant' })
    latest.emit({ type: 'transcript', itemId: 'mute', speaker: 'assistant', text: 'Yes.' })
    latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await pass(call, line, 2_000)
    expect([...phrasesOn(line), call.commands('reply').length > before]).toEqual(['oneMoment', true])
    await pass(call, line, 8_000)
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
  })

  it('that breaks off is continued, once', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const before = call.commands('reply').length
    for (const itemId of ['one', 'two']) {
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.speak(audio(400), itemId)
      call.model.latest.emit({ type: 'replyEnded', outcome: 'incomplete', reason: 'max_output_tokens' })
      await pass(call, line, 500)
    }
    expect(call.commands('reply')).toHaveLength(before + 1)
    expect(JSON.stringify(call.commands('addMessage'))).toContain('cut off')
  })

  it('that the server takes back in the middle of a sentence is continued', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const before = call.commands('reply').length
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(400), 'half')
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled', unasked: true })
    await pass(call, line, 500)
    expect(call.commands('reply')).toHaveLength(before + 1)
  })

  it('is waited for as long as a rate limit says, with words for the caller', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const before = call.commands('reply').length
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({
      type: 'replyEnded',
      outcome: 'failed',
      reason: 'rate_limit_exceeded',
      retryAfterMs: 3_200,
    })
    await pass(call, line, 3_100)
    expect(call.commands('reply')).toHaveLength(before)
    expect(phrasesOn(line)).toEqual(['oneMoment'])
    await pass(call, line, 100)
    expect(call.commands('reply')).toHaveLength(before + 1)
    answer(call)
    expect(call.call.state.phase).toBe('live')
  })

  it('that thinks for long is left alone, whatever words of ours are heard meanwhile', async () => {
    const call = openCall()
    const line = await call.goLive()
    callerSpeaks(call)
    const [first] = call.model.connections
    first!.emit({ type: 'replyStarted' })
    await pass(call, line, 4_000)
    expect(first!.commands.filter(({ type }) => type === 'interrupt')).toEqual([])
    first!.speak(audio(400, 3), 'at last')
    expect(line.messages('media').at(-1)!.media.payload).toBe(audio(400, 3))
  })

  it('that a server cancels by itself is asked for again', async () => {
    const call = openCall()
    await call.goLive()
    callerSpeaks(call)
    const before = call.commands('reply').length
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    await call.clock.advance(500)
    expect(call.commands('reply')).toHaveLength(before + 1)
  })

  it('is not the twentieth tool call in a row without a word', async () => {
    const call = openCall()
    await call.goLive()
    callerSpeaks(call)
    for (let reply = 0; reply < 20 && call.call.state.phase === 'live'; reply++) {
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.emit({ type: 'toolCalled', toolCallId: `t${reply}`, name: 'unheard_of', argumentsJson: '{}' })
      call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      await settle()
    }
    expect(call.call.next()).toMatchObject({ kind: 'fallback' })
    expect(call.commands('reply').length).toBeLessThan(12)
  })
})

describe('the greeting', () => {
  it('is asked for until it was heard', async () => {
    const call = openCall()
    await call.configure()
    const line = call.connectMedia()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'incomplete', reason: 'content_filter' })
    await call.clock.advance(500)
    expect(call.commands('reply')).toHaveLength(2)
    answer(call, 'greeting')
    expect(call.call.state.greeting).toBe('asked')
    line.echoMarks()
    expect(call.call.state.greeting).toBe('heard')
  })

  it('is asked for again while the phone still rings', async () => {
    const call = openCall()
    await call.configure()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await call.clock.advance(500)
    expect(call.commands('reply')).toHaveLength(2)
  })

  it('is not begun again when the model is lost in the middle of it', async () => {
    const call = openCall()
    await call.configure()
    call.connectMedia()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(1_000), 'greeting')
    call.model.latest.emit({ type: 'itemPlaced', itemId: 'greeting', speaker: 'assistant' })
    call.model.latest.emit(lost)
    await call.clock.advance(250)
    await call.configure()
    expect(JSON.stringify(call.commands('addMessage'))).not.toContain('saying exactly')
    expect(call.commands('reply')).toHaveLength(1)
  })
})

describe('a greeting that stalls once its beginning was heard', () => {
  const stalled = async () => {
    const call = openCall()
    await call.configure()
    const line = call.connectMedia()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(1_000), 'greeting')
    await pass(call, line, 1_000 + 2_600)
    return call
  }

  it('has who was called told why, and not asked what we can do for them', async () => {
    const call = prepareCall(greeter())
    await call.configure()
    call.call.bind('CA1')
    const line = call.connectMedia()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(1_000), 'greeting')
    await pass(call, line, 1_000 + 2_600)
    const [, second] = call.model.connections
    second!.emit({ type: 'configured' })
    await settle()
    expect(JSON.stringify(second!.commands)).toContain('say in a few words and without details why you call')
    expect(JSON.stringify(second!.commands)).not.toContain('what you can do for them')
  })

  it('is not begun again by the second connection', async () => {
    const { model, call } = await stalled()
    const [, second] = model.connections
    second!.emit({ type: 'configured' })
    await settle()
    expect(JSON.stringify(second!.commands)).not.toContain('saying exactly')
    expect(JSON.stringify(second!.commands)).toContain('Do not greet again')
    second!.emit({ type: 'replyStarted' })
    second!.speak(audio(400), 'goes on')
    expect(call.state).toMatchObject({ greeting: 'heard', turn: 'speaking' })
  })

  it('is not begun again by the next one either, however long the caller has heard nothing', async () => {
    const call = await stalled()
    const [first, second] = call.model.connections
    second!.emit(lost)
    first!.emit(lost)
    await call.clock.advance(4_000)
    call.model.latest.emit({ type: 'configured' })
    await settle()
    expect(call.model.connections.length).toBeGreaterThan(2)
    expect(JSON.stringify(call.model.latest.commands)).not.toContain('saying exactly')
  })
})

describe('a switch to conversation settings that the server refuses', () => {
  it('leaves the caller answered: each turn is asked for', async () => {
    const call = openCall()
    const line = await call.goLive()
    call.model.latest.emit({ type: 'configureRefused', code: 'invalid_value' })
    const before = call.commands('reply').length
    callerSpeaks(call)
    expect(call.commands('reply')).toHaveLength(before + 1)
    answer(call)
    await pass(call, line, 500)
    callerSpeaks(call)
    expect(call.commands('reply')).toHaveLength(before + 2)
  })

  it('is not needed where the opening answers by itself', async () => {
    const call = openCall(greeter({ greetingShield: 'off' }))
    await call.goLive()
    call.model.latest.emit({ type: 'configureRefused', code: 'invalid_value' })
    const before = call.commands('reply').length
    callerSpeaks(call)
    expect(call.commands('reply')).toHaveLength(before)
  })
})
