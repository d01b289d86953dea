import { pause, type Carrier, type Clock, type E164, type PlacedLeg } from '@llc-phone/core'
import type { PlacingLedger } from '@llc-phone/store'

export interface LookUpPorts {
  readonly carrier: Pick<Carrier, 'find'>
  readonly ledger: Pick<PlacingLedger, 'findByLegId'>
  readonly clock: Clock
}

/** A call whose leg is searched for. */
export interface SoughtCall {
  readonly callId: string
  readonly to: E164
  readonly from: E164
}

/** When to look (ms after the request whose answer was lost). A leg not listed by the last look was not placed. */
export const LOOK_AT_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/** The carrier's clock may be behind ours, and it dates legs to the second. */
const CLOCK_SKEW_MS = 5_000

/** How often the session is asked (ms): when audio starts, only the session learns its leg's id. */
const SESSION_LOOK_MS = 250

/** The legs that may be the requested one: same two numbers, not older than the request, and not another call's. */
export const findLegs = async (
  { carrier, ledger }: Pick<LookUpPorts, 'carrier' | 'ledger'>,
  { callId, to, from }: SoughtCall,
  askedAt: Date,
): Promise<readonly PlacedLeg[]> => {
  const since = new Date(askedAt.getTime() - CLOCK_SKEW_MS)
  const found = await carrier.find({ to, from, since })
  const recent = found.filter(({ createdAt }) => createdAt >= since)
  const owners = await Promise.all(recent.map(({ legId }) => ledger.findByLegId(legId)))
  return recent.filter((_, index) => (owners[index]?.callId ?? callId) === callId)
}

/** The message for a person when no leg, or more than one, may be the call's. */
export const unclear = (candidates: readonly PlacedLeg[]): string =>
  candidates.length > 1
    ? `It is not known whether the call was placed: ${candidates.map(({ legId }) => legId).join(', ')} may each be it. Look them up at the carrier, and end the one that should not be.`
    : 'It is not known whether the call was placed. Look for it at the carrier, and end it if it is there.'

/** The session whose leg is searched for. */
export interface SeekingSession {
  /** The leg it has been bound to meanwhile, by a status callback or by its audio. */
  legId(): string | undefined
  /** `false`: it has another leg, or the leg belongs to another call. */
  bind(legId: string): boolean
}

/**
 * Finds out what became of a request to place a call: by the carrier's list, a status callback or the start of its audio,
 * whichever is first. Several possible legs count as none: ending another call would be worse than asking a person.
 */
export const lookUpLeg = async (
  { carrier, ledger, clock }: LookUpPorts,
  call: SoughtCall,
  askedAt: Date,
  session: SeekingSession,
): Promise<{ readonly legId: string } | { readonly sentence: string }> => {
  const beganMs = clock.now()
  let candidates: readonly PlacedLeg[] = []
  for (const atMs of LOOK_AT_MS) {
    while (session.legId() === undefined && clock.now() < beganMs + atMs)
      await pause(clock, Math.min(SESSION_LOOK_MS, beganMs + atMs - clock.now()))
    if (session.legId() === undefined)
      try {
        candidates = await findLegs({ carrier, ledger }, call, askedAt)
      } catch {
        // The carrier is failing; a later look may succeed.
      }
    const [only, ...others] = candidates
    const legId = session.legId() ?? (only && others.length === 0 && session.bind(only.legId) ? only.legId : undefined)
    if (legId !== undefined) return { legId }
  }
  return { sentence: unclear(candidates) }
}
