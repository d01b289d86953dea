import { existsSync, realpathSync, statSync } from 'node:fs'
import type SQLite from 'better-sqlite3'

/** SQLite's code for a file that is no longer at its path; in WAL mode SQLite does not check by itself. */
export const MOVED = 'SQLITE_READONLY_DBMOVED'

/** Checks whether the open database is still the file at its path. Costs microseconds, so every write can do it. */
export interface FileCheck {
  /** Device and inode: unique among existing files. */
  readonly identity: string
  /**
   * Throws `SQLITE_READONLY_DBMOVED` when the file was deleted, moved or replaced, and `SQLITE_CORRUPT` when it or its log was
   * cut short. When its log (`-wal`, `-shm`) was deleted, the log's content is written into the database, which has to be
   * reopened afterwards (`mustReopen`).
   */
  check(): { readonly mustReopen: boolean }
}

/** Device and inode of the file; `undefined` when it does not exist. */
export const identityOf = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/** The error for a file that was deleted, moved or replaced. */
export const moved = (): Error =>
  Object.assign(new Error('The file at the path is not the database that was opened.'), { code: MOVED })

/** The error for a truncated file: SQLite would go on with what it has in memory, and that would be lost. */
export const cutShort = (): Error =>
  Object.assign(new Error('The database file or its log was cut short.'), { code: 'SQLITE_CORRUPT' })

/** Size of the log with so many frames. */
const logBytes = (frames: number, pageBytes: number): number => (frames === 0 ? 0 : 32 + frames * (24 + pageBytes))

/** Makes the check for `database`, which was opened from `file` and has been read from. */
export const watchFile = (database: SQLite.Database, file: string): FileCheck => {
  const identity = identityOf(file)
  if (identity === undefined) throw moved()
  // If `file` is a link: the log is beside the file that it points to.
  const log = realpathSync(file)
  const walOf = () => [identityOf(`${log}-wal`), identityOf(`${log}-shm`)]
  const [wal, shm] = walOf()

  /** Writes the log into the database: confirmed writes may be in a log that has lost its name. */
  const foldLog = (): void => {
    // Another process has started a new log: two logs cannot be merged.
    if (existsSync(`${log}-wal`) && identityOf(`${log}-wal`) !== wal && statSync(`${log}-wal`).size > 0) throw moved()
    const [done] = database.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[]
    if (done?.busy !== 0) throw moved()
  }

  const pages = database.prepare<[], number>('PRAGMA page_count').pluck()
  const frames = database.prepare<[], { readonly log: number }>('PRAGMA wal_checkpoint(NOOP)')
  const pageBytes = database.pragma('page_size', { simple: true }) as number
  const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  let bytes = sizeOf(file)

  const isWhole = (): boolean => {
    const now = sizeOf(file)
    // Pages may be in the log only; those that were in the file stay there, unless there are fewer of them.
    const shrank = now === 0 || (now < bytes && now < pages.get()! * pageBytes)
    if (!shrank) bytes = now
    return !shrank && sizeOf(`${log}-wal`) >= logBytes(frames.get()!.log, pageBytes)
  }

  return {
    identity,
    check() {
      if (identityOf(file) !== identity) throw moved()
      const [walNow, shmNow] = walOf()
      if (walNow === wal && shmNow === shm) {
        // Check twice: another process may have emptied the log in between.
        if (!isWhole() && !isWhole()) throw cutShort()
        return { mustReopen: false }
      }
      foldLog()
      return { mustReopen: true }
    },
  }
}
