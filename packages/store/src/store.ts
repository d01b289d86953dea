import type { GatewayError, MessageBook } from '@llc-phone/core'
import type { AuditBook } from './audit-book.ts'
import type { CallerEraser } from './caller-eraser.ts'
import type { CallJournal } from './call-journal.ts'
import type { CallNotes } from './call-notes.ts'
import type { ContactBook } from './contact-book.ts'
import type { DoNotCallList } from './do-not-call.ts'
import type { EventArchive } from './event-archive.ts'
import type { FleetBook } from './fleet-book.ts'
import type { GreetingArchive } from './greeting-archive.ts'
import type { MessageOutbox } from './message-book.ts'
import type { MessageList } from './message-list.ts'
import type { NumberBook } from './number-book.ts'
import type { OutboundLedger } from './outbound-call.ts'
import type { PeopleBook } from './people-book.ts'
import type { PhraseArchive } from './phrase-archive.ts'
import type { FiguresBook } from './call-figures.ts'
import type { ProfileBook } from './profile-figures.ts'
import type { SettingsBook } from './settings-book.ts'
import type { Retention } from './retention.ts'
import type { SessionBook } from './session-book.ts'
import type { TurnedAwayBook } from './turned-away-book.ts'

/** Everything that is kept after a call. Every failure is a `database_failed`. */
export interface Store {
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
  readonly fleet: FleetBook
  /**
   * Runs the migrations of a folder that are not applied yet. It has a folder `sqlite` and a folder `postgres`, each written by
   * `drizzle-kit generate`. `owner` is the package they belong to; each has its own history. Refuses a database that a newer
   * version has written.
   */
  migrate(owner: string, folder: string): Promise<void>
  /** Why nothing can be stored now, for people; `undefined` when it can. */
  problem(): GatewayError | undefined
  /** Finishes pending queries and closes the file. */
  close(): Promise<void>
}
