import { GatewayError } from '@llc-phone/core'

/** Whether a write was refused because a row with the same key is there. */
export const isConflict = (error: unknown): boolean => {
  const cause = error instanceof GatewayError ? error.cause : undefined
  return (
    cause instanceof Error &&
    'code' in cause &&
    (cause.code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || cause.code === 'SQLITE_CONSTRAINT_UNIQUE')
  )
}
