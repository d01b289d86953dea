import type { Clock, LegStatus } from '@llc-phone/core'
import type { Carrier } from './carrier.ts'
import type { OutgoingCall } from './outgoing-call.ts'

/** No session outlives its call by five seconds, even if the status callback is lost. */
const LOOK_EVERY_MS = 3_000

/** A carrier lets it ring some seconds longer than it was asked to. */
const RING_GRACE_MS = 15_000

export interface SweeperOptions {
  readonly carrier: Pick<Carrier, 'status'>
  readonly clock: Clock
  readonly ringSeconds: number
  /** Its media has come, whatever the carrier says; it needs no looking after any more. */
  heard(call: OutgoingCall, since: Date): void
  /** What the carrier says when it is asked; `undefined`: it knows no such call. */
  seen(call: OutgoingCall, status: LegStatus | undefined): void
  /** It has rung for too long. */
  overdue(call: OutgoingCall): void
}

/** Asks what has become of a placed call until its media comes or it is over. */
export const createSweeper = ({ carrier, clock, ringSeconds, heard, seen, overdue }: SweeperOptions) => {
  const ask = async (call: OutgoingCall): Promise<void> => {
    try {
      const status = await carrier.status(call.legId!)
      if (call.stage === 'placed') seen(call, status)
    } catch {
      // It is asked again in a moment, and a call is overdue whether it answers or not.
    }
  }

  return (call: OutgoingCall): void => {
    const overdueMs = clock.now() + ringSeconds * 1_000 + RING_GRACE_MS
    let asking = false
    const look = (): void => {
      if (call.stage !== 'placed' || !call.session) return
      const { mediaSince } = call.session
      if (mediaSince) return heard(call, mediaSince)
      clock.after(LOOK_EVERY_MS, look)
      if (clock.now() >= overdueMs) return overdue(call)
      if (asking) return
      asking = true
      void ask(call).finally(() => (asking = false))
    }
    clock.after(LOOK_EVERY_MS, look)
  }
}
