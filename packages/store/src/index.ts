export type { Alive } from './alive.ts'
export type { AuditEntry, AuditLine, AuditFilter, AuditBook } from './audit-book.ts'
export {
  type CountedCalls,
  type DurationFigures,
  type OutcomeFigures,
  type ProblemFigures,
  type CostFigures,
  type Stage,
  type FiguresBook,
  BIN_RATIO,
} from './call-figures.ts'
export {
  type CallFilter,
  wantedIn,
  wordsOf,
  problemCodesOf,
  codesIn,
  type Filtered,
  matchesFilter,
} from './call-filter.ts'
export type { CallJournal } from './call-journal.ts'
export type { CallTrial } from './call-trial.ts'
export type { CallNote, CallNotes } from './call-notes.ts'
export type { CallerTraces, ErasedCaller, CallerEraser } from './caller-eraser.ts'
export type { Consent, Contact, ContactBook } from './contact-book.ts'
export type { NewDoNotCallEntry, DoNotCallEntry, DoNotCallList } from './do-not-call.ts'
export type { KeptEvents, EventArchive } from './event-archive.ts'
export {
  instanceStates,
  type InstanceState,
  type InstanceMark,
  type InstanceFacts,
  type Instance,
  type FleetNow,
  type ChangeTopic,
  type ClaimedLeg,
  type FleetBook,
} from './fleet-book.ts'
export type { GreetingArchive } from './greeting-archive.ts'
export { STRAY_AFTER_MS, type AbandonedCall, type LiveJournal, type StrayCall } from './live-journal.ts'
export type { PendingDelivery, DeliveryRef, MessageOutbox } from './message-book.ts'
export type {
  DeliveryState,
  ListedMessage,
  MessageFilter,
  MessagePosition,
  MessageChange,
  MessageCounts,
  MessageList,
} from './message-list.ts'
export type { NumberAssignment, NumberChange, NumberBook } from './number-book.ts'
export type {
  OutboundCall,
  OutboundBeginning,
  BeginOutcome,
  ReserveLimits,
  ReserveOutcome,
  OutboundChange,
  PendingCompletion,
  CompletionOutbox,
  PageOfOutbound,
  OutboundLedger,
  PlacingLedger,
  TakenCall,
  AdoptedCall,
  WaitingLedger,
} from './outbound-call.ts'
export {
  outboundStates,
  type OutboundState,
  type FinalState,
  FINAL_STATES_SQL,
  isFinalState,
  isWorthTelling,
} from './outbound-states.ts'
export type { PageOfCalls } from './page.ts'
export { type Person, type PersonKey, type KeyInForce, type PeopleBook, hashOfKey } from './people-book.ts'
export type { PhraseArchive } from './phrase-archive.ts'
export type { ProfileFigures, ProfileBook } from './profile-figures.ts'
export type { CallOpening, CallBill, CallExtras, CallSummary, RecordedCall } from './recorded-call.ts'
export type { Retention } from './retention.ts'
export type { BrowserSession, SessionBook } from './session-book.ts'
export type {
  SettingsEntry,
  SettingsVersion,
  SettingsDraft,
  NewSettings,
  DraftChange,
  SettingsBook,
} from './settings-book.ts'
export type { Store } from './store.ts'
export type { TurnedAwayCalls, TurnedAwayBook } from './turned-away-book.ts'
export { verdictIn } from './verdict-in.ts'
export { isConflict, isRefused } from './is-refused.ts'
export {
  isPostgresUrl,
  passwordsOf,
  pgDumpCommand,
  postgresPlaceText,
  psqlCommand,
  readPostgresUrl,
  type PostgresPlace,
} from './postgres-url.ts'
