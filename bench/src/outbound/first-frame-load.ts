import { setTimeout as wait } from 'node:timers/promises'
import type { FakeCallee } from './fake-callee.ts'
import type { FirstFrameJob, FirstFrameResult } from './outbound-messages.ts'
import { createOutboundWorld, serveOutbound } from './outbound-world.ts'
import type { Stamp } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'

// Calls people at a steady rate and times how long each waits for the first word.

/** Ten times what Twilio places for an account that has not asked for more. */
const CALL_EVERY_MS = 100
const RING_MS = 1_500
/** What the model itself takes to answer. */
const REPLY_MS = 200
/** "Hello?", said from 200 to 800 ms after they picked up, in frames of 20 ms. */
const HELLO = { first: 10, last: 40 }
/** How long a call goes on after the first word. */
const LISTEN_MS = 500
/** Whoever has heard nothing by then counts as silent. */
const PATIENCE_MS = 12_000

const { origin, calls, startUpMs, cold } = JSON.parse(process.argv[2]!) as FirstFrameJob

const greeted = createSamples()
const answered = createSamples()
/** When the last frame of a hello was sent, and when the model had it. */
const hellos = new Map<number, { readonly saidAt: number; readonly heardAt: number }>()
let dialledWarm = 0
let silent = 0

const isGreeted = (index: number): boolean => index % 2 === 0

const time = (index: number, { sentAt }: Stamp, now: number, startedAt: number): void => {
  if (isGreeted(index)) return greeted.add(now - startedAt)
  const hello = hellos.get(index)
  if (!hello) return world.onProblem(`call ${index}: the assistant spoke before it was spoken to`)
  answered.add(now - hello.saidAt - (sentAt - hello.heardAt))
}

const lead = async (callee: FakeCallee): Promise<void> => {
  const { index } = callee
  if (world.model.sockets.some(({ call, configuredAt }) => call === index && configuredAt !== undefined)) dialledWarm++
  await callee.ring(RING_MS)
  const heard = Promise.withResolvers<boolean>()
  let first = true
  await callee.answer((stamp, now, startedAt) => {
    if (first) time(index, stamp, now, startedAt)
    first = false
    heard.resolve(true)
  })
  if (!(await Promise.race([heard.promise, wait(PATIENCE_MS, false)]))) silent++
  await wait(LISTEN_MS)
  await callee.end('completed')
}

const leads: Promise<void>[] = []
const world = await createOutboundWorld({
  origin,
  manner: {
    startUpMs,
    replyAfterMs: REPLY_MS,
    stallsFirst: cold,
    speechOf: (stream) => (isGreeted(stream) ? undefined : HELLO),
  },
  lead(callee) {
    const life = lead(callee)
    leads.push(life)
    return life
  },
  onFrame({ stream, sequence, sentAt }, now) {
    if (sequence === HELLO.last) hellos.set(stream, { saidAt: sentAt, heardAt: now })
  },
})

serveOutbound(world, async (): Promise<FirstFrameResult> => {
  const asked: Promise<boolean>[] = []
  for (let index = 0; index < calls; index++) {
    asked.push(world.ask(index, { greet: isGreeted(index) ? 'immediately' : 'afterSilence' }))
    await wait(CALL_EVERY_MS)
  }
  await Promise.all(asked)
  await Promise.allSettled(leads)
  return {
    greetedMs: greeted.quantiles(),
    answeredMs: answered.quantiles(),
    dialledWarm,
    silent: silent + calls - world.twilio.callees.length,
    lateMs: world.late.quantiles(),
    problems: world.problems,
  }
})
