import type { CallFilter } from './call-filter.ts'

/** A page of calls, the latest first. */
export interface PageOfCalls {
  /** Only what comes behind this call in the list. */
  readonly before?: { readonly startedAt: Date; readonly callId: string } | undefined
  /** Only those that come before this call in the list, from there on backwards: with a limit of one, its neighbour. */
  readonly newerThan?: { readonly startedAt: Date; readonly callId: string } | undefined
  /** Calls that are known from elsewhere. */
  readonly except?: readonly string[] | undefined
  /** Only these. */
  readonly filter?: CallFilter | undefined
}
