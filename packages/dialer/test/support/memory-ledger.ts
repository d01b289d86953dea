import { GatewayError } from '@llc-phone/core'
import {
  isFinalState,
  type OutboundBeginning,
  type OutboundCall,
  type OutboundChange,
  type OutboundState,
  type PlacingLedger,
  type ReserveLimits,
  type ReserveOutcome,
} from '@llc-phone/store'

interface Row {
  call: OutboundCall
  readonly requestHash: string
  reservedUsd: number
  key?: string | undefined
}

const HOUR_MS = 3_600_000
const KEY_LIFE_MS = 24 * HOUR_MS
const UNKNOWN_LASTS_MS = 4 * HOUR_MS

const isFinal = ({ state }: OutboundCall): boolean => isFinalState(state)

/** The order in which a call comes from one state to the next; before the carrier is asked it may begin again. */
const RANK: Partial<Record<OutboundState, number>> = { queued: 0, warming: 0, dialling: 0, unknown: 1, ringing: 2 }
const rankOf = (state: OutboundState): number => RANK[state] ?? 3

const mayBecome = (from: OutboundState, to: OutboundState): boolean => !isFinalState(from) && rankOf(from) <= rankOf(to)

/** Without what is not known. */
const known = <Facts extends object>(facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Facts

const changed = (call: OutboundCall, change: OutboundChange): OutboundCall => {
  const { state, disposition, gate, until, problem, ...facts } = change
  // What is a fact is noted once.
  const noted = { ...known(facts), ...call }
  if (!mayBecome(call.state, state ?? 'ended')) return noted
  // What was the matter is over with the state it was the matter in.
  const isTold = state !== undefined || problem !== undefined
  return known({
    ...noted,
    ...known({ state, disposition, gate, until }),
    ...(isTold ? { problem } : {}),
  }) as OutboundCall
}

/** A ledger that forgets when the test is over; it counts as the real one does (`testOutboundLedger`). */
export const memoryLedger = (isListed: (number: string) => boolean = () => false) => {
  const rows = new Map<string, Row>()
  const writes: OutboundState[] = []
  let failing: Error | undefined
  const check = (): void => {
    if (failing) throw failing
  }
  const all = (): OutboundCall[] => [...rows.values()].map(({ call }) => call)

  const begin = ({ requestHash, idempotencyKey: key, webhook: _webhook, ...request }: OutboundBeginning) => {
    const { callId, requestedAt } = request
    for (const row of rows.values())
      if (key !== undefined && row.key === key && row.call.requestedAt.getTime() <= requestedAt.getTime() - KEY_LIFE_MS)
        row.key = undefined
    const same = [...rows.values()].find((row) => key !== undefined && row.key === key) ?? rows.get(callId)
    if (same)
      return same.requestHash === requestHash
        ? ({ outcome: 'same', call: same.call } as const)
        : ({ outcome: 'conflict' } as const)
    rows.set(callId, { call: { ...request, state: 'queued', seenAt: requestedAt }, requestHash, reservedUsd: 0, key })
    writes.push('queued')
    return { outcome: 'new' } as const
  }

  const refusalOf = (row: Row, limits: ReserveLimits): (ReserveOutcome & { granted: false }) | undefined => {
    const { at, perDayUsd, dayStart, dayEnd, frequency } = limits
    const others = [...rows.values()].filter((other) => other !== row && other.call.dialledAt !== undefined)
    const dialledMs = ({ call }: Row): number => call.dialledAt!.getTime()
    const isGivenUp = (other: Row): boolean =>
      other.call.state === 'unknown' && dialledMs(other) < at.getTime() - UNKNOWN_LASTS_MS
    const same = others.filter(({ call }) => call.to === row.call.to)
    if (isListed(row.call.to)) return { granted: false, gate: 'do_not_call' }
    if (same.some((other) => !isFinal(other.call) && !isGivenUp(other))) return { granted: false, gate: 'in_progress' }

    const freeAtMs = frequency.map(({ calls, withinMs }) => {
      const counted = same
        .filter(({ call }) => call.state !== 'refused' && call.state !== 'failed')
        .map(dialledMs)
        .filter((ms) => ms > at.getTime() - withinMs)
        .toSorted((one, other) => other - one)
      return counted.length < calls ? 0 : counted[calls - 1]! + withinMs
    })
    const freeAt = Math.max(0, ...freeAtMs)
    if (freeAt > 0) return { granted: false, gate: 'frequency', until: new Date(freeAt) }

    const costOf = ({ call, reservedUsd }: Row): number => {
      if (call.costUsd !== undefined) return call.costUsd
      const isFree = call.state === 'refused' || call.state === 'failed' || (call.state === 'ended' && !call.answeredAt)
      return isFree ? 0 : reservedUsd
    }
    const spentUsd = others
      .filter((other) => dialledMs(other) >= dayStart.getTime() || (!isFinal(other.call) && !isGivenUp(other)))
      .reduce((sum, other) => sum + costOf(other), 0)
    return perDayUsd !== undefined && spentUsd >= perDayUsd
      ? { granted: false, gate: 'spend', until: dayEnd }
      : undefined
  }

  const ledger: PlacingLedger = {
    async begin(request) {
      check()
      return begin(request)
    },
    async reserve(callId, limits) {
      check()
      const row = rows.get(callId)
      if (row?.call.state !== 'queued' && row?.call.state !== 'warming')
        throw new GatewayError('call_not_placed', `The call is no longer queued (state: ${row?.call.state ?? 'none'}).`)
      const refusal = refusalOf(row, limits)
      if (refusal) return refusal
      row.call = { ...row.call, state: 'warming', dialledAt: limits.at }
      row.reservedUsd = limits.reserveUsd
      writes.push('warming')
      return { granted: true }
    },
    async change(callId, change) {
      check()
      const row = rows.get(callId)
      if (!row) return
      const { state } = change
      if (state !== undefined && mayBecome(row.call.state, state)) writes.push(state)
      row.call = changed(row.call, change)
    },
    async keepAlive(callIds, at) {
      check()
      for (const callId of callIds) {
        const row = rows.get(callId)
        if (row) row.call = { ...row.call, seenAt: at }
      }
    },
    async find(callId) {
      check()
      return rows.get(callId)?.call
    },
    async findByLegId(legId) {
      check()
      return all().findLast((call) => call.legId === legId)
    },
    async unfinished() {
      check()
      return all()
        .filter((call) => !isFinal(call))
        .toSorted((one, other) => one.requestedAt.getTime() - other.requestedAt.getTime())
    },
  }
  return {
    ledger,
    all,
    /** States in the order they were written. */
    writes,
    fail(error: Error | undefined) {
      failing = error
    },
    /** What an earlier process has left. */
    leave(call: OutboundCall) {
      rows.set(call.callId, { call, requestHash: '', reservedUsd: 1 })
    },
  }
}
