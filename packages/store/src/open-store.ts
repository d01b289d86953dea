import { fileURLToPath } from 'node:url'
import { GatewayError, type MessageBook } from '@llc-phone/core'
import { openCallJournal, type CallJournal } from './call-journal.ts'
import { connectDatabase } from './connection.ts'
import { createDatabase, type Database } from './database.ts'
import { openMessageBook, type MessageOutbox } from './message-book.ts'
import { openNumberBook, type NumberBook } from './number-book.ts'

/** What outlives a call. Every failure is a `database_failed`. */
export interface Store {
  readonly database: Database
  readonly messages: MessageBook & MessageOutbox
  readonly journal: CallJournal
  readonly numbers: NumberBook
  /**
   * Runs the migrations of a folder written by `drizzle-kit generate` that are not applied yet. `owner` is the package
   * they belong to; each has its own history. Refuses a database that a newer version has written.
   */
  migrate(owner: string, folder: string): Promise<void>
  /** Finishes what was asked before and closes the file. */
  close(): Promise<void>
}

/** The file that a database URL names: `file:data/llc-phone.db`, `file:///var/lib/llc-phone.db` or `file::memory:`. */
const fileOf = (url: string): string => {
  const file = /^file:(?!\/\/)(.+)$/.exec(url)?.[1]
  if (file) return file
  if (URL.canParse(url) && url.startsWith('file:///')) return fileURLToPath(url)
  throw new GatewayError('config_invalid', 'The database URL must name a file, like file:data/llc-phone.db.')
}

/**
 * Opens the store in a thread of its own, so that a slow disk is never audible, and brings its tables up to date.
 * A relative path counts from the working directory; missing folders are created.
 */
export const openStore = async ({ url }: { readonly url: string }): Promise<Store> => {
  const connection = await connectDatabase(fileOf(url))
  try {
    await connection.migrate('store', fileURLToPath(new URL('../migrations', import.meta.url)))
  } catch (error) {
    await connection.close()
    throw error
  }
  const database = createDatabase(connection)
  return {
    database,
    messages: openMessageBook(database),
    journal: openCallJournal(database),
    numbers: openNumberBook(database),
    migrate: connection.migrate,
    close: connection.close,
  }
}
