import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { GatewayError } from '../../src/errors.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { settle } from '../../src/testing/index.ts'
import type { TokenUsage } from '../../src/model.ts'
import { playLeg } from '../../src/testing/leg-player.ts'
import { audio, greeter, openCall } from './harness.ts'

type Call = ReturnType<typeof openCall>
type Connection = Call['model']['latest']

const MINUTE_MS = 60_000
const lost = { type: 'lost', error: new GatewayError('model_lost', 'gone'), retry: true } as const

const accept = async (
  { clock }: Pick<Call, 'clock'>,
  connection: Connection,
  livesMs = 60 * MINUTE_MS,
): Promise<void> => {
  await settle()
  connection.emit({ type: 'opened' })
  connection.emit({ type: 'created', expiresAtMs: clock.now() + livesMs })
  connection.emit({ type: 'configured' })
  await settle()
}

const usageOf = (text: number): TokenUsage => ({
  input: { text, audio: 0, cachedText: 0, cachedAudio: 0 },
  output: { text: 0, audio: 0 },
})

const answer = (connection: Connection, itemId: string, ms = 400, inputTokens = 100): void => {
  connection.emit({ type: 'replyStarted' })
  connection.speak(audio(ms, 2), itemId)
  connection.emit({ type: 'partEnded', itemId, contentIndex: 0 })
  connection.emit({ type: 'replyEnded', outcome: 'completed', usage: usageOf(inputTokens) })
}

/** A conversation that has come beyond its greeting, in a session that lives for so long. */
const converse = async (livesMs = 60 * MINUTE_MS, ...options: Parameters<typeof openCall>) => {
  const call = openCall(options[0] ?? patient(), options[1])
  await accept(call, call.model.latest, livesMs)
  const line = call.connectMedia()
  const player = playLeg(line)
  /** Time passes on the line. */
  const pass = async (ms: number, stepMs = 100): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      player.play(0)
      await call.clock.advance(stepMs)
      player.play(stepMs)
    }
  }
  answer(call.model.latest, 'greeting')
  await pass(1_000)
  /** Almost all of the life of the session passes. */
  const untilDue = () => pass(livesMs * (5 / 6), 5_000)
  const [first] = call.model.connections
  /** The fresh session is configured, and the caller's latest audio is remembered. */
  const accepts = async (connection: Connection, lives?: number): Promise<void> => {
    await accept(call, connection, lives)
    await pass(600)
  }
  return { ...call, line, first: first!, pass, untilDue, accepts }
}

/** Nobody asks whether the caller is there. */
function patient(changes: Parameters<typeof greeter>[0] = {}) {
  return greeter({ patience: { silenceMs: 14_400_000, maxDurationMs: 14_400_000 }, ...changes })
}

const takesTurn = (connection: Connection, itemId = 'u1', text = 'What are your hours?'): void => {
  connection.emit({ type: 'speechStarted' })
  connection.emit({ type: 'itemPlaced', itemId, speaker: 'caller' })
  connection.emit({ type: 'speechStopped' })
  connection.emit({ type: 'transcript', itemId, speaker: 'caller', text })
}

/** What is told of the attempts to replace a session. */
const results = ({ notices }: Pick<Call, 'notices'>) =>
  notices.flatMap((notice) => (notice.type === 'refresh' ? [notice.result] : []))

const replies = ({ commands }: Connection): number => commands.filter(({ type }) => type === 'reply').length

