import {
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  pgTable,
  primaryKey,
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

/** Ordered and compared by its bytes, as in SQLite, whatever the language of the database. */
const text = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' })

/** A fraction is rounded, where SQLite would keep it: Postgres refuses it, and a whole story with it. */
const whole = customType<{ data: number; driverData: number | null }>({
  dataType: () => 'bigint',
  toDriver: (value) => (Number.isNaN(value) ? null : Math.round(value)),
})

/** 8 bytes. No number is none, and there is one zero, as in SQLite. */
const real = customType<{ data: number; driverData: number | null }>({
  dataType: () => 'double precision',
  toDriver: (value) => (Number.isNaN(value) ? null : value + 0),
})

/** Not `jsonb`, which forgets the order of keys: people see their settings in it. Read as text, see postgres-types.ts. */
const json = customType<{ data: unknown; driverData: string }>({
  dataType: () => 'json',
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
    return mode === 'boolean' ? boolean(name) : whole(name)
  },
  real: (name?: string) => real(name ?? ''),
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
