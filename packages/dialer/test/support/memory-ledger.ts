import type { OutboundCall, OutboundLedger } from '@llc-phone/store'

interface Row {
  call: OutboundCall
  requestHash: string
  reservedUsd: number
  key?: string
}

const isFinal = ({ state }: OutboundCall): boolean => state === 'ended' || state === 'refused' || state === 'failed'

const RANK = ['queued', 'warming', 'dialling', 'unknown', 'ringing', 'answered']

/** A ledger that forgets when the test is over; it counts as the real one does. */
export const memoryLedger = (isListed: (number: string) => boolean = () => false) => {
  const rows = new Map<string, Row>()
  const writes: string[] = []
  let failing: Error | undefined
  const check = (): void => {
    if (failing) throw failing
  }
  const all = (): OutboundCall[] => [...rows.values()].map(({ call }) => call)

  const ledger: OutboundLedger = {
    async begin({ requestHash, idempotencyKey, webhook: _webhook, ...known }) {
      check()
      for (const row of rows.values())
        if (idempotencyKey !== undefined && row.key === idempotencyKey)
          return row.requestHash === requestHash ? { outcome: 'same', call: row.call } : { outcome: 'conflict' }
      const key = idempotencyKey === undefined ? {} : { key: idempotencyKey }
      rows.set(known.callId, {
        call: { ...known, state: 'queued', seenAt: known.requestedAt },
        requestHash,
        reservedUsd: 0,
        ...key,
      })
      writes.push('queued')
      return { outcome: 'new' }
    },
    async reserve(callId, { at, reserveUsd, perDayUsd, dayStart, dayEnd, frequency }) {
      check()
      const row = rows.get(callId)!
      const others = [...rows.values()].filter((other) => other !== row)
      const same = others.filter(({ call }) => call.to === row.call.to && call.dialledAt !== undefined)
      if (isListed(row.call.to)) return { granted: false, gate: 'do_not_call' }
      if (same.some(({ call }) => !isFinal(call))) return { granted: false, gate: 'in_progress' }
      for (const { calls, withinMs } of frequency) {
        const since = at.getTime() - withinMs
        const placed = same
          .filter(
            ({ call }) => call.state !== 'refused' && call.state !== 'failed' && call.dialledAt!.getTime() > since,
          )
          .map(({ call }) => call.dialledAt!.getTime())
          .sort((one, other) => other - one)
        if (placed.length >= calls)
          return { granted: false, gate: 'frequency', until: new Date(placed[calls - 1]! + withinMs) }
      }
      const spent = others
        .filter(({ call }) => call.dialledAt !== undefined && call.dialledAt >= dayStart)
        .reduce((sum, { call, reservedUsd }) => sum + (call.costUsd ?? (isFinal(call) ? 0 : reservedUsd)), 0)
      if (perDayUsd !== undefined && spent >= perDayUsd) return { granted: false, gate: 'spend', until: dayEnd }
      row.call = { ...row.call, state: 'warming', dialledAt: at }
      row.reservedUsd = reserveUsd
      writes.push('warming')
      return { granted: true }
    },
    async change(callId, { state, disposition, gate, until, problem, ...facts }) {
      check()
      const row = rows.get(callId)
      if (!row) return
      const noted = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
      const before = row.call
      const goesBack =
        state !== undefined && RANK.indexOf(state) !== -1 && RANK.indexOf(state) < RANK.indexOf(before.state)
      row.call = {
        ...before,
        ...noted,
        ...Object.fromEntries(
          Object.keys(noted)
            .filter((name) => name in before)
            .map((name) => [name, before[name as keyof OutboundCall]]),
        ),
      }
      if (isFinal(before) || (goesBack && before.state !== 'dialling')) return
      const told = { state, disposition, gate, until, problem }
      row.call = { ...row.call, ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) }
      if (state) writes.push(state)
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
      return all().find((call) => call.legId === legId)
    },
    async unfinished() {
      check()
      return all().filter((call) => !isFinal(call))
    },
    recent: async (limit) => all().toReversed().slice(0, limit),
    pendingCompletions: async () => [],
    completionDelivered: async () => {},
    completionFailed: async () => {},
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
