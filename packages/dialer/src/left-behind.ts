import { pause, retried, type Carrier, type Clock, type LegStatus } from '@llc-phone/core'
import type { OutboundCall, PlacingLedger } from '@llc-phone/store'
import type { DialerProblem } from './dialer-types.ts'
import { isKeptAlive } from './kept-alive.ts'
import { findLegs, LOOK_AT_MS, unclear } from './look-up.ts'
import { dispositionOf } from './outcome.ts'

export interface LeftBehindOptions {
  readonly carrier: Carrier
  readonly ledger: PlacingLedger
  readonly clock: Clock
  /** Whether this process placed the call. */
  isOfThisProcess(callId: string): boolean
  isStopping(): boolean
  onProblem(problem: DialerProblem): void
  /** Takes over calls that other processes have dialled and left, see `WaitingLedger.takeSilent`; absent: there is no shared queue. */
  takeSilent?(): Promise<readonly OutboundCall[]>
  /** Of those, one that rings goes on ringing: whoever its audio comes to goes on with it. */
  readonly mayRing?: boolean
  /** Whether the callee of a call that was left is with somebody else, or on the way there: the carrier asks when that is over. */
  isWithSomebodyElse?(callId: string): Promise<boolean>
  /** Whether silence of other processes means that they are dead; always when absent. */
  isSteady?(): boolean
}

/** Delays before the carrier is asked again; the gateway takes calls meanwhile. */
const RETRY_AFTER_MS = [5_000, 15_000, 60_000]

/** How often calls of another live process are looked at again. */
const LOOK_AGAIN_MS = 5_000

/** How often the carrier is asked about a callee who is with somebody else. */
const AWAY_AGAIN_MS = 30_000

/** Ends the calls that an earlier process left unfinished: no session serves them, and no call is placed twice. */
export const createLeftBehind = (options: LeftBehindOptions) => {
  const { carrier, ledger, clock, isOfThisProcess, isStopping, onProblem, takeSilent, mayRing = false } = options

  /**
   * Whether nobody has marked the call since it was taken over here: with a shared queue its audio may have come to another
   * process meanwhile, or its own process may have woken, and then it is theirs.
   */
  const isStillSilent = async ({ callId, seenAt }: OutboundCall): Promise<boolean> =>
    !takeSilent || (await ledger.find(callId))?.seenAt?.getTime() === seenAt?.getTime()

  /** Ends a call that has a leg. */
  const endPlaced = async (call: OutboundCall, legId: string, status: LegStatus | undefined): Promise<void> => {
    const wasAnswered = call.answeredAt !== undefined
    const over = status === undefined ? 'failed' : dispositionOf(status, wasAnswered)
    if (!over && mayRing && status !== 'answered') return ledger.change(call.callId, { state: 'ringing', legId })
    if (!over && (await options.isWithSomebodyElse?.(call.callId))) {
      // With a shared queue the call is given to somebody again.
      if (!takeSilent) void pause(clock, AWAY_AGAIN_MS).then(() => end(call))
      return
    }
    if (!(await isStillSilent(call))) return
    if (!over) await carrier.end(legId)
    const endedAt = clock.date()
    // The model's cost is not known: the ledger counts the reserve of a call that was answered.
    const disposition = over ?? (wasAnswered || status === 'answered' ? 'drained' : 'canceled')
    await ledger.change(call.callId, { state: 'ended', legId, disposition, endedAt })
  }

  /** Ends a call whose request had been sent: it may have a leg, or get one for some seconds after the request. */
  const endUncertain = async (call: OutboundCall): Promise<void> => {
    const askedAt = call.dialledAt ?? call.requestedAt
    const candidates = await findLegs({ carrier, ledger }, call, askedAt)
    const [only, ...others] = candidates
    if (only && others.length === 0) return endPlaced(call, only.legId, only.status)
    if (only) return ledger.change(call.callId, { state: 'unknown', problem: unclear(candidates) })
    const restMs = askedAt.getTime() + LOOK_AT_MS.at(-1)! - clock.date().getTime()
    if (restMs > 0) {
      void pause(clock, restMs).then(() => end(call))
      return
    }
    const problem = 'The gateway was restarted while the call was being placed; the carrier knows of no such call.'
    await ledger.change(call.callId, { state: 'failed', problem, endedAt: clock.date() })
  }

  const tryToEnd = async (call: OutboundCall): Promise<void> => {
    // What is tried again is tried with what was known at first.
    if (!(await isStillSilent(call))) return
    if (call.legId !== undefined) return endPlaced(call, call.legId, await carrier.status(call.legId))
    if (call.state !== 'queued' && call.state !== 'warming') return endUncertain(call)
    const problem = 'The gateway was restarted before the call was placed.'
    await ledger.change(call.callId, { state: 'failed', problem, endedAt: clock.date() })
  }

  /** Resolves when the call has been looked at once; what fails is tried again. */
  const end = (call: OutboundCall): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const once = async (): Promise<void> => {
      if (!isStopping()) await tryToEnd(call)
      resolve()
    }
    const mayRetry = (cause: unknown): boolean => {
      onProblem({ callId: call.callId, message: 'A call of an earlier process could not be ended.', cause })
      resolve()
      return true
    }
    void retried(clock, RETRY_AFTER_MS, once, mayRetry).catch(mayRetry)
    return promise
  }

  /** Repeats until no other process has unfinished calls: a process that is alive now may die in the middle of a call. */
  const lookAgain = async (): Promise<void> => {
    await pause(clock, LOOK_AGAIN_MS)
    if (isStopping()) return
    await look().catch((cause: unknown) => {
      onProblem({ message: 'The calls of other processes could not be looked up.', cause })
      void lookAgain()
    })
  }

  /** Looks after the calls of processes that die, for as long as this one lives. */
  const watch = async (take: () => Promise<readonly OutboundCall[]>): Promise<void> => {
    for (let wasProblem = false; !isStopping();) {
      try {
        const silent = (options.isSteady?.() ?? true) ? await take() : []
        await Promise.all(silent.filter(({ callId }) => !isOfThisProcess(callId)).map(end))
        wasProblem = false
      } catch (cause) {
        if (!wasProblem) onProblem({ message: 'The calls of other processes could not be looked up.', cause })
        wasProblem = true
      }
      await pause(clock, LOOK_AGAIN_MS)
    }
  }

  /** Resolves when every call has been looked at once. */
  const look = async (): Promise<void> => {
    const others = (await ledger.unfinished()).filter(({ callId }) => !isOfThisProcess(callId))
    const left = others.filter((call) => !isKeptAlive(call, clock.date()))
    if (left.length < others.length) void lookAgain()
    await Promise.all(left.map((call) => end(call)))
  }
  return takeSilent ? async () => void watch(takeSilent) : look
}
