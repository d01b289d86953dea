import { GatewayError } from '@llc-phone/core'
import { PlacingFailed, type Carrier, type Placing } from './carrier.ts'
import type { Gates } from './gates.ts'
import { hasEnded, type OutgoingCall } from './outgoing-call.ts'
import { createPacer } from './pacer.ts'
import { pause } from './pause.ts'
import type { DialingPolicy } from './policy.ts'
import { reconcile, type ReconcilePorts } from './reconcile.ts'

export interface PlacerOptions extends ReconcilePorts {
  readonly carrier: Carrier
  readonly policy: DialingPolicy
  readonly gates: Gates
  random(): number
}

const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 15_000

/** The mode says goodbye by itself before the carrier cuts it off. */
const GOODBYE_SECONDS = 60

const DETECTION = { hangUp: 'start', continue: 'start', leaveMessage: 'messageEnd' } as const

/** Asks the carrier for calls, at its pace, and never twice for the same one unless the first request did nothing. */
export const createPlacer = ({ carrier, ledger, clock, policy, gates, random }: PlacerOptions) => {
  // The line spaces out who begins; models take their time, and requests would bunch up behind them.
  const pacer = createPacer(clock, policy.callsPerSecond)

  const placingOf = ({ callId, request: { to, extension, from, plan } }: OutgoingCall): Placing => ({
    callId,
    to,
    ...(extension === undefined ? {} : { extension }),
    from,
    ringSeconds: policy.ringSeconds,
    timeLimitSeconds: Math.min(
      policy.maxCallSeconds,
      Math.ceil(plan.mode.patience.maxDurationMs / 1_000) + GOODBYE_SECONDS,
    ),
    // What answers first is a switchboard, and says nothing about who comes.
    detection: policy.detectMachines && extension === undefined ? DETECTION[plan.machine.action] : 'off',
  })

  /** The last moment at which nothing has happened yet. Somebody may have asked not to be called, or the hours may have closed, while it was warming. */
  const lastLook = async (call: OutgoingCall): Promise<void> => {
    const { to, from, plan } = call.request
    const mustGoOn = (): void => {
      if (hasEnded(call)) throw new GatewayError('call_not_placed', 'The call was ended before it was placed.')
    }
    await pause(clock, pacer.next(), call.sessionOver.promise)
    mustGoOn()
    // Durable before the request: after a crash the next process knows that a call may exist.
    await call.record.require({ state: 'dialling' })
    await gates.pass(to, from, plan.consent)
    mustGoOn()
  }

  /**
   * Places the call, or finds out that it was. Rejects when there is certainly none: with `CallRefused` or
   * `call_not_placed`. With `problem` nobody knows.
   */
  return async (call: OutgoingCall): Promise<{ readonly legId: string } | { readonly problem: string }> => {
    for (let attempt = 0; ; attempt++) {
      await lastLook(call)
      const placing = placingOf(call)
      call.stage = 'placing'
      call.placedAt = clock.date()
      try {
        return await carrier.place(placing)
      } catch (cause) {
        if (call.legId !== undefined) return { legId: call.legId }
        if (!(cause instanceof PlacingFailed) || cause.kind === 'unknown')
          return reconcile({ carrier, ledger, clock }, call)
        call.stage = 'preparing'
        const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS) * (0.5 + random() / 2)
        if (cause.kind !== 'busy' || clock.now() + delayMs > call.expiresAtMs)
          throw new GatewayError('call_not_placed', cause.message, { cause })
        await pause(clock, delayMs, call.sessionOver.promise)
      }
    }
  }
}
