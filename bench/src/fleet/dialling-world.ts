import { freeAddress } from '@llc-phone/example-fleet'
import { OPEN_GATES } from '../outbound/open-gates.ts'
import type { FakeCallee } from '../outbound/fake-callee.ts'
import { createOutboundWorld, type OutboundWorld } from '../outbound/outbound-world.ts'
import { withFleet, type BenchFleet } from './fleet-world.ts'

const MANNER = { startUpMs: 100, replyAfterMs: 200 }
const RING_MS = 300

export interface DiallingOptions {
  /** Of the whole fleet. */
  readonly callsPerSecond: number
  losesAnswer?(callee: FakeCallee): boolean
}

/** Runs `work` with three gateways that call people, none of whom answers. */
export const withDiallingFleet = async <Result>(
  { callsPerSecond, ...options }: DiallingOptions,
  work: (world: OutboundWorld, fleet: BenchFleet, databaseUrl: string) => Promise<Result>,
): Promise<Result> => {
  const listen = await freeAddress()
  const world = await createOutboundWorld({
    origin: `http://${listen}`,
    manner: MANNER,
    ...options,
    async lead(callee) {
      await callee.ring(RING_MS)
      await callee.end('no-answer')
    },
  })
  try {
    return await withFleet(
      {
        listen,
        modelUrl: world.model.url,
        restUrl: world.twilio.url,
        env: { ...OPEN_GATES, OUTBOUND_CALLS_PER_SECOND: String(callsPerSecond) },
      },
      (fleet, _, databaseUrl) => work(world, fleet, databaseUrl),
    )
  } finally {
    world.close()
  }
}
