import { GatewayError } from '@llc-phone/core'

/** Whether the database works and refuses this statement, as its `cause` says: a retry would not help. */
export const isRefused = (error: unknown): boolean =>
  error instanceof GatewayError && error.cause instanceof Error && 'isRefused' in error.cause

/** Whether a write was refused because a row with the same key is there. */
export const isConflict = (error: unknown): boolean =>
  isRefused(error) && 'isConflict' in (error as Error & { readonly cause: Error }).cause
