/** The REST API: the calls a gateway makes, checked and answered as Twilio does, and recorded. */
import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance } from 'fastify'
import type { Certificate } from '../tls/certificate.ts'
import { createHttpServer } from '../tls/serve-tls.ts'
import { callPage, callResource } from './call-resource.ts'
import { startOutbound } from '@llc-phone/virtual-carrier/outbound'
import { attachRestFaults, bodyOf, type RecordedRequest } from './rest-faults.ts'
import { one, updateCall, type Form } from '@llc-phone/virtual-carrier/update-call'
import { numberResource, type NumberBook, type OwnNumber } from './numbers.ts'
import { pageOf } from './page.ts'
import { TwilioFailure } from '@llc-phone/virtual-carrier/types'
import type { Leg, Member, Room, World } from '@llc-phone/virtual-carrier/world'

/** The world of an account whose numbers the REST API shows. */
export interface AccountWorld extends World {
  readonly numbers: NumberBook
}

const onceEach = (form: Form): Record<string, string | undefined> =>
  Object.fromEntries(Object.keys(form).map((name) => [name, one(form, name)]))

/** Builds the API for one account; it does not listen. */
export function buildRest(
  world: AccountWorld,
  requests: RecordedRequest[],
  certificate: Certificate | undefined,
): FastifyInstance {
  const app = fastify({
    forceCloseConnections: true,
    serverFactory: (handler) => createHttpServer(certificate, handler),
  })
  app.register(formbody)
  const expected = `Basic ${Buffer.from(`${world.accountSid}:${world.authToken}`).toString('base64')}`

  app.addHook('onRequest', async (request) => {
    if (request.headers.authorization !== expected) throw new TwilioFailure(20003, 'Authenticate', 401)
  })
  attachRestFaults(app, world, requests)
  app.setNotFoundHandler(() => {
    throw new TwilioFailure(20404, 'The requested resource was not found', 404)
  })
  app.setErrorHandler((error, _request, reply) => {
    const failure =
      error instanceof TwilioFailure ? error : new TwilioFailure(20500, 'An internal server error has occurred', 500)
    return reply.status(failure.status).send(bodyOf(failure))
  })

  const account = `/2010-04-01/Accounts/${world.accountSid}`
  app.post<{ Body: Form | undefined }>(`${account}/Calls.json`, async (request, reply) =>
    reply.status(201).send(callResource(await startOutbound(world, request.body ?? {}))),
  )
  app.get<{ Querystring: Form }>(`${account}/Calls.json`, async ({ query }) =>
    callPage(world.legs.values(), onceEach(query), `${account}/Calls.json`),
  )
  app.get<{ Params: { sid: string } }>(`${account}/Calls/:sid.json`, async ({ params }) =>
    callResource(legOf(world, params.sid)),
  )
  app.post<{ Params: { sid: string }; Body: Form | undefined }>(`${account}/Calls/:sid.json`, async (request) => {
    const leg = legOf(world, request.params.sid)
    updateCall(leg, request.body ?? {})
    return callResource(leg)
  })
  attachNumbers(app, world, account)
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

/** The account's numbers: which there are, and where they point. */
function attachNumbers(app: FastifyInstance, { accountSid, numbers }: AccountWorld, account: string): void {
  const numberOf = (sid: string): OwnNumber => {
    const own = numbers.bySid(sid)
    if (!own) throw notFound(sid)
    return own
  }
  app.get<{ Querystring: Form }>(`${account}/IncomingPhoneNumbers.json`, async (request) => {
    const query = onceEach(request.query)
    const found = numbers.find(query).map((own) => numberResource(accountSid, own))
    return pageOf('incoming_phone_numbers', found, query, `${account}/IncomingPhoneNumbers.json`)
  })
  app.get<{ Params: { sid: string } }>(`${account}/IncomingPhoneNumbers/:sid.json`, async ({ params }) =>
    numberResource(accountSid, numberOf(params.sid)),
  )
  app.post<{ Params: { sid: string }; Body: Form | undefined }>(
    `${account}/IncomingPhoneNumbers/:sid.json`,
    async ({ params, body }) => {
      const own = numberOf(params.sid)
      numbers.update(own, onceEach(body ?? {}))
      return numberResource(accountSid, own)
    },
  )
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
