import { Worker } from 'node:worker_threads'
import { GatewayError } from '@llc-phone/core'
import type { Failure, Reply, Request, Statement, StatementResult, Task, WorkerSettings } from './protocol.ts'

/** A stalled disk must cost answers, not memory. */
const MAX_PENDING = 10_000

/** The database's thread, seen from the thread that carries audio. Every rejection is a `database_failed`. */
export interface DatabaseConnection {
  query(statement: Statement): Promise<StatementResult>
  /** All statements or none. */
  batch(statements: readonly Statement[]): Promise<StatementResult[]>
  migrate(owner: string, folder: string): Promise<void>
  /** Answers what was asked before, then ends the thread. */
  close(): Promise<void>
  readonly worker: Worker
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: GatewayError): void
}

const databaseError = ({ message, code }: Failure): GatewayError =>
  new GatewayError(
    'database_failed',
    message,
    code === undefined ? {} : { cause: Object.assign(new Error(message), { code }) },
  )

/** Starts the thread and opens the database in it. `file` is a path or `:memory:`. */
export const connectDatabase = async (file: string): Promise<DatabaseConnection> => {
  const workerData: WorkerSettings = { file }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, name: 'database' })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone: GatewayError | undefined

  const lose = (error: GatewayError): void => {
    gone ??= error
    for (const call of waiting.values()) call.reject(gone)
    waiting.clear()
  }
  worker.on('message', ({ id, result, failure }: Reply) => {
    const call = waiting.get(id)
    waiting.delete(id)
    if (failure) call?.reject(databaseError(failure))
    else call?.resolve(result)
  })
  worker.on('messageerror', (cause) =>
    lose(new GatewayError('database_failed', 'The database sent an unreadable answer.', { cause })),
  )
  worker.on('error', (cause) => lose(new GatewayError('database_failed', 'The database thread failed.', { cause })))
  worker.on('exit', () => lose(new GatewayError('database_failed', 'The database thread has ended.')))

  const waitFor = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
    })

  const ask = async (task: Task): Promise<unknown> => {
    if (gone) throw gone
    if (waiting.size >= MAX_PENDING)
      throw new GatewayError('database_failed', 'The database does not keep up; too many queries are waiting.')
    const id = ++lastId
    const answer = waitFor(id)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ id, task } satisfies Request)
    return answer
  }

  await waitFor(0)
  let closing: Promise<void> | undefined
  return {
    worker,
    query: (statement) => ask({ kind: 'query', statement }) as Promise<StatementResult>,
    batch: (statements) => ask({ kind: 'batch', statements }) as Promise<StatementResult[]>,
    async migrate(owner, folder) {
      await ask({ kind: 'migrate', owner, folder })
    },
    close() {
      closing ??= closeWorker(ask, worker, () => gone !== undefined)
      return closing
    },
  }
}

const closeWorker = async (
  ask: (task: Task) => Promise<unknown>,
  worker: Worker,
  isGone: () => boolean,
): Promise<void> => {
  if (isGone()) return
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  await ask({ kind: 'close' })
  await ended
}
