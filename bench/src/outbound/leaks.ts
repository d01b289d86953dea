/** No session may outlive its call by more. */
export const OUTLIVES_MAX_MS = 5_000

/** When something was closed, and when its call was over, on one clock in milliseconds; `undefined`: not yet, or not known. */
export interface Lifetime {
  readonly closedAt: number | undefined
  readonly endedAt: number | undefined
}

/** How long it was open after its call was over; `undefined` when its call is not known, or not over. */
export const outlivedMs = ({ closedAt, endedAt }: Lifetime, now: number): number | undefined =>
  endedAt === undefined ? undefined : Math.max(0, (closedAt ?? now) - endedAt)

/** It is still there, or was there for too long. */
export const isLeaked = (lifetime: Lifetime, now: number): boolean =>
  lifetime.closedAt === undefined || (outlivedMs(lifetime, now) ?? 0) > OUTLIVES_MAX_MS
