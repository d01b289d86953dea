import type { CallRegistry } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { CallFeed } from './call-feed.ts'
import type { Metrics } from './metrics.ts'
import type { Numbers } from './numbers.ts'
import type { SignatureCheck } from './twilio/signature.ts'
import type { Twiml } from './twilio/twiml.ts'

/** Everything the routes work with. */
export interface GatewayDeps {
  readonly adminToken: string
  readonly log: Logger
  readonly registry: CallRegistry
  readonly numbers: Numbers
  readonly signature: SignatureCheck
  readonly twiml: Twiml
  readonly metrics: Metrics
  readonly feed: CallFeed
  isDraining(): boolean
}
