import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GatewayError, pause, systemClock } from '@llc-phone/core'
import { isPostgresUrl, postgresPlaceText } from '@llc-phone/store'
import { databaseFile } from '@llc-phone/store-sqlite'
import type { CopySource, CopyTarget, DrizzleStore } from '@llc-phone/store-drizzle'
import { readMigrations } from '@llc-phone/store-drizzle/migrations'
import { clearRows, copyCounters, copyRows, countRows, inOrder, tablesOf } from './copy-rows.ts'
import { makeWords } from './copy-words.ts'
import { localPath } from './database-url.ts'

/** How long a gateway that was killed still counts as alive; one that lives writes its mark more often. */
const MARK_MS = 12_000
const LOOK_AGAIN_MS = 1_000

/** How far a copy is. */
export interface CopyProgress {
  readonly table: string
  readonly done: number
  readonly rows: number
}

/** What is copied, and what is told meanwhile. */
export interface CopyOptions {
  readonly from: string
  readonly to: string
  /** Opens every package that has tables of its own in the store, so that it makes them. */
  openPackages(store: DrizzleStore): Promise<void>
  onProgress?(progress: CopyProgress): void
  /** A gateway may have stopped just now: it is waited for. */
  onWait?(): void
}

/** What was copied. */
export interface CopyResult {
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
  /** Tables of the source that are not this program's: they were not copied. */
  readonly left: readonly string[]
  /** Folders with files of the source that are to be moved to where the gateway looks for them. */
  readonly files: readonly { readonly from: string; readonly to: string }[]
}

const refuse = (message: string): never => {
  throw new GatewayError('database_failed', message)
}

const openSource = async (url: string): Promise<CopySource> => {
  if (isPostgresUrl(url)) return (await import('@llc-phone/store-postgres')).openPostgresSource(url)
  return (await import('@llc-phone/store-sqlite/copy')).openSqliteSource(fileOf(url))
}

const openTarget = async (url: string): Promise<CopyTarget> => {
  if (isPostgresUrl(url)) return (await import('@llc-phone/store-postgres')).openPostgresTarget(url)
  return (await import('@llc-phone/store-sqlite/copy')).openSqliteTarget(fileOf(url))
}

const fileOf = (url: string): string => {
  const file = databaseFile(url)
  return file === ':memory:'
    ? refuse('A database in memory is in its own process alone: nothing can be copied.')
    : resolve(file)
}

const placeOf = (url: string): string => (isPostgresUrl(url) ? postgresPlaceText(url) : fileOf(url))

/** The migrations that a database has, by owner; none for a database that is not ours. */
const appliedIn = async (source: CopySource): Promise<Map<string, Map<string, string>>> => {
  const tables = await source.query(
    source.engine === 'sqlite'
      ? `SELECT name FROM sqlite_schema WHERE name = '__migrations'`
      : `SELECT 1 WHERE to_regclass('__migrations') IS NOT NULL`,
  )
  const rows = tables.length === 0 ? [] : await source.query('SELECT package, name, hash FROM __migrations')
  const owners = new Map<string, Map<string, string>>()
  for (const [owner, name, hash] of rows) {
    const known = owners.get(String(owner)) ?? new Map<string, string>()
    owners.set(String(owner), known.set(String(name), String(hash)))
  }
  return owners
}

/** When a gateway last said in the database that it lives (ms). */
const lastMark = async (url: string): Promise<number> => {
  const source = await openSource(url)
  try {
    if (!(await tablesOf(source)).includes('processes')) return 0
    const [[at]] = (await source.query('SELECT coalesce(max(seen_at), 0) FROM processes')) as [[number]]
    return at
  } finally {
    await source.close()
  }
}

/** Throws while a gateway writes to the database; one that has stopped just now is waited for. */
const assertUnused = async (url: string, onWait: () => void): Promise<void> => {
  const first = await lastMark(url)
  for (let mark = first; Date.now() - mark < MARK_MS; mark = await lastMark(url)) {
    if (mark !== first)
      refuse(
        `A gateway works with ${placeOf(url)}. Stop it (./phone stop) and copy again: what it writes would be missing.`,
      )
    onWait()
    // oxlint-disable-next-line no-await-in-loop -- until its mark is old
    await pause(systemClock, LOOK_AGAIN_MS)
  }
}

