import { GatewayError } from '@llc-phone/core'
import { NOT_OPEN, UNSETTLED, type Failure } from './protocol.ts'

/** What happened and what the operator can do, by the beginning of SQLite's or the system's code. */
const REMEDIES: readonly (readonly [codes: RegExp, message: string])[] = [
  [
    /^SQLITE_READONLY_DBMOVED/,
    'The database file was deleted, moved or replaced while it was open. Put it back, or restore a backup and restart the gateway: nothing is stored until then.',
  ],
  [
    /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    'The disk of the database is full. Make room: writing goes on by itself, nothing needs a restart.',
  ],
  [
    new RegExp(`^${UNSETTLED}`),
    'The database file is empty, or was written a moment ago. It is opened when it has not changed for two seconds.',
  ],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'Another process holds the database. Find it and let it finish.'],
  [
    /^SQLITE_NOTADB/,
    'The file that DATABASE_URL names is not a SQLite database. Name another one, or restore a backup.',
  ],
  [/^(SQLITE_CORRUPT|SQLITE_FORMAT)/, 'The database is damaged. Stop the gateway and restore a backup.'],
  [
    /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|SQLITE_AUTH|EACCES|EPERM|EROFS)/,
    'The database cannot be written. Check who owns the file and its folder, and that the disk is not read-only.',
  ],
  [
    /^(EISDIR|ENOTDIR|EEXIST|ENOENT|ELOOP|ENAMETOOLONG)/,
    'There can be no database at the path that DATABASE_URL names: something else is in its place. Name another file.',
  ],
  [
    /^(SQLITE_IOERR|SQLITE_NOLFS|SQLITE_PROTOCOL|EIO|ESTALE|ENXIO|ENODEV)/,
    'The disk of the database has failed to read or write. Look at the system log: nothing is stored while this lasts.',
  ],
  [
    /^(SQLITE_NOMEM|ENOMEM|EMFILE|ENFILE)/,
    'The system has no memory or no file handle left for the database. Nothing is stored while this lasts.',
  ],
]

/** The database works and refuses the statement. */
const REFUSED = /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|TOOBIG|RANGE)/

/** What `isRefused` and `isConflict` look for. */
const marksOf = (code: string) => ({
  ...(REFUSED.test(code) ? { isRefused: true } : {}),
  ...(/^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE)/.test(code) ? { isConflict: true } : {}),
})

/** Whether the storage failed, so that other writes would fail too, and not just one statement. */
export const isStorageFailure = (error: GatewayError): boolean => {
  const code = codeOf(error)
  return code !== undefined && REMEDIES.some(([codes]) => codes.test(code))
}

/** Whether the database is damaged; a later write that succeeds, to other pages, does not disprove it. */
export const isDamage = (error: GatewayError): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error) ?? '')

const codeOf = ({ cause }: GatewayError): string | undefined =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined

/** Turns a failure of the database thread into a `database_failed`, with SQLite's error as its `cause`. */
export const databaseError = ({ message, code, says }: Failure): GatewayError => {
  if (code === undefined) return new GatewayError('database_failed', message)
  const remedy = REMEDIES.find(([codes]) => codes.test(code))?.[1]
  return new GatewayError('database_failed', says ?? remedy ?? message, {
    cause: Object.assign(new Error(message), { code }, marksOf(code)),
  })
}

/** The error while another process holds the database. */
export const held = (): GatewayError => databaseError({ message: 'database is locked', code: 'SQLITE_BUSY' })

/** Whether a retry may succeed: another process was writing, and nothing was done. */
export const isBusy = (error: unknown): boolean =>
  error instanceof GatewayError && (codeOf(error)?.startsWith('SQLITE_BUSY') ?? false)

/** Whether the thread has no file open. */
export const isNotOpen = (error: unknown): boolean => error instanceof GatewayError && codeOf(error) === NOT_OPEN
