import { GatewayError } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'

/** Where a call stands in time. */
interface Place {
  readonly callId: string
  readonly startedAt: Date
}

const byTime = (one: Place, other: Place): number =>
  one.startedAt.getTime() - other.startedAt.getTime() || (one.callId < other.callId ? -1 : 1)

const ofCall = z.object({ id: z.string() })
const neighbours = z
  .object({ older: z.string().optional(), newer: z.string().optional() })
  .meta({ id: 'CallNeighbours' })

/** `GET /calls/ID/beside`: the ids of the calls that began before and after one, live or over, placed or taken. */
export const addNeighbourRoute = (
  scope: AdminScope,
  { registry, calls, ledger }: Pick<GatewayDeps, 'registry' | 'calls' | 'ledger'>,
  orElse: <Result>(reading: Promise<Result>, otherwise: Result) => Promise<Result>,
): void => {
  const placeOf = async (id: string): Promise<Place | undefined> => {
    const call = registry.byCallId(id) ?? registry.byLegId(id)
    if (call) return call.facts
    const told = await calls.find(id)
    if (told) return { callId: told.callId, startedAt: new Date(told.startedAt) }
    const placed = (await ledger.find(id)) ?? (await ledger.findByLegId(id))
    return placed && { callId: placed.callId, startedAt: placed.requestedAt }
  }

  /** The nearest ones of the journal and of the ledger, to one side. */
  const kept = async (page: { readonly before: Place } | { readonly newerThan: Place }): Promise<Place[]> => {
    const [told, placed] = await Promise.all([
      orElse(calls.recent(1, page), []),
      orElse(ledger.recent(1, { ...page, notInJournal: true }), []),
    ])
    return [
      ...told.map(({ callId, startedAt }) => ({ callId, startedAt: new Date(startedAt) })),
      ...placed.map(({ callId, requestedAt }) => ({ callId, startedAt: requestedAt })),
    ]
  }

  const schema = {
    summary: 'The calls that began before and after a call',
    params: ofCall,
    response: { 200: neighbours },
  }
  scope.get('/calls/:id/beside', { config: { role: 'viewer' }, schema }, async ({ params }) => {
    const own = await placeOf(params.id)
    if (!own) throw new GatewayError('not_found', 'There is no such call.')
    const here = [...registry.active(), ...registry.recent()].map(({ facts }): Place => facts)
    const [before, after] = await Promise.all([kept({ before: own }), kept({ newerThan: own })])
    const all = [...here, ...before, ...after].filter(({ callId }) => callId !== own.callId).toSorted(byTime)
    const older = all.findLast((each) => byTime(each, own) < 0)?.callId
    const newer = all.find((each) => byTime(each, own) > 0)?.callId
    return { ...(older === undefined ? {} : { older }), ...(newer === undefined ? {} : { newer }) }
  })
}