/** Throws unless the source has exactly the migrations that this version ships. */
const assertSameVersion = (
  source: CopySource,
  applied: ReadonlyMap<string, ReadonlyMap<string, string>>,
  folders: ReadonlyMap<string, string>,
): void => {
  for (const [owner, names] of applied) {
    const own = folders.get(owner)
    const folder = owner === 'store' ? source.storeMigrations : own && join(own, source.engine)
    if (folder === undefined)
      return refuse(
        `The source has tables of "${owner}", which this installation does not have. Add it to gateway.config.ts, as where the source comes from.`,
      )
    const ours = readMigrations(folder)
    const isNewer = [...names].some(([name, hash]) => !ours.some((each) => each.name === name && each.hash === hash))
    if (isNewer)
      return refuse(
        `The source comes from another version: it has migrations of ${owner} that this one lacks. Copy with that version.`,
      )
    if (names.size < ours.length)
      return refuse(
        `The source comes from an older version: it lacks migrations of ${owner}. Start this version on it once, stop it, and copy again.`,
      )
  }
}

/** The store, which tells where the migrations of each package are. */
const noting = (store: DrizzleStore, folders: Map<string, string>): DrizzleStore => ({
  ...store,
  migrate(owner, folder) {
    folders.set(owner, folder)
    return store.migrate(owner, folder)
  },
})

const copyTables = async (
  source: CopySource,
  target: CopyTarget,
  onProgress: (progress: CopyProgress) => void,
): Promise<Pick<CopyResult, 'tables' | 'left'>> => {
  const [theirs, ours] = [await tablesOf(source), await tablesOf(target)]
  const ordered = await inOrder(
    target,
    ours.filter((table) => theirs.includes(table)),
  )
  // Migrations put rows in, which are in the source too, or were deleted there.
  for (const table of ordered.toReversed()) await clearRows(target, table)
  const tables: { table: string; rows: number }[] = []
  for (const table of ordered) {
    const rows = await countRows(source, table)
    let done = 0
    onProgress({ table, done, rows })
    try {
      await copyRows(source, target, table, (more) => onProgress({ table, done: (done += more), rows }))
    } catch (error) {
      throw error instanceof GatewayError
        ? new GatewayError('database_failed', `The table ${table} could not be copied. ${error.message}`, {
            cause: error.cause,
          })
        : error
    }
    tables.push({ table, rows })
  }
  await copyCounters(source, target, ordered)
  const calls = tables.find(({ table }) => table === 'calls')?.rows ?? 0
  let indexed = 0
  await makeWords(target, (more) => onProgress({ table: 'call_words', done: (indexed += more), rows: calls }))
  for (const { table, rows } of tables) {
    const found = await countRows(target, table)
    if (found !== rows) refuse(`The table ${table} has ${rows} rows, and ${found} of them arrived. Nothing was kept.`)
  }
  return { tables, left: theirs.filter((table) => !ours.includes(table)) }
}

/** What lies beside the database, and where the gateway looks for it beside the other one. */
const filesBeside = (from: string, to: string): CopyResult['files'] =>
  ['-recordings', '-unwritten']
    .map((ending) => ({ from: `${localPath(from)}${ending}`, to: `${localPath(to)}${ending}` }))
    .filter((folder) => folder.from !== folder.to && existsSync(folder.from))

/**
 * Copies a whole database into an empty one, of whatever engine: every table of the store and of packages, and the counters;
 * the index for full text is made anew. The target is there when all rows were counted in it, and not at all before. Throws
 * `database_failed` when the target is not empty, a gateway works with the source, or the source is of another version.
 */
export const copyDatabase = async (options: CopyOptions): Promise<CopyResult> => {
  const { from, to, openPackages, onProgress = () => {}, onWait = () => {} } = options
  if (placeOf(from) === placeOf(to)) refuse('Source and target are the same database.')
  let source = await openSource(from)
  try {
    const applied = await appliedIn(source)
    if (!applied.has('store')) refuse(`${placeOf(from)} is no database of this gateway: there is nothing to copy.`)
    await source.close()
    await assertUnused(from, onWait)
    // What it wrote last is to be seen.
    source = await openSource(from)
    const target = await openTarget(to)
    try {
      const folders = new Map<string, string>()
      await openPackages(noting(target.store, folders))
      assertSameVersion(source, await appliedIn(source), folders)
      const copied = await copyTables(source, target, onProgress)
      await assertUnused(from, () =>
        refuse('A gateway has started to work with the source meanwhile. Stop it and copy again.'),
      )
      await target.commit()
      return { ...copied, files: filesBeside(from, to) }
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}
