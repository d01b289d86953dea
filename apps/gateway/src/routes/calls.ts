import { GatewayError, pause, systemClock, type CallSession } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import type { PricedCall } from '../watching/call-log.ts'
import { describeCause } from '../watching/describe-cause.ts'
import { addCallActing } from './call-acting.ts'
import { addCallExports } from './call-export.ts'
import { addCallRecording } from './call-recording.ts'
import { createCallList } from './call-list.ts'
import { callPage, filterOf } from './call-query.ts'
import { addNeighbourRoute } from './call-neighbours.ts'
import { addReplayRoute } from './call-replay.ts'
import { callStory } from './call-story-schema.ts'
import { callHead, headOf, masked, published } from './call-view.ts'
import { noteDeed } from './note-deed.ts'
import { atOwner } from './owner.ts'
import { outboundView, summaryOfOutbound } from './outbound-view.ts'
import { pageShape } from './parse.ts'
import { revealQuery, wantsWhole } from './reveal.ts'

/** A live call is asked for often by a page that draws it, and does not need the newest events again each time. */
const withoutEvents = (story: PricedCall, isWanted: boolean): PricedCall => {
  if (!isWanted) return story
  const { events: _events, ...rest } = story
  return rest
}

/** How long a story waits for the disk with the recordings. */
const RECORDING_LIMIT_MS = 1_000

const viewing = { config: { role: 'viewer' } } as const
const ofCall = z.object({ id: z.string() })
const names = z
  .string()
  .max(4_000, 'is too long')
  .transform((text) => text.split(',').filter(Boolean))
const feedWish = z.strictObject({
  calls: names.optional(),
  only: names.optional(),
  level: z.enum(['list', 'detail']).optional(),
  detail: names.optional(),
  /** As `Last-Event-ID`, which a page cannot set when it opens a feed anew. */
  since: z.string().max(64, 'is too long').optional(),
})
/** Server-sent events. */
const eventStream = { content: { 'text/event-stream': { schema: z.string() } } }

/** `GET /calls` and its exports, `/calls/ID`, `/calls/ID/beside`, `/calls/ID/events`, `/calls/ID/replay`, `/calls/events`, `/calls/turned-away` and `POST /calls/ID/hangup`. ID is the call id, or the carrier's id of the leg. */
export const addCallRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { registry, dialer, calls, ledger, notes, feed, log } = deps

  const inMemory = (id: string): CallSession | undefined => registry.byCallId(id) ?? registry.byLegId(id)

  /** Live calls are shown even when the database fails. */
  const orElse = <Result>(query: Promise<Result>, otherwise: Result): Promise<Result> =>
    query.catch((error: unknown) => {
      log.warn(describeCause(error), 'calls not read from the database')
      return otherwise
    })

  const list = createCallList(deps, orElse)
  const all = {
    summary: 'Calls, live ones first, by filters',
    querystring: callPage,
    response: { 200: z.object({ calls: z.array(callHead), next: z.string().optional() }) },
  }
  scope.get('/calls', { ...viewing, schema: all }, async (request) => {
    const { limit, after } = request.query
    const { calls: listed, next } = await list(limit, after, filterOf(request.query, request.actor))
    return { calls: listed.map(({ call, placed }) => headOf(call, placed)), ...(next === undefined ? {} : { next }) }
  })

  addCallExports(scope, deps, list)
  addCallActing(scope, deps)
  addCallRecording(scope, deps)
  addReplayRoute(scope, deps)
  addNeighbourRoute(scope, deps, orElse)

  const away = { summary: 'Callers who got no assistant', querystring: pageShape, response: { 200: z.looseObject({}) } }
  scope.get('/calls/turned-away', { ...viewing, schema: away }, async (request) => {
    const { limit } = request.query
    return { turnedAway: await deps.turnedAway.recent(limit) }
  })

  const events = {
    summary: 'What happens in calls, live',
    querystring: feedWish,
    response: { 200: eventStream },
  }
  scope.get('/calls/events', { ...viewing, schema: events }, ({ query: { since, ...wish }, headers }, reply) => {
    const last = headers['last-event-id']
    reply.hijack()
    feed.subscribe(reply.raw, { ...wish, lastEventId: typeof last === 'string' ? last : since })
  })

  const one = {
    summary: 'The story of a call',
    params: ofCall,
    querystring: z.object({ events: z.enum(['true', 'false']).optional(), ...revealQuery }),
    response: { 200: callStory },
  }
  scope.get('/calls/:id', { ...viewing, schema: one }, async (request) => {
    const { id } = request.params
    const { query, actor } = request
    const reveal = wantsWhole(query, actor)
    const call = inMemory(id)
    const callId = call?.facts.callId ?? id
    const looking = call?.facts.direction === 'inbound' ? Promise.resolve(undefined) : placedCall(callId)
    const placed = await (call ? orElse(looking, undefined) : looking)
    const told = call
      ? withoutEvents(calls.storyOf(call), query.events === 'false')
      : await calls.find(placed?.callId ?? id)
    if (!placed && !told) throw new GatewayError('not_found', 'There is no such call.')
    if (reveal) await noteDeed(deps, request, { action: 'call_revealed', target: told?.callId ?? placed?.callId })
    if (!placed) return { ...published(told!, undefined, reveal), ...(await recordingOf(told!.callId)) }
    const noted = await orElse(notes.of(placed.callId), [])
    return {
      ...published(told ?? summaryOfOutbound(placed), placed, reveal),
      outbound: outboundView(placed, reveal),
      ...(await recordingOf(placed.callId)),
      ...(noted.length > 0 ? { notes: reveal ? noted : masked(noted) } : {}),
    }
  })

  const recordingOf = async (callId: string) => {
    // A disk that does not answer: the story is told without its recording.
    const kept = await pause(
      systemClock,
      RECORDING_LIMIT_MS,
      deps.recordings?.find(callId) ?? Promise.resolve(undefined),
    )
    return kept ? { recording: { durationMs: kept.durationMs, bytes: kept.bytes } } : {}
  }

  const placedCall = async (id: string) => (await ledger.find(id)) ?? ledger.findByLegId(id)

  const hangUp = { summary: 'Ends a call', params: ofCall, response: { 202: z.looseObject({}) } }
  const hangingUp = { config: { role: 'operator' }, preHandler: atOwner(deps), schema: hangUp } as const
  scope.post('/calls/:id/hangup', hangingUp, async (request, reply) => {
    const { id } = request.params
    const call = inMemory(id)
    if (!call && (await dialer.cancel(id))) {
      log.info({ callId: id }, 'operator takes back a call that waited')
      void noteDeed(deps, request, { action: 'call_ended', target: id })
      return reply.code(202).send({ callId: id, outbound: { state: 'failed' } })
    }
    if (!call && deps.testCalls.cancel(id)) return reply.code(202).send({ callId: id })
    if (!call) throw new GatewayError('not_found', 'There is no such call, or it ended more than ten minutes ago.')
    if (call.state.phase !== 'ended') {
      call.hangUp('operator')
      log.info({ callId: call.facts.callId, legId: call.facts.legId }, 'operator hangs up')
      void noteDeed(deps, request, { action: 'call_ended', target: call.facts.callId })
    }
    return reply.code(202).send(headOf(calls.storyOf(call)))
  })
}
