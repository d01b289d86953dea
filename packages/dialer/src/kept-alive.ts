import type { OutboundCall } from '@llc-phone/store'

/** How often a process marks its unfinished calls as alive in the ledger. */
export const KEEP_ALIVE_EVERY_MS = 3_000

/** A call without a mark for this long is left behind; more than a few intervals, since a disk may stall for seconds. */
const LEFT_AFTER_MS = 12_000

/** Whether another process still serves the call: in a deployment, the old one finishes its calls while the new one starts. */
export const isKeptAlive = ({ seenAt }: Pick<OutboundCall, 'seenAt'>, now: Date): boolean =>
  seenAt !== undefined && now.getTime() - seenAt.getTime() < LEFT_AFTER_MS
