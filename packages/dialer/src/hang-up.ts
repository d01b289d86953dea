import type { Clock } from '@llc-phone/core'
import type { Carrier } from './carrier.ts'
import type { DialerProblem } from './dialer-types.ts'
import { pause } from './pause.ts'

export interface HangUpOptions {
  readonly carrier: Pick<Carrier, 'end'>
  readonly clock: Clock
  problem(problem: DialerProblem): void
}

/** A carrier that does not answer is asked again to end a call that nobody serves. */
const AGAIN_AFTER_MS = [1_000, 4_000, 15_000]

/** Hangs up a call that nobody serves; tries again, and never rejects. */
export const createHangUp =
  ({ carrier, clock, problem }: HangUpOptions) =>
  async (callId: string, legId: string): Promise<void> => {
    for (const delayMs of [...AGAIN_AFTER_MS, undefined])
      try {
        return await carrier.end(legId)
      } catch (cause) {
        if (delayMs === undefined)
          return problem({ callId, message: 'An outbound call that nobody serves could not be hung up.', cause })
        await pause(clock, delayMs)
      }
  }
