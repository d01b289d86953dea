import { setTimeout as wait } from 'node:timers/promises'
import type { Memory } from '../process/processes.ts'
import { OPEN_GATES } from './open-gates.ts'
import type { HoldResult } from './outbound-messages.ts'
import { runBeside } from '../process/run-beside.ts'
import { memoryOf } from '../process/processes.ts'
import { watchCpu } from '../process/watch-cpu.ts'

const IDLE_MS = 2_000
/** What is timed here takes seconds: a load that places, talks and hangs up may be late by this much. */
export const MAX_HOLD_LATE_P99_MS = 250

/** Many outbound calls at once, and what they left. */
export interface Hold extends HoldResult {
  /** How many calls were to be held. */
  readonly wanted: number
  readonly seconds: number
  readonly idle: Memory
  readonly loaded: Memory
  /** When every call is over. */
  readonly after: Memory
  readonly coreShare: number
  readonly othersShare: number
}

const measureOnce = (held: number, seconds: number): Promise<Hold> =>
  runBeside<HoldResult, Hold>({ load: 'outbound/hold-load.ts', job: { held }, env: OPEN_GATES }, async (running) => {
    const { relay, load } = running
    await wait(IDLE_MS)
    const idle = await memoryOf(relay)
    running.begin()
    await running.held
    const shares = await watchCpu(relay.pid!, load.pid!, seconds)
    const loaded = await memoryOf(relay)
    running.finish()
    const result = await running.result
    const after = await memoryOf(relay)
    return { ...result, ...shares, wanted: held, seconds, idle, loaded, after }
  })
/** Holds `held` calls for `seconds`, among others that come to nothing; once more when other programs disturbed it. */
export const measureHold = async (held: number, seconds: number): Promise<Hold> => {
  console.error(`outbound: ${held} calls placed and held …`)
  const first = await measureOnce(held, seconds)
  if (first.lateMs.p99 <= MAX_HOLD_LATE_P99_MS) return first
  console.error('  disturbed by other programs, once more …')
  const second = await measureOnce(held, seconds)
  return second.lateMs.p99 < first.lateMs.p99 ? second : first
}
