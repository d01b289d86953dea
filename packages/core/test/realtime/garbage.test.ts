import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { createCallRegistry, type CallSession } from '../../src/index.ts'
import { systemClock } from '../../src/clock.ts'
import { realtimeProvider } from '../../src/realtime/provider.ts'
import { scriptedLine } from '../../src/testing/index.ts'
import { greeter } from '../call/harness.ts'

const eventTypes = [
  'session.created',
  'session.updated',
  'error',
  'response.created',
  'response.done',
  'response.output_item.done',
  'response.output_audio.delta',
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'conversation.item.added',
  'conversation.item.input_audio_transcription.completed',
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
]

it('holds against a model that sends every event with every kind of content', async () => {
  const events = fc.sample(
    fc.record(
      {
        type: fc.constantFrom(...eventTypes),
        item: fc.oneof(
          fc.jsonValue(),
          fc.record({
            type: fc.constant('function_call'),
            call_id: fc.jsonValue(),
            name: fc.jsonValue(),
            arguments: fc.jsonValue(),
          }),
        ),
        item_id: fc.jsonValue(),
        response_id: fc.jsonValue(),
        content_index: fc.jsonValue(),
        delta: fc.jsonValue(),
        transcript: fc.jsonValue(),
        session: fc.jsonValue(),
        response: fc.oneof(
          fc.jsonValue(),
          fc.record({
            id: fc.jsonValue(),
            status: fc.jsonValue(),
            usage: fc.jsonValue(),
            status_details: fc.jsonValue(),
          }),
        ),
        error: fc.oneof(
          fc.jsonValue(),
          fc.record({ code: fc.jsonValue(), param: fc.jsonValue(), event_id: fc.jsonValue() }),
        ),
      },
      { requiredKeys: ['type'] },
    ),
    { numRuns: 3_000, seed: 7 },
  )
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  let next = 0
  server.on('connection', (socket) => {
    socket.send('{"type":"session.created","session":{}}')
    socket.on('message', (data) => {
      const { type, session } = JSON.parse((data as Buffer).toString()) as { type: string; session?: object }
      if (type !== 'session.update') return
      socket.send(JSON.stringify({ type: 'session.updated', session }))
      for (const event of events.slice(next, (next += 60))) socket.send(JSON.stringify(event))
    })
  })
  await once(server, 'listening')
  const problems: unknown[] = []
  const registry = createCallRegistry({
    clock: systemClock,
    provider: realtimeProvider({
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`,
      apiKey: 'sk',
      model: 'm',
      dialect: 'ga',
    }),
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 2_000,
    observe: (_call, notice) => notice.type === 'problem' && notice.code === 'internal' && problems.push(notice),
  })
  const { line, connect } = scriptedLine(systemClock)
  const calls: CallSession[] = []
  for (let index = 0; index < 50; index++) {
    const call = registry.open({
      line,
      legId: `CA${index}`,
      direction: 'inbound',
      otherParty: {},
      dialled: '+14155550101' as never,
      mode: greeter(),
    })
    calls.push(call)
    connect(call).start(`CA${index}`)
  }
  while (next < events.length) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const call of calls) {
    expect(() => JSON.stringify(call.story())).not.toThrow()
    call.end('caller_hung_up')
  }
  expect(problems).toEqual([])
  for (const client of server.clients) client.terminate()
  server.close()
})
