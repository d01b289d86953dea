import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createRandom } from '../fuzz/random.ts'
import { AUTH_TOKEN, NUMBERS } from '../process/gateway-env.ts'
import { serveLoad } from '../process/serve-load.ts'
import { placeCall } from '../world/fake-caller.ts'
import { startFakeModel } from '../world/fake-model.ts'
import { createPayloads, sumOfFaults, type Faults } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'
import type { SoakJob, SoakResult } from './soak-messages.ts'

// Calls that come and go: as one ends the next one rings.

const RING_EVERY_MS = 50
const SETTLE_MS = 500
/** Twilio's callbacks have been answered, and sessions closed, by then. */
const OVER_WITHIN_MS = 10_000

const job = JSON.parse(process.argv[2]!) as SoakJob
const frames = createPayloads(160)
const deltas = createPayloads(1_600)
const random = createRandom(1, 'soak')
const late = createSamples()
const ticker = createTicker((lateMs) => {
  // One of a hundred: a soak lasts for hours.
  if (random.chance(0.01)) late.add(lateMs)
})
const ending = new AbortController()
let calls = 0
let failed = 0
let brokenSockets = 0
let total: Faults = { lost: 0, reordered: 0, altered: 0, added: 0 }

const model = await startFakeModel({ ticker, frames, deltas, onFrame: () => {}, onBroken: () => {} })
const rest = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{"sid":"CA0","status":"completed"}')
})
await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve))

const hold = async (ms: number): Promise<void> => {
  for (const until = performance.now() + ms; !ending.signal.aborted && performance.now() < until;) await wait(200)
}

/** One call, from its first ring to its end. */
const call = async (index: number): Promise<void> => {
  const numbers = Object.values(NUMBERS)
  let over = false
  const caller = await placeCall({
    origin: job.origin,
    authToken: AUTH_TOKEN,
    index,
    dialled: numbers[index % numbers.length]!,
    ticker,
    frames,
    deltas,
    onMedia: () => {},
    onGreeting: () => {},
    onBroken() {
      if (!over) brokenSockets++
    },
  })
  await hold(job.shortestMs + random.share() * (job.longestMs - job.shortestMs))
  caller.fallSilent()
  await wait(SETTLE_MS)
  over = true
  // What the model has said last may still be on its way: only what came is judged.
  total = sumOfFaults([total, { ...caller.arrivals.finish(() => 0), lost: 0 }])
  await caller.hangUp()
}

const run = async (bench: { held(): Promise<void> }): Promise<SoakResult> => {
  let next = 0
  const lane = async (lateMs: number): Promise<void> => {
    for (await wait(lateMs); !ending.signal.aborted;) {
      await call(next++).catch(() => void failed++)
      calls++
    }
  }
  // The first call comes alone, so that what the first call of a process leaves behind is not taken for a leak.
  await call(next++)
  calls++
  await bench.held()
  const lanes = Array.from({ length: job.calls }, (_, index) => lane(index * RING_EVERY_MS))
  await new Promise<void>((resolve) => process.once('SIGUSR2', resolve))
  ending.abort()
  await Promise.all(lanes)
  for (const from = performance.now(); model.open > 0 && performance.now() - from < OVER_WITHIN_MS;) await wait(100)
  return { calls, faults: total, brokenSockets, failed, openSessions: model.open, lateMs: late.quantiles() }
}

serveLoad(
  {
    modelUrl: model.url,
    restUrl: `http://127.0.0.1:${(rest.address() as AddressInfo).port}`,
    close() {
      ticker.stop()
      model.close()
      rest.close()
    },
  },
  run,
)
