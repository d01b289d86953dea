import type { Worker } from 'node:worker_threads'
import { GatewayError, pause, systemClock } from '@llc-phone/core'
import { isBusy, isDamage, isNotOpen, isStorageFailure } from './failure.ts'
import { openDatabase, type OpeningOptions } from './opening.ts'
import { isRead, type Statement, type StatementResult, type Task } from './protocol.ts'

/** How long to retry while another process writes: usually milliseconds; if it takes longer, callers must not wait. */
const BUSY_BUDGET_MS = 2_000
const BUSY_RETRY_MS = 50

/** A lock held for this long at the start of a gateway is reported, although nothing has been written yet. */
const TOLD_AFTER_MS = 1_000

/** A write that takes longer counts as a disk that has stopped. */
const STALLED_AFTER_MS = 10_000

/** The database's thread, seen from the thread that carries audio. Every rejection is a `database_failed`. */
export interface DatabaseConnection {
  query(statement: Statement): Promise<StatementResult>
  /** All statements or none. */
  batch(statements: readonly Statement[]): Promise<StatementResult[]>
  /** With `keepTrying`, migrations that cannot be applied now are applied once the database is open. */
  migrate(owner: string, folder: string): Promise<void>
  /** Copies what modes work with from the database at this path. */
  copy(from: string): Promise<void>
  /** Why a write would fail now; `undefined` when it would not. */
  problem(): GatewayError | undefined
  /** Answers pending queries, then ends the thread. */
  close(): Promise<void>
  /** The current thread; replaced after a crash. */
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

/** Retries while another process writes, until `budgetMs` have passed; rejects with the last error. */
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

  /** Waits for another process here and not in the thread, where every other query would wait too. */
  const askPatiently = (task: Task): Promise<unknown> =>
    whileBusy(BUSY_BUDGET_MS, async () => {
      // Do not await when ready: a close that follows must find the task in the thread.
      if (!open.isReady) await open.ready()
      return open.thread.ask(task)
    })

  /** Every query passes here, so its results tell whether the storage works. */
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

  /** Finds out at the start whether writes are possible, so that the operator reads it before the first call. */
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
    copy: async (from) => void (await ask({ kind: 'copy', from })),
    problem: () => open.problem,
    close: open.close,
  }
}
