import { randomUUID } from 'node:crypto'
import { pause, systemClock } from '@llc-phone/core'
import type { Alive, CallerEraser, FleetBook, Store } from '@llc-phone/store'
import { openAuditBook } from './books/audit-book.ts'
import { openFiguresBook } from './books/call-figures.ts'
import { openCallJournal } from './books/call-journal.ts'
import { openCallNotes } from './books/call-notes.ts'
import { openCallerEraser } from './books/caller-eraser.ts'
import { openContactBook } from './books/contact-book.ts'
import { openDoNotCallList } from './books/do-not-call.ts'
import { openEventArchive } from './books/event-archive.ts'
import { openFleetBook } from './books/fleet-book.ts'
import { openGreetingArchive } from './books/greeting-archive.ts'
import { openMessageBook } from './books/message-book.ts'
import { openMessageList } from './books/message-list.ts'
import { openNumberBook } from './books/number-book.ts'
import { openOutboundLedger } from './books/outbound-ledger.ts'
import { openPeopleBook } from './books/people-book.ts'
import { openPhraseArchive } from './books/phrase-archive.ts'
import { openProfileBook } from './books/profile-figures.ts'
import { openRetention } from './books/retention.ts'
import { openSessionBook } from './books/session-book.ts'
import { openSettingsBook } from './books/settings-book.ts'
import { openTurnedAwayBook } from './books/turned-away-book.ts'
import type { Database } from './database.ts'

/** Pause between two steps of deleting what is old: calls that go on have the database in between. */
const REST_MS = 20

/** What an engine adds to its SQL. */
export interface BookOptions {
  /** How processes on this database tell whether another of them is dead. */
  readonly alive: Alive
  /** See `CallerEraser.scrub`. */
  readonly scrub: CallerEraser['scrub']
  /** INSTANCE_ID: written to the calls that begin here. */
  readonly instance?: string | undefined
  /** See `FleetBook.listen`. */
  readonly listen?: FleetBook['listen']
}

/** The books of the store on a database that has their tables. */
export const openBooks = (
  database: Database,
  { alive, scrub, instance, listen }: BookOptions,
): Omit<Store, 'migrate' | 'problem' | 'close'> => {
  /** The id of this start of this process. */
  const bootId = randomUUID()
  return {
    messages: openMessageBook(database),
    messageList: openMessageList(database),
    journal: openCallJournal(database, { process: bootId, instance, alive }),
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
    callers: openCallerEraser(database, scrub),
    settings: openSettingsBook(database),
    profiles: openProfileBook(database),
    figures: openFiguresBook(database),
    audit: openAuditBook(database),
    people: openPeopleBook(database),
    sessions: openSessionBook(database),
    fleet: { ...openFleetBook(database, { bootId, instance }), ...(listen ? { listen } : {}) },
  }
}
