import type { CallElsewhere, Line, LineHost } from '@llc-phone/core'
import type { CallControl } from './call-control.ts'
import type { Documents } from './documents.ts'
import type { SignatureCheck } from './signature.ts'
import type { Twiml } from './twiml.ts'

/** Everything the routes need. */
export interface TwilioParts {
  readonly host: LineHost
  readonly line: Line
  readonly twiml: Twiml
  readonly documents: Documents
  /** The TwiML that another instance would answer with for a call that it serves. */
  answerFor(call: CallElsewhere): string
  readonly callControl: Pick<CallControl, 'sayPersonGone' | 'isWaitedFor' | 'personSeen' | 'personLegOver'>
  readonly signature: Pick<SignatureCheck, 'request'>
}
