export type { CallBill, CallJournal, CallOpening, CallSummary, RecordedCall } from './call-journal.ts'
export type { CallNote, CallNotes } from './call-notes.ts'
export type { Consent, Contact, ContactBook } from './contact-book.ts'
export { runQuery, type Database } from './database.ts'
export type { DoNotCallEntry, DoNotCallList, NewDoNotCallEntry } from './do-not-call.ts'
export { examineDatabase } from './examine.ts'
export { exposureOf } from './exposure.ts'
export { isRefused } from './failure.ts'
export type { MessageOutbox, PendingDelivery } from './message-book.ts'
export type { NumberAssignment, NumberBook, NumberChange } from './number-book.ts'
export { openStore, type Store, type StoreOptions } from './open-store.ts'
export {
  finalStates,
  type BeginOutcome,
  type CompletionOutbox,
  type OutboundBeginning,
  type OutboundCall,
  type OutboundChange,
  type OutboundLedger,
  type OutboundState,
  type PageOfOutbound,
  type PendingCompletion,
  type ReserveLimits,
  type ReserveOutcome,
} from './outbound-call.ts'
export type { PageOfCalls } from './page.ts'
export type { PhraseArchive } from './phrase-archive.ts'
export { openSpool, type Spool } from './spool.ts'
export { transfersOf, type Transfer } from './transfers.ts'
