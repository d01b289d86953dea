import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { AUTH_TOKEN, NUMBERS } from '../process/gateway-env.ts'
import { serveLoad } from '../process/serve-load.ts'
import { placeCall } from '../world/fake-caller.ts'
import { startFakeModel } from '../world/fake-model.ts'
import { createPayloads } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'
import type { PoolJob, PoolResult } from './pool-messages.ts'

// Callers one after the other on one number, of a model that takes its time to set up a session and none to answer.

/** A line with a call every two seconds. */
const RING_EVERY_MS = 2_000
/** Not timed: they show the gateway that the number is busy, and that it takes a while until a session is ready. */
const FIRST_CALLS = 3
const LISTEN_MS = 300
const PATIENCE_MS = 10_000

const { origin, calls, startUpMs } = JSON.parse(process.argv[2]!) as PoolJob
const frames = createPayloads(160)
const deltas = createPayloads(1_600)
const firstAudio = createSamples()
const afterStream = createSamples()
const late = createSamples()
let silent = 0
const ticker = createTicker(late.add)

const model = await startFakeModel({
  ticker,
  frames,
  deltas,
  manner: { startUpMs, replyAfterMs: 0 },
  onFrame() {},
  onBroken() {},
})
const rest = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{"sid":"CA0","status":"completed"}')
})
await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve))

/** One call, from the webhook to the hang-up. */
const ring = async (index: number): Promise<void> => {
  const heard = Promise.withResolvers<{ readonly now: number; readonly startedAt: number }>()
  const rungAt = performance.now()
  const caller = await placeCall({
    index,
    origin,
    authToken: AUTH_TOKEN,
    dialled: NUMBERS.IVR_DID,
    ticker,
    frames,
    deltas,
    onMedia: (_stamp, now, startedAt) => heard.resolve({ now, startedAt }),
    onGreeting() {},
    onBroken() {},
  })
  const first = await Promise.race([heard.promise, wait(PATIENCE_MS, undefined)])
  if (first === undefined) silent++
  else if (index >= FIRST_CALLS) {
    firstAudio.add(first.now - rungAt)
    afterStream.add(first.now - first.startedAt)
  }
  await wait(LISTEN_MS)
  caller.fallSilent()
  await caller.hangUp()
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
  async (): Promise<PoolResult> => {
    const ringing: Promise<void>[] = []
    for (let index = 0; index < FIRST_CALLS + calls; index++) {
      ringing.push(ring(index))
      await wait(RING_EVERY_MS)
    }
    await Promise.all(ringing)
    return {
      firstAudioMs: firstAudio.quantiles(),
      afterStreamMs: afterStream.quantiles(),
      sessions: model.sockets.length,
      silent,
      lateMs: late.quantiles(),
    }
  },
)
