import { setImmediate as letOthersRun } from 'node:timers/promises'
import { GatewayError, type CallSession } from '@llc-phone/core'
import type { CallSummary, OutboundCall } from '@llc-phone/store'
import type { GatewayDeps } from '../deps.ts'
import { summaryOfOutbound } from './outbound-view.ts'

/** A call as a list shows it, with what the ledger knows of it. */
export interface ListedCall {
  readonly call: CallSummary & { readonly phase?: string }
  readonly placed?: OutboundCall | undefined
}

/** A place in the list: live calls come first, then the latest. */
interface Place {
  readonly isLive: boolean
  readonly startedAt: string
  readonly callId: string
}

interface Entry extends Place {
  tell(): ListedCall['call']
}

/** Read and told at a time: a millisecond or two, so that a long list is not heard on any call. */
const AT_ONCE = 100
const TOLD_AT_ONCE = 10

const CURSOR = /^(live|ended)_(\d{4}-\d\d-\d\dT[\d:.]+Z)_(.{1,64})$/

const cursorOf = ({ isLive, startedAt, callId }: Place): string => `${isLive ? 'live' : 'ended'}_${startedAt}_${callId}`

const placeOf = (cursor: string): Place => {
  const [, when, startedAt = '', callId = ''] = CURSOR.exec(cursor) ?? []
  if (when === undefined || Number.isNaN(Date.parse(startedAt)))
    throw new GatewayError('request_invalid', 'after is not what an earlier answer had as next.')
  return { isLive: when === 'live', startedAt, callId }
}

const compare = (a: Place, b: Place): number => {
  if (a.isLive !== b.isLive) return a.isLive ? -1 : 1
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? 1 : -1
  if (a.callId === b.callId) return 0
  return a.callId < b.callId ? 1 : -1
}

/** Reads the list of calls: those of this process, of the journal, and what the ledger has beside. */
export const createCallList = (
  { registry, calls, ledger }: Pick<GatewayDeps, 'registry' | 'calls' | 'ledger'>,
  orElse: <Result>(reading: Promise<Result>, otherwise: Result) => Promise<Result>,
) => {
  const ofSession =
    (isLive: boolean) =>
    (call: CallSession): Entry => ({
      isLive,
      startedAt: call.facts.startedAt.toISOString(),
      callId: call.facts.callId,
      tell: () => calls.tell(call),
    })
  const ofSummary = (call: CallSummary): Entry => ({
    isLive: false,
    startedAt: call.startedAt,
    callId: call.callId,
    tell: () => call,
  })

  const placesBehind = async (after: Place | undefined, limit: number): Promise<Entry[]> => {
    const sessions = [...registry.active().map(ofSession(true)), ...registry.recent().map(ofSession(false))]
    const here = sessions.filter((entry) => !after || compare(after, entry) < 0).toSorted(compare)
    if (here.filter(({ isLive }) => isLive).length >= limit) return here.slice(0, limit)
    const before = after && !after.isLive ? { startedAt: new Date(after.startedAt), callId: after.callId } : undefined
    const except = sessions.map(({ callId }) => callId)
    const [older, placed] = await Promise.all([
      orElse(calls.recent(limit, { before, except }), []),
      // Queued, refused and failed calls have nothing but their row in the ledger.
      orElse(ledger.recent(limit, { before, except, notInJournal: true }), [] as readonly OutboundCall[]),
    ])
    const found = new Map(
      [...placed.map((call) => ofSummary(summaryOfOutbound(call))), ...older.map(ofSummary), ...here].map((entry) => [
        entry.callId,
        entry,
      ]),
    )
    return [...found.values()].toSorted(compare).slice(0, limit)
  }

  const told = async (entries: readonly Entry[]): Promise<ListedCall[]> => {
    const only = entries.map(({ callId }) => callId)
    const placed = await orElse(ledger.recent(only.length, { only }), [] as readonly OutboundCall[])
    const outbound = new Map(placed.map((call) => [call.callId, call]))
    const listed: ListedCall[] = []
    for (const [at, entry] of entries.entries()) {
      listed.push({ call: entry.tell(), placed: outbound.get(entry.callId) })
      // oxlint-disable-next-line no-await-in-loop -- that is what it is for
      if (at % TOLD_AT_ONCE === TOLD_AT_ONCE - 1) await letOthersRun()
    }
    return listed
  }

  /** Live calls first, then the latest, from behind `after` on; `next` is where the following page begins, if there may be one. */
  return async (
    limit: number,
    after: string | undefined,
  ): Promise<{ readonly calls: readonly ListedCall[]; readonly next?: string }> => {
    let place = after === undefined ? undefined : placeOf(after)
    const listed: ListedCall[] = []
    while (listed.length < limit) {
      const wanted = Math.min(AT_ONCE, limit - listed.length)
      // oxlint-disable-next-line no-await-in-loop -- a part begins where the one before ended
      const entries = await placesBehind(place, wanted)
      // oxlint-disable-next-line no-await-in-loop -- as above
      listed.push(...(await told(entries)))
      if (entries.length < wanted) return { calls: listed }
      place = entries.at(-1)
    }
    return { calls: listed, ...(place ? { next: cursorOf(place) } : {}) }
  }
}
