import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { FromLoad, LoadResult, ToLoad } from './load-messages.ts'
import { cpuMsOf, machineCpuMs, pinnedCores } from './machine.ts'
import type { Memory } from './memory-probe.ts'

const START_LIMIT_MS = 20_000
const IDLE_MS = 2_000
/** Every call has greeted and taken its first turn. */
const WARM_UP_MS = 9_500
const SAMPLE_MS = 1_000
/** Beyond this the delays say more about the load generator than about the relay. */
export const MAX_LATE_P99_MS = 5
/** Beyond this somebody else is at work on the machine. */
export const MAX_OTHERS_SHARE = 0.15
const AUTH_TOKEN = 'bench-auth-token'
const NUMBERS = { IVR_DID: '+14155550101', RECEPTIONIST_DID: '+14155550102', CSR_DID: '+14155550103' }

const sourceOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What is measured, and the program that is it. */
const programs = {
  gateway: sourceOf('../../apps/gateway/src/main.ts'),
  /** The gateway on a disk that takes two seconds for every write. */
  stalled: sourceOf('../../apps/gateway/src/main.ts'),
  floor: sourceOf('./floor.ts'),
} as const

export type Subject = keyof typeof programs

/** One measurement of one relay. */
export interface Run extends LoadResult {
  readonly subject: Subject
  readonly calls: number
  /** CPU the relay's process used for a minute of one call, all threads, in milliseconds. */
  readonly cpuMsPerCallMinute: number
  /** Share of one core the relay used. */
  readonly coreShare: number
  /** The same of all programs that have nothing to do with the measurement. */
  readonly othersShare: number
  readonly idle: Memory
  readonly loaded: Memory
}

const cores = pinnedCores()

const start = (on: 'load' | 'relay', args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess => {
  const [command, ...rest] = [...(cores ? ['taskset', '-c', cores[on]] : []), process.execPath, ...args]
  // What the processes print is not the result: it goes to our stderr.
  return spawn(command!, rest, { stdio: ['ignore', 2, 2, 'ipc'], ...(env ? { env } : {}) })
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const messagesOf = (load: ChildProcess) => {
  const tell = (message: ToLoad): void => void load.send(message)
  const hear = <Type extends FromLoad['type']>(type: Type): Promise<Extract<FromLoad, { type: Type }>> =>
    new Promise((resolve, reject) => {
      load.on('message', (message: FromLoad) => {
        if (message.type === type) resolve(message as Extract<FromLoad, { type: Type }>)
      })
      load.once('exit', (code) => reject(new Error(`The load generator ended early (exit code ${code}).`)))
    })
  return { tell, hear }
}

const untilReady = async (relay: ChildProcess, origin: string): Promise<void> => {
  const deadline = Date.now() + START_LIMIT_MS
  while (Date.now() < deadline) {
    if (relay.exitCode !== null) throw new Error(`The relay ended as it started (exit code ${relay.exitCode}).`)
    try {
      if ((await fetch(`${origin}/readyz`)).ok) return
    } catch {
      // not listening yet
    }
    await wait(100)
  }
  throw new Error(`The relay did not listen within ${START_LIMIT_MS / 1_000} s.`)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Shares of a core, as the median of one-second samples: one hiccup of the machine does not decide the figure. */
const watchCpu = async (relay: number, load: number, seconds: number) => {
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

const memoryOf = async (relay: ChildProcess): Promise<Memory> => {
  const answer = once(relay, 'message')
  relay.send('memory')
  return (await answer)[0] as Memory
}

const gatewayEnv = (port: number, modelUrl: string, restUrl: string, databaseDir: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  PORT: String(port),
  HOST: '127.0.0.1',
  PUBLIC_URL: `http://127.0.0.1:${port}`,
  OPENAI_API_KEY: 'sk-bench',
  OPENAI_REALTIME_URL: modelUrl,
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  TWILIO_PHONE_NUMBER: '+14155550100',
  TWILIO_API_URL: restUrl,
  DATABASE_URL: `file:${join(databaseDir, 'bench.db')}`,
  ADMIN_TOKEN: 'bench-admin-token-of-some-length',
  ...NUMBERS,
  SALES_NUMBER: '+14155550111',
  SUPPORT_NUMBER: '+14155550112',
  BILLING_NUMBER: '+14155550113',
  SCHEDULING_NUMBER: '+14155550114',
  LOG_LEVEL: 'warn',
})

/** Two signals: the first lets calls finish, the second does not wait for them. */
const stop = async (relay: ChildProcess): Promise<void> => {
  if (relay.exitCode !== null) return
  const ended = once(relay, 'exit')
  relay.kill('SIGTERM')
  await Promise.race([ended, wait(3_000)])
  relay.kill('SIGTERM')
  await Promise.race([ended, wait(3_000)])
  if (relay.exitCode === null) relay.kill('SIGKILL')
}

interface MeasureOptions {
  readonly calls: number
  readonly seconds: number
  readonly profileDir?: string
}

const measureOnce = async (subject: Subject, { calls, seconds, profileDir }: MeasureOptions): Promise<Run> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const load = start('load', [sourceOf('./load.ts')])
  const { tell, hear } = messagesOf(load)
  let relay: ChildProcess | undefined
  try {
    const { modelUrl, restUrl } = await hear('listening')
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const profile =
      profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profileDir, `${subject}-${calls}`)}`]
    const probe = ['--expose-gc', '--import', new URL('./memory-probe.ts', import.meta.url).href]
    const stallFile = join(databaseDir, 'stall')
    const stall = subject === 'stalled' ? ['--import', new URL('./stalled-disk.ts', import.meta.url).href] : []
    relay = start('relay', [...probe, ...stall, ...profile, programs[subject]], {
      ...gatewayEnv(port, modelUrl, restUrl, databaseDir),
      BENCH_STALL_FILE: stallFile,
    })
    await untilReady(relay, origin)
    const pid = relay.pid!
    await wait(IDLE_MS)
    const idle = await memoryOf(relay)

    if (subject === 'stalled') writeFileSync(stallFile, '')
    const live = hear('live')
    tell({
      type: 'begin',
      origin,
      calls,
      warmUpMs: WARM_UP_MS,
      authToken: AUTH_TOKEN,
      numbers: Object.values(NUMBERS),
    })
    await live
    tell({ type: 'measure' })
    const { coreShare, othersShare } = await watchCpu(pid, load.pid!, seconds)
    const loaded = await memoryOf(relay)
    const result = hear('result')
    tell({ type: 'finish' })
    const { result: seen } = await result

    return {
      subject,
      calls,
      ...seen,
      cpuMsPerCallMinute: (coreShare * 60_000) / calls,
      coreShare,
      othersShare,
      idle,
      loaded,
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

/** Whether load and relay have cores of their own. */
export const isPinned = cores !== undefined
