import { GatewayError } from '../errors.ts'
import type { Mode } from './mode.ts'
import type { ModelWishes } from '../tuning.ts'

/** What somebody has agreed to be called for. Who agreed to marketing has agreed to information too. */
export const consentPurposes = ['informational', 'marketing'] as const
export type ConsentPurpose = (typeof consentPurposes)[number]

/** What becomes of a call that an answering machine has taken. */
export type MachinePlan =
  | { readonly action: 'hangUp' }
  /** After the tone: `text` word for word, or what the assistant makes of its task. */
  | { readonly action: 'leaveMessage'; readonly text?: string }
  /** The assistant is told, and judges for itself. */
  | { readonly action: 'continue' }

/** One call to somebody, ready to be placed. */
export interface CallPlan {
  readonly mode: Mode
  readonly scenario: string
  /** The callee must have agreed to this; without it no record is needed. */
  readonly consent?: ConsentPurpose
  readonly machine: MachinePlan
}

/** What a request says about a call, as far as the mode is concerned. */
export interface OutboundRequest {
  readonly scenario?: string
  readonly context?: unknown
  /** Instead of what the scenario does: greet at pickup, or let the callee speak first. */
  readonly greet?: 'immediately' | 'afterSilence'
  /** Where the callee lives (IANA name), if it is known: what is said of times then names the zone. */
  readonly timeZone?: string
  /** The present, which an appointment must not lie before; the machine's when absent. */
  readonly now?: Date
}

/** A way of calling people. */
export interface OutboundMode {
  readonly name: string
  /** The voice of its calls; the gateway's default when absent. */
  readonly voice?: string
  /** What its calls would have of the model. */
  readonly wishes?: ModelWishes
  readonly scenarios: readonly string[]
  /** Throws `request_invalid` that names the field, like `context.appointmentDate`. */
  plan(request: OutboundRequest): CallPlan
}

/** What can stand between a request and an outbound call. */
export const gates = [
  'destination',
  'do_not_call',
  'consent',
  'calling_hours',
  'frequency',
  'in_progress',
  'spend',
  'queue_age',
] as const
export type Gate = (typeof gates)[number]

/** An outbound call that must not be placed: which gate is closed, and until when if time opens it. */
export class CallRefused extends GatewayError {
  readonly gate: Gate
  readonly until?: Date

  constructor(gate: Gate, message: string, until?: Date) {
    super('call_refused', message)
    this.gate = gate
    if (until) this.until = until
  }
}
