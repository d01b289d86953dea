import type { CallRegistry, E164, MessageBook } from '@llc-phone/core'
import type { Dialer } from '@llc-phone/dialer'
import type { CallNotes, ContactBook, DoNotCallList, NumberBook, OutboundLedger, Store } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Admission } from './admission.ts'
import type { CallFeed } from './watching/call-feed.ts'
import type { CallLog } from './watching/call-log.ts'
import type { Metrics } from './watching/metrics.ts'
import type { Numbers } from './configuration/numbers.ts'
import type { Outbound } from './configuration/outbound.ts'
import type { Phrases } from './configuration/phrases.ts'
import type { CallControl } from './twilio/call-control.ts'
import type { SignatureCheck } from './twilio/signature.ts'
import type { Twiml } from './twilio/twiml.ts'

/** Everything the routes work with. */
export interface GatewayDeps {
  readonly adminToken: string
  readonly log: Logger
  readonly registry: CallRegistry
  readonly admission: Admission
  readonly callControl: Pick<CallControl, 'sayGoodbye' | 'isWaitedFor' | 'personLegOver'>
  readonly numbers: Numbers
  /** Stands for what was rung when that is no number of ours, such as a SIP address. */
  readonly ownNumber?: E164
  /** Where changes of the numbers are kept. */
  readonly assignments: Pick<NumberBook, 'set' | 'remove'>
  readonly calls: CallLog
  readonly messages: Pick<MessageBook, 'take'>
  /** Whom we call and how; absent when gateway.config.ts says nothing about it. */
  readonly outbound?: Outbound | undefined
  readonly dialer: Pick<Dialer, 'dial' | 'cancel' | 'statusReported'>
  readonly ledger: Pick<OutboundLedger, 'find' | 'findByLegId' | 'recent'>
  readonly doNotCall: DoNotCallList
  readonly contacts: ContactBook
  readonly notes: Pick<CallNotes, 'of'>
  readonly phrases: Pick<Phrases, 'voices' | 'list' | 'record'>
  readonly signature: SignatureCheck
  readonly twiml: Twiml
  readonly metrics: Metrics
  readonly feed: CallFeed
  /** Absent when nothing is to be said about it. */
  readonly storage?: Pick<Store, 'problem'>
  isDraining(): boolean
  /** New callers go to the fallback route: the process is about to end. */
  turnsAway(): boolean
}
