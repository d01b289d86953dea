import { GatewayError } from '@llc-phone/core'
import type { BrowserSession } from '@llc-phone/store'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { SESSION_MS } from './credentials.ts'
import { yesOrNo } from './call-query.ts'
import { ROLES, rolesWithin, type Actor } from './roles.ts'
import { noSessionCookies, sessionCookie, SIGNED_OUT } from './session-cookie.ts'

const role = z.enum(ROLES)

const session = z
  .object({
    name: z.string(),
    role,
    /** Its role and the lesser ones: what needs one of these may be done. */
    may: z.array(role),
    business: z.object({ name: z.string(), timeZone: z.string() }),
    /** `dev`: `./phone dev`; `start`: production. */
    runs: z.enum(['dev', 'start']),
    /** Whether the model and the carrier are stand-ins. */
    isModelSimulated: z.boolean(),
    isCarrierSimulated: z.boolean(),
  })
  .meta({ id: 'Session' })

const browserSession = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    startedAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    address: z.string().optional(),
    browser: z.string().optional(),
    isThis: z.boolean(),
  })
  .meta({ id: 'BrowserSession' })

const everybody = { config: { role: 'viewer' } } as const

/** Whose sessions somebody may see and end: all as an owner, otherwise their own. */
const isOf = (actor: Actor, of: Actor): boolean =>
  actor.personId === of.personId && (actor.personId !== undefined || actor.name === of.name)

const viewOf = (
  [{ id, startedAt, lastUsedAt, address, browser }, of]: readonly [BrowserSession, Actor],
  actor: Actor,
) => ({
  id,
  name: of.name,
  role: of.role,
  startedAt,
  lastUsedAt,
  endsAt: new Date(startedAt.getTime() + SESSION_MS),
  address,
  browser,
  isThis: id === actor.sessionId,
})

/** `/session` and `/sessions`: who is signed in, signing in and out. */
export const addSessionRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { access, settings, surroundings, failedSignIns } = deps

  const told = ({ name, role: has }: Actor) => {
    const { business } = settings.inForce.built.document
    return {
      name,
      role: has,
      may: rolesWithin(has),
      business: { name: business.name, timeZone: business.timeZone },
      ...surroundings,
    }
  }

  const read = { summary: 'Who is signed in, and what gateway this is', response: { 200: session } }
  scope.get('/session', { ...everybody, schema: read }, async ({ actor }) => told(actor))

  const signIn = {
    summary: 'Signs a browser in by a key or the ADMIN_TOKEN: the answer sets its cookie',
    description: 'For everybody. A wrong key always gets the same answer.',
    body: z.strictObject({ key: z.string('is missing: your key').trim().max(512, 'is too long') }),
    response: { 200: session },
  }
  scope.post('/session', { config: { isOpen: true }, schema: signIn }, async (request, reply) => {
    try {
      request.actor = await access.signIn(request, reply, request.body.key)
    } catch (error) {
      if (error instanceof GatewayError && ['unauthorized', 'too_many_attempts'].includes(error.code))
        failedSignIns.failed(request.ip)
      throw error
    }
    await noteDeed(deps, request, { action: 'signed_in' })
    return told(request.actor)
  })

  const signOut = {
    summary: 'Signs out: this browser, or all of yours',
    querystring: z.object({ everywhere: yesOrNo.optional() }),
    response: { 200: z.object({ ended: z.int() }) },
  }
  scope.delete('/session', { ...everybody, schema: signOut }, async (request, reply) => {
    const { actor, query } = request
    reply.header(
      'set-cookie',
      access.isDevelopment(request) ? sessionCookie(request.headers, SIGNED_OUT, SESSION_MS) : noSessionCookies,
    )
    const mine = query.everywhere ? (await access.sessions()).filter(([, of]) => isOf(actor, of)) : []
    const ids = query.everywhere ? mine.map(([{ id }]) => id) : actor.sessionId === undefined ? [] : [actor.sessionId]
    await access.end(ids)
    if (ids.length > 0) await noteDeed(deps, request, { action: 'signed_out', details: { sessions: ids.length } })
    return { ended: ids.length }
  })

  const list = {
    summary: 'Browsers that are signed in: yours; for an owner, those of everybody',
    response: { 200: z.object({ sessions: z.array(browserSession) }) },
  }
  scope.get('/sessions', { ...everybody, schema: list }, async ({ actor }) => {
    const all = await access.sessions()
    const seen = all.filter(([, of]) => actor.role === 'owner' || isOf(actor, of))
    return { sessions: seen.map((each) => viewOf(each, actor)) }
  })

  const end = {
    summary: 'Signs a browser out: one of yours, or as an owner anybody’s',
    params: z.object({ id: z.string().max(64, 'is too long') }),
    response: { 200: browserSession },
  }
  scope.delete('/sessions/:id', { ...everybody, schema: end }, async (request) => {
    const { actor, params } = request
    const found = (await access.sessions()).find(
      ([{ id }, of]) => id === params.id && (actor.role === 'owner' || isOf(actor, of)),
    )
    if (!found) throw new GatewayError('not_found', 'There is no such session that you may end.')
    await access.end([params.id])
    await noteDeed(deps, request, { action: 'session_ended', target: found[1].name, details: { session: params.id } })
    return viewOf(found, actor)
  })
}
