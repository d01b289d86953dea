/** The thread that owns the database. Requests are served one after the other, in the order they came. */
import { getPriority, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type SQLite from 'better-sqlite3'
import { copyTables } from './copy-tables.ts'
import { watchFile, type FileCheck } from './file-check.ts'
import { runMigrations } from './migrate.ts'
import { isRead, NOT_OPEN } from './protocol.ts'
import type {
  Failure,
  Opened,
  Opening,
  Reply,
  Request,
  Statement,
  StatementResult,
  Task,
  Waiting,
  WorkerSettings,
} from './protocol.ts'
import { openSqlite, sleepBlocking } from './sqlite.ts'

const runStatement = (database: SQLite.Database, { sql, params, method }: Statement): StatementResult => {
  const prepared = database.prepare(sql)
  if (!prepared.reader) {
    prepared.run(...params)
    return { rows: [] }
  }
  prepared.raw()
  if (method !== 'get') return { rows: prepared.all(...params) }
  // Drizzle takes "no rows at all" for "no such row".
  return { rows: prepared.get(...params) as unknown[] }
}

const { file, stallMs = 0 } = workerData as WorkerSettings

/** Below the thread that carries audio, which need not wait for a core then. */
const PRIORITY = 10
// Only Linux has priorities of threads; elsewhere this would be the whole process's. A process that was started with a lower
// one may not raise it.
if (process.platform === 'linux' && getPriority() < PRIORITY) setPriority(PRIORITY)

const stall = (): void => {
  if (stallMs > 0) sleepBlocking(stallMs)
}

const inOne = (into: SQLite.Database, statements: readonly Statement[]) =>
  into.transaction(() => statements.map((statement) => runStatement(into, statement)))

/** What is open; `fileCheck` is absent for a database in memory. */
interface Open {
  readonly database: SQLite.Database
  readonly fileCheck?: FileCheck
}
let current: Open | undefined

const open = (opening: Opening): Opened => {
  current?.database.close()
  current = undefined
  const database = openSqlite(file, opening, tellWaiting)
  if (file === ':memory:') {
    current = { database }
    return {}
  }
  try {
    const fileCheck = watchFile(database, file)
    current = { database, fileCheck }
    return { identity: fileCheck.identity }
  } catch (error) {
    database.close()
    throw error
  }
}

const database = (): SQLite.Database => {
  if (!current) throw Object.assign(new Error('The database is not open.'), { code: NOT_OPEN })
  return current.database
}

const checkFile = (): void => {
  const { fileCheck } = current!
  if (fileCheck?.check().mustReopen) open({ mayCreate: false, mustBe: fileCheck.identity })
}

/** Checks the file before and after a write, so that no write to a deleted or replaced file is confirmed. */
const writing = <Result>(work: (into: SQLite.Database) => Result): Result => {
  database()
  checkFile()
  const result = work(database())
  checkFile()
  return result
}

const runQuery = (into: SQLite.Database, statement: Statement): StatementResult => {
  const result = runStatement(into, statement)
  if (!into.inTransaction) return result
  into.exec('ROLLBACK')
  throw new Error('A transaction would hold the statements of other calls. Use a batch.')
}

const runTask = (task: Task): unknown => {
  switch (task.kind) {
    case 'open':
      return open(task)
    case 'query':
      if (isRead(task.statement)) return runQuery(database(), task.statement)
      stall()
      return writing((into) => runQuery(into, task.statement))
    case 'batch':
      // Reading needs no write lock, so it goes on while another process has it.
      if (task.statements.every(isRead)) return inOne(database(), task.statements).deferred()
      stall()
      // Take the write lock first: a batch that began as a read would fail at once if another process wrote in between.
      return writing((into) => inOne(into, task.statements).immediate())
    case 'migrate':
      writing((into) => runMigrations(into, task.owner, task.folder, tellWaiting))
      return null
    case 'copy':
      copyTables(database(), task.from)
      return null
    case 'lock':
      database().exec('BEGIN IMMEDIATE')
      database().exec('ROLLBACK')
      return null
    case 'release':
    case 'close':
      current?.database.close()
      current = undefined
      return null
  }
}

const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, code, says } = error as Error & { readonly code?: unknown; readonly says?: unknown }
  return {
    message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof says === 'string' ? { says } : {}),
  }
}

const port = parentPort!
const reply = (message: Reply | Waiting): void => port.postMessage(message)
const tellWaiting = (): void => reply({ waiting: true })

port.on('message', ({ id, task }: Request) => {
  try {
    reply({ id, result: runTask(task) })
  } catch (error) {
    reply({ id, failure: failureOf(error) })
  }
  if (task.kind === 'close') port.close()
})
