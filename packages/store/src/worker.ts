/** The thread that owns the database. Requests are served one after the other, in the order they came. */
import { parentPort, workerData } from 'node:worker_threads'
import type SQLite from 'better-sqlite3'
import { runMigrations } from './migrate.ts'
import type { Failure, Reply, Request, Statement, StatementResult, Task, WorkerSettings } from './protocol.ts'
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

/** Drizzle writes its queries this way; whatever else there is counts as a write. */
const isRead = ({ sql }: Statement): boolean => sql.startsWith('select ')

const stall = (): void => {
  if (stallMs > 0) sleepBlocking(stallMs)
}

const runBatch = (database: SQLite.Database, statements: readonly Statement[]): StatementResult[] => {
  const transaction = database.transaction(() => statements.map((statement) => runStatement(database, statement)))
  // Reading needs no write lock, so it goes on while another process has it.
  if (statements.every(isRead)) return transaction.deferred()
  stall()
  // A write that begins with a read would fail at once when another process has written in between.
  return transaction.immediate()
}

const runTask = (database: SQLite.Database, task: Task): unknown => {
  switch (task.kind) {
    case 'query': {
      if (!isRead(task.statement)) stall()
      const result = runStatement(database, task.statement)
      if (!database.inTransaction) return result
      database.exec('ROLLBACK')
      throw new Error('A transaction would hold the statements of other calls. Use a batch.')
    }
    case 'batch':
      return runBatch(database, task.statements)
    case 'migrate':
      runMigrations(database, task.owner, task.folder)
      return null
    case 'close':
      database.close()
      return null
  }
}

const failureOf = (error: unknown): Failure => {
  if (!(error instanceof Error)) return { message: String(error) }
  return 'code' in error && typeof error.code === 'string'
    ? { message: error.message, code: error.code }
    : { message: error.message }
}

const port = parentPort!
const reply = (message: Reply): void => port.postMessage(message)

/** Answers to id 0: the database is open, or why it is not. */
const open = (): SQLite.Database | undefined => {
  try {
    const database = openSqlite(file)
    reply({ id: 0 })
    return database
  } catch (error) {
    reply({ id: 0, failure: failureOf(error) })
    return undefined
  }
}

const database = open()
if (database)
  port.on('message', ({ id, task }: Request) => {
    try {
      reply({ id, result: runTask(database, task) })
    } catch (error) {
      reply({ id, failure: failureOf(error) })
    }
    if (task.kind === 'close') port.close()
  })
