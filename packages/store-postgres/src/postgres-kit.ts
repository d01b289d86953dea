import {
  bigint,
  boolean,
  check,
  customType,
  doublePrecision,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { Kit } from '@llc-phone/store-drizzle'
import { jsonText } from './json-text.ts'

/** Milliseconds since 1970: what JavaScript has, and what cursors and other engines compare. */
const time = customType<{ data: Date; driverData: number }>({
  dataType: () => 'bigint',
  toDriver: (at) => at.getTime(),
  fromDriver: (ms) => new Date(ms),
})

/** Read as text, see postgres-types.ts. */
const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'jsonb',
  toDriver: jsonText,
  fromDriver: (stored) => JSON.parse(stored),
})

const bytes = customType<{ data: Buffer; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (stored) => Buffer.from(stored),
})

/** Names and settings of a column, either of which may be absent. */
const settingsOf = (name?: string | object, settings?: object) => {
  const { mode } = ((typeof name === 'string' ? settings : name) ?? {}) as { readonly mode?: string }
  return { name: typeof name === 'string' ? name : '', mode }
}

const kit = {
  table: pgTable,
  text(first?: string | object, second?: object) {
    const { name, mode } = settingsOf(first, second)
    return mode === 'json' ? json(name) : text(name)
  },
  integer(first?: string | object, second?: object) {
    const { name, mode } = settingsOf(first, second)
    if (mode === 'timestamp_ms') return time(name)
    return mode === 'boolean' ? boolean(name) : bigint(name, { mode: 'number' })
  },
  real: (name?: string) => doublePrecision(name ?? ''),
  blob: (first?: string | object, second?: object) => bytes(settingsOf(first, second).name),
  counter: () => bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  check,
  foreignKey,
  index,
  uniqueIndex,
  primaryKey,
}

/** The column types of Postgres. The builders have the methods that SQLite's have, so they pass for them. */
export const postgresKit = kit as unknown as Kit
