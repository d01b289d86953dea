import type { Worker } from 'node:worker_threads'
import { GatewayError, pause, systemClock } from '@llc-phone/core'
import { isBusy, isDamage, isNotOpen, isStorageFailure } from './failure.ts'
import { openDatabase, type OpeningOptions } from './opening.ts'
import { isRead, type Statement, type StatementResult, type Task } from './protocol.ts'

/** Another process that writes is done in milliseconds; one that is not must not keep callers waiting. */
const BUSY_BUDGET_MS = 2_000
const BUSY_RETRY_MS = 50

/** A lock that is held for so long when a gateway starts is told, although nothing has been written yet. */
const TOLD_AFTER_MS = 1_000

/** A write that takes longer is not slow: the disk has stopped. */
const STALLED_AFTER_MS = 10_000

/** The database's thread, seen from the thread that carries audio. Every rejection is a `database_failed`. */
export interface DatabaseConnection {
  query(statement: Statement): Promise<StatementResult>
  /** All statements or none. */
  batch(statements: readonly Statement[]): Promise<StatementResult[]>
  /** With `keepTrying`, what cannot be applied now is applied when the database has been opened. */
  migrate(owner: string, folder: string): Promise<void>
  /** Why what is written now would not be kept; `undefined` when it would. */
  problem(): GatewayError | undefined
  /** Answers what was asked before, then ends the thread. */
  close(): Promise<void>
  /** The thread that serves now. */
  readonly worker: Worker
}

/** How a connection behaves beside its file. */
export type ConnectionOptions = OpeningOptions

const isWrite = (task: Task): boolean =>
  task.kind === 'batch' ? !task.statements.every(isRead) : task.kind === 'query' && !isRead(task.statement)

const stalled = (): GatewayError =>
  new GatewayError(
    'database_failed',
    'The disk of the database does not answer. Look at the system log: nothing is stored while this lasts.',
  )

/** Asks again and again while another process writes, until `budgetMs` have passed; rejects with the last answer. */
const whileBusy = async <Result>(budgetMs: number, ask: () => Promise<Result>): Promise<Result> => {
  const deadline = systemClock.now() + budgetMs
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isBusy(error) || systemClock.now() > deadline) throw error
      await pause(systemClock, BUSY_RETRY_MS)
    }
  }
}

/** Starts the thread and opens the database in it. `path` is a file's or `:memory:`. */
export const connectDatabase = async (path: string, options: ConnectionOptions = {}): Promise<DatabaseConnection> => {
  const { clock = systemClock } = options
  const open = await openDatabase(path, options)

  /** Waiting for another process happens here and not in the thread, where everybody else would wait too. */
  const askPatiently = (task: Task): Promise<unknown> =>
    whileBusy(BUSY_BUDGET_MS, async () => {
      // Not a moment later than asked: a close that comes next must find it in the thread.
      if (!open.isReady) await open.ready()
      return open.thread.ask(task)
    })

  /** What is seen here is how the storage is: nobody else asks it. */
  const ask = async (task: Task): Promise<unknown> => {
    const writes = isWrite(task)
    const watch = writes ? clock.after(STALLED_AFTER_MS, () => open.setProblem(stalled())) : undefined
    try {
      const answer = await askPatiently(task)
      if (!writes) return answer
      open.pin()
      if (open.problem && !isDamage(open.problem)) open.setProblem(undefined)
      return answer
    } catch (error) {
      if (isNotOpen(error)) open.reopen()
      else if (error instanceof GatewayError && isStorageFailure(error)) open.setProblem(error)
      throw error
    } finally {
      watch?.stop()
    }
  }

  /** Whoever starts a gateway should read at once that nothing will be stored, not when the first caller has rung. */
  const tryLock = async (): Promise<void> => {
    try {
      await whileBusy(TOLD_AFTER_MS, () => open.thread.ask({ kind: 'lock' }))
    } catch (error) {
      if (isBusy(error)) open.setProblem(error as GatewayError)
    }
  }
  if (options.keepTrying && open.isReady) void tryLock()

  return {
    get worker() {
      return open.thread.worker
    },
    query: (statement) => ask({ kind: 'query', statement }) as Promise<StatementResult>,
    batch: (statements) => ask({ kind: 'batch', statements }) as Promise<StatementResult[]>,
    migrate: open.migrate,
    problem: () => open.problem,
    close: open.close,
  }
}