describe('a session that is about to expire', () => {
  it('is replaced at a quiet moment by one that knows the conversation, and nothing is said', async () => {
    const { model, call, line, first, pass, untilDue, accepts, notices } = await converse()
    takesTurn(first)
    answer(first, 'hours')
    first.emit({ type: 'transcript', itemId: 'hours', speaker: 'assistant', text: 'From nine to five.' })
    await pass(1_000)
    const heard = line.messages('media').length
    await untilDue()
    expect(model.connections).toHaveLength(2)
    expect(first.closed).toBe(false)
    await accepts(model.latest)
    expect(model.latest.history).toEqual([
      { kind: 'message', role: 'user', text: 'What are your hours?' },
      { kind: 'message', role: 'assistant', text: 'From nine to five.' },
    ])
    line.frame(audio(20, 9))
    expect(model.latest.audio.at(-1)).toBe(audio(20, 9))
    expect(first.audio).not.toContain(audio(20, 9))
    expect(call.state).toMatchObject({ phase: 'live', model: 'configured', turn: 'listening' })
    await pass(3_000)
    expect(first.closed).toBe(true)
    expect(replies(model.latest)).toBe(0)
    expect(line.messages('media'), 'the caller hears nothing').toHaveLength(heard)
    expect(results({ notices })).toEqual(['replaced'])
    takesTurn(model.latest, 'u2')
    answer(model.latest, 'again')
    expect(line.messages('media').length).toBeGreaterThan(heard)
  })

  it('is replaced once, and its successor in its own time', async () => {
    const { model, pass, untilDue, accepts } = await converse()
    await untilDue()
    await accepts(model.latest)
    await pass(49 * MINUTE_MS, 5_000)
    expect(model.connections).toHaveLength(2)
    await pass(MINUTE_MS + 5_000, 5_000)
    expect(model.connections).toHaveLength(3)
  })

  it.each<[string, (connection: Connection) => void, (connection: Connection) => void]>([
    [
      'the caller speaks',
      (connection) => connection.emit({ type: 'speechStarted' }),
      (connection) => {
        connection.emit({ type: 'speechStopped' })
        answer(connection, 'a1')
      },
    ],
    [
      'a reply is awaited',
      (connection) => {
        connection.emit({ type: 'speechStarted' })
        connection.emit({ type: 'speechStopped' })
      },
      (connection) => answer(connection, 'a1'),
    ],
    [
      'a reply is being generated',
      (connection) => {
        connection.emit({ type: 'replyStarted' })
        connection.speak(audio(200), 'a1')
      },
      (connection) => connection.emit({ type: 'replyEnded', outcome: 'completed' }),
    ],
  ])('waits while %s, with everything heard by the session that was there', async (_what, begin, end) => {
    const { model, line, first, pass, untilDue, accepts } = await converse()
    await untilDue()
    begin(first)
    await accepts(model.latest)
    await pass(200)
    line.frame(audio(20, 9))
    expect(first.audio.at(-1)).toBe(audio(20, 9))
    expect(model.latest.audio).toEqual([])
    end(first)
    await pass(2_500)
    line.frame(audio(20, 8))
    expect(model.latest.audio.at(-1)).toBe(audio(20, 8))
    expect(model.connections).toHaveLength(2)
  })

  it('is not replaced while the caller still hears the assistant, but then it is', async () => {
    const { model, call, first, pass, untilDue, accepts } = await converse()
    await untilDue()
    takesTurn(first)
    answer(first, 'long', 4_000)
    await accepts(model.latest)
    await pass(2_000)
    expect(call.state.refresh.stage).toBe('ready')
    await pass(2_500)
    expect(call.state.refresh.stage).toBe('no')
  })

  it('is replaced at the next turn boundary when it gets late, though the assistant is still heard', async () => {
    const { model, call, line, first, pass, untilDue, accepts } = await converse()
    await untilDue()
    await pass(9 * MINUTE_MS, 5_000)
    expect(call.state.refresh.isLate).toBe(true)
    takesTurn(first)
    await accepts(model.latest)
    const before = line.messages('media').length
    answer(first, 'long', 4_000)
    await settle()
    expect(call.state.refresh.stage).toBe('no')
    await pass(4_000)
    expect(line.messages('clear'), 'it is heard to its end').toEqual([])
    expect(line.messages('media').length).toBeGreaterThan(before)
  })

  it('gives the fresh session the beginning of a word that the old one has not reported yet', async () => {
    const { model, line, first, pass, untilDue, accepts } = await converse()
    await untilDue()
    first.emit({ type: 'replyStarted' })
    await accepts(model.latest)
    for (let frame = 0; frame < 100; frame++) line.frame(audio(20, frame))
    first.emit({ type: 'replyEnded', outcome: 'cancelled' })
    answer(first, 'a1', 20)
    await pass(200)
    line.frame(audio(20, 200))
    const all = Array.from({ length: 100 }, (_, frame) => audio(20, frame))
    expect(first.audio.slice(-100)).toEqual(all)
    expect(model.latest.audio).toEqual([...all.slice(-30), audio(20, 200)])
  })

  it('takes what the caller had said into the new one, though the transcript comes after it was replaced', async () => {
    const { model, call, first, pass, untilDue, accepts } = await converse()
    first.emit({ type: 'speechStarted' })
    first.emit({ type: 'itemPlaced', itemId: 'late', speaker: 'caller' })
    first.emit({ type: 'speechStopped' })
    answer(first, 'a1')
    await pass(1_000)
    await untilDue()
    await accepts(model.latest)
    first.emit({ type: 'transcript', itemId: 'late', speaker: 'caller', text: 'My number is seven.' })
    expect(model.latest.history.at(-1)).toMatchObject({ role: 'user', text: 'My number is seven.' })
    expect(call.story().turns.at(-1)).toMatchObject({ text: 'My number is seven.' })
  })

  it('counts the tokens of both', async () => {
    const { model, call, untilDue, first, accepts } = await converse()
    await untilDue()
    await accepts(model.latest)
    first.emit({ type: 'primed', usage: usageOf(11) })
    answer(model.latest, 'a1', 400, 31)
    expect(call.story().usage.input.text).toBe(100 + 11 + 31)
  })
})

