import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { ACCOUNT_SID, ADMIN_TOKEN, AUTH_TOKEN, NUMBERS } from '../process/gateway-env.ts'
import { serveLoad } from '../process/serve-load.ts'
import { connectMedia } from '../world/fake-media.ts'
import { createPayloads } from '../world/payloads.ts'
import { postAsTwilio } from '../world/post-as-twilio.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'
import type { GreetingJob, GreetingResult } from './greeting-messages.ts'
import { serveGreetingSession, type GreetingSession } from './greeting-session.ts'

// One call in which the model greets, then many whose model is slow to open.

const RING_EVERY_MS = 100
/** From the webhook to the media stream. */
const CONNECT_AFTER_MS = 500
/** The greeting of three seconds was heard, and its recording is stored. */
const HEARD_MS = 4_500
/** Shorter than the start-up of the model. */
const LISTENS_MS = 1_500

const job = JSON.parse(process.argv[2]!) as GreetingJob
const frames = createPayloads(160)
const deltas = createPayloads(1_600)
const firstFrames = createSamples()
const late = createSamples()
let begun = false
let brokenSockets = 0
let silent = 0
let byModel = 0

const ticker = createTicker((lateMs) => {
  if (begun) late.add(lateMs)
})

const sessions: GreetingSession[] = []
let startUpMs = 0
const http = createServer()
const models = new WebSocketServer({ server: http, perMessageDeflate: false })
models.on('connection', (socket) => {
  socket.on('error', () => socket.terminate())
  sessions.push(serveGreetingSession(socket, sessions.length, { ticker, deltas, configuredAfterMs: startUpMs }))
})
const rest = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{"sid":"CA0","status":"completed"}')
})
for (const server of [http, rest]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const portOf = (server: typeof http): number => (server.address() as AddressInfo).port

/** One call, heard for `forMs`. Resolves with the time to the first audio; `undefined` when there was none. */
const ring = async (index: number, forMs: number): Promise<number | undefined> => {
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const form = {
    CallSid: callSid,
    AccountSid: ACCOUNT_SID,
    From: `+1415555${String(1000 + index).padStart(4, '0')}`,
    To: NUMBERS.IVR_DID,
    Direction: 'inbound',
    ApiVersion: '2010-04-01',
  }
  const twiml = await postAsTwilio(AUTH_TOKEN, `${job.origin}/twiml`, { ...form, CallStatus: 'ringing' })
  const mediaUrl = /<Stream url="([^"]+)"/.exec(twiml)?.[1]
  if (mediaUrl === undefined) throw new Error(`The webhook's answer connects no stream: ${twiml}`)
  await wait(CONNECT_AFTER_MS)
  let firstMs: number | undefined
  let over = false
  const media = await connectMedia({
    index,
    mediaUrl,
    authToken: AUTH_TOKEN,
    accountSid: ACCOUNT_SID,
    callSid,
    ticker,
    frames,
    deltas,
    onMedia: () => undefined,
    onAudio(now, startedAt) {
      if (firstMs !== undefined) return
      firstMs = now - startedAt
      // Each call opens one connection, in the order of the calls.
      const session = sessions[index]
      if (index > 0 && session && (session.isConfigured || session.isAsked)) byModel++
    },
  })
  void media.closed.then(() => {
    if (!over) brokenSockets++
  })
  await wait(forMs)
  over = true
  media.hangUp()
  await postAsTwilio(AUTH_TOKEN, `${job.origin}/twilio/status`, { ...form, CallStatus: 'completed', CallDuration: '3' })
  return firstMs
}

const countRecorded = async (): Promise<number> => {
  const response = await fetch(`${job.origin}/greetings`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
  return ((await response.json()) as { readonly greetings: readonly object[] }).greetings.length
}

const run = async (): Promise<GreetingResult> => {
  await ring(0, HEARD_MS)
  const recorded = await countRecorded()
  startUpMs = job.startUpMs
  begun = true
  const rung: Promise<void>[] = []
  for (let index = 1; index <= job.calls; index++) {
    rung.push(
      ring(index, LISTENS_MS).then((firstMs) => {
        if (firstMs === undefined) silent++
        else firstFrames.add(firstMs)
      }),
    )
    await wait(RING_EVERY_MS)
  }
  await Promise.all(rung)
  ticker.stop()
  const firstFrameMs = firstFrames.quantiles()
  return { calls: job.calls, recorded, firstFrameMs, silent, byModel, brokenSockets, lateMs: late.quantiles() }
}

serveLoad(
  {
    modelUrl: `ws://127.0.0.1:${portOf(http)}/v1/realtime`,
    restUrl: `http://127.0.0.1:${portOf(rest)}`,
    close() {
      for (const socket of models.clients) socket.terminate()
      http.close()
      rest.close()
    },
  },
  run,
)
