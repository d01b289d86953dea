import { Worker } from 'node:worker_threads'
import { GatewayError } from '@llc-phone/core'
import { databaseError } from './failure.ts'
import type { Reply, Request, Task, Waiting, WorkerSettings } from './protocol.ts'

/** Limit of pending queries: with a stalled disk further queries fail, and memory does not grow. */
const MAX_PENDING = 10_000

/** One run of the database's thread. Every rejection is a `database_failed`. */
export interface DatabaseThread {
  readonly worker: Worker
  ask(task: Task): Promise<unknown>
  /** Answers pending queries, then ends the thread. */
  close(): Promise<void>
}

interface Asked {
  resolve(value: unknown): void
  reject(error: GatewayError): void
}

/** Callbacks of the thread. */
export interface ThreadListener {
  /** Called once, when it has ended without `close`. */
  onDead(error: GatewayError): void
  /** Called when another process holds the database for longer than a second. */
  onHeld(): void
}

/** Starts the thread. */
export const startThread = (workerData: WorkerSettings, { onDead, onHeld }: ThreadListener): DatabaseThread => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, name: 'database' })
  const waiting = new Map<number, Asked>()
  let lastId = 0
  let gone: GatewayError | undefined
  let closing = false

  /** Rejects every pending query: whether its write happened is unknown. */
  const fail = (message: string, cause?: unknown): void => {
    // A thread that fails also ends.
    if (gone) return
    gone = new GatewayError('database_failed', message, cause === undefined ? {} : { cause })
    for (const call of waiting.values()) call.reject(gone)
    waiting.clear()
    void worker.terminate()
    if (!closing) onDead(gone)
  }
  worker.on('message', (message: Reply | Waiting) => {
    if ('waiting' in message) return onHeld()
    const { id, result, failure } = message
    const call = waiting.get(id)
    waiting.delete(id)
    if (failure) call?.reject(databaseError(failure))
    else call?.resolve(result)
  })
  worker.on('messageerror', (cause) => fail('The database sent an unreadable answer.', cause))
  worker.on('error', (cause) => fail('The database thread failed.', cause))
  worker.on('exit', () => fail('The database thread has ended.'))

  const ask = async (task: Task): Promise<unknown> => {
    if (gone) throw gone
    if (waiting.size >= MAX_PENDING)
      throw new GatewayError('database_failed', 'The database does not keep up; too many queries are waiting.')
    const id = ++lastId
    const answer = new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ id, task } satisfies Request)
    return answer
  }

  return {
    worker,
    ask,
    async close() {
      if (gone) return
      closing = true
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      await ask({ kind: 'close' })
      await ended
    },
  }
}
