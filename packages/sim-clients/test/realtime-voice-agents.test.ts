import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTwilio } from '@llc-phone/sim'
import { Agent, connectStreamTwiml, tool, TwilioRealtimeBridge, type CallSession } from 'realtime-voice-agents'
import { openaiRealtime } from 'realtime-voice-agents/openai'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import {
  asks,
  expectInterruption,
  expectNoComplaint,
  found,
  INSTRUCTIONS,
  KEY,
  MODEL,
  order,
  pause,
  says,
  startServer,
  until,
} from './order-line.ts'

const OUR_NUMBER = '+14155550101'
const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

test(
  'realtime-voice-agents carries a whole call between both simulators: greeting, tool, interruption, hang-up',
  { timeout: 60_000 },
  async () => {
    const { server, wssUrl } = await startServer()
    const calls: unknown[] = []
    const seen: string[] = []
    let playedMs = 0
    let playbacks = 0
    const bridge = new TwilioRealtimeBridge({
      agent: new Agent({
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
              return found
            },
          }),
        ],
      }),
      provider: openaiRealtime({
        apiKey: KEY,
        model: MODEL,
        baseUrl: wssUrl,
        vad: { type: 'server', silenceDurationMs: 400 },
        transcription: { model: 'gpt-4o-mini-transcribe' },
      }),
      session: { greeting: { mode: 'agent-initiates' } },
    })
    bridge.on('session.started', (session: CallSession) => {
      session.on('transcript.user', ({ text }) => seen.push(`caller: ${text}`))
      session.on('transcript.agent', ({ text }) => seen.push(`agent: ${text.trim()}`))
      session.on('tool.completed', ({ toolName, result }) => seen.push(`${toolName}: ${JSON.stringify(result)}`))
      session.on('interruption', (event) => {
        playedMs = event.playedMs
        seen.push(`interrupted after ${playedMs}`)
      })
      session.on('playback.started', () => playbacks++)
      session.on('error', (error) => seen.push(String(error)))
      session.on('call.ended', ({ reason }) => seen.push(`ended: ${reason}`))
    })
    const gateway = await startGateway(bridge)
    const stand = await createTwilio({
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'token-of-the-tests',
      numbers: { [OUR_NUMBER]: { voiceUrl: `${gateway}/voice` } },
    })
    cleanUps.push(() => stand.close())

    const call = stand.placeCall({ to: OUR_NUMBER, from: '+14155550199', maxSilenceMs: 30_000 })
    const heard = async (line: string) => {
      await until(() => seen.includes(line))
      await call.quiet(700)
    }
    await heard(`agent: ${says.greeting}`)
    await call.say(asks.order)
    await heard(`agent: ${says.order}`)
    const before = playbacks
    await call.say(asks.shop)
    await until(() => playbacks > before)
    await pause(1500)
    await call.say(asks.thanks)
    await heard(`agent: ${says.thanks}`)
    call.hangUp()
    const result = await call.ended
    const model = await server.session(0)
    await until(() => model.closed)

    expect(result).toMatchObject({ status: 'completed', warnings: [], errors: [] })
    expect(calls).toEqual([order])
    expect(seen).toEqual([
      `agent: ${says.greeting}`,
      `caller: ${asks.order}`,
      `agent: ${says.announcement}`,
      `find_order: ${JSON.stringify(found)}`,
      `agent: ${says.order}`,
      `caller: ${asks.shop}`,
      `interrupted after ${playedMs}`,
      expect.stringMatching(/^agent: Our shop/),
      `caller: ${asks.thanks}`,
      `agent: ${says.thanks}`,
      'ended: caller-hangup',
    ])
    // As much as the caller had heard when Twilio's queue was cleared, give or take a mark.
    const cleared = result.timeline.find(({ type }) => type === 'clear')!
    const begun = result.timeline.findLast(({ type, atMs }) => type === 'assistant-start' && atMs < cleared.atMs)!
    expect(Math.abs(playedMs - (cleared.atMs - begun.atMs))).toBeLessThan(500)
    expectNoComplaint(model)
    expectInterruption(model, playedMs)
    expect(model.closed?.code).toBe(1000)
  },
)

/** A gateway as its guide has it: one webhook, one socket. */
async function startGateway(bridge: TwilioRealtimeBridge): Promise<string> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    const body =
      request.url === '/voice' ? connectStreamTwiml({ wsUrl: `ws://127.0.0.1:${port}/media` }) : '<Response/>'
    response.writeHead(200, { 'content-type': 'text/xml' }).end(body)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => bridge.handleConnection(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
