import type { TransferOutcome } from '../departure.ts'
import { createExcerpt } from './excerpt.ts'
import type { CallEvent } from './events.ts'
import type { CallState } from './state.ts'

/** One attempt to hand the caller to a person or to a recording. */
export interface Transfer {
  /**
   * `cold`: connected at once; `warm`: announced to the person first; `voicemail`: recorded; `fallback`: to whoever takes
   * callers when the assistant cannot, a person if there is a number.
   */
  readonly kind: 'cold' | 'warm' | 'voicemail' | 'fallback'
  /** Stories of earlier versions lack route, label and reason where a key had chosen. */
  readonly route?: string
  readonly label?: string
  /** Absent for a recording. */
  readonly number?: string
  readonly reason?: string
  /** Milliseconds since the call began, at the moment of the decision. */
  readonly atMs: number
  /** Absent when the transfer was cancelled, or when the call ended before the outcome was known. */
  readonly outcome?: TransferOutcome | 'recorded' | 'empty'
}

/** Far above what the grant allows (six rings by default). */
const LIMITS = { entries: 40, bytes: 32_768, first: 10 }

/** Records the transfers of a call when they are decided, and their outcomes; those of an earlier process are known. */
export const createTransfers = (earlier: readonly Transfer[] = []) => {
  const kept = createExcerpt<Transfer>({ ...LIMITS, bytesOf: (entry) => Buffer.byteLength(JSON.stringify(entry)) })
  const outcomes = new Map<Transfer, NonNullable<Transfer['outcome']>>()
  const latest: Partial<Record<Transfer['kind'], Transfer>> = {}

  let changes = 0

  const begin = (transfer: Transfer): void => {
    latest[transfer.kind] = transfer
    kept.add(transfer)
    changes++
  }

  const settle = (kind: Transfer['kind'], outcome: NonNullable<Transfer['outcome']>): void => {
    const transfer = latest[kind]
    if (!transfer) return
    outcomes.set(transfer, outcome)
    changes++
  }
  for (const transfer of earlier) begin(transfer)

  /** Settles the attempt a report is about; a late or repeated report is not about one that was only just decided. */
  const settleBy = (before: CallState, { departure }: CallState, event: CallEvent): void => {
    if (event.type === 'transferEnded' && before.awayKind === 'transfer') settle('cold', event.outcome)
    else if (event.type === 'voicemailEnded' && before.awayKind === 'voicemail')
      settle('voicemail', event.recorded ? 'recorded' : 'empty')
    if (!before.consultation) return
    // A person who has accepted may hang up before the caller joins.
    if (event.type === 'personAccepted') settle('warm', departure?.kind === 'conference' ? 'bridged' : 'failed')
    else if (event.type === 'personGone') settle('warm', event.outcome)
  }

  return {
    /** Records what an event has begun or settled, from the states before and after it; whether there was anything. */
    note(before: CallState, after: CallState, event: CallEvent, atMs: number): boolean {
      const already = changes
      const { departure, consultation } = after
      if (departure !== before.departure) {
        if (departure?.kind === 'transfer') {
          const { route, label, number, reason } = departure
          begin({ kind: 'cold', route, label, number, reason, atMs })
        } else if (departure?.kind === 'voicemail') {
          const { route, label, reason } = departure
          begin({ kind: 'voicemail', route, label, reason, atMs })
        }
      }
      if (consultation && consultation !== before.consultation) {
        const { route, label, number, introduction } = consultation
        begin({ kind: 'warm', route, label, number, reason: introduction, atMs })
      }
      settleBy(before, after, event)
      return changes !== already
    },
    /** In the order in which they were decided. */
    entries: (): Transfer[] =>
      kept.entries.map((transfer) => {
        const outcome = outcomes.get(transfer)
        return outcome === undefined ? transfer : { ...transfer, outcome }
      }),
  }
}
