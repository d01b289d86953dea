import { setImmediate as letOthersRun } from 'node:timers/promises'
import { GatewayError, type CallSession } from '@llc-phone/core'
import {
  matchesFilter,
  type CallFilter,
  type CallSummary,
  type OutboundCall,
  type RecordedCall,
} from '@llc-phone/store'
import type { GatewayDeps } from '../deps.ts'
import { problemCodesIn } from '../watching/why.ts'
import { summaryOfOutbound } from './outbound-view.ts'

/** An entry of the list: the call, and its row of the outbound ledger. */
export interface ListedCall {
  readonly call: CallSummary & Partial<Pick<RecordedCall, 'turns' | 'problems'>> & { readonly phase?: string }
  readonly placed?: OutboundCall | undefined
}

/** A place in the list: live calls come first, then the latest. */
interface Position {
  readonly isLive: boolean
  readonly startedAt: string
  readonly callId: string
}

interface Entry extends Position {
  read(): ListedCall['call']
}

/** Calls read and built in one go: a millisecond or two, so that a long list does not disturb the audio. */
const READ_AT_ONCE = 100
const BUILT_AT_ONCE = 10
/** Calls of the ledger that a filter looks at for one page. */
const MAX_PLACED_READ = 2_000

type Before = { readonly startedAt: Date; readonly callId: string }

const CURSOR = /^(live|ended)_(\d{4}-\d\d-\d\dT[\d:.]+Z)_(.{1,64})$/

const cursorOf = ({ isLive, startedAt, callId }: Position): string =>
  `${isLive ? 'live' : 'ended'}_${startedAt}_${callId}`

const positionOf = (cursor: string): Position => {
  const [, when, startedAt = '', callId = ''] = CURSOR.exec(cursor) ?? []
  if (when === undefined || Number.isNaN(Date.parse(startedAt)))
    throw new GatewayError('request_invalid', 'after must be the value of next from an earlier answer.')
  return { isLive: when === 'live', startedAt, callId }
}

const compare = (a: Position, b: Position): number => {
  if (a.isLive !== b.isLive) return a.isLive ? -1 : 1
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? 1 : -1
  if (a.callId === b.callId) return 0
  return a.callId < b.callId ? 1 : -1
}

/** Whether the filter may let a call through that has never had a session: nobody spoke in it, and nothing answered it. */
const mayBePlaced = (filter: CallFilter): boolean =>
  filter.direction !== 'inbound' &&
  filter.isTest !== true &&
  [
    filter.words,
    filter.instance,
    filter.problem,
    filter.slowerThanMs,
    filter.settingsVersion,
    filter.tuningProfile,
  ].every((part) => part === undefined)

const latest = (...dates: readonly (Date | undefined)[]): Date | undefined =>
  dates.reduce((last, date) => (date && (!last || date > last) ? date : last), undefined)

