import { OPEN_GATES } from './open-gates.ts'
import type { FirstFrameJob, FirstFrameResult } from './outbound-messages.ts'
import { runBeside } from '../process/run-beside.ts'
import { MAX_OTHERS_SHARE, watchOthers } from '../process/watch-cpu.ts'

/** How long the simulated model takes from the connection to `session.updated`, in milliseconds. */
const START_UPS_MS = [0, 300, 1_000, 3_000]
/** A session that connects cold has the same deadline as one that is warmed. */
const COLD_MARGIN_MS = 1_500
/** A load that also places, signs and reports calls is later than one that only talks; half the target. */
export const MAX_FIRST_FRAME_LATE_P99_MS = 15
/** Cold calls vary by whole start-ups, not by milliseconds. */
const COLD_SHARE = 0.3

/** The same calls with the model warmed before they ring, and without. */
export interface FirstFrame {
  readonly startUpMs: number
  readonly warm: FirstFrameRun
  readonly cold: FirstFrameRun
}

export interface FirstFrameRun extends FirstFrameResult {
  readonly calls: number
  /** What other programs used of a core. */
  readonly othersShare: number
}

const measureOnce = (job: Omit<FirstFrameJob, 'origin'>): Promise<FirstFrameRun> => {
  const env = {
    ...OPEN_GATES,
    ...(job.cold ? { PREWARM_TIMEOUT_MS: String(job.startUpMs + COLD_MARGIN_MS) } : {}),
  }
  return runBeside<FirstFrameResult, FirstFrameRun>(
    { load: 'outbound/first-frame-load.ts', job, env },
    async ({ relay, load, begin, result }) => {
      const othersShare = watchOthers(relay.pid!, load.pid!)
      begin()
      const seen = await result
      return { ...seen, calls: job.calls, othersShare: othersShare() }
    },
  )
}

const measureRun = async (job: Omit<FirstFrameJob, 'origin'>): Promise<FirstFrameRun> => {
  const first = await measureOnce(job)
  if (first.lateMs.p99 <= MAX_FIRST_FRAME_LATE_P99_MS && first.othersShare <= MAX_OTHERS_SHARE) return first
  console.error('  disturbed by other programs, once more …')
  const second = await measureOnce(job)
  return second.lateMs.p99 < first.lateMs.p99 ? second : first
}

/** Calls `calls` people for each start-up of the model, half of them greeted at once and half answered. */
export const measureFirstFrames = async (calls: number): Promise<FirstFrame[]> => {
  const measured: FirstFrame[] = []
  for (const startUpMs of START_UPS_MS) {
    console.error(`outbound, first frame: the model takes ${startUpMs} ms to start …`)
    const warm = await measureRun({ calls, startUpMs, cold: false })
    const cold = await measureRun({ calls: Math.ceil(calls * COLD_SHARE), startUpMs, cold: true })
    measured.push({ startUpMs, warm, cold })
  }
  return measured
}
