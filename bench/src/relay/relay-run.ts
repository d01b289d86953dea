import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { AUTH_TOKEN, gatewayEnv, NUMBERS } from '../process/gateway-env.ts'
import type { FromLoad, LoadResult, ToLoad } from './relay-messages.ts'
import type { Memory } from '../process/processes.ts'
import {
  freePort,
  gatewayProgram,
  memoryOf,
  memoryProbe,
  messagesOf,
  sourceOf,
  start,
  stop,
  untilReady,
} from '../process/processes.ts'
import { cpuMsOf } from '../process/machine.ts'
import { MAX_OTHERS_SHARE, watchCpu } from '../process/watch-cpu.ts'
import { RECORDING_SETTINGS } from './recording-settings.ts'

const IDLE_MS = 2_000
/** Every call has greeted and taken its first turn. */
const WARM_UP_MS = 9_500
/** Beyond this the delays say more about the load generator than about the relay. */
export const MAX_LATE_P99_MS = 5

/** What is measured, and the program that is it. */
const programs = {
  gateway: gatewayProgram,
  /** The gateway on a disk that takes two seconds for every write. */
  stalled: gatewayProgram,
  /** The gateway with every call kept as sound. */
  recording: gatewayProgram,
  floor: () => [sourceOf('relay/floor.ts')],
} as const

export type Subject = keyof typeof programs

/** One measurement of one relay. */
export interface Run extends LoadResult {
  readonly subject: Subject
  readonly calls: number
  /** CPU the relay's process used for a minute of one call, all threads, in milliseconds. */
  readonly cpuMsPerCallMinute: number
  /** CPU of its first seconds, while calls come and code is compiled: from the first ring to the measurement. */
  readonly firstCpuMsPerCallMinute: number
  /** Share of one core the relay used. */
  readonly coreShare: number
  /** The same of all programs that have nothing to do with the measurement. */
  readonly othersShare: number
  readonly idle: Memory
  readonly loaded: Memory
  /** Calls that were kept as sound. */
  readonly recordings: number
}

interface MeasureOptions {
  readonly calls: number
  readonly seconds: number
  readonly profileDir?: string
}

const measureOnce = async (subject: Subject, { calls, seconds, profileDir }: MeasureOptions): Promise<Run> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const load = start('load', [sourceOf('relay/relay-load.ts')])
  const { tell, hear } = messagesOf<FromLoad>(load)
  let relay: ChildProcess | undefined
  try {
    const { modelUrl, restUrl } = await hear('listening')
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const profile =
      profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profileDir, `${subject}-${calls}`)}`]
    const stallFile = join(databaseDir, 'stall')
    const stall = subject === 'stalled' ? ['--import', new URL('./stalled-disk.ts', import.meta.url).href] : []
    const settingsFile = join(databaseDir, 'settings.json')
    if (subject === 'recording') writeFileSync(settingsFile, JSON.stringify(RECORDING_SETTINGS))
    relay = start('relay', [...memoryProbe, ...stall, ...profile, ...programs[subject]()], {
      ...gatewayEnv(port, modelUrl, restUrl, databaseDir),
      ...(subject === 'recording' ? { SETTINGS: settingsFile } : {}),
      BENCH_STALL_FILE: stallFile,
    })
    await untilReady(relay, origin)
    const pid = relay.pid!
    await wait(IDLE_MS)
    const idle = await memoryOf(relay)

    if (subject === 'stalled') writeFileSync(stallFile, '')
    const live = hear('live')
    const cpuMsBefore = cpuMsOf(pid)
    const beganAt = performance.now()
    tell({
      type: 'begin',
      origin,
      calls,
      warmUpMs: WARM_UP_MS,
      authToken: AUTH_TOKEN,
      numbers: Object.values(NUMBERS),
    } satisfies ToLoad)
    await live
    const firstCpuMs = cpuMsOf(pid) - cpuMsBefore
    // They have come evenly, and all of them have been there for the time of warming up.
    const meanCallMs = (performance.now() - beganAt + WARM_UP_MS) / 2
    tell({ type: 'measure' } satisfies ToLoad)
    const { coreShare, othersShare } = await watchCpu(pid, load.pid!, seconds)
    const loaded = await memoryOf(relay)
    const result = hear('result')
    tell({ type: 'finish' } satisfies ToLoad)
    const { result: seen } = await result
    const recordings = join(databaseDir, 'bench.db-recordings')

    return {
      subject,
      calls,
      ...seen,
      cpuMsPerCallMinute: (coreShare * 60_000) / calls,
      firstCpuMsPerCallMinute: (firstCpuMs * 60_000) / (calls * meanCallMs),
      coreShare,
      othersShare,
      idle,
      loaded,
      recordings: existsSync(recordings) ? readdirSync(recordings).length : 0,
    }
  } finally {
    if (relay) await stop(relay)
    load.kill()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}

/**
 * Puts `calls` calls through a fresh process of `subject` and measures it for `seconds`; once more when other programs
 * disturbed it, and then the calmer measurement counts.
 */
export const measure = async (subject: Subject, options: MeasureOptions): Promise<Run> => {
  const first = await measureOnce(subject, options)
  if (first.lateMs.p99 <= MAX_LATE_P99_MS && first.othersShare <= MAX_OTHERS_SHARE) return first
  console.error('  disturbed by other programs, once more …')
  const second = await measureOnce(subject, options)
  return second.lateMs.p99 < first.lateMs.p99 ? second : first
}
