import type { CallStory, TransferOutcome } from '@llc-phone/core'

/** One attempt to hand the caller to a person or to a recording. */
export interface Transfer {
  /** Sent at once, announced to the person first, or left to a recording. */
  readonly kind: 'cold' | 'warm' | 'voicemail'
  /** Absent when the caller chose it with a key. */
  readonly route?: string
  readonly label?: string
  readonly number?: string
  readonly reason?: string
  /** Milliseconds since the call began. */
  readonly atMs: number
  /** Absent when the call ended before it was known. */
  readonly outcome?: TransferOutcome | 'recorded' | 'empty'
}

/** Reads the attempts out of a call's events. */
export const transfersOf = (events: CallStory['events']): Transfer[] => {
  const found: Transfer[] = []

  const settle = (kind: Transfer['kind'], outcome: NonNullable<Transfer['outcome']>, atMs: number): void => {
    const open = found.findLastIndex((transfer) => transfer.kind === kind && transfer.outcome === undefined)
    if (open === -1) found.push({ kind, atMs, outcome })
    else found[open] = { ...found[open]!, outcome }
  }

  for (const { atMs, event } of events)
    switch (event.type) {
      case 'toolSettled': {
        const { departure, consultation } = event.request ?? {}
        if (departure?.kind === 'transfer') {
          const { route, label, number, reason } = departure
          found.push({ kind: 'cold', route, label, number, reason, atMs })
        } else if (departure?.kind === 'voicemail') {
          const { route, label, reason } = departure
          found.push({ kind: 'voicemail', route, label, reason, atMs })
        }
        if (consultation) {
          const { route, label, number, introduction } = consultation
          found.push({ kind: 'warm', route, label, number, reason: introduction, atMs })
        }
        break
      }
      case 'transferEnded':
        settle('cold', event.outcome, atMs)
        break
      case 'voicemailEnded':
        settle('voicemail', event.recorded ? 'recorded' : 'empty', atMs)
        break
      case 'personAccepted':
        settle('warm', 'bridged', atMs)
        break
      case 'personGone':
        settle('warm', event.outcome, atMs)
        break
      default:
    }
  return found
}
