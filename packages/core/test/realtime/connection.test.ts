import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemClock } from '../../src/clock.ts'
import { realtimeProvider } from '../../src/realtime/provider.ts'
import { accept, config, connect, roundTrip, say, type Script, type Sent } from './server.ts'

it('sends nothing before session.created, then the session, and is configured by its echo', async () => {
  const { sent, until, sockets } = await connect((socket, received) => {
    setTimeout(() => {
      expect(received).toEqual([])
      accept(socket, received, {})
    }, 20)
  })
  await until('configured')
  expect(sent.map(({ type }) => type)).toEqual(['session.update'])
  expect(sockets).toHaveLength(1)
})

it('does not take a server at its word that speaks another format', async () => {
  const { until } = await connect((socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', () =>
      say(socket, {
        type: 'session.updated',
        session: {
          audio: { input: { format: { type: 'audio/pcmu' } }, output: { format: { type: 'audio/pcm', rate: 24_000 } } },
        },
      }),
    )
  })
  expect(await until('lost')).toMatchObject({
    retry: false,
    error: { code: 'model_wrong_format', message: expect.stringContaining('audio.output.format') },
  })
})

it('names the field when the session is refused', async () => {
  const { until } = await connect((socket) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ event_id }: Sent) =>
      say(socket, { type: 'error', error: { code: 'invalid_value', param: 'session.audio.output.voice', event_id } }),
    )
  })
  expect(await until('lost')).toMatchObject({
    retry: false,
    error: { code: 'model_refused', message: expect.stringContaining('session.audio.output.voice') },
  })
})

describe.each(['ga', 'flat'] as const)('priming over %s', (dialect) => {
  const text = dialect === 'ga' ? { output_modalities: ['text'] } : { modalities: ['text'] }
  const added = dialect === 'ga' ? 'conversation.item.added' : 'conversation.item.created'
  const answers: Script = (socket) => {
    accept(socket, [], {})
    socket.on('got:response.create', () => {
      say(socket, { type: 'response.created', response: { id: 'r1' } })
      say(socket, { type: added, item: { id: 'i1', type: 'message', role: 'assistant' } })
      say(socket, { type: 'response.output_text.delta', response_id: 'r1', item_id: 'i1', delta: 'Hello' })
      say(socket, {
        type: 'response.done',
        response: { id: 'r1', status: 'incomplete', usage: { input_token_details: { text_tokens: 300 } } },
      })
    })
  }

  it('is over before the session counts as configured, and no call hears of it', async () => {
    const { sent, until, events, sockets } = await connect(answers, dialect, { primes: true })
    await until('configured')
    await roundTrip(sockets[0]!)
    expect(sent.map(({ type }) => type)).toEqual(['session.update', 'response.create', 'conversation.item.delete'])
    expect(sent[1]).toMatchObject({ response: text })
    expect(sent[2]).toMatchObject({ item_id: 'i1' })
    expect(events.map(({ type }) => type)).toEqual(['opened', 'created', 'primed', 'configured'])
    expect(events[2]).toMatchObject({ usage: { input: { text: 300 } } })
  })

  it('is not heard by anybody, even from a server that speaks it aloud', async () => {
    const { until, events, audio } = await connect(
      (socket) => {
        accept(socket, [], {})
        socket.on('got:response.create', () => {
          say(socket, { type: 'response.created', response: { id: 'r1' } })
          say(socket, {
            type: dialect === 'ga' ? 'response.output_audio.delta' : 'response.audio.delta',
            response_id: 'r1',
            item_id: 'i1',
            content_index: 0,
            delta: 'AAAA',
          })
          say(socket, { type: 'response.done', response: { id: 'r1', status: 'completed' } })
        })
      },
      dialect,
      { primes: true },
    )
    await until('configured')
    expect(audio).toEqual([])
    expect(events.map(({ type }) => type)).toEqual(['opened', 'created', 'configured'])
  })

  it('does not matter to a server that refuses it', async () => {
    const { until, events } = await connect(
      (socket) => {
        accept(socket, [], {})
        socket.on('got:response.create', ({ event_id }: Sent) =>
          say(socket, { type: 'error', error: { type: 'invalid_request_error', code: 'invalid_value', event_id } }),
        )
      },
      dialect,
      { primes: true },
    )
    await until('configured')
    expect(events.map(({ type }) => type)).not.toContain('replyEnded')
  })
})

