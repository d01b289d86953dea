import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { AUTH_TOKEN, NUMBERS } from '../process/gateway-env.ts'
import { placeCall, type FakeCaller } from '../world/fake-caller.ts'
import { serveSession, type ModelSocket } from '../world/fake-model-session.ts'
import { createPayloads, sumOfFaults } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'
import type { Amounts, FromFuzzLoad, FuzzLoadResult, ToFuzzLoad } from './fuzz-messages.ts'
import { createGapWatch } from './gap-watch.ts'
import { placeHostileCall } from './hostile-call.ts'
import { hostileRequest } from './hostile-requests.ts'
import { serveHostileSession } from './hostile-session.ts'
import { createRandom } from './random.ts'
import { createSender, type Answer } from './send-request.ts'

// Everything around the gateway in one process: a few calls that behave, the canaries, and many that do not.

/** One on each number. Their model sessions are the first ones. */
const CANARIES = 3
const CALLS_AT_ONCE = 16
const REQUESTS_AT_ONCE = 8
/** Few, so that many calls begin and end. */
const FRAMES_PER_CALL = 200
const EVENTS_PER_SESSION = 200
const SLOW_SHARE = 0.002
const MAX_SLOW = 200
const SETTLE_MS = 500
/** The canaries have greeted. */
const WARM_UP_MS = 2_000
const MAX_TOLD = 20
const TOLD_EVERY_MS = 30_000

const tell = (message: FromFuzzLoad): void => void process.send?.(message)

const frames = createPayloads(160)
const deltas = createPayloads(1_600)
const toModel = createSamples()
const toCaller = createSamples()
const late = createSamples()
const gapWatches = Array.from({ length: CANARIES }, createGapWatch)
const canaries: FakeCaller[] = []
const sessions: ModelSocket[] = []
const wrong: string[] = []
const statuses: Record<string, number> = {}
const sent = { frames: 0, events: 0, requests: 0, calls: 0, sessions: 0 }
let wrongCount = 0
let brokenSockets = 0
let isSending = false
let finishing = false
let seed = 0
let origin = ''

const onFault = (what: string): void => {
  wrongCount++
  if (wrong.length < MAX_TOLD) wrong.push(what)
}
const onBroken = (): void => {
  if (!finishing) brokenSockets++
}
const ticker = createTicker((lateMs) => {
  if (isSending) late.add(lateMs)
})

