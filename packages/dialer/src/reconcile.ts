import type { Clock, E164 } from '@llc-phone/core'
import type { OutboundLedger } from '@llc-phone/store'
import type { Carrier, CarrierCall } from './carrier.ts'
import type { OutgoingCall } from './outgoing-call.ts'
import { pause } from './pause.ts'

export interface ReconcilePorts {
  readonly carrier: Pick<Carrier, 'find'>
  readonly ledger: Pick<OutboundLedger, 'findByLegId'>
  readonly clock: Clock
}

/** After a request whose answer was lost; a carrier that has not listed the call by the last one has not placed it. */
export const LOOK_AT_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/** The carrier's clock may be behind ours, and it dates calls to the second. */
const CLOCK_SKEW_MS = 5_000

/** The media socket tells its call's id to the session only. */
const MEDIA_LOOK_MS = 250

/** The calls that may be the one we asked for: between its numbers, not older, and not known to be another one. */
export const lookForCall = async (
  { carrier, ledger }: Pick<ReconcilePorts, 'carrier' | 'ledger'>,
  { callId, to, from }: { callId: string; to: E164; from: E164 },
  since: Date,
): Promise<readonly CarrierCall[]> => {
  const found = await carrier.find({ to, from, since })
  const recent = found.filter(({ createdAt }) => createdAt.getTime() >= since.getTime() - CLOCK_SKEW_MS)
  const owners = await Promise.all(recent.map(({ legId }) => ledger.findByLegId(legId)))
  return recent.filter((_, index) => (owners[index]?.callId ?? callId) === callId)
}

/** What a person is told about a call nobody can find, or tell from another one. */
export const unclear = (candidates: readonly CarrierCall[]): string =>
  candidates.length > 1
    ? `It is not known whether the call was placed: ${candidates.map(({ legId }) => legId).join(', ')} may each be it. Look them up at the carrier, and end the one that should not be.`
    : 'It is not known whether the call was placed. Look for it at the carrier, and end it if it is there.'

/**
 * Finds out what became of a request to place a call: by the carrier's list, a status callback or the start of its media,
 * whichever is first. Several calls that may be it are none: ending another's call would be worse than asking a person.
 */
export const reconcile = async (
  { carrier, ledger, clock }: ReconcilePorts,
  call: OutgoingCall,
): Promise<{ readonly legId: string } | { readonly problem: string }> => {
  const { callId, request, session, bound } = call
  const { to, from } = request
  const known = (): string | undefined => call.legId ?? (session?.facts.legId || undefined)
  const beganMs = clock.now()
  let candidates: readonly CarrierCall[] = []
  for (const atMs of LOOK_AT_MS) {
    while (known() === undefined && clock.now() < beganMs + atMs)
      await pause(clock, Math.min(MEDIA_LOOK_MS, beganMs + atMs - clock.now()), bound.promise)
    if (known() === undefined)
      try {
        candidates = await lookForCall({ carrier, ledger }, { callId, to, from }, call.placedAt!)
      } catch {
        // A carrier that has just lost an answer may lose more of them; a later look may do.
      }
    const [only, ...others] = candidates
    const legId = known() ?? (only && others.length === 0 && session?.bind(only.legId) ? only.legId : undefined)
    if (legId !== undefined) return { legId }
  }
  return { problem: unclear(candidates) }
}
