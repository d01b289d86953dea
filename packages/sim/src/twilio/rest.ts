/** The REST API: the calls a gateway makes, checked and answered as Twilio does, and recorded. */
import { setTimeout as sleep } from 'node:timers/promises'
import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance } from 'fastify'
import type { Leg } from './leg.ts'
import { startOutbound } from './outbound.ts'
import { runCall } from './run-twiml.ts'
import { methodOf } from './scene.ts'
import { TwilioFailure, type RecordedRequest } from './types.ts'
import type { Member, Room, World } from './world.ts'

type Form = Record<string, string | string[] | undefined>

/** The first value of a form field. */
const one = (form: Form, name: string): string | undefined => {
  const value = form[name]
  return Array.isArray(value) ? value[0] : value
}

/** Builds the API for one account; it does not listen. */
export function buildRest(world: World, requests: RecordedRequest[]): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  app.register(formbody)
  const expected = `Basic ${Buffer.from(`${world.accountSid}:${world.authToken}`).toString('base64')}`

  app.addHook('onRequest', async (request) => {
    if (request.headers.authorization !== expected) throw new TwilioFailure(20003, 'Authenticate', 401)
  })
  app.addHook('preHandler', async () => {
    const { rest, restDelayMs } = world.faults
    if (restDelayMs) await sleep(restDelayMs)
    if (!rest || rest.times < 1) return
    rest.times--
    throw new TwilioFailure(rest.code, rest.message, rest.status)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const body = (request.body ?? {}) as Record<string, string | string[]>
    requests.push({ method: request.method, path: request.url, body, status: reply.statusCode })
    return payload
  })
  app.setNotFoundHandler(() => {
    throw new TwilioFailure(20404, 'The requested resource was not found', 404)
  })
  app.setErrorHandler((error, _request, reply) => {
    const failure =
      error instanceof TwilioFailure ? error : new TwilioFailure(20500, 'An internal server error has occurred', 500)
    const { code, message, status } = failure
    return reply.status(status).send({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
  })

  const account = `/2010-04-01/Accounts/${world.accountSid}`
  app.post<{ Body: Form | undefined }>(`${account}/Calls.json`, async (request, reply) =>
    reply.status(201).send(resourceOf(await startOutbound(world, request.body ?? {}))),
  )
  app.get<{ Querystring: Form }>(`${account}/Calls.json`, async ({ query }) => {
    const wanted = [...world.legs.values()].filter(
      (leg) =>
        (!query.To || leg.to === query.To) &&
        (!query.From || leg.from === query.From) &&
        (!query.ParentCallSid || leg.parentSid === query.ParentCallSid) &&
        (!query.Status || restStatus(leg) === query.Status),
    )
    const calls = wanted.toReversed().map(resourceOf)
    const uri = `${account}/Calls.json`
    return {
      calls,
      page: 0,
      page_size: 50,
      start: 0,
      end: calls.length,
      uri,
      first_page_uri: uri,
      next_page_uri: null,
      previous_page_uri: null,
    }
  })
  app.get<{ Params: { sid: string } }>(`${account}/Calls/:sid.json`, async ({ params }) =>
    resourceOf(legOf(world, params.sid)),
  )
  app.post<{ Params: { sid: string }; Body: Form | undefined }>(`${account}/Calls/:sid.json`, async (request) => {
    const leg = legOf(world, request.params.sid)
    updateCall(leg, request.body ?? {})
    return resourceOf(leg)
  })
  app.get<{ Params: { file: string } }>(`${account}/Recordings/:file`, async ({ params }, reply) => {
    const recording = world.recordings.get(params.file.replace(/\.wav$/, ''))
    if (!recording) throw notFound(params.file)
    return reply.type('audio/wav').send(recording.wav)
  })
  app.post<{ Params: { room: string }; Body: Form | undefined }>(
    `${account}/Conferences/:room/Participants.json`,
    async ({ params, body = {} }, reply) => {
      const leg = await startOutbound(world, { ...body, Twiml: participantTwiml(world, params.room, body) })
      const { sid: call_sid } = leg
      return reply.status(201).send({
        account_sid: world.accountSid,
        call_sid,
        conference_sid: roomOf(world, params.room)?.sid ?? null,
        label: one(body, 'Label') ?? null,
        status: 'queued',
        muted: false,
        hold: false,
      })
    },
  )
  app.post<{ Params: { room: string; member: string }; Body: Form | undefined }>(
    `${account}/Conferences/:room/Participants/:member.json`,
    async ({ params, body = {} }) => {
      const { room, member } = memberOf(world, params.room, params.member)
      if (one(body, 'Muted') !== undefined) member.muted = one(body, 'Muted') === 'true'
      if (one(body, 'Hold') !== undefined) member.hold = one(body, 'Hold') === 'true'
      const end = one(body, 'EndConferenceOnExit')
      if (end !== undefined) member.endsRoom = end === 'true'
      return {
        account_sid: world.accountSid,
        call_sid: member.leg.sid,
        conference_sid: room.sid,
        label: member.label ?? null,
        muted: member.muted,
        hold: member.hold,
        end_conference_on_exit: member.endsRoom,
        status: 'connected',
      }
    },
  )
  app.delete<{ Params: { room: string; member: string } }>(
    `${account}/Conferences/:room/Participants/:member.json`,
    async ({ params }, reply) => {
      memberOf(world, params.room, params.member).member.leave()
      return reply.status(204).send()
    },
  )
  return app
}

/** Hangs up, cancels, or replaces the running TwiML at once. */
function updateCall(leg: Leg, form: Form): void {
  if (leg.over) throw new TwilioFailure(21220, `Call is not in-progress. Cannot redirect.`)
  const status = one(form, 'Status')
  const twiml = one(form, 'Twiml')
  const url = one(form, 'Url')
  if (status === 'completed') return leg.end('completed', 'ended by REST')
  if (status === 'canceled') {
    if (leg.answeredAtMs === undefined) leg.end('canceled', 'canceled by REST')
    return
  }
  if (status !== undefined) throw new TwilioFailure(20001, `Status ${status} is not allowed`)
  if (url === undefined && twiml === undefined) return
  if (leg.answeredAtMs === undefined) throw new TwilioFailure(21220, 'Call is not in-progress. Cannot redirect.')
  if (twiml !== undefined && twiml.length > 4000) throw new TwilioFailure(32018, 'Twiml is too long')
  if (url !== undefined && !/^https?:\/\//.test(url)) throw new TwilioFailure(21205, `Url is not a valid URL: ${url}`)
  leg.log({ type: 'redirected', text: 'by REST', ...(url !== undefined && { url }) })
  void runCall(
    leg,
    url === undefined ? { document: twiml! } : { name: 'redirect', url, method: methodOf(one(form, 'Method')) },
  )
}

const restStatus = (leg: Leg): string => (leg.status === 'initiated' ? 'queued' : leg.status)

/** The call resource: dates RFC 2822, numbers as strings, null for what is not known. */
function resourceOf(leg: Leg): Record<string, unknown> {
  const { accountSid } = leg.world
  const startedAt = leg.answeredAtMs === undefined ? undefined : new Date(leg.createdAt.getTime() + leg.answeredAtMs)
  const endedMs = leg.timeline.find((entry) => entry.type === 'ended')?.atMs
  const seconds = endedMs === undefined ? undefined : Math.round((endedMs - (leg.answeredAtMs ?? endedMs)) / 1000)
  const date = (value: Date | undefined): string | null => value?.toUTCString().replace('GMT', '+0000') ?? null
  return {
    sid: leg.sid,
    account_sid: accountSid,
    parent_call_sid: leg.parentSid ?? null,
    to: leg.to,
    to_formatted: leg.to,
    from: leg.from,
    from_formatted: leg.from,
    status: restStatus(leg),
    direction: leg.direction,
    answered_by: leg.answeredBy ?? null,
    api_version: '2010-04-01',
    caller_name: leg.options.callerName ?? null,
    date_created: date(leg.createdAt),
    date_updated: date(new Date()),
    start_time: date(startedAt),
    end_time: date(endedMs === undefined ? undefined : new Date(leg.createdAt.getTime() + endedMs)),
    duration: seconds === undefined ? null : String(seconds),
    price: null,
    price_unit: 'USD',
    queue_time: '0',
    uri: `/2010-04-01/Accounts/${accountSid}/Calls/${leg.sid}.json`,
  }
}

const notFound = (what: string): TwilioFailure =>
  new TwilioFailure(20404, `The requested resource ${what} was not found`, 404)

function legOf(world: World, sid: string): Leg {
  const leg = world.legs.get(sid)
  if (!leg) throw notFound(sid)
  return leg
}

const roomOf = (world: World, nameOrSid: string): Room | undefined =>
  world.rooms.get(nameOrSid) ?? [...world.rooms.values()].find((room) => room.sid === nameOrSid)

function memberOf(world: World, nameOrSid: string, sidOrLabel: string): { room: Room; member: Member } {
  const room = roomOf(world, nameOrSid)
  const member =
    room?.members.get(sidOrLabel) ?? [...(room?.members.values() ?? [])].find(({ label }) => label === sidOrLabel)
  if (!room || !member) throw notFound(sidOrLabel)
  return { room, member }
}

function participantTwiml(world: World, nameOrSid: string, form: Form): string {
  const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
  const label = one(form, 'Label')
  const name = roomOf(world, nameOrSid)?.name ?? nameOrSid
  const attributes = [
    ...(label === undefined ? [] : [`participantLabel="${escape(label)}"`]),
    `muted="${one(form, 'Muted') === 'true'}"`,
    `endConferenceOnExit="${one(form, 'EndConferenceOnExit') === 'true'}"`,
  ]
  return `<Response><Dial><Conference ${attributes.join(' ')}>${escape(name)}</Conference></Dial></Response>`
}
