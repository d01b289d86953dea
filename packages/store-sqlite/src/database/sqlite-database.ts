import { sqliteKit, storeTables, type Database, type StoreTables } from '@llc-phone/store-drizzle'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import type { DatabaseConnection } from './connection.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

/** The tables of the store in SQLite. */
export const sqliteTables: StoreTables = storeTables(sqliteKit)

/** Drizzle on top of a connection. Every batch runs alone: SQLite has one writer. */
export const createDatabase = <Tables>(connection: DatabaseConnection, tables: Tables): Database<Tables> => {
  const remote = drizzle(
    (sql, params, method) => connection.query({ sql, params, method }),
    (statements) => connection.batch(statements),
  )
  return Object.assign(remote, { tables, engine: sqliteDialect, alone: () => remote })
}
