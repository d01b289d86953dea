import type { CallRegistry, CallSession, Clock, E164 } from '@llc-phone/core'

/** How many calls one process takes, and how many of them may be one caller's. */
export interface AdmissionLimits {
  /** Live calls of this process, those it places included. */
  readonly calls: number
  /** Live calls of one number. */
  readonly callsPerCaller: number
  /** Calls of one number that are answered within ten minutes. */
  readonly startsPerCaller: number
}

/** Why a call is not answered by the assistant. */
export interface Refusal {
  readonly code: 'calls_full' | 'caller_limit_reached'
  readonly reason: string
  /** Whether the caller may be handed to the fallback route. */
  readonly mayRing: boolean
}

/** A call as its carrier tells of it. */
export type NewCall = Pick<CallSession['facts'], 'legId' | 'direction'> & {
  readonly caller: { readonly number?: E164 }
}

/** Decides which calls get a session; the others hear words, and go to the fallback route. */
export interface Admission {
  /** Counts a call that has no session yet and says why it gets none. The same leg again gets the same answer. */
  refuse(call: NewCall): Refusal | undefined
  /** Whether the process has all the calls it takes. */
  isFull(): boolean
}

const WINDOW_MS = 10 * 60_000
/** People who hide their number are not one caller. */
const WITHHELD_FACTOR = 4
/** Somebody who rings without end must not have a person's telephone ring without end instead. */
const FALLBACKS_PER_CALLER = 3
/** Most calls are joined within two seconds of their webhook; a session that waits costs a greeting and a model. */
const UNJOINED_SHARE = 0.25
/** After this long nobody is coming any more; such a session makes room when there is need of it. */
const GIVEN_UP_AFTER_MS = 10_000
/** Whoever invents a number for each call fills the table no further than this. */
const MAX_CALLERS = 10_000
const MAX_REFUSED = 1_000

interface Caller {
  /** The last call, answered or not. */
  readonly at: number
  readonly starts: number[]
  readonly fallbacks: number[]
}

const isUnjoined = ({ facts, state }: CallSession): boolean =>
  facts.direction === 'inbound' && (state.phase === 'warming' || state.phase === 'ready')

const within = (times: readonly number[], now: number): number[] => times.filter((at) => now - at < WINDOW_MS)

/** Removes the oldest entries beyond `most`. */
const bound = (map: Map<string, unknown>, most: number): void => {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}

/** Counts calls by caller; forgets a number ten minutes after its last call. */
export const createAdmission = (options: {
  readonly limits: AdmissionLimits
  readonly clock: Clock
  active(): ReturnType<CallRegistry['active']>
}): Admission => {
  const { limits, clock, active } = options
  const callers = new Map<string, Caller>()
  const refused = new Map<string, { readonly at: number; readonly refusal: Refusal }>()
  let sweeping = false

  /** Both tables have their latest entries last. */
  const sweep = (): void => {
    for (const table of [callers, refused])
      for (const [key, { at }] of table) {
        if (clock.now() - at < WINDOW_MS) break
        table.delete(key)
      }
    sweeping = false
    if (callers.size + refused.size > 0) sweepLater()
  }

  const sweepLater = (): void => {
    if (!sweeping) clock.after(WINDOW_MS, sweep)
    sweeping = true
  }

  const callerOf = (key: string): Caller => {
    const at = clock.now()
    const { starts, fallbacks } = callers.get(key) ?? { starts: [], fallbacks: [] }
    const caller: Caller = { at, starts: within(starts, at), fallbacks: within(fallbacks, at) }
    callers.delete(key)
    callers.set(key, caller)
    bound(callers, MAX_CALLERS)
    sweepLater()
    return caller
  }

  const full = (reason: string): Refusal => ({ code: 'calls_full', reason, mayRing: true })

  /** Sessions whose callers have not come: the oldest ones go before anybody new is turned away. */
  const unjoinedRefusal = (calls: readonly CallSession[]): Refusal | undefined => {
    const unjoined = calls.filter(isUnjoined)
    if (unjoined.length < Math.max(1, Math.floor(limits.calls * UNJOINED_SHARE))) return undefined
    const oldest = unjoined.reduce((one, other) => (other.facts.startedAt < one.facts.startedAt ? other : one))
    if (clock.date().getTime() - oldest.facts.startedAt.getTime() < GIVEN_UP_AFTER_MS)
      return full('Too many calls are waiting for their callers.')
    oldest.end('never_connected')
    return undefined
  }

  const callerRefusal = (number: E164 | undefined, calls: readonly CallSession[]): Refusal | undefined => {
    const factor = number === undefined ? WITHHELD_FACTOR : 1
    const caller = callerOf(number ?? 'withheld')
    const live = calls.filter(({ facts }) => facts.direction === 'inbound' && facts.caller.number === number)
    const reason =
      live.length >= limits.callsPerCaller * factor
        ? 'This caller has as many calls at a time as one may have.'
        : caller.starts.length >= limits.startsPerCaller * factor
          ? 'This caller has rung as often within ten minutes as one may.'
          : undefined
    if (reason === undefined) return undefined
    const mayRing = caller.fallbacks.length < FALLBACKS_PER_CALLER * factor
    if (mayRing) caller.fallbacks.push(clock.now())
    return { code: 'caller_limit_reached', reason, mayRing }
  }

  const decide = ({ direction, caller: { number } }: NewCall): Refusal | undefined => {
    const calls = active()
    if (calls.length >= limits.calls) return full('This process has as many calls as it takes.')
    // Whom we have called is bounded by whoever calls.
    if (direction === 'outbound') return undefined
    const refusal = callerRefusal(number, calls) ?? unjoinedRefusal(calls)
    if (!refusal) callerOf(number ?? 'withheld').starts.push(clock.now())
    return refusal
  }

  return {
    isFull: () => active().length >= limits.calls,
    refuse(call) {
      const before = refused.get(call.legId)
      if (before) return before.refusal
      const refusal = decide(call)
      // Calls to which no carrier has given an id are not one call.
      if (!refusal || call.legId === '') return refusal
      refused.set(call.legId, { at: clock.now(), refusal })
      bound(refused, MAX_REFUSED)
      sweepLater()
      return refusal
    },
  }
}
