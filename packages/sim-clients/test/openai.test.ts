import OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime'
import { expect, test } from 'vitest'
import {
  asks,
  expectInterruption,
  expectNoComplaint,
  found,
  INSTRUCTIONS,
  inPieces,
  KEY,
  MODEL,
  order,
  pause,
  says,
  spoken,
  startServer,
  until,
} from './order-line.ts'

type Client = OpenAIRealtimeWS | OpenAIRealtimeWebSocket

const clients = {
  // In Node the key goes in a header …
  'its client for Node': (httpUrl: string): Client =>
    new OpenAIRealtimeWS({ model: MODEL }, new OpenAI({ apiKey: KEY, baseURL: httpUrl })),
  // … in a browser in a subprotocol.
  'its client for browsers': (httpUrl: string): Client =>
    new OpenAIRealtimeWebSocket(
      { model: MODEL, dangerouslyAllowBrowser: true },
      new OpenAI({ apiKey: KEY, baseURL: httpUrl, dangerouslyAllowBrowser: true }),
    ),
}

test.each(Object.entries(clients))(
  '%s: the caller is greeted, is told about the parcel, and interrupts',
  { timeout: 60_000 },
  async (_, open) => {
    const { server, httpUrl } = await startServer()
    const rt = open(httpUrl)
    const events: RealtimeServerEvent[] = []
    const errors: unknown[] = []
    rt.on('event', (event) => events.push(event))
    rt.on('error', (error) => errors.push(error))
    const types = () => events.map(({ type }) => type)
    const said = () =>
      events.flatMap((event) =>
        event.type === 'response.output_audio_transcript.done' ? [event.transcript.trim()] : [],
      )
    const saying = (sentence: string) => until(() => said().includes(sentence))
    const say = (audio: Buffer) =>
      inPieces(audio, 8, (piece) => rt.send({ type: 'input_audio_buffer.append', audio: piece.toString('base64') }))

    await until(() => types().includes('session.created'))
    rt.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        instructions: INSTRUCTIONS,
        output_modalities: ['audio'],
        audio: {
          input: {
            format: { type: 'audio/pcmu' },
            transcription: { model: 'gpt-4o-transcribe' },
            turn_detection: { type: 'server_vad', silence_duration_ms: 400 },
          },
          output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
        },
        tools: [
          {
            type: 'function',
            name: 'find_order',
            description: 'Finds a parcel.',
            parameters: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
          },
        ],
      },
    })
    const updated = await until(() => events.find((event) => event.type === 'session.updated'))
    expect(updated.session).toMatchObject({
      type: 'realtime',
      model: MODEL,
      audio: { input: { format: { type: 'audio/pcmu' } }, output: { format: { type: 'audio/pcmu' }, voice: 'marin' } },
    })

    rt.send({ type: 'response.create' })
    await saying(says.greeting)

    await say(await spoken(asks.order))
    const call = await until(() => events.find((event) => event.type === 'response.function_call_arguments.done'))
    expect(call).toMatchObject({ name: 'find_order' })
    expect(JSON.parse(call.arguments)).toEqual(order)
    expect(said()).toContain(says.announcement)
    await until(() => types().filter((type) => type === 'response.done').length === 2)
    rt.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: call.call_id, output: JSON.stringify(found) },
    })
    rt.send({ type: 'response.create' })
    await saying(says.order)

    const deltas = () => events.filter((event) => event.type === 'response.output_audio.delta')
    const before = deltas().length
    await say(await spoken(asks.shop))
    const thanks = await spoken(asks.thanks)
    const long = await until(() => deltas().slice(before)[0])
    await pause(500)
    const turns = types().filter((type) => type === 'input_audio_buffer.speech_started').length
    const interrupting = say(thanks)
    await until(() => types().filter((type) => type === 'input_audio_buffer.speech_started').length > turns)
    rt.send({ type: 'conversation.item.truncate', item_id: long.item_id, content_index: 0, audio_end_ms: 800 })
    await interrupting
    await saying(says.thanks)

    expect(said()).toEqual([
      says.greeting,
      says.announcement,
      says.order,
      expect.stringMatching(/^Our shop/),
      says.thanks,
    ])
    const heard = events.flatMap((event) =>
      event.type === 'conversation.item.input_audio_transcription.completed' ? [event.transcript] : [],
    )
    expect(heard).toEqual([asks.order, asks.shop, asks.thanks])
    expect(errors).toEqual([])

    const session = await server.session(0)
    expectNoComplaint(session)
    expectInterruption(session, 800)
    rt.close()
    await until(() => session.closed)
    expect(session.closed).toEqual({ code: 1000, reason: 'OK' })
  },
)

test('a browser gets a key of its own, for one session as it was made', async () => {
  const { httpUrl } = await startServer()
  const { value } = await new OpenAI({ apiKey: KEY, baseURL: httpUrl }).realtime.clientSecrets.create({
    session: { type: 'realtime', model: MODEL, instructions: INSTRUCTIONS },
  })
  const browser = new OpenAI({ apiKey: value, baseURL: httpUrl, dangerouslyAllowBrowser: true })
  const rt = new OpenAIRealtimeWebSocket({ model: MODEL }, browser)
  const created = await new Promise((resolve) => rt.on('session.created', resolve))
  expect(created).toMatchObject({ session: { model: MODEL, instructions: INSTRUCTIONS } })
  rt.close()
  await new Promise((resolve) => rt.socket.addEventListener('close', resolve))
})

test('a wrong key is named to whoever listens for errors', async () => {
  const { httpUrl } = await startServer()
  const rt = new OpenAIRealtimeWS({ model: MODEL }, new OpenAI({ apiKey: 'sk-of-another', baseURL: httpUrl }))
  const error = await new Promise((resolve) => rt.on('error', resolve))
  expect(error).toMatchObject({
    error: { code: 'invalid_api_key', message: expect.stringContaining('Incorrect API key') },
  })
  const closed = await new Promise((resolve) =>
    rt.socket.on('close', (code, reason) => resolve([code, reason.toString()])),
  )
  expect(closed).toEqual([3000, 'invalid_request_error.invalid_api_key'])
})
