import { GatewayError } from '../errors.ts'
import type { Language } from '../language/languages.ts'
import type { Mode } from './mode.ts'
import type { ModelWishes } from '../tuning.ts'

/** Purposes of consent to be called. Consent to marketing includes information. */
export const consentPurposes = ['informational', 'marketing'] as const
export type ConsentPurpose = (typeof consentPurposes)[number]

/** What to do when an answering machine answers. */
export type MachinePlan =
  | { readonly action: 'hangUp' }
  /** Leave a message after the tone: `text` word for word, or the assistant's own words. */
  | { readonly action: 'leaveMessage'; readonly text?: string | undefined }
  /** Tell the assistant, and let it decide. */
  | { readonly action: 'continue' }

/** A planned call, ready to be placed. */
export interface CallPlan {
  readonly mode: Mode
  readonly scenario: string
  /** The consent the callee must have given; none needed when absent. */
  readonly consent?: ConsentPurpose
  readonly machine: MachinePlan
}

/** The part of a dial request that concerns the mode. */
export interface OutboundRequest {
  readonly scenario?: string
  readonly context?: unknown
  /** Overrides the scenario: greet at pickup, or let the callee speak first. */
  readonly greet?: 'immediately' | 'afterSilence'
  /** The callee's time zone (IANA name), if known: spoken times then name their zone. */
  readonly timeZone?: string
  /** The current time, by which appointments in the past are refused; the system clock's when absent. */
  readonly now?: Date
}

/** An outbound mode. */
export interface OutboundMode {
  readonly name: string
  /** What its calls are spoken in; the default language when absent. */
  readonly language?: Language
  /** The voice of its calls; the gateway's default when absent. */
  readonly voice?: string
  /** The tuning its calls want. */
  readonly wishes?: ModelWishes
  readonly scenarios: readonly string[]
  /** What a scenario asks of a request, as a JSON Schema of `context`; absent: nothing is known of it. */
  contextOf?(scenario: string): object | undefined
  /** Plans a call. Throws `request_invalid`, which names the field, like `context.appointmentDate`. */
  plan(request: OutboundRequest): CallPlan
}

/** Conditions that must be met before a call is placed. */
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

/** A call that must not be placed: which gate is closed, and until when if it opens by itself. */
export class CallRefused extends GatewayError {
  readonly gate: Gate
  readonly until?: Date

  constructor(gate: Gate, message: string, until?: Date) {
    super('call_refused', message)
    this.gate = gate
    if (until) this.until = until
  }
}
