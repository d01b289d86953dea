import { existsSync, realpathSync, statSync } from 'node:fs'
import type SQLite from 'better-sqlite3'

/** SQLite's own word for a file that is no longer at its path; in WAL mode it does not look by itself. */
export const MOVED = 'SQLITE_READONLY_DBMOVED'

/** Looks whether the open database is still what stands at its path. Costs microseconds: for every write. */
export interface InPlace {
  /** Device and inode: no two files that exist have the same. */
  readonly identity: string
  /**
   * Throws `SQLITE_READONLY_DBMOVED` when the file was deleted, moved or replaced, and `SQLITE_CORRUPT` when it or its log was
   * cut short. A log (`-wal`, `-shm`) that is missing is made good: what it holds goes into the database, which has to be
   * opened again afterwards. Answers whether it has.
   */
  check(): { readonly mustReopen: boolean }
}

/** A file that is not there has no identity. */
export const identityOf = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/** What everybody is told of a file that is not there any more. */
export const moved = (): Error =>
  Object.assign(new Error('The file at the path is not the database that was opened.'), { code: MOVED })

/** SQLite goes on with what it has in memory, and nobody would find that again. */
export const cutShort = (): Error =>
  Object.assign(new Error('The database file or its log was cut short.'), { code: 'SQLITE_CORRUPT' })

/** Size of the log with so many frames. */
const logBytes = (frames: number, pageBytes: number): number => (frames === 0 ? 0 : 32 + frames * (24 + pageBytes))

/** Watches `database`, which was opened from `file` and has been read from. */
export const watchPlace = (database: SQLite.Database, file: string): InPlace => {
  const identity = identityOf(file)
  if (identity === undefined) throw moved()
  // A link leads to the database; its log stands beside the file itself.
  const log = realpathSync(file)
  const walOf = () => [identityOf(`${log}-wal`), identityOf(`${log}-shm`)]
  const [wal, shm] = walOf()

  /** Confirmed writes may be in a log that nobody can find by its name any more. */
  const foldLog = (): void => {
    // Another process has begun a log of its own: two of them cannot be made one.
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
        // Another process may have emptied the log between two looks.
        if (!isWhole() && !isWhole()) throw cutShort()
        return { mustReopen: false }
      }
      foldLog()
      return { mustReopen: true }
    },
  }
}
