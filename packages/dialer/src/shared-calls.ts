import { CallRefused, GatewayError, pause, type Clock } from '@llc-phone/core'
import type { BeginOutcome, OutboundBeginning, PlacingLedger, TakenCall } from '@llc-phone/store'
import type { DialerProblem, DialRequest, SharedDialing } from './dialer-types.ts'
import type { Admission } from './call-queue.ts'
import { FULL_AGAIN_MS } from './outgoing-errands.ts'
import type { DialingPolicy } from './policy.ts'

export interface SharedCallsOptions extends SharedDialing {
  readonly requests: Pick<PlacingLedger, 'begin' | 'change'>
  readonly clock: Clock
  policy(): Pick<DialingPolicy, 'callsPerSecond' | 'queue'>
  /** Whether this process could carry one more call now. */
  mayStart(): boolean
  /** Rejects with `CallRefused` when the call must not be placed now. */
  passGates(request: DialRequest): Promise<void>
  /** Places a taken call; `left` is called when it was dialled, is over or waits again. */
  place(call: NewTakenCall, left: () => void): void
  problem(problem: DialerProblem): void
}

/** A taken call with the request that was kept. */
export interface NewTakenCall {
  readonly taken: TakenCall
  readonly request: DialRequest
  readonly expiresAtMs: number
  readonly admission: Admission
}

/** How often the queue is asked when nothing tells that a call is due; calls of this process are told. */
const ASK_EVERY_MS = 2_000

/** Pause after the queue could not be asked. */
const ASK_AGAIN_MS = 1_000

/** How often calls whose time is over are refused, and the waiting ones counted. */
const SWEEP_EVERY_MS = 5_000

/** So long after the database is back every process that lives has marked its calls again. */
const STEADY_MS = 15_000

/** The database's clock was set, or another machine is the database now: all marks seem that much older then. */
const STEP_MS = 2_000

/** Seconds' worth of calls that one process prepares at the same time: as long as a model takes to be warm. */
const PREPARED_S = 2

/** Pause before a call is given to somebody again that this process cannot read. */
const UNREADABLE_AGAIN_MS = 5_000

/** Why the request of a call that another process has kept is of no use here. */
export const UNREADABLE =
  'The request of a call cannot be decrypted here: FLEET_SECRET differs from that of the gateway that has taken it.'

/** It was taken when there was room: its turn is now. */
export const turnNow: Admission = {
  enterQueue: () => ({ starts: 'now', turn: Promise.resolve({ release() {} }), leaveQueue() {} }),
  cancel() {},
}

