import type { OutboundCall } from '@llc-phone/store'

/** How often a process says that it is still about its calls. */
export const KEEP_ALIVE_EVERY_MS = 3_000

/** A disk that stalls for some seconds must not make a talk look left behind. */
const LEFT_AFTER_MS = 12_000

/** Whether another process is about the call: the old one of a deployment talks on while the new one takes over. */
export const isKeptAlive = ({ seenAt }: Pick<OutboundCall, 'seenAt'>, now: Date): boolean =>
  seenAt !== undefined && now.getTime() - seenAt.getTime() < LEFT_AFTER_MS
