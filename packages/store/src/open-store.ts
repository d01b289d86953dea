import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pause, systemClock, type GatewayError, type MessageBook } from '@llc-phone/core'
import { openAuditBook, type AuditBook } from './books/audit-book.ts'
import { openCallerEraser, type CallerEraser } from './books/caller-eraser.ts'
import { openCallJournal, type CallJournal } from './books/call-journal.ts'
import { openCallNotes, type CallNotes } from './books/call-notes.ts'
import { announceAlive } from './database/alive.ts'
import { connectDatabase, type ConnectionOptions } from './database/connection.ts'
import { openContactBook, type ContactBook } from './books/contact-book.ts'
import { databaseFile } from './database/database-file.ts'
import { createDatabase, type Database } from './database/database.ts'
import { openDoNotCallList, type DoNotCallList } from './books/do-not-call.ts'
import { openEventArchive, type EventArchive } from './books/event-archive.ts'
import { openGreetingArchive, type GreetingArchive } from './books/greeting-archive.ts'
import { openMessageBook, type MessageOutbox } from './books/message-book.ts'
import { openMessageList, type MessageList } from './books/message-list.ts'
import { openNumberBook, type NumberBook } from './books/number-book.ts'
import type { OutboundLedger } from './books/outbound-call.ts'
import { openOutboundLedger } from './books/outbound-ledger.ts'
import { openPeopleBook, type PeopleBook } from './books/people-book.ts'
import { openPhraseArchive, type PhraseArchive } from './books/phrase-archive.ts'
import { openFiguresBook, type FiguresBook } from './books/call-figures.ts'
import { openProfileBook, type ProfileBook } from './books/profile-figures.ts'
import { openSettingsBook, type SettingsBook } from './books/settings-book.ts'
import { openRetention, type Retention } from './books/retention.ts'
import { openSessionBook, type SessionBook } from './books/session-book.ts'
import { openTurnedAwayBook, type TurnedAwayBook } from './books/turned-away-book.ts'

/** Pause between two steps of deleting what is old: calls that go on have the database in between. */
const REST_MS = 20

/** Everything that is kept after a call. Every failure is a `database_failed`. */
export interface Store {
  readonly database: Database
  readonly messages: MessageBook & MessageOutbox
  readonly messageList: MessageList
  readonly journal: CallJournal
  readonly events: EventArchive
  readonly numbers: NumberBook
  readonly outbound: OutboundLedger
  readonly doNotCall: DoNotCallList
  readonly contacts: ContactBook
  readonly callNotes: CallNotes
  readonly phrases: PhraseArchive
  readonly greetings: GreetingArchive
  readonly turnedAway: TurnedAwayBook
  readonly retention: Retention
  readonly callers: CallerEraser
  readonly settings: SettingsBook
  readonly profiles: ProfileBook
  readonly figures: FiguresBook
  readonly audit: AuditBook
  readonly people: PeopleBook
  readonly sessions: SessionBook
  /**
   * Runs the migrations of a folder written by `drizzle-kit generate` that are not applied yet. `owner` is the package
   * they belong to; each has its own history. Refuses a database that a newer version has written.
   */
  migrate(owner: string, folder: string): Promise<void>
  /** Why nothing can be stored now, for people; `undefined` when it can. */
  problem(): GatewayError | undefined
  /** Finishes pending queries and closes the file. */
  close(): Promise<void>
}

/** How the store is opened. */
export interface StoreOptions extends ConnectionOptions {
  /** `file:data/llc-phone.db`, `file:///var/lib/llc-phone.db` or `file::memory:`. */
  readonly url: string
}

/**
 * Opens the store in a thread of its own, so that a slow disk is never audible, and brings its tables up to date.
 * A relative path counts from the working directory; missing folders are created.
 */
export const openStore = async ({ url, ...options }: StoreOptions): Promise<Store> => open(url, options)

/**
 * A store in memory that begins with what modes work with (customers, appointments, do-not-call, consents) as it is in the
 * database of `url`, and is gone when it is closed: whatever is done in it happens nowhere else. A database in memory cannot
 * be copied: the store is empty then.
 */
export const openScratchStore = async (url: string): Promise<Store> => {
  const file = databaseFile(url)
  return open('file::memory:', {}, file === ':memory:' ? undefined : resolve(file))
}

const open = async (url: string, options: ConnectionOptions, copyOf?: string): Promise<Store> => {
  const connection = await connectDatabase(databaseFile(url), options)
  try {
    await connection.migrate('store', fileURLToPath(new URL('../migrations', import.meta.url)))
    if (copyOf !== undefined) await connection.copy(copyOf)
  } catch (error) {
    await connection.close()
    throw error
  }
  const database = createDatabase(connection)
  const alive = await announceAlive(databaseFile(url))
  return {
    database,
    messages: openMessageBook(database),
    messageList: openMessageList(database),
    journal: openCallJournal(database, alive),
    events: openEventArchive(database),
    numbers: openNumberBook(database),
    outbound: openOutboundLedger(database),
    doNotCall: openDoNotCallList(database),
    contacts: openContactBook(database),
    callNotes: openCallNotes(database),
    phrases: openPhraseArchive(database),
    greetings: openGreetingArchive(database),
    turnedAway: openTurnedAwayBook(database),
    retention: openRetention(database, () => pause(systemClock, REST_MS)),
    callers: openCallerEraser(database),
    settings: openSettingsBook(database),
    profiles: openProfileBook(database),
    figures: openFiguresBook(database),
    audit: openAuditBook(database),
    people: openPeopleBook(database),
    sessions: openSessionBook(database),
    migrate: connection.migrate,
    problem: connection.problem,
    async close() {
      await connection.close()
      // Last, because the process counts as alive as long as it writes.
      alive.close()
    },
  }
}
