import { WebSocket } from 'ws'
import { afterEach, describe, expect, it } from 'vitest'
import { parseDialogue } from '../src/realtime/dialogue.ts'
import type { DialectName, Item, Json } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer, type RealtimeServerOptions } from '../src/realtime/server.ts'
import { type Client, connect, connectReady, sessions } from './realtime-client.ts'

let server: RealtimeServer
afterEach(() => server.close())

const fast = { firstAudioMs: 5, audioSpeed: 20, createdMs: 0, updatedMs: 0, transcriptMs: 5 }
const dialogue = (more: Json = {}) =>
  parseDialogue({
    mode: 'wire',
    tools: ['look_up', 'hang_up'],
    greeting: 'Good morning.',
    unheard: 'Pardon?',
    resumes: 'Go on.',
    cannot: 'I cannot.',
    failed: 'It failed.',
    exchanges: [
      {
        reads: ['both'],
        says: 'One moment please, I am looking that up for you right now.',
        calls: [{ tool: 'look_up', arguments: { name: 'Ann' } }, { tool: 'hang_up' }],
        ...more,
      },
      { reads: ['silently'], calls: { tool: 'look_up', arguments: { name: 'Ann' } } },
    ],
  })
const tools = ['look_up', 'hang_up'].map((name) => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties: { name: { type: 'string' } } },
}))

async function start(options: RealtimeServerOptions = {}, session: Json = { tools }, model = 'gpt-realtime-2.1') {
  const dialect: DialectName = options.dialect ?? 'ga'
  server = await createRealtimeServer({ latency: fast, dialogues: [dialogue()], ...options })
  return connectReady(server.url, sessions[dialect](session), dialect, model)
}
const ask = (client: Client, words: string, response: Json = {}) => {
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] },
  })
  client.send({ type: 'response.create', response })
}
const doneOf = async (client: Client) =>
  (await client.next('response.done'))['response'] as Json & { output: Item[]; usage: Json; status: string }
/** What came of each item, in order: pieces of audio as one letter. */
const course = (client: Client) =>
  client.events
    .filter(({ type }) => type.startsWith('response.') && !type.includes('transcript'))
    .map(
      ({ type, output_index: index }) =>
        `${type.replace('response.', '')}${index === undefined ? '' : ` ${Number(index)}`}`,
    )

describe('a tool call that goes along with a sentence', () => {
  it('begins while the sentence is still spoken, and both end later, in order', async () => {
    const client = await start()
    ask(client, 'both')
    await doneOf(client)
    const events = course(client)
    const [added, ended] = ['output_item.added 1', 'output_audio.done 0'].map((one) => events.indexOf(one))
    expect(events.slice(0, added).filter((one) => one === 'output_audio.delta 0').length).toBeGreaterThan(0)
    expect(events.slice(added, ended).filter((one) => one === 'output_audio.delta 0').length).toBeGreaterThan(0)
    expect(events.slice(added, ended)).toContain('function_call_arguments.delta 1')
    expect(events.slice(ended)).toEqual([
      'output_audio.done 0',
      'content_part.done 0',
      'output_item.done 0',
      'function_call_arguments.done 1',
      'output_item.done 1',
      'function_call_arguments.done 2',
      'output_item.done 2',
      'done',
    ])
    expect(client.events.some(({ type }) => type === 'error')).toBe(false)
  })

  it('comes behind the sentence where the dialogue says so, and on the flat wire', async () => {
    for (const options of [{ dialogues: [dialogue({ callsBegin: 'afterSpeech' })] }, { dialect: 'flat' as const }]) {
      const client = await start(options)
      ask(client, 'both')
      await doneOf(client)
      const events = course(client)
      expect(events.indexOf('output_item.added 1')).toBeGreaterThan(events.indexOf('output_item.done 0'))
      await server.close()
    }
  })

  it('begins early on the flat wire too where the dialogue says so', async () => {
    const client = await start({ dialect: 'flat', dialogues: [dialogue({ callsBegin: 'whileSpeaking' })] })
    ask(client, 'both')
    await doneOf(client)
    const events = course(client)
    expect(events.indexOf('output_item.added 1')).toBeLessThan(events.lastIndexOf('audio.delta 0'))
  })

  it('is incomplete, and named with what was written, when the caller interrupts', async () => {
    const client = await start({ latency: { ...fast, audioSpeed: 1 } })
    ask(client, 'both')
    await client.next(
      ({ type, item }) => type === 'response.output_item.added' && (item as Item).type === 'function_call',
    )
    client.send({ type: 'response.cancel' })
    const { output, status } = await doneOf(client)
    expect(status).toBe('cancelled')
    expect(output.map((item) => `${item.type} ${item.status}`)).toEqual([
      'message incomplete',
      'function_call incomplete',
      'function_call incomplete',
    ])
    const [call] = client.events.filter(({ type }) => type === 'response.function_call_arguments.done')
    expect(JSON.stringify({ name: 'Ann' })).toContain(call!['arguments'])
    expect(call!['arguments']).not.toBe('{"name":"Ann"}')
  })

  it('makes the sentence a commentary, and a sentence alone the final answer', async () => {
    const client = await start()
    ask(client, 'both')
    expect((await doneOf(client)).output[0]!.phase).toBe('commentary')
    ask(client, 'something else')
    expect((await doneOf(client)).output[0]!.phase).toBe('final_answer')
    await server.close()
    const older = await start({}, { tools }, 'gpt-realtime-1.5')
    ask(older, 'both')
    expect((await doneOf(older)).output[0]).not.toHaveProperty('phase')
  })
})

