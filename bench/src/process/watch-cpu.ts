import { setTimeout as wait } from 'node:timers/promises'
import { cpuMsOf, machineCpuMs } from './machine.ts'

/** Above this another program is using the machine. */
export const MAX_OTHERS_SHARE = 0.15

const SAMPLE_MS = 1_000

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const readCpu = (relay: number, load: number) => ({
  at: performance.now(),
  relay: cpuMsOf(relay),
  load: cpuMsOf(load),
  machine: machineCpuMs(),
})
type Reading = ReturnType<typeof readCpu>

const othersShareOf = (before: Reading, now: Reading): number =>
  Math.max(0, now.machine - before.machine - (now.relay - before.relay) - (now.load - before.load)) /
  (now.at - before.at)

/** Shares of a core, as the median of one-second samples: one hiccup of the machine does not decide the figure. */
export const watchCpu = async (relay: number, load: number, seconds: number) => {
  const own: number[] = []
  const others: number[] = []
  let before = readCpu(relay, load)
  for (let second = 0; second < seconds; second++) {
    await wait(SAMPLE_MS)
    const now = readCpu(relay, load)
    const elapsedMs = now.at - before.at
    const relayMs = now.relay - before.relay
    own.push(relayMs / elapsedMs)
    others.push(othersShareOf(before, now))
    before = now
  }
  return { coreShare: median(own), othersShare: median(others) }
}

/** Watches what other programs use until it is asked: their share of a core, in the mean. */
export const watchOthers = (relay: number, load: number): (() => number) => {
  const before = readCpu(relay, load)
  let last: Reading | undefined
  const timer = setInterval(() => {
    try {
      last = readCpu(relay, load)
    } catch {
      // the load has just ended
    }
  }, SAMPLE_MS)
  return () => {
    clearInterval(timer)
    return last ? othersShareOf(before, last) : 0
  }
}
