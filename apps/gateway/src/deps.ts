import type { CallRegistry, MessageBook } from '@llc-phone/core'
import type { NumberBook } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { CallFeed } from './call-feed.ts'
import type { CallLog } from './call-log.ts'
import type { Metrics } from './metrics.ts'
import type { Numbers } from './numbers.ts'
import type { CallControl } from './twilio/call-control.ts'
import type { SignatureCheck } from './twilio/signature.ts'
import type { Twiml } from './twilio/twiml.ts'

/** Everything the routes work with. */
export interface GatewayDeps {
  readonly adminToken: string
  readonly log: Logger
  readonly registry: CallRegistry
  readonly callControl: Pick<CallControl, 'hangUp' | 'isWaitedFor' | 'personLegOver'>
  readonly numbers: Numbers
  /** Where changes of the numbers are kept. */
  readonly assignments: Pick<NumberBook, 'set' | 'remove'>
  readonly calls: CallLog
  readonly messages: Pick<MessageBook, 'take'>
  readonly signature: SignatureCheck
  readonly twiml: Twiml
  readonly metrics: Metrics
  readonly feed: CallFeed
  isDraining(): boolean
}
