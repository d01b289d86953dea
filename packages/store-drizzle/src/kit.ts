import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

/**
 * What tables are made of. The tables are written once, in the words of SQLite; every engine has a kit that makes them with
 * its own column types and gives the same values to JavaScript: times are `Date`, to the millisecond; JSON is parsed.
 */
export const sqliteKit = {
  table: sqliteTable,
  text,
  integer,
  real,
  blob,
  /** A primary key that counts up and is never used twice. */
  counter: () => integer().primaryKey({ autoIncrement: true }),
  check,
  foreignKey,
  index,
  uniqueIndex,
  primaryKey,
}

/** The kit of any engine, with the types of SQLite's. */
export type Kit = typeof sqliteKit
