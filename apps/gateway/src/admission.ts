import type { CallRegistry, CallSession, Clock, E164, NoRoom } from '@llc-phone/core'

/** Limits of what one caller may take; what the process has room for is the registry's to say. */
export interface AdmissionLimits {
  /** Live calls of one number. */
  readonly callsPerCaller: number
  /** Calls of one number that are answered within ten minutes. */
  readonly startsPerCaller: number
}

/** Why a call is not answered by the assistant. */
export interface Refusal {
  readonly code: 'calls_full' | 'caller_limit_reached'
  readonly reason: string
  /** For the metrics: which limit was reached. */
  readonly why: NoRoom | 'unjoined' | 'caller' | 'fleet'
  /** Whether the caller may be handed to the fallback route. */
  readonly mayRing: boolean
}

/** A new call, as its carrier reports it. */
export type NewCall = Pick<CallSession['facts'], 'legId' | 'direction'> & {
  readonly caller: { readonly number?: E164 }
}

/** Decides which calls get a session; the others hear an announcement and go to the fallback route. */
export interface Admission {
  /** Counts a new call; returns why it gets no session, or `undefined`. A repeated leg gets the same answer. */
  refuse(call: NewCall): Refusal | undefined
}

const WINDOW_MS = 10 * 60_000
/** Withheld numbers are counted as one caller, with limits this many times higher. */
const WITHHELD_FACTOR = 4
/** How often a refused caller may go to the fallback within ten minutes, so that no person's telephone rings without end. */
const FALLBACKS_PER_CALLER = 3
/**
 * Share of sessions that may wait for their audio: most calls send it within two seconds, and a waiting session costs a
 * model.
 */
const UNJOINED_SHARE = 0.25
/** So many may wait however few calls there is room for: two people do call within the same two seconds. */
const UNJOINED_AT_LEAST = 10
/** A session without audio after this long is abandoned, and is ended when its room is needed. */
const GIVEN_UP_AFTER_MS = 10_000
/** Size of the table of callers, for an attacker who invents a number for each call. */
const MAX_CALLERS = 10_000
const MAX_REFUSED = 1_000

const noRoomSentences: Readonly<Record<NoRoom, string>> = {
  calls: 'This process has reached its limit of live calls (MAX_CALLS).',
  starts: 'More calls came in one second than can be opened without harm to those that are up (MAX_STARTS_PER_SECOND).',
  delay: 'The process is late with the audio of the calls that are up (MAX_LOOP_DELAY_MS).',
  heap: 'The memory of the process is nearly used up.',
  model: 'The model server has no capacity left for new calls.',
}

interface Caller {
  /** The last call, answered or not. */
  readonly at: number
  readonly starts: number[]
  readonly fallbacks: number[]
}

const isUnjoined = ({ facts, state }: CallSession): boolean =>
  facts.direction === 'inbound' && (state.phase === 'warming' || state.phase === 'ready')

const recentOf = (times: readonly number[], now: number): number[] => times.filter((at) => now - at < WINDOW_MS)

/** Removes the oldest entries beyond `most`. */
const trimOldest = (map: Map<string, unknown>, most: number): void => {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}

/** Counts calls by caller; forgets a number ten minutes after its last call. */
export const createAdmission = (options: {
  readonly limits: AdmissionLimits
  readonly clock: Clock
  readonly registry: Pick<CallRegistry, 'active' | 'room'>
  /** Whether all instances together have room. */
  readonly fleetHasRoom?: () => boolean
}): Admission => {
  const { limits, clock, registry, fleetHasRoom = () => true } = options
  const callers = new Map<string, Caller>()
  const refused = new Map<string, { readonly at: number; readonly refusal: Refusal }>()
  let sweeping = false

  /** Removes old entries. Both tables have their latest entries last. */
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
    const caller: Caller = { at, starts: recentOf(starts, at), fallbacks: recentOf(fallbacks, at) }
    callers.delete(key)
    callers.set(key, caller)
    trimOldest(callers, MAX_CALLERS)
    sweepLater()
    return caller
  }

  const full = (why: Refusal['why'], reason: string): Refusal => ({ code: 'calls_full', why, reason, mayRing: true })

  /** Refuses a call when too many sessions wait for their audio, unless the oldest is abandoned: that one is ended. */
  const unjoinedRefusal = (calls: readonly CallSession[]): Refusal | undefined => {
    const unjoined = calls.filter(isUnjoined)
    const most = Math.max(UNJOINED_AT_LEAST, Math.floor(registry.room.limits.calls * UNJOINED_SHARE))
    if (unjoined.length < most) return undefined
    const oldest = unjoined.reduce((one, other) => (other.facts.startedAt < one.facts.startedAt ? other : one))
    if (clock.date().getTime() - oldest.facts.startedAt.getTime() < GIVEN_UP_AFTER_MS)
      return full('unjoined', 'Too many sessions are waiting for the audio of their calls.')
    oldest.end('never_connected')
    return undefined
  }

  const callerRefusal = (number: E164 | undefined, calls: readonly CallSession[]): Refusal | undefined => {
    const factor = number === undefined ? WITHHELD_FACTOR : 1
    const caller = callerOf(number ?? 'withheld')
    const live = calls.filter(({ facts }) => facts.direction === 'inbound' && facts.otherParty.number === number)
    const reason =
      live.length >= limits.callsPerCaller * factor
        ? 'This caller has reached the limit of simultaneous calls.'
        : caller.starts.length >= limits.startsPerCaller * factor
          ? 'This caller has reached the limit of calls within ten minutes.'
          : undefined
    if (reason === undefined) return undefined
    const mayRing = caller.fallbacks.length < FALLBACKS_PER_CALLER * factor
    if (mayRing) caller.fallbacks.push(clock.now())
    return { code: 'caller_limit_reached', why: 'caller', reason, mayRing }
  }

  const decide = ({ direction, caller: { number } }: NewCall): Refusal | undefined => {
    // First what costs least: in a flood this is all that is done for a call.
    const noRoom = registry.room.refuse('inbound')
    if (noRoom) return full(noRoom, noRoomSentences[noRoom])
    // Outbound calls are limited by the dialer's policy.
    if (direction === 'outbound') return undefined
    if (!fleetHasRoom()) return full('fleet', 'The instances together have as many live calls as FLEET_MAX_CALLS says.')
    const calls = registry.active()
    const refusal = callerRefusal(number, calls) ?? unjoinedRefusal(calls)
    if (!refusal) callerOf(number ?? 'withheld').starts.push(clock.now())
    return refusal
  }

  return {
    refuse(call) {
      const before = refused.get(call.legId)
      if (before) return before.refusal
      const refusal = decide(call)
      // Without a leg id two calls cannot be told apart.
      if (!refusal || call.legId === '') return refusal
      refused.set(call.legId, { at: clock.now(), refusal })
      trimOldest(refused, MAX_REFUSED)
      sweepLater()
      return refusal
    },
  }
}