const http = createServer()
const models = new WebSocketServer({ server: http, perMessageDeflate: false, skipUTF8Validation: true })
models.on('connection', (socket) => {
  if (sessions.length < CANARIES) {
    const onFrame = (stamp: { readonly sentAt: number }, now: number): void =>
      void (isSending && toModel.add(now - stamp.sentAt))
    sessions.push(serveSession(socket, sessions.length, { ticker, frames, deltas, onFrame }, () => true))
    socket.on('error', () => socket.terminate())
    socket.on('close', onBroken)
    return
  }
  const index = sent.sessions++
  serveHostileSession(socket, createRandom(seed, `session ${index}`), {
    most: EVENTS_PER_SESSION,
    onEvent: () => sent.events++,
  })
})
const rest = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/json').end('{"sid":"CA0","status":"completed"}')
})
for (const server of [http, rest]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const portOf = (server: typeof http): number => (server.address() as AddressInfo).port

const begin = async (): Promise<void> => {
  for (let index = 0; index < CANARIES; index++) {
    const dialled = Object.values(NUMBERS)[index % Object.keys(NUMBERS).length]!
    canaries[index] = await placeCall({
      origin,
      authToken: AUTH_TOKEN,
      index,
      dialled,
      ticker,
      frames,
      deltas,
      onMedia(stamp, now) {
        gapWatches[index]!.heard(stamp, now)
        if (isSending) toCaller.add(now - stamp.sentAt)
      },
      onGreeting: () => {},
      onBroken,
    })
  }
  await wait(WARM_UP_MS)
  tell({ type: 'begun' })
}

/** Runs `work` on `width` lanes until it answers that there is nothing left. */
const inLanes = async (width: number, work: () => Promise<void> | undefined): Promise<void> => {
  const lane = async (): Promise<void> => {
    for (let task = work(); task; task = work()) await task
  }
  await Promise.all(Array.from({ length: width }, lane))
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const sendAll = async (amounts: Amounts, limitMs = Infinity): Promise<void> => {
  const until = performance.now() + limitMs
  isSending = true
  const goal = {
    frames: sent.frames + amounts.frames,
    events: sent.events + amounts.events,
    requests: sent.requests + amounts.requests,
  }
  const sender = createSender(origin)
  const nextCall = (): Promise<void> | undefined => {
    if ((sent.frames >= goal.frames && sent.events >= goal.events) || performance.now() > until) return undefined
    const index = sent.calls++
    const random = createRandom(seed, `call ${index}`)
    const dialled = random.pick(Object.values(NUMBERS))
    // Frames are sent faster than events: when there are enough, calls only wait for their model.
    const length = sent.frames >= goal.frames ? 50 : FRAMES_PER_CALL
    return placeHostileCall({ origin, dialled, frames: length, random, onFault, onFrame: () => sent.frames++ }).catch(
      (error: unknown) => onFault(`call ${index}: ${messageOf(error)}`),
    )
  }
  // A request that is never finished must not delay the others.
  const slow = new Set<Promise<void>>()
  const nextRequest = (): Promise<void> | undefined => {
    if (sent.requests >= goal.requests || performance.now() > until) return undefined
    const index = sent.requests++
    const random = createRandom(seed, `request ${index}`)
    const request = hostileRequest(origin, random)
    const note = (answer: Answer): void => {
      statuses[answer] = (statuses[answer] ?? 0) + 1
      const isWrong = answer === 'timed out' || answer >= 500
      if (isWrong) onFault(`request ${index}: ${request.method} ${request.target.slice(0, 100)} answered ${answer}`)
    }
    const isSlow = random.chance(SLOW_SHARE)
    const sending = (isSlow ? sender.dribble(request) : sender.send(request)).then(note)
    if (!isSlow && !request.isRaw) return sending
    const entry = sending.finally(() => slow.delete(entry))
    slow.add(entry)
    return slow.size < MAX_SLOW ? Promise.resolve() : Promise.race(slow)
  }
  const telling = setInterval(
    () =>
      console.error(`  ${sent.frames} frames, ${sent.events} events, ${sent.requests} requests, ${sent.calls} calls …`),
    TOLD_EVERY_MS,
  )
  await Promise.all([inLanes(CALLS_AT_ONCE, nextCall), inLanes(REQUESTS_AT_ONCE, nextRequest)])
  await Promise.all(slow)
  sender.close()
  clearInterval(telling)
  isSending = false
}

const finish = async (): Promise<FuzzLoadResult> => {
  for (const canary of canaries) canary.fallSilent()
  ticker.stop()
  await wait(SETTLE_MS)
  finishing = true
  const faults = sumOfFaults([
    ...sessions.map(({ arrivals }) => arrivals.finish((stream) => canaries[stream]?.framesSent ?? 0)),
    ...canaries.map(({ arrivals }) => arrivals.finish((stream) => sessions[stream]?.deltasSent ?? 0)),
  ])
  // A gateway that has died takes no callbacks.
  await Promise.allSettled(canaries.map((canary) => canary.hangUp()))
  return {
    ...sent,
    statuses,
    wrong,
    wrongCount,
    canary: {
      calls: CANARIES,
      faults,
      framesToModel: canaries.reduce((total, { framesSent }) => total + framesSent, 0),
      framesToCaller: sessions.reduce((total, { deltasSent }) => total + deltasSent, 0),
      brokenSockets,
      gaps: gapWatches.reduce((total, { gaps }) => total + gaps, 0),
      longestGapMs: Math.max(...gapWatches.map(({ longestMs }) => longestMs)),
      toModelMs: toModel.quantiles(),
      toCallerMs: toCaller.quantiles(),
      lateMs: late.quantiles(),
    },
  }
}

const fail = (error: unknown): never => {
  console.error(error)
  process.exit(1)
}

process.on('message', (message: ToFuzzLoad) => {
  if (message.type === 'begin') {
    ;({ seed, origin } = message)
    begin().catch(fail)
  } else if (message.type === 'send') sendAll(message.amounts, message.limitMs).then(() => tell({ type: 'sent' }), fail)
  else
    finish().then((result) => {
      tell({ type: 'result', result })
      for (const socket of models.clients) socket.terminate()
      http.close()
      rest.close()
      process.disconnect?.()
    }, fail)
})
tell({
  type: 'listening',
  modelUrl: `ws://127.0.0.1:${portOf(http)}/v1/realtime`,
  restUrl: `http://127.0.0.1:${portOf(rest)}`,
})
