import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/** Preloaded into the gateway: from the moment this file exists, every write to the database takes two seconds longer. */
const switchFile = process.env['BENCH_STALL_FILE']
const STALL_MS = 2_000

interface Statement {
  readonly readonly: boolean
  run(...parameters: unknown[]): unknown
}

// Preloads run in worker threads too, and the database has one of its own.
if (!isMainThread && switchFile !== undefined) {
  const gateway = new URL('../../../dist/main.js', import.meta.url)
  const Database = createRequire(gateway)('better-sqlite3') as { prototype: { prepare(sql: string): Statement } }
  const { prepare } = Database.prototype
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  Database.prototype.prepare = function prepareSlowly(this: unknown, sql: string): Statement {
    const statement = prepare.call(this, sql)
    if (!statement.readonly && !/^\s*(begin|commit|rollback|pragma)/i.test(sql) && existsSync(switchFile))
      Atomics.wait(asleep, 0, 0, STALL_MS)
    return statement
  }
}
