import type { AuditBook, AuditEntry } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'
import type { Actor } from './roles.ts'

/** Who has sent a request, and from where. */
interface Sender {
  readonly actor: Pick<Actor, 'name'>
  /** The network address. */
  readonly ip: string
}

/**
 * Writes to the audit log that the sender of a request has done something. Never rejects: what was done is done, and a
 * failure is in the log.
 */
export const noteDeed = async (
  { audit, log }: { readonly audit: Pick<AuditBook, 'add'>; readonly log: Logger },
  { actor, ip }: Sender,
  deed: Pick<AuditEntry, 'action' | 'target' | 'details'>,
): Promise<void> => {
  try {
    await audit.add({ ...deed, who: actor.name, address: ip })
  } catch (error) {
    log.error({ action: deed.action, ...describeCause(error) }, 'audit line not written')
  }
}
