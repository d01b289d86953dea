import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { createRandom } from '../fuzz/random.ts'
import { NUMBERS } from '../process/gateway-env.ts'
import { serveLoad } from '../process/serve-load.ts'
import { createPayloads } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'
import type { BargeInJob, BargeInResult } from './barge-in-messages.ts'
import { serveBargeInSession } from './barge-in-session.ts'
import { FRAME_MS } from './true-playout.ts'
import { placeJitterCall, type JitterCaller } from './jitter-caller.ts'

// Callers who break into every reply, on lines of different lengths, with marks that come late.

const RING_EVERY_MS = 100
const DELTAS_PER_REPLY = 15
const SHORTEST_WAY_MS = 5
const LONGEST_WAY_MS = 60
const SETTLE_MS = 1_000
const MAX_MS = 600_000

const job = JSON.parse(process.argv[2]!) as BargeInJob
const frames = createPayloads(160)
const deltas = createPayloads(1_600)
const clears = createSamples()
const errors = createSamples()
const late = createSamples()
let begun = false
let finishing = false
let bargeIns = 0
let brokenSockets = 0
let maxErrorMs = 0
let missing = 0

const ticker = createTicker((lateMs) => {
  if (begun) late.add(lateMs)
})

/** What is going on in one stream. */
interface Interruption {
  readonly startedAt: number
  clearedAt?: number
  heardMs?: number
  reply?: number
  told?: { readonly reply: number; readonly ms: number }
}
const under = new Map<number, Interruption>()

/** Both have come, in whatever order. */
const weigh = (stream: number): void => {
  const at = under.get(stream)
  if (at?.heardMs === undefined || at.told === undefined) return
  under.delete(stream)
  if (at.told.reply !== at.reply) {
    missing++
    return
  }
  // Any position from what was played to the end of the frame being played is right.
  const errorMs = Math.max(0, at.heardMs - at.told.ms, at.told.ms - at.heardMs - FRAME_MS)
  maxErrorMs = Math.max(maxErrorMs, errorMs)
  errors.add(errorMs)
}

const http = createServer()
const models = new WebSocketServer({ server: http, perMessageDeflate: false })
let streams = 0
models.on('connection', (socket) => {
  const stream = streams++
  socket.on('error', () => socket.terminate())
  serveBargeInSession(socket, stream, {
    ticker,
    deltas,
    random: createRandom(1, `session ${stream}`),
    goesOn: () => bargeIns < job.bargeIns,
    onBargeIn(of, now) {
      if (under.has(of)) missing++
      bargeIns++
      under.set(of, { startedAt: now })
    },
    onTruncate(of, reply, ms) {
      const at = under.get(of)
      if (!at) return
      at.told = { reply, ms }
      weigh(of)
    },
  })
})
const rest = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{"sid":"CA0","status":"completed"}')
})
for (const server of [http, rest]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const portOf = (server: typeof http): number => (server.address() as AddressInfo).port

const onClear = (stream: number, heardMs: ReadonlyMap<number, number>, now: number): void => {
  const at = under.get(stream)
  if (!at || at.clearedAt !== undefined) return
  at.clearedAt = now
  clears.add(now - at.startedAt)
  const last = Math.max(...heardMs.keys())
  at.reply = Math.floor(last / DELTAS_PER_REPLY) + 1
  at.heardMs = [...heardMs]
    .filter(([sequence]) => Math.floor(sequence / DELTAS_PER_REPLY) + 1 === at.reply)
    .reduce((total, [, ms]) => total + ms, 0)
  weigh(stream)
}

const run = async (): Promise<BargeInResult> => {
  const { origin, calls, jitterMs } = job
  const callers: JitterCaller[] = []
  const numbers = Object.values(NUMBERS)
  for (let index = 0; index < calls; index++) {
    const random = createRandom(1, `caller ${index}`)
    const oneWayMs = SHORTEST_WAY_MS + random.share() * (LONGEST_WAY_MS - SHORTEST_WAY_MS)
    const dialled = numbers[index % numbers.length]!
    callers.push(
      await placeJitterCall({
        origin,
        index,
        dialled,
        oneWayMs,
        jitterMs,
        random,
        ticker,
        frames,
        deltas,
        onClear,
        onBroken() {
          if (!finishing) brokenSockets++
        },
      }),
    )
    await wait(RING_EVERY_MS)
  }
  begun = true
  for (const from = performance.now(); bargeIns < job.bargeIns && performance.now() - from < MAX_MS;) await wait(100)
  await wait(SETTLE_MS)
  finishing = true
  ticker.stop()
  await Promise.all(callers.map((caller) => caller.hangUp()))
  return {
    bargeIns,
    clearMs: clears.quantiles(),
    truncateErrorMs: { ...errors.quantiles(), max: maxErrorMs },
    missing: missing + under.size,
    brokenSockets,
    lateMs: late.quantiles(),
  }
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
