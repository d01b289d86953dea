import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Behind } from './front.ts'
import type { FromGateway, ToGateway } from './messages.ts'

/** A gateway that `./phone dev` has started: its sources as they were at that moment. */
export interface Generation extends Behind {
  readonly calls: number
  /** Resolves when it listens, with `false` when it has ended instead. */
  readonly ready: Promise<boolean>
  readonly ended: Promise<number | null>
  /** Asks for its live calls; resolves when it has told them, or after a second. */
  look(): Promise<void>
  /** Lets its calls finish; it ends after the last. */
  drain(): void
  /** Ends it at once. */
  stop(): void
}

const ANSWER_LIMIT_MS = 1_000
/** One that does not end when asked is ended. */
const STOP_MS = 3_000

/** Starts a gateway, which ends when this process does. The first one says how to ring it. */
export const startGeneration = (isFirst: boolean): Generation => {
  const file = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, isFirst ? [file] : [file, 'again'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ready = Promise.withResolvers<boolean>()
  const ended = Promise.withResolvers<number | null>()
  let told = Promise.withResolvers<void>()
  let port = 0
  let calls = 0
  const ids = new Set<string>()
  const send = (message: ToGateway): void => {
    if (child.connected) child.send(message, () => undefined)
  }
  child.on('message', (message: FromGateway) => {
    if (message.type === 'ready') {
      ;({ port } = message)
      return ready.resolve(true)
    }
    ;({ calls } = message)
    for (const id of message.ids) ids.add(id)
    told.resolve()
    return undefined
  })
  child.once('exit', (code) => {
    calls = 0
    ready.resolve(false)
    told.resolve()
    ended.resolve(code)
  })
  child.once('error', () => ended.resolve(1))
  return {
    get port() {
      return port
    },
    get calls() {
      return calls
    },
    ids,
    ready: ready.promise,
    ended: ended.promise,
    look() {
      told = Promise.withResolvers()
      send({ type: 'live?' })
      setTimeout(told.resolve, ANSWER_LIMIT_MS).unref()
      return told.promise
    },
    drain: () => send({ type: 'drain' }),
    stop() {
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref()
    },
  }
}
