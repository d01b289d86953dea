import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { GatewayError } from '../../src/errors.ts'
import type { ModelEvent } from '../../src/model.ts'
import { realtimeProvider } from '../../src/realtime/provider.ts'

const unprintable = '{"toString":1,"valueOf":1}'

/** What a call is told when the server sends these messages to a configured session, until it is lost. */
const told = async (messages: readonly string[]) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.send('{"type":"session.created","session":{}}')
    socket.on('message', (data) => {
      const { type, session } = JSON.parse((data as Buffer).toString()) as { type: string; session?: object }
      if (type !== 'session.update') return
      socket.send(JSON.stringify({ type: 'session.updated', session }))
      for (const message of messages) socket.send(message)
      socket.close(1000)
    })
  })
  await once(server, 'listening')
  const events: ModelEvent[] = []
  const audio: unknown[] = []
  await new Promise<void>((resolve) => {
    realtimeProvider({
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`,
      apiKey: 'sk',
      model: 'm',
      dialect: 'ga',
    }).connect(
      Promise.resolve({
        instructions: 'x',
        voice: 'cedar',
        tools: [],
        turnDetection: { kind: 'none' },
        cacheKey: 'x',
      }),
      {
        audio: (payload) => void audio.push(payload),
        event(event) {
          events.push(event)
          if (event.type === 'lost') resolve()
        },
      },
    )
  })
  server.close()
  return { events, audio }
}

it.each([
  [
    'audio that is no base64',
    '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","content_index":0,"delta":"<no base64>"}',
  ],
  [
    'audio with padding in its middle',
    '{"type":"response.output_audio.delta","response_id":"r","item_id":"i","content_index":0,"delta":"AA==AAAA"}',
  ],
  [
    'an item id that no text can be made of',
    `{"type":"response.output_audio.delta","delta":"////","item_id":${unprintable}}`,
  ],
  [
    'a content index that no number can be made of',
    `{"type":"response.output_audio.delta","delta":"////","item_id":"a","content_index":${unprintable}}`,
  ],
  ['a delta that is no text', '{"type":"response.output_audio.delta","item_id":"a"}'],
])('%s is garbage, and never leaves the socket as an exception', async (_what, message) => {
  const { events, audio } = await told([message])
  expect(audio).toEqual([])
  expect(events).toContainEqual({ type: 'warning', code: 'model_garbled', message: '' })
})

it('gives the connection up, once, when it is garbage again and again', async () => {
  const { events } = await told(Array.from({ length: 50 }, () => '{"type":"response.output_audio.delta"}'))
  const lost = events.filter((event) => event.type === 'lost')
  expect(lost).toHaveLength(1)
  expect((lost[0] as { error: GatewayError }).error.code).toBe('model_garbled')
})

it('counts no tokens of a usage that is not finite', async () => {
  const { events } = await told([
    '{"type":"response.created","response":{"id":"r"}}',
    '{"type":"response.done","response":{"id":"r","usage":{"input_token_details":{"text_tokens":1e999,"audio_tokens":7}}}}',
  ])
  expect(events.find((event) => event.type === 'replyEnded')).toMatchObject({
    usage: { input: { text: 0, audio: 7 } },
  })
})

it('cuts arguments that nobody could have meant', async () => {
  const item = { type: 'function_call', call_id: 'c', name: 'note', arguments: 'x'.repeat(1_000_000) }
  const { events } = await told([JSON.stringify({ type: 'response.output_item.done', item })])
  const called = events.find((event) => event.type === 'toolCalled')
  expect(called?.argumentsJson).toHaveLength(65_536)
})

it('tells of no end of a sentence of which nothing was audio', async () => {
  const part = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'
  const said = async (delta: string) => {
    const { audio, events } = await told([
      '{"type":"response.created","response":{"id":"r"}}',
      '{"type":"conversation.item.added","item":{"id":"i","type":"message","role":"assistant"}}',
      `{"type":"response.output_audio.delta",${part},"delta":"${delta}"}`,
      `{"type":"response.output_audio.done",${part}}`,
      '{"type":"response.done","response":{"id":"r","status":"completed","output":[]}}',
    ])
    return [audio.length, events.filter(({ type }) => type === 'partEnded').length]
  }
  expect([await said('////'), await said('<no base64>')]).toEqual([
    [1, 1],
    [0, 0],
  ])
})
