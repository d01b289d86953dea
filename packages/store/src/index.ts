export type { AuditBook, AuditEntry, AuditFilter, AuditLine } from './books/audit-book.ts'
export type { AbandonedCall, LiveJournal } from './books/live-journal.ts'
export type { CallJournal } from './books/call-journal.ts'
export type { CallTrial } from './books/call-trial.ts'
export type { CallBill, CallExtras, CallOpening, CallSummary, RecordedCall } from './books/recorded-call.ts'
export { matchesFilter, type CallFilter, type Filtered } from './books/call-filter.ts'
export type { CallerEraser, CallerTraces, ErasedCaller } from './books/caller-eraser.ts'
export type { CallNote, CallNotes } from './books/call-notes.ts'
export type { Consent, Contact, ContactBook } from './books/contact-book.ts'
export { runQuery, type Database } from './database/database.ts'
export type { DoNotCallEntry, DoNotCallList, NewDoNotCallEntry } from './books/do-not-call.ts'
export type { EventArchive, KeptEvents } from './books/event-archive.ts'
export { examineDatabase } from './examine.ts'
export { databaseFile } from './database/database-file.ts'
export { exposureOf } from './database/exposure.ts'
export { isRefused } from './database/failure.ts'
export type { DeliveryRef, MessageOutbox, PendingDelivery } from './books/message-book.ts'
export type {
  DeliveryState,
  ListedMessage,
  MessageChange,
  MessageCounts,
  MessageFilter,
  MessageList,
  MessagePosition,
} from './books/message-list.ts'
export type { NumberAssignment, NumberBook, NumberChange } from './books/number-book.ts'
export { openScratchStore, openStore, type Store, type StoreOptions } from './open-store.ts'
export type {
  BeginOutcome,
  CompletionOutbox,
  OutboundBeginning,
  OutboundCall,
  OutboundChange,
  OutboundLedger,
  PageOfOutbound,
  PendingCompletion,
  PlacingLedger,
  ReserveLimits,
  ReserveOutcome,
} from './books/outbound-call.ts'
export { isFinalState, isWorthTelling, type FinalState, type OutboundState } from './books/outbound-states.ts'
export type { PageOfCalls } from './books/page.ts'
export type { Retention } from './books/retention.ts'
export { verdictIn } from './books/verdict-in.ts'
export { hashOfKey, type KeyInForce, type PeopleBook, type Person, type PersonKey } from './books/people-book.ts'
export { newestBackup, type KeptBackup } from './database/backup-folder.ts'
export type { BrowserSession, SessionBook } from './books/session-book.ts'
export type { PhraseArchive } from './books/phrase-archive.ts'
export {
  BIN_RATIO,
  type CostFigures,
  type CountedCalls,
  type DurationFigures,
  type FiguresBook,
  type OutcomeFigures,
  type ProblemFigures,
  type Stage,
} from './books/call-figures.ts'
export type { ProfileBook, ProfileFigures } from './books/profile-figures.ts'
export type {
  DraftChange,
  NewSettings,
  SettingsBook,
  SettingsDraft,
  SettingsEntry,
  SettingsVersion,
} from './books/settings-book.ts'
export type { TurnedAwayBook, TurnedAwayCalls } from './books/turned-away-book.ts'
export type { GreetingArchive } from './books/greeting-archive.ts'
export { readEvents } from './read-events.ts'
export { openSettingsCopy, type SettingsCopy } from './database/settings-copy.ts'
export { openSpool, type Spool } from './database/spool.ts'
