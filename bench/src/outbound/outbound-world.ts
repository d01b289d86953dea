import { calleeNumber } from './callee-numbers.ts'
import type { FakeCallee } from './fake-callee.ts'
import { startFakeModel } from '../world/fake-model.ts'
import type { ModelManner } from '../world/fake-model-session.ts'
import { startFakeTwilio } from './fake-twilio.ts'
import { ADMIN_TOKEN } from '../process/gateway-env.ts'
import { serveLoad } from '../process/serve-load.ts'
import { createPayloads, type Stamp } from '../world/payloads.ts'
import { createSamples } from '../world/samples.ts'
import { createTicker } from '../world/ticker.ts'

const FRAME_BYTES = 160
const DELTA_BYTES = 1_600
const MAX_PROBLEMS = 10

export interface OutboundWorldOptions {
  readonly origin: string
  readonly manner: ModelManner
  /** What happens to a call that was placed. */
  lead(callee: FakeCallee): Promise<void>
  losesAnswer?(callee: FakeCallee): boolean
  onFrame?(stamp: Stamp, now: number): void
}

/** Everything around a gateway that calls people, in one process, so that one clock times both directions. */
export const createOutboundWorld = async (options: OutboundWorldOptions) => {
  const { origin, manner } = options
  const problems: string[] = []
  const late = createSamples()
  const onProblem = (message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(message)
  }
  let begun = false
  const wire = {
    ticker: createTicker((lateMs) => {
      if (begun) late.add(lateMs)
    }),
    frames: createPayloads(FRAME_BYTES),
    deltas: createPayloads(DELTA_BYTES),
  }
  const model = await startFakeModel({
    ...wire,
    manner,
    onFrame: (stamp, now) => options.onFrame?.(stamp, now),
    onBroken: () => {},
  })
  const { lead, losesAnswer } = options
  const twilio = await startFakeTwilio({ ...wire, lead, onProblem, ...(losesAnswer ? { losesAnswer } : {}) })

  const post = async (path: string, body: object, more: Record<string, string> = {}): Promise<boolean> => {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...more },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) onProblem(`${path} answered ${response.status}: ${text}`)
    return response.ok
  }

  return {
    model,
    twilio,
    late,
    problems,
    onProblem,
    /** From here on it counts how late the load itself is. */
    begin(): void {
      begun = true
    },
    /** Asks the gateway for call `index`. The reason makes the model know which call its session is for. */
    ask: (index: number, more: object = {}, key = `bench-${index}`): Promise<boolean> =>
      post(
        '/outbound-call',
        { to: calleeNumber(index), context: { reason: `bench call ${index}` }, ...more },
        { 'idempotency-key': key },
      ),
    hangUp: (callSid: string): Promise<boolean> => post(`/calls/${callSid}/hangup`, {}),
    close() {
      wire.ticker.stop()
      model.close()
      twilio.close()
    },
  }
}

export type OutboundWorld = Awaited<ReturnType<typeof createOutboundWorld>>

/** Serves a load that places calls; see `serveLoad`. */
export const serveOutbound = <Result>(
  world: OutboundWorld,
  run: (bench: { held(): Promise<void> }) => Promise<Result>,
): void =>
  serveLoad({ modelUrl: world.model.url, restUrl: world.twilio.url, close: world.close }, (bench) => {
    world.begin()
    return run(bench)
  })