/** Reads the list of calls: those of this process, of the journal, and of the ledger. */
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
      read: () => calls.storyOf(call),
    })
  const ofSummary = (call: CallSummary): Entry => ({
    isLive: false,
    startedAt: call.startedAt,
    callId: call.callId,
    read: () => call,
  })

  /** The calls of this process; with a filter those that it lets through and the journal does not have. */
  const sessionsFor = async (filter: CallFilter | undefined): Promise<readonly Entry[]> => {
    const active = registry.active().map(ofSession(true))
    if (!filter) return [...active, ...registry.recent().map(ofSession(false))]
    const ending = registry.recent().filter(({ facts }) => calls.unwritten.has(facts.callId))
    const found: Entry[] = []
    for (const [at, entry] of [...active, ...ending.map(ofSession(false))].entries()) {
      const call = entry.read()
      if (matchesFilter({ ...call, problemCodes: problemCodesIn(call) }, filter)) found.push(entry)
      // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
      if (at % BUILT_AT_ONCE === BUILT_AT_ONCE - 1) await letOthersRun()
    }
    return found
  }

  /** Queued, refused and failed calls are only in the ledger. */
  const onlyPlaced = async (
    limit: number,
    page: {
      readonly before?: Before | undefined
      readonly since?: Date | undefined
      readonly except: readonly string[]
    },
    filter: CallFilter | undefined,
  ): Promise<readonly CallSummary[]> => {
    if (filter && !mayBePlaced(filter)) return []
    const found: CallSummary[] = []
    let { before } = page
    const since = latest(page.since, filter?.from)
    if (filter?.to && (!before || filter.to <= before.startedAt)) before = { startedAt: filter.to, callId: '' }
    for (let read = 0; read < MAX_PLACED_READ; read += READ_AT_ONCE) {
      // oxlint-disable-next-line no-await-in-loop -- a part begins where the one before ended
      const rows = await ledger.recent(limit, { ...page, before, since, filter, notInJournal: true })
      const summaries = rows.map(summaryOfOutbound)
      if (!filter) return summaries
      found.push(...summaries.filter((call) => matchesFilter(call, filter)))
      const last = rows.at(-1)
      if (found.length >= limit || rows.length < limit || !last) break
      before = { startedAt: last.requestedAt, callId: last.callId }
    }
    return found.slice(0, limit)
  }

  const entriesAfter = async (
    after: Position | undefined,
    limit: number,
    sessions: readonly Entry[],
    filter: CallFilter | undefined,
  ): Promise<Entry[]> => {
    const here = sessions.filter((entry) => !after || compare(after, entry) < 0).toSorted(compare)
    if (here.filter(({ isLive }) => isLive).length >= limit) return here.slice(0, limit)
    const before = after && !after.isLive ? { startedAt: new Date(after.startedAt), callId: after.callId } : undefined
    const live = registry.active().map(({ facts }) => facts.callId)
    const except = [...new Set([...live, ...calls.unwritten, ...sessions.map(({ callId }) => callId)])]
    const older = await orElse(calls.recent(limit, { before, except, filter }), [])
    // What began before the last call of a full page is on a later one. Without this the whole ledger would be looked through.
    const since = older.length < limit ? undefined : new Date(older.at(-1)!.startedAt)
    const placed = await orElse(onlyPlaced(limit, { before, since, except }, filter), [] as readonly CallSummary[])
    const found = new Map(
      [...placed.map(ofSummary), ...older.map(ofSummary), ...here].map((entry) => [entry.callId, entry]),
    )
    return [...found.values()].toSorted(compare).slice(0, limit)
  }

  const listedCalls = async (entries: readonly Entry[]): Promise<ListedCall[]> => {
    const only = entries.map(({ callId }) => callId)
    const placed = await orElse(ledger.recent(only.length, { only }), [] as readonly OutboundCall[])
    const outbound = new Map(placed.map((call) => [call.callId, call]))
    const listed: ListedCall[] = []
    for (const [at, entry] of entries.entries()) {
      listed.push({ call: entry.read(), placed: outbound.get(entry.callId) })
      // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
      if (at % BUILT_AT_ONCE === BUILT_AT_ONCE - 1) await letOthersRun()
    }
    return listed
  }

  /**
   * A page of calls, live ones first, then the latest, starting after `after`; `next` is the cursor of the following
   * page, if there may be one.
   */
  return async (
    limit: number,
    after: string | undefined,
    filter?: CallFilter,
  ): Promise<{ readonly calls: readonly ListedCall[]; readonly next?: string }> => {
    let position = after === undefined ? undefined : positionOf(after)
    const sessions = await sessionsFor(filter)
    const listed: ListedCall[] = []
    while (listed.length < limit) {
      const wanted = Math.min(READ_AT_ONCE, limit - listed.length)
      // oxlint-disable-next-line no-await-in-loop -- a page starts where the one before ended
      const entries = await entriesAfter(position, wanted, sessions, filter)
      // oxlint-disable-next-line no-await-in-loop -- as above
      listed.push(...(await listedCalls(entries)))
      if (entries.length < wanted) return { calls: listed }
      position = entries.at(-1)
    }
    return { calls: listed, ...(position ? { next: cursorOf(position) } : {}) }
  }
}
