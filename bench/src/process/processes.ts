import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pinnedCores } from './machine.ts'

/** Generous, for a machine that is busy with other work. */
const START_LIMIT_MS = 60_000

/** A file of this repository, from `bench/src`. */
export const sourceOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

let isBuilt = false

/** The gateway under test: the build, which is made first if need be, started as `pnpm start` does. */
export const gatewayProgram = (): readonly string[] => {
  isBuilt ||=
    spawnSync(process.execPath, [sourceOf('../../apps/gateway/build/build.ts'), '--if-needed'], {
      stdio: ['ignore', 2, 2],
    }).status === 0
  if (!isBuilt) throw new Error('The gateway could not be built.')
  return [
    '--max-semi-space-size=2',
    '--heap-growing-percent=20',
    '--initial-old-space-size=32',
    '--expose-gc',
    sourceOf('../../dist/main.js'),
  ]
}

/** The memory of a process after garbage collection. */
export interface Memory {
  /** Resident memory: includes code, stacks and what the allocator has not returned. */
  readonly residentBytes: number
  /** Objects and buffers that are in use. */
  readonly retainedBytes: number
}

/** Preloaded into a relay, so that it can be asked for its memory. */
export const memoryProbe: readonly string[] = [
  '--expose-gc',
  '--import',
  new URL('./memory-probe.js', import.meta.url).href,
]

const cores = pinnedCores()

/** Whether load and relay have cores of their own. */
export const isPinned = cores !== undefined

/** Starts a program on the core of the load, on that of the relay, or wherever there is room. */
export const start = (
  on: 'load' | 'relay' | 'anywhere',
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): ChildProcess => {
  const pinned = cores && on !== 'anywhere' ? ['taskset', '-c', cores[on]] : []
  const [command, ...rest] = [...pinned, process.execPath, ...args]
  // What the processes print is not the result: it goes to our stderr.
  return spawn(command!, rest, { stdio: ['ignore', 2, 2, 'ipc'], ...(env ? { env } : {}) })
}

/** A port that was free a moment ago. The bench, like a world of its own, shares no code with the gateway. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Talks with a load generator that says the messages `From`. */
export const messagesOf = <From extends { readonly type: string }>(load: ChildProcess) => {
  const tell = (message: object): void => void load.send(message)
  const hear = <Type extends From['type']>(type: Type): Promise<Extract<From, { readonly type: Type }>> =>
    new Promise((resolve, reject) => {
      const onMessage = (message: From): void => {
        if (message.type !== type) return
        load.off('message', onMessage).off('exit', onExit)
        resolve(message as Extract<From, { readonly type: Type }>)
      }
      const onExit = (code: number | null): void =>
        reject(new Error(`The load generator ended early (exit code ${code}).`))
      load.on('message', onMessage).once('exit', onExit)
    })
  return { tell, hear }
}

/** Resolves when the relay takes calls. */
export const untilReady = async (relay: ChildProcess, origin: string): Promise<void> => {
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

/** Memory of a relay that was started with {@link memoryProbe}, after a garbage collection. */
export const memoryOf = async (relay: ChildProcess): Promise<Memory> => {
  const answer = once(relay, 'message')
  relay.send('memory')
  return (await answer)[0] as Memory
}

/** Preloaded into a relay, so that it can be asked for its timers. */
export const timerCount: readonly string[] = ['--import', new URL('./count-timers.ts', import.meta.url).href]

/** How many timers a relay has that was started with {@link timerCount}. */
export const timersOf = async (relay: ChildProcess): Promise<number> => {
  const answer = once(relay, 'message')
  relay.send('timers')
  return (await answer)[0] as number
}

/** Preloaded into a relay, so that it can be asked how long its main thread has worked without looking for audio. */
export const stretchProbe: readonly string[] = ['--import', new URL('./stretch-probe.js', import.meta.url).href]

/** Begins to watch the main thread of a relay that was started with {@link stretchProbe}. */
export const watchStretches = (relay: ChildProcess): void => void relay.send('watch stretches')

/** The longest stretch of work since the last question, in milliseconds. */
export const longestStretchOf = async (relay: ChildProcess): Promise<number> => {
  const answer = once(relay, 'message')
  relay.send('longest stretch')
  return (await answer)[0] as number
}

/** Two signals: the first lets calls finish, the second does not wait for them. */
export const stop = async (relay: ChildProcess): Promise<void> => {
  if (relay.exitCode !== null) return
  const ended = once(relay, 'exit')
  relay.kill('SIGTERM')
  await Promise.race([ended, wait(3_000)])
  relay.kill('SIGTERM')
  await Promise.race([ended, wait(3_000)])
  if (relay.exitCode === null) relay.kill('SIGKILL')
}
