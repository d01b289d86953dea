import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { GatewayError } from '@llc-phone/core'
import { databaseError, isBusy } from './failure.ts'
import type { Reply, Request, Statement, StatementResult, Task, WorkerSettings } from './protocol.ts'

/** A stalled disk must cost answers, not memory. */
const MAX_PENDING = 10_000

/** Another process that writes is done in milliseconds; one that is not must not keep callers waiting. */
const BUSY_BUDGET_MS = 2_000
const BUSY_RETRY_MS = 50

/** A thread that dies sooner than this after the last was replaced is not replaced before: it would die again. */
const RESTART_PAUSE_MS = 60_000

/** The database's thread, seen from the thread that carries audio. Every rejection is a `database_failed`. */
export interface DatabaseConnection {
  query(statement: Statement): Promise<StatementResult>
  /** All statements or none. */
  batch(statements: readonly Statement[]): Promise<StatementResult[]>
  migrate(owner: string, folder: string): Promise<void>
  /** Answers what was asked before, then ends the thread. */
  close(): Promise<void>
  /** The thread that serves now. */
  readonly worker: Worker
}

/** How a connection behaves beside its file. */
export interface ConnectionOptions {
  /** Told when the thread was lost; a new one takes over at once, or a minute after the last one that did. */
  onLost?(error: GatewayError): void
  /** See {@link WorkerSettings}. */
  readonly stallMs?: number
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: GatewayError): void
}

/** Starts the thread and opens the database in it. `file` is a path or `:memory:`. */
export const connectDatabase = async (
  file: string,
  { onLost, stallMs = 0 }: ConnectionOptions = {},
): Promise<DatabaseConnection> => {
  const workerData: WorkerSettings = { file, stallMs }
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone: GatewayError | undefined
  let lastStartAt = Number.NEGATIVE_INFINITY
  let closing: Promise<void> | undefined

  const waitFor = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
    })

  const startWorker = (): Worker => {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { workerData, name: 'database' })
    const fail = (message: string, cause?: unknown): void => {
      // A thread that fails also ends; and what an old one says is over.
      if (started !== worker || gone) return
      lose(new GatewayError('database_failed', message, cause === undefined ? {} : { cause }))
    }
    started.on('message', ({ id, result, failure }: Reply) => {
      if (started !== worker || gone) return
      const call = waiting.get(id)
      waiting.delete(id)
      if (!failure) call?.resolve(result)
      else if (call) call.reject(databaseError(failure))
      // A new thread that cannot open the file.
      else if (id === 0) lose(databaseError(failure))
    })
    started.on('messageerror', (cause) => fail('The database sent an unreadable answer.', cause))
    started.on('error', (cause) => fail('The database thread failed.', cause))
    started.on('exit', () => fail('The database thread has ended.'))
    return started
  }

  const revive = (): boolean => {
    const now = performance.now()
    // What was in memory is lost with the thread, tables included.
    if (closing || !opened || file === ':memory:' || now - lastStartAt < RESTART_PAUSE_MS) return false
    lastStartAt = now
    gone = undefined
    worker = startWorker()
    return true
  }

  /** Whether something was written when the thread died is unknown, so nobody is told that it was. */
  const lose = (error: GatewayError): void => {
    gone = error
    for (const call of waiting.values()) call.reject(error)
    waiting.clear()
    if (opened && !closing) onLost?.(error)
    void worker.terminate()
    revive()
  }

  const askOnce = async (task: Task): Promise<unknown> => {
    if (gone && !revive()) throw gone
    if (waiting.size >= MAX_PENDING)
      throw new GatewayError('database_failed', 'The database does not keep up; too many queries are waiting.')
    const id = ++lastId
    const answer = waitFor(id)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ id, task } satisfies Request)
    return answer
  }

  /** Waiting for another process happens here and not in the thread, where everybody else would wait too. */
  const ask = async (task: Task): Promise<unknown> => {
    const deadline = performance.now() + BUSY_BUDGET_MS
    for (;;) {
      try {
        return await askOnce(task)
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error
        await sleep(BUSY_RETRY_MS)
      }
    }
  }

  let opened = false
  let worker = startWorker()
  await waitFor(0)
  opened = true

  const closeWorker = async (): Promise<void> => {
    if (gone) return
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    await askOnce({ kind: 'close' })
    await ended
  }

  return {
    get worker() {
      return worker
    },
    query: (statement) => ask({ kind: 'query', statement }) as Promise<StatementResult>,
    batch: (statements) => ask({ kind: 'batch', statements }) as Promise<StatementResult[]>,
    async migrate(owner, folder) {
      await askOnce({ kind: 'migrate', owner, folder })
    },
    close() {
      closing ??= closeWorker()
      return closing
    },
  }
}