describe('a fresh session', () => {
  it('that is refused is tried again, five times in all; what the server closes then is resumed', async () => {
    const { model, call, first, pass, untilDue, clock, accepts, notices } = await converse()
    await untilDue()
    for (const waitsMs of [5_000, 10_000, 20_000, 40_000]) {
      const tried = model.connections.length
      model.latest.emit(lost)
      await pass(waitsMs - 200)
      expect(model.connections).toHaveLength(tried)
      await pass(400)
      expect(model.connections).toHaveLength(tried + 1)
    }
    model.latest.emit(lost)
    await pass(5 * MINUTE_MS, 5_000)
    expect(model.connections).toHaveLength(6)
    expect(call.state).toMatchObject({ phase: 'live', connections: 1 })
    expect(results({ notices })).toEqual(['failed', 'failed', 'failed', 'failed', 'failed'])
    first.emit(lost)
    await clock.advance(250)
    await accepts(model.latest)
    expect(call.state.phase).toBe('live')
    expect(replies(model.latest)).toBe(1)
  })

  it('that never comes is given up, and another is opened', async () => {
    const { model, call, pass, untilDue, accepts } = await converse()
    await untilDue()
    const silent = model.latest
    await pass(15_100)
    expect(silent.closed).toBe(true)
    await pass(5_000)
    expect(model.connections).toHaveLength(3)
    await accepts(model.latest)
    expect(call.state.refresh.stage).toBe('no')
  })

  it('that is ready takes over at once when the old one is lost, and says that it is back', async () => {
    const { model, call, line, first, untilDue, accepts, commands, notices } = await converse()
    await untilDue()
    first.emit({ type: 'speechStarted' })
    await accepts(model.latest)
    first.emit(lost)
    expect(model.connections).toHaveLength(2)
    expect(call.state).toMatchObject({ phase: 'live', model: 'configured', spare: false })
    expect(JSON.stringify(commands('addMessage'))).toContain('connection was lost')
    expect(results({ notices })).toEqual(['lost'])
    expect(replies(model.latest)).toBe(1)
    line.frame(audio(20, 9))
    expect(model.latest.audio.at(-1)).toBe(audio(20, 9))
  })

  it('that is being opened is the next connection when the old one is lost', async () => {
    const { model, call, first, untilDue, accepts } = await converse()
    await untilDue()
    first.emit(lost)
    await accepts(model.latest)
    expect(model.connections).toHaveLength(2)
    expect(call.state).toMatchObject({ phase: 'live', model: 'configured' })
    expect(replies(model.latest)).toBe(1)
  })

  it('gives way to a connection that is asked for an overdue reply', async () => {
    const { model, call, first, pass, untilDue, accepts, notices } = await converse()
    await untilDue()
    const fresh = model.latest
    takesTurn(first)
    await pass(2_600)
    expect(fresh.closed).toBe(true)
    await accepts(model.latest)
    expect(replies(model.latest)).toBe(1)
    answer(model.latest, 'a1')
    expect(call.state.refresh.stage).toBe('no')
    expect(results({ notices }), 'nothing was replaced for its age').toEqual([])
  })

  it('is closed with the call, and when the caller is led away', async () => {
    const { model, call, line, untilDue } = await converse()
    await untilDue()
    line.drop(true)
    await settle()
    expect(model.latest.closed).toBe(true)
    expect(call.state.refresh.stage).toBe('due')
    call.end('caller_hung_up')
    expect(model.connections.map(({ closed }) => closed)).toEqual([true, true])
  })
})

