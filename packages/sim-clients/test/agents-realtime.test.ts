import { RealtimeAgent, RealtimeSession, tool, type RealtimeItem } from '@openai/agents-realtime'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  asks,
  expectInterruption,
  expectNoComplaint,
  heardWhole,
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

test(
  'the Agents SDK greets, runs its tool, stops playing when it is interrupted, and keeps the history of it',
  { timeout: 60_000 },
  async () => {
    const { server, wssUrl } = await startServer()
    const calls: unknown[] = []
    const agent = new RealtimeAgent({
      name: 'Shop',
      instructions: INSTRUCTIONS,
      voice: 'marin',
      tools: [
        tool({
          name: 'find_order',
          description: 'Finds a parcel.',
          parameters: z.object({ number: z.string() }),
          execute: (input) => {
            calls.push(input)
            return JSON.stringify(found)
          },
        }),
      ],
    })
    const session = new RealtimeSession(agent, {
      transport: 'websocket',
      model: MODEL,
      config: {
        outputModalities: ['audio'],
        audio: {
          input: { format: { type: 'audio/pcmu' }, turnDetection: { type: 'server_vad', silenceDurationMs: 400 } },
          output: { format: { type: 'audio/pcmu' } },
        },
      },
    })
    const seen: string[] = []
    const errors: unknown[] = []
    let toldMs = 0
    let pieces = 0
    session.on('agent_tool_start', (_context, _agent, { name }) => seen.push(`tool ${name}`))
    session.on('agent_tool_end', (_context, _agent, _tool, result) => seen.push(`result ${result}`))
    session.on('audio_interrupted', () => seen.push('interrupted'))
    session.on('agent_end', (_context, _agent, output) => seen.push(`said ${output.trim()}`))
    session.on('audio', () => pieces++)
    session.on('transport_event', (event) => {
      if (event.type === 'conversation.item.truncated') toldMs = Number(event['audio_end_ms'])
    })
    session.on('error', ({ error }) => errors.push(error))
    const words = () => session.history.map(wordsOf)
    const say = async (phrase: string) =>
      inPieces(await spoken(phrase), 8, (piece) => session.sendAudio(new Uint8Array(piece).buffer))

    await session.connect({ apiKey: KEY, url: `${wssUrl}?model=${MODEL}` })
    session.transport.sendEvent({ type: 'response.create' })
    await until(() => words().includes(says.greeting))
    await heardWhole(says.greeting)

    await say(asks.order)
    await until(() => words().includes(says.order))
    await heardWhole(says.order)
    expect(calls).toEqual([order])

    const before = pieces
    await say(asks.shop)
    await until(() => pieces > before)
    await pause(500)
    await say(asks.thanks)
    await until(() => words().includes(says.thanks))

    expect(errors).toEqual([])
    expect(seen).toEqual([
      `said ${says.greeting}`,
      // Said to the player whenever somebody speaks; only what was not heard whole is truncated.
      'interrupted',
      `said ${says.announcement}`,
      'tool find_order',
      `result ${JSON.stringify(found)}`,
      `said ${says.order}`,
      'interrupted',
      'interrupted',
      expect.stringMatching(/^said Our shop/),
      `said ${says.thanks}`,
    ])
    expect(words()).toEqual([
      says.greeting,
      asks.order,
      says.announcement,
      'find_order',
      says.order,
      asks.shop,
      expect.stringMatching(/^Our shop/),
      asks.thanks,
      says.thanks,
    ])
    const model = await server.session(0)
    expectNoComplaint(model)
    expectInterruption(model, toldMs)
    session.close()
    await until(() => model.closed)
    expect(model.closed?.code).toBe(1005)
  },
)

test('typed words are answered as well, and another agent takes the conversation over', async () => {
  const { server, wssUrl } = await startServer()
  const errors: unknown[] = []
  const tools = [
    tool({
      name: 'find_order',
      description: 'Finds a parcel.',
      parameters: z.object({ number: z.string() }),
      execute: () => JSON.stringify(found),
    }),
  ]
  const complaints = new RealtimeAgent({ name: 'Complaints', instructions: 'You listen to complaints.', tools })
  const shop = new RealtimeAgent({ name: 'Shop', instructions: INSTRUCTIONS, tools, handoffs: [complaints] })
  // As it comes: 24 kHz PCM both ways, the model finds the end of a turn by its meaning.
  const session = new RealtimeSession(shop, { transport: 'websocket', model: MODEL })
  session.on('error', ({ error }) => errors.push(error))
  await session.connect({ apiKey: KEY, url: `${wssUrl}?model=${MODEL}` })

  session.sendMessage(asks.order)
  await until(() => session.history.map(wordsOf).includes(says.order))
  const model = await server.session(0)
  expect(model.config.audio.input.format).toEqual({ type: 'audio/pcm', rate: 24_000 })
  expect(model.config.tools.map((one) => 'name' in one && one.name)).toEqual(['find_order', 'transfer_to_Complaints'])

  await session.updateAgent(complaints)
  await until(() => model.config.instructions === 'You listen to complaints.')
  session.sendMessage(asks.thanks)
  await until(() => session.history.map(wordsOf).includes(says.thanks))
  expect(errors).toEqual([])
  session.close()
  await until(() => model.closed)
})

function wordsOf(item: RealtimeItem): string {
  if (item.type !== 'message') return item.name
  return item.content
    .map((part) => ('transcript' in part ? (part.transcript ?? '') : ''))
    .join('')
    .trim()
}