describe('what is written on the wire', () => {
  it('names the kind of object in items of the flat wire only', async () => {
    const client = await start()
    ask(client, 'both')
    const items = [...(await doneOf(client)).output, ...client.events.flatMap(({ item }) => (item as Json) ?? [])]
    expect(items.length).toBeGreaterThan(5)
    for (const item of items) expect(item).not.toHaveProperty('object')
    await server.close()
    const older = await start({ dialect: 'flat' })
    ask(older, 'both')
    const flatItems = [...(await doneOf(older)).output, ...older.events.flatMap(({ item }) => (item as Json) ?? [])]
    for (const item of flatItems) expect(item).toHaveProperty('object', 'realtime.item')
  })

  it('hides how long each piece of text is, except on the flat wire', async () => {
    const client = await start()
    ask(client, 'both')
    await doneOf(client)
    const deltas = client.events.filter(({ type }) => type.endsWith('.delta') && !type.endsWith('audio.delta'))
    expect(new Set(deltas.map(({ type }) => type)).size).toBe(2)
    for (const { delta, obfuscation } of deltas)
      expect(`${String(delta)}${String(obfuscation)}`.length % 16, String(delta)).toBe(0)
    expect(client.events.find(({ type }) => type.endsWith('audio.delta'))).not.toHaveProperty('obfuscation')
    await server.close()
    const older = await start({ dialect: 'flat' })
    ask(older, 'both')
    await doneOf(older)
    expect(older.events.some((event) => 'obfuscation' in event)).toBe(false)
  })

  it('counts thoughts as text where the model thinks, and names them', async () => {
    const client = await start()
    ask(client, 'both')
    const usage = (await doneOf(client)).usage as {
      output_tokens: number
      output_token_details: Record<string, number>
    }
    const { text_tokens, audio_tokens, reasoning_tokens } = usage.output_token_details
    expect(reasoning_tokens).toBeGreaterThan(0)
    expect(text_tokens).toBeGreaterThan(reasoning_tokens!)
    expect(usage.output_tokens).toBe(text_tokens! + audio_tokens!)
    client.send({ type: 'session.update', session: { type: 'realtime', reasoning: { effort: 'minimal' } } })
    ask(client, 'something else')
    expect((await doneOf(client)).usage['output_token_details']).not.toHaveProperty('reasoning_tokens')
  })

  it('shows of a new session what recordings show: no settings of thinking', async () => {
    const client = await start()
    const { session } = client.events.find(({ type }) => type === 'session.created')!
    expect(Object.keys(session as Json)).not.toContain('reasoning')
    expect(Object.keys(session as Json)).not.toContain('parallel_tool_calls')
  })

  it('names the tool at the end of its arguments in both wires', async () => {
    for (const dialect of ['ga', 'flat'] as const) {
      const client = await start({ dialect })
      ask(client, 'silently')
      expect(await client.next('response.function_call_arguments.done')).toMatchObject({ name: 'look_up' })
      await server.close()
    }
  })

  it('tells the limits of tokens after a response, and nothing of them after a cancelled one', async () => {
    const client = await start({ latency: { ...fast, audioSpeed: 1 } })
    ask(client, 'something else')
    await client.next('response.output_audio.delta')
    client.send({ type: 'response.cancel' })
    await doneOf(client)
    ask(client, 'silently')
    await doneOf(client)
    const { rate_limits: limits } = await client.next('rate_limits.updated')
    expect((limits as Json[]).map(({ name }) => name)).toEqual(['tokens'])
    expect(client.events.filter(({ type }) => type === 'rate_limits.updated')).toHaveLength(1)
  })

  it('is done with an item beside the conversation, and has never added it', async () => {
    const client = await start()
    ask(client, 'silently', { conversation: 'none', output_modalities: ['text'] })
    const [item] = (await doneOf(client)).output
    const told = client.events.filter(({ item: one }) => (one as Item | undefined)?.id === item!.id)
    expect(told.map(({ type }) => type)).toEqual([
      'response.output_item.added',
      'conversation.item.done',
      'response.output_item.done',
    ])
    expect(told[1]).toMatchObject({ previous_item_id: null })
  })
})

