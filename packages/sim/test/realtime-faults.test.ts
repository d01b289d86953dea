import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Json } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer, type RealtimeServerOptions } from '../src/realtime/server.ts'
import { type Client, connect, connectReady, sessions } from './realtime-client.ts'

let server: RealtimeServer
afterEach(() => server.close())

const fast = { firstAudioMs: 5, audioSpeed: 40, createdMs: 0, updatedMs: 0 }
const serve = async (options: RealtimeServerOptions) => {
  server = await createRealtimeServer({ latency: fast, ...options })
  return server
}
const greet = (client: Client) => {
  client.send({
    type: 'conversation.item.create',
    item: {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'Say: "Hello and welcome to this place."' }],
    },
  })
  client.send({ type: 'response.create' })
}

describe('faults on request', () => {
  it.each([401, 429, 503])('answer the handshake with %i', async (status) => {
    await serve({ faults: { handshakeStatus: status } })
    await expect(connect(server.url)).rejects.toThrow(String(status))
    expect(server.handshakes).toBe(1)
    expect(server.sessions).toHaveLength(0)
  })

  it('delay the handshake, session.created and session.updated', async () => {
    await serve({ faults: { latency: { connectMs: 120, createdMs: 130, updatedMs: 140 } } })
    const times = [performance.now()]
    const client = await connect(server.url)
    times.push(performance.now())
    await client.next('session.created')
    times.push(performance.now())
    client.send({ type: 'session.update', session: sessions.ga() })
    await client.next('session.updated')
    times.push(performance.now())
    const steps = times.slice(1).map((time, i) => time - times[i]!)
    for (const [i, least] of [120, 130, 140].entries()) expect(steps[i]).toBeGreaterThan(least - 10)
  })

  it('keep session.created back, and everything with it', async () => {
    await serve({ faults: { neverCreated: true } })
    const client = await connect(server.url)
    client.send({ type: 'session.update', session: sessions.ga() })
    await expect(client.next('session.updated', 60)).rejects.toThrow('No session.updated')
    expect(client.events).toEqual([])
  })

  it('session.created is the first event, and what came before it is served after it', async () => {
    await serve({ faults: { latency: { createdMs: 60 } } })
    const client = await connect(server.url)
    client.send({ type: 'session.update', session: sessions.ga() })
    await client.next('session.updated')
    expect(client.types()).toEqual(['session.created', 'session.updated'])
    expect(server.sessions[0]?.earlyEvents).toBe(1)
    expect(server.violations).toEqual([])
  })

  it('refuse by name what the server does not know', async () => {
    await serve({ dialect: 'flat', faults: { refuseFields: ['session.prompt_cache_key'] } })
    const client = await connect(server.url, { dialect: 'flat' })
    client.send({ type: 'session.update', session: sessions.flat({ prompt_cache_key: 'a' }) })
    expect(await client.next('error')).toMatchObject({
      error: { code: 'unknown_parameter', param: 'session.prompt_cache_key' },
    })
    client.send({ type: 'session.update', session: sessions.flat() })
    await client.next('session.updated')
  })

  it('refuse the session.update, which leaves the defaults', async () => {
    await serve({
      faults: {
        refuseUpdate: { code: 'unknown_parameter', message: "Unknown parameter: 'session.x'.", param: 'session.x' },
      },
    })
    const client = await connectReady(server.url, sessions.ga())
    expect(client.events.at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'unknown_parameter', param: 'session.x' },
    })
    expect((await server.session(0)).config.audio.input.format).toEqual({ type: 'audio/pcm', rate: 24_000 })
    server.setFaults({})
    client.send({ type: 'session.update', session: sessions.ga() })
    await client.next('session.updated')
    expect((await server.session(0)).config.audio.input.format).toEqual({ type: 'audio/pcmu' })
  })

  it('ignore the session.update', async () => {
    await serve({ faults: { ignoreUpdate: true } })
    const client = await connect(server.url)
    await client.next('session.created')
    client.send({ type: 'session.update', session: sessions.ga() })
    await expect(client.next('session.updated', 80)).rejects.toThrow('No session.updated')
  })

  it('echo formats nobody asked for', async () => {
    await serve({ faults: { echoWrongFormats: true } })
    const client = await connectReady(server.url, sessions.ga())
    expect(client.events.at(-1)).toMatchObject({
      session: { audio: { input: { format: { type: 'audio/pcm' } }, output: { format: { type: 'audio/pcm' } } } },
    })
  })

  it.each([1006, 1011] as const)('drop the socket in mid-sentence with %i', async (code) => {
    await serve({ faults: { dropAfterDeltas: { deltas: 3, code } } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    expect((await client.closed).code).toBe(code)
    expect(client.events.filter(({ type }) => type === 'response.output_audio.delta')).toHaveLength(3)
    expect(client.types()).not.toContain('response.done')
    expect((await server.session(0)).closed?.code).toBe(code)
  })

  it('fail one response by a server error, and speak in the next', async () => {
    await serve({ faults: { failResponses: { error: 'server_error', times: 1 } } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    expect(await client.next('response.done')).toMatchObject({
      response: { status: 'failed', output: [], status_details: { type: 'failed', error: { type: 'server_error' } } },
    })
    expect(client.types()).not.toContain('error')
    client.send({ type: 'response.create' })
    expect(await client.next('response.done')).toMatchObject({ response: { status: 'completed' } })
  })

  it('fail every response by the rate limit', async () => {
    await serve({ faults: { failResponses: { error: 'rate_limit_exceeded' } } })
    const client = await connectReady(server.url, sessions.ga())
    for (let i = 0; i < 2; i++) {
      client.send({ type: 'response.create' })
      const { response } = await client.next('response.done')
      expect(response).toMatchObject({ status: 'failed', status_details: { error: { code: 'rate_limit_exceeded' } } })
      expect((response as { status_details: { error: Json } }).status_details.error['message']).toMatch(
        /^Rate limit reached for gpt-realtime-1.5 .*Please try again in 600ms\.$/,
      )
    }
  })

  it('talk nonsense, and still work for a client that ignores it', async () => {
    await serve({ faults: { garbage: true } })
    const client = await connectReady(server.url, sessions.ga())
    expect(client.oddFrames).toHaveLength(3)
    expect(client.types()).toContain('server.thought')
    greet(client)
    await client.next('response.done')
  })

  it('expire the session', async () => {
    await serve({ faults: { expireAfterMs: 60 } })
    const client = await connectReady(server.url, sessions.ga())
    expect(await client.next('error')).toMatchObject({
      error: { code: 'session_expired', message: 'Your session hit the maximum duration of 60 minutes.' },
    })
    expect((await client.closed).code).toBe(1001)
  })

  it('stall in mid-sentence: nothing more is sent, and the socket stays open', async () => {
    await serve({ faults: { stallAfterDeltas: 3 } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    for (let piece = 0; piece < 3; piece++) await client.next('response.output_audio.delta')
    await expect(client.next('response.output_audio.delta', 500)).rejects.toThrow('No response.output_audio.delta')
    client.send({ type: 'response.cancel' })
    await expect(client.next('response.done', 200)).rejects.toThrow('No response.done')
    expect((await server.session(0)).isOpen).toBe(true)
  })

  it('stay mute: a response begins and nothing follows', async () => {
    await serve({ faults: { mute: true } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    await client.next('response.created')
    await expect(client.next('response.output_item.added', 100)).rejects.toThrow('No response.output_item.added')
    client.send({ type: 'response.cancel' })
    expect(await client.next('response.done')).toMatchObject({ response: { status: 'cancelled' } })
  })

  it('are chosen for each session by its handshake, or later for one alone', async () => {
    await serve({ faults: ({ index }) => (index === 0 ? { mute: true } : {}) })
    const [mute, well] = [await connectReady(server.url, sessions.ga()), await connectReady(server.url, sessions.ga())]
    greet(mute)
    greet(well)
    expect(await well.next('response.done')).toMatchObject({ response: { status: 'completed' } })
    expect(mute.types()).not.toContain('response.done')
    const session = await server.session(1)
    session.setFaults({ failResponses: { error: 'server_error' } })
    well.send({ type: 'response.create' })
    expect(await well.next('response.done')).toMatchObject({ response: { status: 'failed' } })
  })

  it.each([
    ['max_output_tokens', 2],
    ['content_filter', 0],
  ] as const)('end responses as incomplete (%s) after %i pieces', async (reason, deltas) => {
    await serve({ faults: { cutResponses: { reason, deltas, times: 1 } } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    expect(await client.next('response.done')).toMatchObject({
      response: { status: 'incomplete', status_details: { reason } },
    })
    expect(client.events.filter(({ type }) => type === 'response.output_audio.delta')).toHaveLength(deltas)
    client.send({ type: 'response.create' })
    expect(await client.next('response.done')).toMatchObject({ response: { status: 'completed' } })
  })

  it('freeze the peer, which answers no ping, and let it go on with what it kept back', async () => {
    await serve({ faults: { freezeAfterDeltas: { deltas: 1, forMs: 300 } } })
    const client = await connectReady(server.url, sessions.ga())
    let isAnswered = false
    client.socket.once('pong', () => (isAnswered = true))
    greet(client)
    await client.next('response.output_audio.delta')
    client.socket.ping()
    await expect(client.next('response.output_audio.delta', 150)).rejects.toThrow()
    expect(isAnswered).toBe(false)
    await client.next('response.done')
    await vi.waitFor(() => expect(isAnswered).toBe(true))
  })

  it('send audio of one response as something else than base64', async () => {
    await serve({ faults: { brokenAudio: { times: 1 } } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    expect((await client.next('response.output_audio.delta'))['delta']).toMatch(/^</)
    await client.next('response.done')
    client.send({ type: 'response.create' })
    expect((await client.next('response.output_audio.delta'))['delta']).toMatch(/^[\w+/=]+$/)
  })

  it('flood the client with audio, or with events', async () => {
    await serve({ faults: { floodAudioMs: 60_000, floodEvents: 50 } })
    const client = await connectReady(server.url, sessions.ga())
    greet(client)
    await client.next('response.done')
    expect(client.audio()).toHaveLength(60_000 * 8)
    expect(client.events.filter(({ type }) => type === 'server.thought')).toHaveLength(50)
  })
})

describe('what clients get wrong', () => {
  it('broken JSON and binary frames earn an error and nothing else', async () => {
    await serve({})
    const client = await connectReady(server.url, sessions.ga())
    client.socket.send('{"type":')
    expect(await client.next('error')).toMatchObject({
      error: {
        code: 'invalid_json',
        event_id: null,
        message: expect.stringMatching(/^Invalid event: failed to parse JSON/) as string,
      },
    })
    client.socket.send(Buffer.from([1, 2, 3]))
    expect(await client.next('error')).toMatchObject({
      error: {
        code: 'invalid_event',
        message: 'Expected a text WebSocket message; binary frames are not supported.',
      },
    })
    client.socket.send('[]')
    expect(await client.next('error')).toMatchObject({
      error: { code: 'invalid_event', message: "The 'type' field is missing." },
    })
    greet(client)
    await client.next('response.done')
  })

  it('a second output for one call is noted', async () => {
    await serve({})
    const tools = [
      { type: 'function', name: 'hang_up', parameters: { type: 'object', properties: {} } },
      { type: 'function', name: 'get_appointments' },
    ]
    const client = await connectReady(server.url, sessions.ga({ tools }))
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Thank you, goodbye!' }] },
    })
    client.send({ type: 'response.create' })
    const { item } = (await client.next(
      ({ type, item: one }) => type === 'response.output_item.done' && (one as Json)['type'] === 'function_call',
    )) as unknown as { item: Json }
    const output = {
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: item['call_id'], output: '{}' },
    }
    client.send(output)
    client.send(output)
    await client.next(
      ({ type, item: one }) => type === 'conversation.item.done' && (one as Json)['type'] === 'function_call_output',
    )
    await client.next(
      ({ type, item: one }) => type === 'conversation.item.done' && (one as Json)['type'] === 'function_call_output',
    )
    expect(server.violations).toEqual([`A second output for ${String(item['call_id'])}`])
  })
})

describe('a silence', () => {
  afterEach(() => vi.useRealTimers())

  it('past the idle timeout is committed as an empty turn and spoken to, once', async () => {
    await serve({})
    const detection = { type: 'server_vad', idle_timeout_ms: 6000 }
    const client = await connectReady(server.url, sessions.ga({}, { turn_detection: detection }))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    /** Lets fake time pass, and real sockets and voices work in between, until so many events of a type have come. */
    const passUntil = async (type: string, count: number, limitMs = Number.POSITIVE_INFINITY) => {
      let passedMs = 0
      while (client.events.filter((event) => event.type === type).length < count && passedMs < limitMs) {
        passedMs += 5
        await vi.advanceTimersByTimeAsync(5)
        await new Promise((resolve) => setImmediate(resolve))
      }
      return passedMs
    }
    greet(client)
    await passUntil('response.done', 1)
    expect(await passUntil('input_audio_buffer.timeout_triggered', 1, 30_000)).toBeGreaterThanOrEqual(6000)
    await passUntil('response.done', 2)
    const types = client.types()
    expect(types.slice(types.indexOf('input_audio_buffer.timeout_triggered')).slice(0, 5)).toEqual([
      'input_audio_buffer.timeout_triggered',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
    ])
    expect(client.events.at(-1)).toMatchObject({
      response: { output: [{ content: [{ transcript: 'Are you still there?' }] }] },
    })
    await passUntil('response.done', 3, 20_000)
    expect(client.types().filter((type) => type === 'input_audio_buffer.timeout_triggered')).toHaveLength(1)
  }, 15_000)
})

describe('many idle sessions', () => {
  it('hold no timer that fires', async () => {
    await serve({ keepsAudio: false })
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const first = await connectReady(server.url, sessions.ga())
    const before = timers()
    await Promise.all(Array.from({ length: 50 }, () => connectReady(server.url, sessions.ga())))
    expect(timers()).toBeLessThanOrEqual(before)
    expect(server.sessions.filter(({ isOpen }) => isOpen)).toHaveLength(51)
    expect(first.socket.readyState).toBe(first.socket.OPEN)
  })
})