describe('a tool that runs while the session is replaced', () => {
  const open = async (result: 'spoken' | 'silent') => {
    let runs = 0
    let end: (value: object) => void = () => {}
    const note = defineTool({
      name: 'note',
      description: 'Notes something.',
      input: z.strictObject({}),
      result,
      timeoutMs: 3_600_000,
      run: () => {
        runs++
        return new Promise((resolve) => (end = resolve))
      },
    })
    const conversation = await converse(60 * MINUTE_MS, patient({ tools: [note] }))
    const { first, pass, untilDue, model, accepts } = conversation
    await untilDue()
    await accepts(model.latest)
    // The fresh session was swapped in already: the one after it is.
    await pass(50 * MINUTE_MS, 5_000)
    const active = model.connections[1]!
    active.emit({ type: 'replyStarted' })
    active.speak(audio(400), 'noting')
    active.emit({ type: 'toolCalled', toolCallId: 't1', name: 'note', argumentsJson: '{}' })
    active.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    return { ...conversation, first, active, ends: async () => (end({ noted: true }), settle()), runs: () => runs }
  }

  it('goes along if nobody waits for it, is run once, and is answered in the new session', async () => {
    const { model, call, pass, active, ends, runs, accepts, commands } = await open('silent')
    await accepts(model.latest)
    await pass(1_000)
    expect(call.state.toolsRunning).toMatchObject([{ toolCallId: 't1' }])
    await ends()
    expect(commands('toolOutput')).toEqual([{ type: 'toolOutput', toolCallId: 't1', output: '{"noted":true}' }])
    expect(active.commands.filter(({ type }) => type === 'toolOutput')).toEqual([])
    expect(model.latest.history.at(-1)).toMatchObject({ kind: 'toolCall', toolCallId: 't1', name: 'note' })
    expect(runs()).toBe(1)
  })

  it('is waited for if the caller does; when it gets late its result is spoken by the new session', async () => {
    const { model, call, pass, ends, runs, accepts, commands } = await open('spoken')
    await accepts(model.latest)
    await pass(1_000)
    expect(call.state.refresh.stage).toBe('ready')
    await pass(8.99 * MINUTE_MS, 5_000)
    expect(call.state.refresh.stage).toBe('no')
    await ends()
    expect(commands('toolOutput')).toHaveLength(1)
    expect(replies(model.latest)).toBe(1)
    expect(runs()).toBe(1)
  })
})

describe('a session that has grown', () => {
  const registry = { refreshTokens: 8_000 }

  it('is replaced once it reads more than the limit, unless it began with more than half of that', async () => {
    const { model, first, pass, accepts } = await converse(60 * MINUTE_MS, patient(), registry)
    const grow = async (connection: Connection, tokens: number) => {
      takesTurn(connection, `u${tokens}`)
      answer(connection, `a${tokens}`, 400, tokens)
      await pass(1_000)
    }
    await grow(first, 7_900)
    expect(model.connections).toHaveLength(1)
    await grow(first, 8_100)
    expect(model.connections).toHaveLength(2)
    await accepts(model.latest)
    await grow(model.latest, 5_000)
    await grow(model.latest, 9_000)
    expect(model.connections, 'a fresh one would be as large').toHaveLength(2)
    await grow(model.latest, 10_100)
    expect(model.connections).toHaveLength(3)
  })
})
