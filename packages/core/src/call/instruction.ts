import type { AwayReport, Departure, Disposition } from '../departure.ts'
import { canReach, type Instruction } from '../line.ts'
import { reachOf } from '../route.ts'
import type { CallState } from './state.ts'

/** Audio that keeps ending is not going to last the next time. */
const MAX_CONNECTS = 8

/** What was decided holds for this long after the session has ended: the carrier's question may come late. */
const DECIDED_KEPT_MS = 60_000

/** Whether the audio of this call has ended too often to be connected once more. */
export const isWornOut = ({ connects }: Pick<CallState, 'connects'>): boolean => connects >= MAX_CONNECTS

/** Who takes callers when the model is not to be had. */
const handOn = ({ fallback, lineCan }: CallState): Instruction =>
  fallback && canReach(lineCan, fallback) ? { kind: 'fallback', route: fallback } : { kind: 'fallback' }

const leaveBy = (state: CallState, departure: Departure): Instruction => {
  switch (departure.kind) {
    case 'transfer':
      return { kind: 'dial', ...reachOf(departure), label: departure.label }
    case 'voicemail':
      return { kind: 'record', route: departure.route, label: departure.label }
    case 'conference':
      return { kind: 'conference', name: departure.name }
    case 'keys':
      return { kind: 'keys', digits: departure.digits }
    case 'fallback':
      return handOn(state)
    case 'hangUp':
      return { kind: 'hangUp' }
  }
}

const meant: ReadonlySet<Disposition> = new Set([
  'assistant_hung_up',
  'operator_hung_up',
  'voicemail',
  'transferred',
  'answering_machine',
  'canceled',
])

/** Whether a call has ended on purpose: its caller has been told, or somebody else has them. */
export const wasMeant = (disposition: Disposition | undefined): boolean =>
  disposition !== undefined && meant.has(disposition)

/**
 * After the session has ended the caller is still there, though we took them to be gone. They go where it was agreed, or to
 * whoever takes callers when the model is not to be had; without a word only after an end that was meant.
 */
const afterEnd = (state: CallState, endedForMs: number, report: AwayReport | undefined): Instruction => {
  const { departure, disposition } = state
  const isServed = report?.transfer === 'bridged' || report?.voicemail === 'recorded'
  // A person who did not say that they could not be reached was taken to have been.
  const isUnreached = disposition === 'transferred' && report?.transfer !== undefined
  if (isServed || (wasMeant(disposition) && !isUnreached)) return { kind: 'hangUp' }
  const isAgreed = departure?.kind === 'transfer' || departure?.kind === 'voicemail'
  return isAgreed && !report && endedForMs <= DECIDED_KEPT_MS ? leaveBy(state, departure) : handOn(state)
}

/** Asked a second time, as after an answer that was lost: the same answer, or the caller would miss their way. */
export const isAskedAgain = ({ phase, departure, disposition }: CallState, report: AwayReport | undefined): boolean => {
  const isAway = phase === 'away' && (departure?.kind === 'transfer' || departure?.kind === 'voicemail')
  const isInRoom = disposition === 'transferred' && departure?.kind === 'conference'
  return !report && (isAway || isInRoom)
}

/**
 * What the carrier is to do with the caller's leg if it asks now: known at every moment, from the state alone. `endedForMs`
 * is how long the call has been over, `report` what the carrier has just told of where the caller was.
 */
export const instructionOf = (
  state: CallState,
  { endedForMs = 0, report }: { readonly endedForMs?: number; readonly report?: AwayReport | undefined } = {},
): Instruction => {
  const { phase, departure } = state
  if (departure && isAskedAgain(state, report)) return leaveBy(state, departure)
  if (phase === 'ended') return afterEnd(state, endedForMs, report)
  if (phase === 'leaving' && departure) return leaveBy(state, departure)
  return isWornOut(state) ? handOn(state) : { kind: 'connect' }
}