describe('auto', () => {
  const flatOnly: Script = (socket, _sent, headers) => {
    say(socket, { type: 'session.created', session: {} })
    socket.on('got:session.update', ({ event_id, session }: Sent) =>
      session && 'type' in session
        ? say(socket, { type: 'error', error: { code: 'unknown_parameter', param: 'session.type', event_id } })
        : say(socket, { type: headers['openai-beta'] ? 'session.updated' : 'nothing', session }),
    )
  }

  it('changes to flat once when ga is refused, and remembers it', async () => {
    const { until, sockets, learnt, open, events } = await connect(flatOnly)
    await until('configured')
    expect(sockets).toHaveLength(2)
    expect(learnt).toEqual(['flat'])
    events.length = 0
    open()
    await until('configured')
    expect(sockets).toHaveLength(3)
  })

  it('does not change when ga was set by hand', async () => {
    const { until, sockets } = await connect(flatOnly, 'ga')
    expect(await until('lost')).toMatchObject({ retry: false })
    expect(sockets).toHaveLength(1)
  })
})

it.each([
  [401, false, 'model_unauthorized'],
  [404, false, 'model_unreachable'],
  [429, true, 'model_limited'],
  [503, true, 'model_unreachable'],
])('sorts a handshake answered with %i', async (status, retry, code) => {
  const server = new WebSocketServer({ noServer: true })
  const http = await import('node:http')
  const plain = http.createServer()
  plain.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: 0\r\n\r\n`))
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  const lost = new Promise((resolve) =>
    realtimeProvider({
      url: `ws://127.0.0.1:${(plain.address() as AddressInfo).port}/v1/realtime`,
      apiKey: 'sk',
      model: 'm',
      dialect: 'auto',
    }).connect(config, { audio() {}, event: (event) => event.type === 'lost' && resolve(event) }),
  )
  expect(await lost).toMatchObject({ retry, error: { code } })
  plain.close()
  server.close()
})

it('drops late audio of an interrupted response and lets the server cancel what it has heard itself', async () => {
  const { connection, until, sockets, audio, sent } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  const delta = (response_id: string, payload: string): object => ({
    type: 'response.output_audio.delta',
    response_id,
    item_id: 'i1',
    content_index: 0,
    delta: payload,
  })
  say(socket, { type: 'response.created', response: { id: 'r1' } })
  say(socket, delta('r1', 'AAAA'))
  say(socket, { type: 'conversation.item.added', item: { id: 'i2', type: 'message', role: 'assistant' } })
  await roundTrip(socket)
  connection.send({
    type: 'interrupt',
    cause: 'speech',
    heard: [
      { itemId: 'i1', contentIndex: 0, heardMs: 120, sentMs: 400 },
      { itemId: 'i2', contentIndex: 0, heardMs: 0, sentMs: 400 },
    ],
  })
  say(socket, delta('r1', 'BBBB'))
  say(socket, { type: 'response.done', response: { id: 'r1', status: 'cancelled', status_details: 'turn_detected' } })
  say(socket, { type: 'response.created', response: { id: 'r2' } })
  say(socket, delta('r2', 'CCCC'))
  await until('replyEnded')
  await roundTrip(socket)
  expect(audio).toEqual(['AAAA', 'CCCC'])
  expect(sent.slice(1)).toMatchObject([
    { type: 'conversation.item.truncate', item_id: 'i1', content_index: 0, audio_end_ms: 120 },
    { type: 'conversation.item.delete', item_id: 'i2' },
  ])
})

it('cancels by itself what the server has no reason to stop', async () => {
  const { connection, until, sockets, sent } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  say(socket, { type: 'response.created', response: { id: 'r1' } })
  await until('replyStarted')
  connection.send({ type: 'interrupt', cause: 'gateway', heard: [] })
  await roundTrip(socket)
  expect(sent.at(-1)).toMatchObject({ type: 'response.cancel', response_id: 'r1' })
})

