import { setTimeout as wait } from 'node:timers/promises'
import { cpuMsOf, machineCpuMs } from './machine.ts'

const SAMPLE_MS = 1_000

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Shares of a core, as the median of one-second samples: one hiccup of the machine does not decide the figure. */
export const watchCpu = async (relay: number, load: number, seconds: number) => {
  const own: number[] = []
  const others: number[] = []
  const read = () => ({ at: performance.now(), relay: cpuMsOf(relay), load: cpuMsOf(load), machine: machineCpuMs() })
  let before = read()
  for (let second = 0; second < seconds; second++) {
    await wait(SAMPLE_MS)
    const now = read()
    const elapsedMs = now.at - before.at
    const relayMs = now.relay - before.relay
    own.push(relayMs / elapsedMs)
    others.push(Math.max(0, now.machine - before.machine - relayMs - (now.load - before.load)) / elapsedMs)
    before = now
  }
  return { coreShare: median(own), othersShare: median(others) }
}
