import type { E164 } from './telephone/e164.ts'

/** What is known about a call before anybody has spoken. Number and name of the other party are claims of the network, not proof. */
export interface CallFacts {
  readonly callId: string
  /** The carrier's id of the caller's leg; empty until the call has one, as when we place it. */
  readonly legId: string
  readonly direction: 'inbound' | 'outbound'
  /** Who called us, or whom we call; the number is absent when withheld. */
  readonly otherParty: { readonly number?: E164; readonly name?: string }
  /** Our number: the one that was called, or our main one when a SIP address or a browser client was called. */
  readonly dialled: E164
  readonly startedAt: Date
  /** Somebody tries the line from the console. What the store keeps is a copy then; whatever else a mode changes, it must leave alone. */
  readonly isTest?: true
}
