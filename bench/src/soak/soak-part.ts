import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Part, Verdict } from '../part.ts'
import { ADMIN_TOKEN } from '../process/gateway-env.ts'
import { memoryOf, timerCount, timersOf } from '../process/processes.ts'
import { runBeside } from '../process/run-beside.ts'
import { renderTable } from '../render-table.ts'
import { slopeOf, type Sample } from './slope.ts'
import type { SoakJob, SoakResult } from './soak-messages.ts'

const CALLS = 100
/** Two and a half calls a second: in seven minutes the gateway keeps the stories of as many ended calls as it ever does. */
const SHORTEST_MS = 20_000
const LONGEST_MS = 60_000
const SAMPLE_MS = 10_000
const WARM_UP_SHARE = 0.33
/** Stories that are written, timers that run once after a call. */
const SETTLE_MS = 12_000
/** Payloads number their streams up to 65,535. */
const MAX_MINUTES = 400
/** A load that is later than this loses calls by itself: the gateway takes a model that stalls for one that is lost. */
const MAX_LATE_P99_MS = 50
const MAX_BYTES_PER_HOUR = 1_000_000

/** What a process holds. */
interface Holdings {
  readonly files: number
  readonly sockets: number
  readonly timers: number
  /** Calls that have not ended. */
  readonly sessions: number
}

interface Soak extends SoakResult {
  readonly minutes: number
  readonly retained: readonly Sample[]
  readonly resident: readonly Sample[]
  readonly before: Holdings
  readonly after: Holdings
}

const linksOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return []
    }
  })

const measure = (minutes: number): Promise<Soak> => {
  const job: Omit<SoakJob, 'origin'> = { calls: CALLS, shortestMs: SHORTEST_MS, longestMs: LONGEST_MS }
  return runBeside<SoakResult, Soak>(
    { load: 'soak/soak-load.ts', job, preloads: timerCount },
    async ({ relay, load, origin, begin, held, finish, result }) => {
      const holdings = async (): Promise<Holdings> => {
        const answer = await fetch(`${origin}/metrics`, {
          headers: { authorization: `Bearer ${ADMIN_TOKEN}`, connection: 'close' },
        })
        const active = (await answer.text()).split('\n').filter((line) => line.startsWith('llc_calls_active{'))
        await wait(500)
        const links = linksOf(relay.pid!)
        return {
          files: links.filter((link) => !link.startsWith('socket:')).length,
          sockets: links.filter((link) => link.startsWith('socket:')).length,
          timers: await timersOf(relay),
          sessions: active.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0),
        }
      }
      begin()
      await held
      await wait(SETTLE_MS)
      const before = await holdings()
      finish()
      const startedAt = performance.now()
      const retained: Sample[] = []
      const resident: Sample[] = []
      for (const lastMs = minutes * 60_000; performance.now() - startedAt < lastMs;) {
        await wait(SAMPLE_MS)
        const { retainedBytes, residentBytes } = await memoryOf(relay)
        const atMs = performance.now() - startedAt
        retained.push({ atMs, value: retainedBytes })
        resident.push({ atMs, value: residentBytes })
      }
      load.kill('SIGUSR2')
      const seen = await result
      await wait(SETTLE_MS)
      return { ...seen, minutes, retained, resident, before, after: await holdings() }
    },
  )
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
const afterWarmUp = (samples: readonly Sample[]): Sample[] =>
  samples.filter(({ atMs }) => atMs >= (samples.at(-1)?.atMs ?? 0) * WARM_UP_SHARE)
const held = ({ files, sockets, timers, sessions }: Holdings): string =>
  `${sessions} / ${sockets} / ${files} / ${timers}`

/** None of them has grown; a keep-alive connection of the start may have been closed meanwhile. */
const isBack = (before: Holdings, after: Holdings): boolean =>
  after.sessions === 0 &&
  after.files <= before.files &&
  after.sockets <= before.sockets &&
  after.timers <= before.timers

const judge = (soak: Soak): Verdict[] => {
  const { before, after, calls, failed, openSessions, brokenSockets, faults } = soak
  const { perHour, within } = slopeOf(afterWarmUp(soak.retained))
  const isExact = within <= MAX_BYTES_PER_HOUR
  return [
    {
      target: `${CALLS} calls coming and going: memory in use grows by at most ${megabytes(MAX_BYTES_PER_HOUR)} an hour`,
      measured: `${megabytes(perHour)} ± ${megabytes(within)} an hour${isExact ? '' : ': too short a run to tell'}`,
      // What a run is too short to show is not met.
      met: isExact && perHour <= MAX_BYTES_PER_HOUR,
    },
    {
      target: `${CALLS} calls coming and going: sessions, sockets, files and timers are back where they were`,
      measured: `${held(before)} before, ${held(after)} after, ${openSessions} model connections open`,
      met: isBack(before, after) && openSessions === 0,
    },
    {
      target: `${CALLS} calls coming and going: every call was whole`,
      measured: `${calls} calls, ${failed} failed, ${brokenSockets} sockets broken, ${faults.reordered} / ${faults.altered} frames reordered / altered`,
      met: failed === 0 && brokenSockets === 0 && faults.reordered === 0 && faults.altered === 0,
    },
  ]
}

const render = (soak: Soak): string => {
  const kept = afterWarmUp(soak.retained)
  const { perHour, within } = slopeOf(afterWarmUp(soak.resident))
  const rows = [
    ['calls that came and went', String(soak.calls)],
    ['minutes, samples after warm-up', `${soak.minutes}, ${kept.length}`],
    [
      'memory in use, first and last of them',
      `${megabytes(kept[0]?.value ?? 0)} / ${megabytes(kept.at(-1)?.value ?? 0)}`,
    ],
    ['resident memory grows by', `${megabytes(perHour)} ± ${megabytes(within)} an hour`],
    ['sessions / sockets / files / timers before', held(soak.before)],
    ['the same after', held(soak.after)],
  ]
  const notes =
    soak.lateMs.p99 > MAX_LATE_P99_MS
      ? [`NOTE    soak: the machine was busy, the load came up to ${soak.lateMs.p99.toFixed(1)} ms late: measure again`]
      : []
  return [...renderTable(['calls coming and going', ''], rows, 0), ...notes].join('\n')
}

export const part: Part = {
  name: 'soak',
  describe:
    `has ${CALLS} calls come and go, each for 20 to 60 s, and samples memory after garbage collection: whether it grows, and ` +
    'whether sessions, sockets, files and timers are back where they were in the end. The first third is warm-up. Half an hour.',
  byDefault: false,
  numbers: [{ name: 'soak-minutes', describe: 'how long calls come and go', usual: 30, quick: 3, most: MAX_MINUTES }],
  async run({ numberOf }) {
    const minutes = numberOf('soak-minutes')
    console.error(`soak: ${minutes} minutes …`)
    const result = await measure(minutes)
    return { result, text: render(result), verdicts: judge(result) }
  },
}
