export { testCallJournal, type JournalRig } from './test-call-journal.ts'
export { testContactBook, type ContactsRig } from './test-contact-book.ts'
export { testDoNotCall, type DoNotCallRig } from './test-do-not-call.ts'
export { testOutboundLedger, type LedgerRig } from './test-outbound-ledger.ts'
