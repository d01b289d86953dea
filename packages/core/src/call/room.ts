import { createBudget } from '../budget.ts'
import type { Clock } from '../clock.ts'
import type { ModelQuota } from '../model.ts'
import { brakeAfter, released, type LoadLevel, type LoadSample } from './brake.ts'
import { shareAfter, shareAllows, wholeShare } from './model-share.ts'

/** How many calls a process takes. */
export interface RoomLimits {
  /** Live calls, those being opened included. */
  readonly calls: number
  /** New calls within a second: opening a call costs as much as carrying it for many seconds. */
  readonly startsPerSecond: number
  /** Delay of the event loop (p99, ms) above which no new call is taken. */
  readonly loopDelayMs: number
}

/**
 * Why there is no room for one more call: as many `calls` as this process takes, too many `starts` at once, the `delay` of
 * its event loop, its `heap`, or what the `model` server gives.
 */
export const noRoomReasons = ['calls', 'starts', 'delay', 'heap', 'model'] as const
export type NoRoom = (typeof noRoomReasons)[number]

/** The one answer to "is there room for one more call?", for calls that come in and calls we place. */
export interface Room {
  readonly limits: RoomLimits
  /** Why one more call has no room; `undefined` when it has. Asking takes nothing. */
  refuse(direction: 'inbound' | 'outbound'): NoRoom | undefined
  readonly level: LoadLevel
  /** Takes a sample of the load, once a second. */
  sample(sample: LoadSample): void
  /** Takes what the model server says about its limits. */
  quota(quota: ModelQuota): void
}

/** The share of the room that outbound calls leave to callers. */
const KEPT_FOR_CALLERS = 0.2

/** No limits: for tests and tools. */
export const unlimited: RoomLimits = { calls: Infinity, startsPerSecond: Infinity, loopDelayMs: Infinity }

/** The room of one process. `live` counts its calls; `started` must be called for each new one. */
export const createRoom = (clock: Clock, limits: RoomLimits, live: () => number): Room & { started(): void } => {
  const { calls, startsPerSecond, loopDelayMs } = limits
  let brake = released
  let share = wholeShare
  /**
   * Calls that return take from it too, and may overdraw it: they are never refused. At less than one a second, one is what
   * it waits for.
   */
  const starts = createBudget({ perSecond: startsPerSecond, most: Math.max(1, startsPerSecond) })

  /** Everything but the starts of this second. */
  const pressure = (direction: 'inbound' | 'outbound'): NoRoom | undefined => {
    const isOutbound = direction === 'outbound'
    const most = isOutbound ? Math.max(1, Math.floor(calls * (1 - KEPT_FOR_CALLERS))) : calls
    if (live() >= most) return 'calls'
    // The brake protects live calls. Without any it lets a call in: an idle heap may be full of garbage that was not collected
    // yet, and a late loop harms no call.
    const isBraked = brake.level === 'full' || (isOutbound && brake.level === 'tight')
    if (isBraked && live() > 0) return brake.by
    return shareAllows(share, direction, live(), clock.now()) ? undefined : 'model'
  }

  return {
    limits,
    refuse: (direction) => pressure(direction) ?? (starts.left(clock.now()) < 1 ? 'starts' : undefined),
    get level() {
      if (pressure('inbound')) return 'full'
      return pressure('outbound') ? 'tight' : 'normal'
    },
    sample(sample) {
      brake = brakeAfter(brake, sample, clock.now(), loopDelayMs)
    },
    quota(quota) {
      share = shareAfter(share, quota, live(), clock.now())
    },
    started: () => starts.overdraw(clock.now()),
  }
}