it('reports a tool call once, and only a complete one', async () => {
  const { until, sockets, events } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  const item = { id: 'i', type: 'function_call', call_id: 'c1', name: 'hang_up', arguments: '{}' }
  say(socket, {
    type: 'response.output_item.done',
    item: { ...item, call_id: 'c0', status: 'incomplete', arguments: '{"a' },
  })
  say(socket, { type: 'response.output_item.done', item: { ...item, status: 'completed' } })
  say(socket, { type: 'response.output_item.done', item: { ...item, status: 'completed' } })
  say(socket, { type: 'response.done', response: { id: 'r', status: 'completed' } })
  await until('replyEnded')
  expect(events.filter(({ type }) => type === 'toolCalled')).toEqual([
    { type: 'toolCalled', toolCallId: 'c1', name: 'hang_up', argumentsJson: '{}' },
  ])
})

it('survives benign errors, and is lost to fatal ones', async () => {
  const { until, sockets, events } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  say(socket, { type: 'error', error: { code: 'response_cancel_not_active' } })
  say(socket, { type: 'error', error: { code: 'invalid_value', param: 'audio_end_ms' } })
  await until('warning')
  expect(events.some(({ type }) => type === 'lost')).toBe(false)
  say(socket, { type: 'error', error: { code: 'insufficient_quota' } })
  expect(await until('lost')).toMatchObject({ retry: false })
})

it('tells an expired session from a refused one', async () => {
  const { until, sockets } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  say(socket, {
    type: 'error',
    error: { code: 'session_expired', message: 'Your session hit the maximum duration of 60 minutes.' },
  })
  expect(await until('lost')).toMatchObject({ retry: true })
})

it('gives up on a server that talks garbage, without falling over', async () => {
  const { until, sockets } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  for (const garbage of ['{', 'null', '7', '"x"', '{"type":7}']) socket.send(garbage)
  expect(await until('lost')).toMatchObject({ retry: true, error: { code: 'model_garbled' } })
})

it('closes without a word', async () => {
  const { connection, until, sockets, events } = await connect(accept)
  await until('configured')
  const [socket] = sockets as [WebSocket]
  connection.close()
  await once(socket, 'close')
  expect(events.some(({ type }) => type === 'lost')).toBe(false)
})

describe('the end of a session', () => {
  const NOW_MS = 1_700_000_000_000
  const open = async (session: object, more: object = {}) => {
    const clock = { ...systemClock, now: () => 5_000, date: () => new Date(NOW_MS) }
    const { until } = await connect(
      (socket) => {
        say(socket, { type: 'session.created', session })
        socket.on('got:session.update', (event: Sent) =>
          say(socket, { type: 'session.updated', session: event.session }),
        )
      },
      'ga',
      {},
      { clock, ...more },
    )
    return until('created')
  }
  const inSeconds = (seconds: number): object => ({ expires_at: NOW_MS / 1_000 + seconds })

  it('is told by the clock of the call, as the server says it', async () => {
    expect(await open(inSeconds(1_800))).toEqual({ type: 'created', expiresAtMs: 1_805_000 })
  })

  it('is that of the setting if the server says nothing, or something later', async () => {
    for (const session of [{}, inSeconds(7_200), { expires_at: null }, { expires_at: 'soon' }])
      // oxlint-disable-next-line no-await-in-loop -- one server after the other
      expect(await open(session)).toEqual({ type: 'created', expiresAtMs: 3_605_000 })
    expect(await open(inSeconds(3_600), { sessionLimitMs: 1_800_000 })).toMatchObject({ expiresAtMs: 1_805_000 })
  })

  it('is that of the setting if one of the clocks is wrong', async () => {
    expect(await open(inSeconds(-10))).toMatchObject({ expiresAtMs: 3_605_000 })
    for (const session of [{ expires_at: 0 }, { expires_at: 1e18 }, { expires_at: -1e300 }])
      // oxlint-disable-next-line no-await-in-loop -- one server after the other
      expect(await open(session)).toMatchObject({ expiresAtMs: 3_605_000 })
  })

  it('is read by the clock of the server if that says how late it is there: ours may be an hour ahead', async () => {
    const anHourAgo = new Date(NOW_MS - 3_598_000)
    // By our clock the session would live for two seconds, and so would each that replaces it.
    expect(await open(inSeconds(2), { date: anHourAgo })).toMatchObject({ expiresAtMs: 3_605_000 })
    expect(await open(inSeconds(-1_798), { date: anHourAgo })).toMatchObject({ expiresAtMs: 1_805_000 })
    expect(await open(inSeconds(1_800), { date: new Date(NOW_MS - 2_000) })).toMatchObject({ expiresAtMs: 1_805_000 })
  })
})
