import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Clock, LoadSample } from '@llc-phone/core'

const SAMPLE_EVERY_MS = 1_000
/** How often the delay is measured; the measured times contain it. */
const RESOLUTION_MS = 10

/**
 * Measures once a second how this process is doing, until it is stopped. The delay is also that of the measurement itself: Node's
 * monitor does not count the first interval after a reset, so it sees nothing of a loop that is blocked for seconds.
 */
export const watchLoad = (clock: Clock, take: (sample: LoadSample) => void): { stop(): void } => {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  let dueAt = clock.now() + SAMPLE_EVERY_MS
  let timer = clock.after(SAMPLE_EVERY_MS, sample)
  function sample(): void {
    const lateMs = Math.max(0, clock.now() - dueAt)
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
    const monitoredMs = delays.count === 0 ? 0 : delays.percentile(99) / 1e6 - RESOLUTION_MS
    delays.reset()
    take({ delayMs: Math.max(lateMs, monitoredMs), heapShare: used / limit })
    dueAt = clock.now() + SAMPLE_EVERY_MS
    timer = clock.after(SAMPLE_EVERY_MS, sample)
  }
  return {
    stop() {
      timer.stop()
      delays.disable()
    },
  }
}
