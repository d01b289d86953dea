import {
  endOf,
  tryE164,
  type Carrier,
  type Clock,
  type E164,
  type LegStatus,
  type PlacedLeg,
  type Placing,
} from '@llc-phone/core'

type Leg = { -readonly [Key in keyof PlacedLeg]: PlacedLeg[Key] } & { readonly to: E164; readonly from: E164 }

/** A carrier that does as it is told, remembers what it was asked, and notes what no carrier would have taken. */
export const fakeCarrier = (clock: Clock) => {
  const placed: Placing[] = []
  const calls: Leg[] = []
  const ended: string[] = []
  const violations: string[] = []
  const problem: { find?: unknown; status?: unknown; end?: unknown } = {}
  /** Calls whose request may have made a leg: asking for one of them again would ring somebody twice. */
  const settledCalls = new Set<string>()
  let count = 0

  /** A leg that exists, whether anybody was told or not. */
  const create = (to: E164, from: E164, createdAt = clock.date()): Leg => {
    const leg: Leg = { legId: `leg-${++count}`, createdAt, status: 'queued', to, from }
    calls.push(leg)
    return leg
  }

  /** Nothing comes of what no carrier would take. */
  const check = ({ callId, to, from, extension, ringSeconds, timeLimitSeconds, detection }: Placing): void => {
    const refuse = (what: string): never => {
      violations.push(what)
      throw new Error(what)
    }
    if (settledCalls.has(callId)) refuse('The same call was asked for twice.')
    if (tryE164(to) === undefined || tryE164(from) === undefined) refuse('A number is not in E.164 form.')
    if (!(ringSeconds > 0 && timeLimitSeconds > 0)) refuse('A limit is not a positive number.')
    if (extension !== undefined && !/^[\d*#]+$/.test(extension)) refuse('An extension is not made of keys.')
    if (detection !== 'off' && !carrier.can.detectsMachines) refuse('Nobody tells machines from people here.')
  }

  const carrier: Carrier = {
    can: { detectsMachines: true },
    async place(placing) {
      placed.push(placing)
      check(placing)
      settledCalls.add(placing.callId)
      if (!script.place) return { legId: create(placing.to, placing.from).legId }
      try {
        return await script.place(placing, placed.length)
      } catch (error) {
        const { kind } = error as { kind?: string }
        if (kind === 'refused' || kind === 'busy' || kind === 'unsent') settledCalls.delete(placing.callId)
        throw error
      }
    },
    async find({ to, from, since }) {
      if (problem.find) throw problem.find
      return calls
        .filter((leg) => leg.to === to && leg.from === from && leg.createdAt >= since)
        .map(({ legId, createdAt, status }) => ({ legId, createdAt, status }))
    },
    async status(legId) {
      if (problem.status) throw problem.status
      return calls.find((leg) => leg.legId === legId)?.status
    },
    async end(legId) {
      if (problem.end) throw problem.end
      ended.push(legId)
      const leg = calls.find((known) => known.legId === legId)
      if (leg && !endOf(leg.status)) leg.status = leg.status === 'answered' ? 'completed' : 'canceled'
    },
  }
  /** `place` in place of the usual, given how often it was asked. */
  const script: { place?: (placing: Placing, nth: number) => Promise<{ legId: string }> } = {}

  /** What happens on the network; a leg that is over stays as it is. */
  const move = (legId: string, status: LegStatus): void => {
    const leg = calls.find((known) => known.legId === legId)
    if (leg && !endOf(leg.status)) leg.status = status
  }
  return { carrier, placed, calls, ended, violations, problem, script, create, move }
}
