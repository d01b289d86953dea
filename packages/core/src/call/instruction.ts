import type { AwayReport, Departure, Disposition } from '../departure.ts'
import { canReach, type Instruction } from '../line.ts'
import { reachOf } from '../route.ts'
import type { CallState } from './state.ts'

/** Give up after this many media streams in one call. */
const MAX_CONNECTS = 8

/** How long after the end of the session a decided transfer still holds: the carrier's question may come late. */
const DECIDED_KEPT_MS = 60_000

/** Whether the audio of this call was connected too often to be connected once more. */
export const hasReachedConnectLimit = ({ connects }: Pick<CallState, 'connects'>): boolean => connects >= MAX_CONNECTS

/** The instruction to go to the fallback route, if this line can reach it. */
const fallbackInstruction = ({ fallback, lineCan, departure }: CallState): Instruction => ({
  kind: 'fallback',
  ...(fallback && canReach(lineCan, fallback) ? { route: fallback } : {}),
  ...(departure?.kind === 'fallback' && departure.error.code === 'draining' ? { interrupts: true } : {}),
})

const instructionFor = (state: CallState, departure: Departure): Instruction => {
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
      return fallbackInstruction(state)
    case 'hangUp':
      return { kind: 'hangUp' }
  }
}

const onPurpose: ReadonlySet<Disposition> = new Set([
  'assistant_hung_up',
  'operator_hung_up',
  'voicemail',
  'transferred',
  'answering_machine',
  'canceled',
])

/** Whether a call has ended on purpose: its caller was told, or has been connected elsewhere. */
export const endedOnPurpose = (disposition: Disposition | undefined): boolean =>
  disposition !== undefined && onPurpose.has(disposition)

/**
 * The instruction for a caller who is still there after the session has ended. They go to the decided transfer or voicemail,
 * else to the fallback; the leg is hung up only after an end on purpose.
 */
const afterEnd = (state: CallState, endedForMs: number, report: AwayReport | undefined): Instruction => {
  const { departure, disposition } = state
  const isServed = report?.transfer === 'bridged' || report?.voicemail === 'recorded'
  // The transfer was taken to have succeeded, and the carrier now reports that it has not.
  const isUnreached = disposition === 'transferred' && report?.transfer !== undefined
  if (isServed || (endedOnPurpose(disposition) && !isUnreached)) return { kind: 'hangUp' }
  const isAgreed = departure?.kind === 'transfer' || departure?.kind === 'voicemail'
  return isAgreed && !report && endedForMs <= DECIDED_KEPT_MS
    ? instructionFor(state, departure)
    : fallbackInstruction(state)
}

/** Whether the carrier asks a second time, as after a lost answer: it gets the same answer. */
export const isAskedAgain = ({ phase, departure, disposition }: CallState, report: AwayReport | undefined): boolean => {
  const isAway = phase === 'away' && (departure?.kind === 'transfer' || departure?.kind === 'voicemail')
  const isInRoom = disposition === 'transferred' && departure?.kind === 'conference'
  return !report && (isAway || isInRoom)
}

/**
 * What the carrier is to do with the caller's leg if it asks now; follows from the state alone. `endedForMs` is how long
 * the call has been over, `report` what the carrier has just reported about the caller's time away.
 */
export const instructionOf = (
  state: CallState,
  { endedForMs = 0, report }: { readonly endedForMs?: number; readonly report?: AwayReport | undefined } = {},
): Instruction => {
  const { phase, departure } = state
  if (departure && isAskedAgain(state, report)) return instructionFor(state, departure)
  if (phase === 'ended') return afterEnd(state, endedForMs, report)
  if (phase === 'leaving' && departure) return instructionFor(state, departure)
  return hasReachedConnectLimit(state) ? fallbackInstruction(state) : { kind: 'connect' }
}