describe('the caller’s words as text', () => {
  const heard = async (dialect: DialectName, model: string) => {
    server = await createRealtimeServer({ latency: fast, dialect })
    const vad = { turn_detection: { type: 'server_vad', silence_duration_ms: 300 } }
    const session =
      dialect === 'ga'
        ? sessions.ga({}, { ...vad, transcription: { model } })
        : sessions.flat({ ...vad, input_audio_transcription: { model } })
    const client = await connectReady(server.url, session, dialect)
    await client.say('can you hear me')
    const { usage, transcript } = await client.next('conversation.item.input_audio_transcription.completed')
    const deltas = client.events.filter(({ type }) => type.endsWith('transcription.delta')).map(({ delta }) => delta)
    return { client, usage, transcript, deltas }
  }

  it('come in several pieces, and are paid by the token from models that are', async () => {
    const { client, usage, transcript, deltas } = await heard('ga', 'gpt-4o-mini-transcribe')
    expect(deltas.length).toBeGreaterThan(1)
    expect(deltas.join('')).toBe(transcript)
    expect(usage).toEqual({
      type: 'tokens',
      total_tokens: expect.any(Number) as number,
      input_tokens: expect.any(Number) as number,
      input_token_details: { text_tokens: 0, audio_tokens: expect.any(Number) as number },
      output_tokens: expect.any(Number) as number,
    })
    const { session } = client.events.find(({ type }) => type === 'session.updated') as unknown as {
      session: { audio: { input: { transcription: Json } } }
    }
    expect(session.audio.input.transcription).toEqual({ model: 'gpt-4o-mini-transcribe', language: null, prompt: null })
  })

  it('come at once from whisper-1, paid by the second', async () => {
    const { usage, transcript, deltas } = await heard('flat', 'whisper-1')
    expect(deltas).toEqual([transcript])
    expect(usage).toMatchObject({ type: 'duration' })
  })

  it('are dated on the grid of the server’s detector', async () => {
    const { client } = await heard('ga', 'whisper-1')
    client.play(Buffer.alloc(8 * 1000, 0xff))
    await client.say('can you hear me')
    await client.next('response.done')
    const times = client.events
      .flatMap((event) => [event['audio_start_ms'], event['audio_end_ms']])
      .filter(Number) as number[]
    expect(times.length).toBeGreaterThanOrEqual(3)
    for (const ms of times) expect([0, 20]).toContain(ms % 32)
    // 300 ms of padding are 12 ms off the grid, the other way.
    expect(times.some((ms) => (ms + 300) % 32 === 0)).toBe(true)
  })
})

describe('a connection', () => {
  it('is pinged, and lives as long as its client answers', async () => {
    server = await createRealtimeServer({ latency: { ...fast, pingMs: 20 } })
    const client = await connect(server.url)
    await new Promise<void>((resolve) => {
      let pings = 0
      client.socket.on('ping', () => ++pings === 4 && resolve())
    })
    expect(client.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('is closed when its client answers no ping', async () => {
    server = await createRealtimeServer({ latency: { ...fast, pingMs: 20 } })
    const deaf = new WebSocket(`${server.url}?model=gpt-realtime-2.1`, {
      headers: { authorization: 'Bearer key' },
      autoPong: false,
    })
    const code = await new Promise((resolve) => deaf.on('close', resolve))
    expect(code).toBe(1011)
  })

  it('ends when the client closes the session', async () => {
    const client = await start()
    client.send({ type: 'session.close' })
    expect(await client.closed).toMatchObject({ code: 1000 })
  })

  it.each(['transcription_session.update', 'session.input_audio_buffer.append'])(
    'knows %s, and says that it belongs to another kind of session',
    async (type) => {
      const client = await start()
      client.send({ type, event_id: 'mine' })
      expect((await client.next('error'))['error']).toMatchObject({
        code: 'invalid_parameter',
        event_id: 'mine',
        message: expect.stringMatching(/to a realtime session is not allowed/) as string,
      })
    },
  )

  it('lists what it knows to a client that sends something else', async () => {
    const client = await start()
    client.send({ type: 'response.pause' })
    const { message } = (await client.next('error'))['error'] as { message: string }
    for (const name of ['session.update', 'session.close', 'session.input_audio_buffer.append'])
      expect(message).toContain(`'${name}'`)
  })
})
