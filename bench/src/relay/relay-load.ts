import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { placeCall, type FakeCaller } from '../world/fake-caller.ts'
import { startFakeModel } from '../world/fake-model.ts'
import type { FromLoad, LoadResult, ToLoad } from './relay-messages.ts'
import { createPayloads, sumOfFaults } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'

/** Forty calls a second: more than Twilio's default of one, little enough not to be a flood. */
const RING_EVERY_MS = 25
/** What is on its way when the callers fall silent has arrived by then; a little later silence would be fed for them. */
const SETTLE_MS = 500
const FRAME_BYTES = 160
const DELTA_BYTES = 1_600

// The load generator is a process of its own: both ends of every call, so that one clock times both directions.

const tell = (message: FromLoad): void => void process.send?.(message)

const frames = createPayloads(FRAME_BYTES)
const deltas = createPayloads(DELTA_BYTES)
const toModel = createSamples()
const toCaller = createSamples()
const greeting = createSamples()
const late = createSamples()
const callers: FakeCaller[] = []
let measuring = false
let finishing = false
let brokenSockets = 0
let brokenCallers = 0

const ticker = createTicker((lateMs) => {
  if (measuring) late.add(lateMs)
})

const onBroken = (): void => {
  if (!finishing) brokenSockets++
}

const model = await startFakeModel({
  ticker,
  frames,
  deltas,
  onFrame(stamp, now) {
    if (measuring) toModel.add(now - stamp.sentAt)
  },
  onBroken,
})

/** Twilio's REST API, as far as a relay may call it while nothing goes wrong. */
const rest = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{"sid":"CA0","status":"completed"}')
})
await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve))

const begin = async ({
  calls,
  warmUpMs,
  ringEveryMs = RING_EVERY_MS,
  numbers,
  ...to
}: Extract<ToLoad, { type: 'begin' }>): Promise<void> => {
  const ringing: Promise<void>[] = []
  const ring = async (index: number): Promise<void> => {
    const caller = await placeCall({
      ...to,
      index,
      dialled: numbers[index % numbers.length]!,
      ticker,
      frames,
      deltas,
      onMedia(stamp, now) {
        if (measuring) toCaller.add(now - stamp.sentAt)
      },
      onGreeting: greeting.add,
      onBroken() {
        onBroken()
        if (!finishing) brokenCallers++
      },
    })
    callers[index] = caller
  }
  for (let index = 0; index < calls; index++) {
    ringing.push(ring(index))
    await wait(ringEveryMs)
  }
  await Promise.all(ringing)
  await wait(warmUpMs)
  tell({ type: 'live' })
}

const finish = async (): Promise<LoadResult> => {
  measuring = false
  for (const caller of callers) caller.fallSilent()
  ticker.stop()
  await wait(SETTLE_MS)
  finishing = true
  const faults = sumOfFaults([
    ...model.sockets.map(({ arrivals }) => arrivals.finish((stream) => callers[stream]?.framesSent ?? 0)),
    ...callers.map(({ arrivals }) => arrivals.finish((stream) => model.sockets[stream]?.deltasSent ?? 0)),
  ])
  await Promise.all(callers.map((caller) => caller.hangUp()))
  return {
    toModelMs: toModel.quantiles(),
    toCallerMs: toCaller.quantiles(),
    greetingMs: greeting.quantiles(),
    lateMs: late.quantiles(),
    framesToModel: callers.reduce((total, { framesSent }) => total + framesSent, 0),
    framesToCaller: model.sockets.reduce((total, { deltasSent }) => total + deltasSent, 0),
    faults,
    brokenSockets,
    brokenCallers,
  }
}

const fail = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}

process.on('message', (message: ToLoad) => {
  if (message.type === 'begin') begin(message).catch(fail)
  else if (message.type === 'measure') measuring = true
  else if (message.type === 'look') {
    measuring = true
    tell({ type: 'seen', seen: { toModelMs: toModel.take(), toCallerMs: toCaller.take(), lateMs: late.take() } })
  } else
    finish().then((result) => {
      tell({ type: 'result', result })
      model.close()
      rest.close()
      process.disconnect?.()
    }, fail)
})
tell({
  type: 'listening',
  modelUrl: model.url,
  restUrl: `http://127.0.0.1:${(rest.address() as AddressInfo).port}`,
})
