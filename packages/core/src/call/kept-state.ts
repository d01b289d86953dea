import type { AwayKind, AwayReport, Consultation, Departure } from '../departure.ts'
import type { AnsweredBy } from '../line.ts'
import type { RingCounts } from './allowance.ts'

/** The part of a call's state that outlives its process; the fields of `CallState` have the same names. */
export interface KeptState {
  readonly connects: number
  readonly callerTurns: number
  readonly recordedTurns: number
  readonly takenBack: number
  readonly notes: readonly string[]
  readonly machineAnswered: boolean
  readonly rung: RingCounts
  /** The caller has heard some of the greeting, or it was never due. */
  readonly greeted: boolean
  readonly verdict?: AnsweredBy
  /** Where the caller was going, or has gone. */
  readonly departure?: Departure
  /** Set while the caller is away because of the departure. */
  readonly awayKind?: AwayKind
  /** The person who is being rung, on a leg of their own that lives on. */
  readonly consultation?: Consultation
}

/** Adds what the carrier has reported since: a transfer or recording that had begun, but was not written yet. */
export const keptAfter = (kept: KeptState, report: AwayReport | undefined): KeptState => {
  const { departure } = kept
  if (report?.transfer && departure?.kind === 'transfer') return { ...kept, awayKind: 'transfer' }
  return report?.voicemail && departure?.kind === 'voicemail' ? { ...kept, awayKind: 'voicemail' } : kept
}