/** Calls that wait in a shared queue: those that this process puts there, and those that it takes. */
export const createSharedCalls = (options: SharedCallsOptions) => {
  const { queue, ledger, requests, clock, policy, problem } = options
  let isStopped = false
  let preparing = 0
  let isUnreadable = false
  let fullUntilMs = -Infinity
  let waiting = { calls: 0, oldestMs: 0 }
  /** Since when the database has answered without a gap, and when it did last (ms of `clock.now()`); how far its clock is ahead of that. */
  let steady: { readonly sinceMs: number; readonly lastMs: number; readonly aheadMs: number } | undefined
  let wake = Promise.withResolvers<void>()

  const aheadNow = (): number => clock.date().getTime() - clock.now()
  const wasSet = ({ aheadMs }: { readonly aheadMs: number }): boolean => aheadNow() - aheadMs > STEP_MS

  const hasRoom = (): boolean =>
    options.places() &&
    preparing < Math.max(2, Math.ceil(policy().callsPerSecond * PREPARED_S)) &&
    clock.now() >= fullUntilMs &&
    options.mayStart()

  const begin = async (taken: TakenCall): Promise<void> => {
    const { callId, plan, remainingMs } = taken
    const over = async (error: GatewayError): Promise<void> => {
      const ending = error instanceof CallRefused ? { state: 'refused', gate: error.gate } : { state: 'failed' }
      const change = { ...ending, problem: error.message, endedAt: clock.date() } as const
      await requests.change(callId, change as Parameters<PlacingLedger['change']>[1], taken.epoch)
      await queue.done(taken)
    }
    if (remainingMs <= 0)
      return over(new CallRefused('queue_age', 'The call could not be placed within the time it was allowed to wait.'))
    let request: DialRequest | undefined
    try {
      if (plan === undefined) throw new GatewayError('call_not_placed', 'The request of the call was not kept.')
      request = await options.restore(plan, callId)
    } catch (cause) {
      const message = 'The request of the call cannot be read or placed any more.'
      return over(cause instanceof GatewayError ? cause : new GatewayError('call_not_placed', message, { cause }))
    }
    if (!request) {
      if (!isUnreadable) problem({ callId, message: UNREADABLE })
      isUnreadable = true
      // Somebody else is to be faster when it is due again.
      fullUntilMs = clock.now() + UNREADABLE_AGAIN_MS + ASK_EVERY_MS
      return queue.postpone(taken, new Date(clock.date().getTime() + UNREADABLE_AGAIN_MS))
    }
    isUnreadable = false
    preparing++
    let isLeft = false
    options.place({ taken, request, expiresAtMs: clock.now() + remainingMs, admission: turnNow }, () => {
      if (isLeft) return
      isLeft = true
      preparing--
      wake.resolve()
      // Until it is out of the queue another process may be given it: that one then finds it dialled, or over.
      queue
        .done(taken)
        .catch((cause: unknown) => problem({ callId, message: 'A call could not be taken out of the queue.', cause }))
    })
  }

  /** Whether a call was taken: then another one may be due. */
  const takeOne = async (): Promise<boolean> => {
    if (!hasRoom()) return false
    const taken = await queue.take()
    if (!taken) return false
    try {
      await begin(taken)
    } catch (error) {
      // Another process may be luckier with it.
      await queue.postpone(taken, new Date(0)).catch(() => {})
      throw error
    }
    return true
  }

  /** Repeats until this process stops; problems are told when they begin. */
  const repeat = async (work: () => Promise<boolean>, message: string, everyMs: number): Promise<void> => {
    for (let isFailing = false; ;) {
      if (isStopped) return
      let wasTaken = false
      wake = Promise.withResolvers()
      try {
        wasTaken = await work()
        isFailing = false
      } catch (cause) {
        if (!isFailing) problem({ message, cause })
        isFailing = true
      }
      if (wasTaken) continue
      await pause(
        clock,
        isFailing ? ASK_AGAIN_MS : hasRoom() ? everyMs : Math.min(everyMs, FULL_AGAIN_MS),
        wake.promise,
      )
    }
  }

  const sweep = async (): Promise<void> => {
    for (;;) {
      if (isStopped) return
      try {
        await ledger.refuseExpired()
        waiting = await ledger.waiting()
        const lastMs = clock.now()
        const isGap = !steady || lastMs - steady.lastMs > 2 * SWEEP_EVERY_MS || wasSet(steady)
        steady = { sinceMs: isGap ? lastMs : steady!.sinceMs, lastMs, aheadMs: aheadNow() }
      } catch {
        steady = undefined
        // The queue has said that the database is away.
      }
      await pause(clock, SWEEP_EVERY_MS)
    }
  }

  /** The error of a gate that will not open while the call may wait. */
  const refusedForGood = async (request: DialRequest, waitMs: number): Promise<CallRefused | undefined> => {
    try {
      await options.passGates(request)
      return undefined
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error
      return error.until && error.until.getTime() - clock.date().getTime() < waitMs ? undefined : error
    }
  }

  return {
    /** Writes the request and queues the call; one that is refused for good is written as refused, and rejects. */
    async put(beginning: OutboundBeginning, request: DialRequest): Promise<BeginOutcome> {
      const { max, maxAgeMs } = policy().queue
      const { calls } = await ledger.waiting()
      if (calls >= max)
        throw new GatewayError('queue_full', `The queue is full: ${calls} calls are waiting. Try again later.`)
      const waitMs = request.maxWaitMs ?? maxAgeMs
      const refused = await refusedForGood(request, waitMs)
      if (refused) {
        const begun = await requests.begin(beginning)
        if (begun.outcome !== 'new') return begun
        const { gate, message, until } = refused
        const facts = { gate, problem: message, endedAt: clock.date(), ...(until ? { until } : {}) }
        await requests.change(beginning.callId, { state: 'refused', ...facts })
        throw refused
      }
      const begun = await queue.put({ ...beginning, waitMs, plan: options.keep(request, beginning.callId) })
      wake.resolve()
      return begun
    },
    /** All slots of all processes are taken. */
    full(): void {
      fullUntilMs = clock.now() + FULL_AGAIN_MS
    },
    takeBack: (callId: string, sentence: string): Promise<boolean> => ledger.takeBack(callId, sentence),
    async start(): Promise<void> {
      void sweep()
      await queue.start()
      void repeat(takeOne, 'No call can be taken from the queue.', ASK_EVERY_MS)
    },
    /** Takes no more calls. */
    leave(): void {
      isStopped = true
      wake.resolve()
    },
    /** Whether silence of others means something: after an outage of the database, or a step of its clock, all of them were silent. */
    isSteady(): boolean {
      return steady !== undefined && clock.now() - steady.sinceMs >= STEADY_MS && !wasSet(steady)
    },
    get waiting() {
      return waiting
    },
  }
}
