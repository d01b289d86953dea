import type { Clock } from '@llc-phone/core'
import type { AuditBook } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'

/** How long attempts are counted until they are one line of the audit log: guessing must not fill it. */
const COUNTED_MS = 60_000

/** Counts failed attempts to sign in. */
export interface FailedSignIns {
  failed(address: string): void
  /** Writes what has been counted. */
  flush(): Promise<void>
}

/** Creates the count: one line a minute, with how many there were and where the last one came from. */
export const createFailedSignIns = (options: {
  readonly audit: Pick<AuditBook, 'add'>
  readonly clock: Pick<Clock, 'after'>
  readonly log: Logger
}): FailedSignIns => {
  const { audit, clock, log } = options
  let attempts = 0
  let address = ''
  const flush = async (): Promise<void> => {
    if (attempts === 0) return
    const line = { who: 'nobody', action: 'sign_in_failed', details: { attempts }, address }
    attempts = 0
    try {
      await audit.add(line)
    } catch (error) {
      log.error({ action: line.action, ...describeCause(error) }, 'audit line not written')
    }
  }
  return {
    failed(from) {
      attempts += 1
      address = from
      if (attempts === 1) clock.after(COUNTED_MS, () => void flush())
    },
    flush,
  }
}
