import { reachOf, type PersonRoute, type Route } from '../mode/route.ts'
import type { Departure, Disposition, TransferOutcome } from '../departure.ts'
import type { CallState } from './state.ts'

/** What Twilio is to do with the caller now. */
export type NextInstruction =
  | { readonly kind: 'stream'; readonly token: string }
  | ({ readonly kind: 'dial'; readonly label: string } & Pick<PersonRoute, 'number' | 'extension'>)
  | { readonly kind: 'record'; readonly route: string; readonly label: string }
  | { readonly kind: 'conference'; readonly name: string }
  /** Tones first, then the stream again. */
  | { readonly kind: 'keys'; readonly digits: string; readonly token: string }
  | { readonly kind: 'hangUp' }
  | { readonly kind: 'fallback'; readonly route?: Route }

/** What has become of a caller while their media socket was away. */
export interface AwayReport {
  readonly transfer?: TransferOutcome
  /** `lost`: the caller spoke, but the message could not be kept. */
  readonly voicemail?: 'recorded' | 'empty' | 'lost'
}

/** Who takes callers when the model is not to be had. */
export const fallbackInstruction = (route: Route | undefined): NextInstruction => ({
  kind: 'fallback',
  ...(route ? { route } : {}),
})

/** What Twilio is told once the last words were heard. */
export const instructionFor = (
  departure: Departure,
  fallback: Route | undefined,
  mediaToken: () => string,
): NextInstruction => {
  switch (departure.kind) {
    case 'transfer':
      return { kind: 'dial', ...reachOf(departure), label: departure.label }
    case 'voicemail':
      return { kind: 'record', route: departure.route, label: departure.label }
    case 'conference':
      return { kind: 'conference', name: departure.name }
    case 'keys':
      return { kind: 'keys', digits: departure.digits, token: mediaToken() }
    case 'fallback':
      return fallbackInstruction(fallback)
    case 'hangUp':
      return { kind: 'hangUp' }
  }
}

/** What was decided holds for this long after the session has ended: the carrier's question may come late. */
const DECIDED_KEPT_MS = 60_000

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
 * What Twilio is told that asks after the session has ended: the caller is still there, though we took them to be gone.
 * They go where it was agreed, or to whoever takes callers when the model is not to be had; without a word only after an end that was meant.
 */
export const instructionAfterEnd = (
  { departure, disposition }: CallState,
  endedForMs: number,
  report: AwayReport | undefined,
  fallback: Route | undefined,
): NextInstruction => {
  const isServed = report?.transfer === 'bridged' || report?.voicemail === 'recorded'
  // A person who did not say that they could not be reached was taken to have been.
  const isUnreached = disposition === 'transferred' && report?.transfer !== undefined
  if (isServed || (wasMeant(disposition) && !isUnreached)) return { kind: 'hangUp' }
  const isAgreed = departure?.kind === 'transfer' || departure?.kind === 'voicemail'
  if (isAgreed && !report && endedForMs <= DECIDED_KEPT_MS)
    return departure.kind === 'transfer'
      ? { kind: 'dial', ...reachOf(departure), label: departure.label }
      : { kind: 'record', route: departure.route, label: departure.label }
  return fallbackInstruction(fallback)
}
