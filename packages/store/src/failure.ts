import { GatewayError } from '@llc-phone/core'
import type { Failure } from './protocol.ts'

/** What the operator can do about it, by the beginning of SQLite's or the system's code. */
const REMEDIES: readonly (readonly [codes: RegExp, message: string])[] = [
  [
    /^(SQLITE_FULL|ENOSPC|EDQUOT)/,
    'The disk of the database is full. Make room: writing goes on by itself, nothing needs a restart.',
  ],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'Another process holds the database. Find it and let it finish.'],
  [
    /^SQLITE_NOTADB/,
    'The file that DATABASE_URL names is not a SQLite database. Name another one, or restore a backup.',
  ],
  [/^SQLITE_CORRUPT/, 'The database is damaged. Stop the gateway and restore a backup.'],
  [
    /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS)/,
    'The database cannot be written. Check who owns the file and its folder, and that the disk is not read-only.',
  ],
  [/^SQLITE_IOERR/, 'The disk of the database has failed to read or write.'],
]

/** A failure of the database thread as the `database_failed` that everybody sees; its `cause` is what SQLite said. */
export const databaseError = ({ message, code }: Failure): GatewayError => {
  if (code === undefined) return new GatewayError('database_failed', message)
  const remedy = REMEDIES.find(([codes]) => codes.test(code))?.[1]
  return new GatewayError('database_failed', remedy ?? message, {
    cause: Object.assign(new Error(message), { code }),
  })
}

/** Whether the same statement may succeed in a moment: another process was writing, and nothing was done. */
export const isBusy = (error: unknown): boolean =>
  error instanceof GatewayError &&
  error.cause instanceof Error &&
  'code' in error.cause &&
  String(error.cause.code).startsWith('SQLITE_BUSY')
