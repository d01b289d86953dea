import { GatewayError } from '@llc-phone/core'
import type { PersonKey } from '@llc-phone/store'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { ROLES } from './roles.ts'

const role = z.enum(ROLES, `must be ${ROLES.slice(0, -1).join(', ')} or ${ROLES.at(-1)}`)

/** What stands as the author of changes that no person has made. */
const TAKEN: ReadonlySet<string> = new Set(['ADMIN_TOKEN', 'SETTINGS', 'DEVELOPER', 'NOBODY'])

const name = z
  .string('is missing: the name of the person')
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} '’.@_-]{0,63}$/u, "must be 1 to 64 letters, digits, spaces or any of ' . @ _ -")
  .refine((text) => !TAKEN.has(text.normalize('NFKC').toUpperCase()), 'is the name of something that is no person')

const ofPerson = z.object({ person: z.string().max(128, 'is too long') })
const label = z.string('must be a text').trim().min(1, 'is empty').max(80, 'is too long')

const key = z
  .object({
    id: z.string(),
    person: z.string(),
    label: z.string().optional(),
    addedAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
    revokedAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Key' })
const issued = key.extend({ key: z.string() }).meta({ id: 'IssuedKey' })
const person = z.object({ id: z.string(), name: z.string(), role, addedAt: z.iso.datetime() }).meta({ id: 'Person' })

const owner = { config: { role: 'owner' } } as const
const everybody = { config: { role: 'viewer' } } as const

/**
 * `/people` and `/keys`: who may use the operator routes. PERSON is a name or an id. A change counts from the next request on;
 * other processes on the same database follow within ten seconds.
 */
export const addPeopleRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { people, access } = deps

  const find = async (nameOrId: string) => {
    const found = await people.find(nameOrId)
    if (!found) throw new GatewayError('not_found', 'There is nobody with this name; pnpm people list shows all.')
    return found
  }
  const named = ({ personId: _personId, ...rest }: PersonKey, of: string) => ({ ...rest, person: of })

  const list = {
    summary: 'Everybody who may use these routes',
    response: { 200: z.object({ people: z.array(person) }) },
  }
  scope.get('/people', { ...owner, schema: list }, async () => ({ people: await people.list() }))

  const add = { summary: 'Adds a person', body: z.strictObject({ name, role }), response: { 201: person } }
  scope.post('/people', { ...owner, schema: add }, async (request, reply) => {
    const added = await people.add(request.body.name, request.body.role)
    if (!added) throw new GatewayError('request_invalid', 'name: there is somebody with this name already.')
    await noteDeed(deps, request, { action: 'person_added', target: added.name, details: { role: added.role } })
    return reply.code(201).send(added)
  })

  const change = {
    summary: 'Gives a person another role',
    params: ofPerson,
    body: z.strictObject({ role }),
    response: { 200: person },
  }
  scope.put('/people/:person', { ...owner, schema: change }, async (request) => {
    const found = await find(request.params.person)
    const details = { role: request.body.role, before: found.role }
    await people.setRole(found.id, details.role)
    await access.changed()
    await noteDeed(deps, request, { action: 'person_changed', target: found.name, details })
    return { ...found, role: details.role }
  })

  const remove = { summary: 'Removes a person and revokes their keys', params: ofPerson, response: { 200: person } }
  scope.delete('/people/:person', { ...owner, schema: remove }, async (request) => {
    const found = await find(request.params.person)
    await people.remove(found.id)
    await access.changed()
    await noteDeed(deps, request, { action: 'person_removed', target: found.name })
    return found
  })

  const issue = {
    summary: 'Issues a key; it is shown in this answer and never again',
    params: ofPerson,
    body: z.strictObject({ label: label.optional() }),
    response: { 201: issued },
  }
  scope.post('/people/:person/keys', { ...owner, schema: issue }, async (request, reply) => {
    const found = await find(request.params.person)
    const made = await people.issueKey(found.id, request.body.label)
    await access.changed()
    const details = { key: made.id, ...(made.label === undefined ? {} : { label: made.label }) }
    await noteDeed(deps, request, { action: 'key_issued', target: found.name, details })
    const { key: secret, ...rest } = made
    return reply.code(201).send({ ...named(rest, found.name), key: secret })
  })

  const keys = {
    summary: 'Your keys; for an owner, those of everybody',
    response: { 200: z.object({ keys: z.array(key) }) },
  }
  scope.get('/keys', { ...everybody, schema: keys }, async ({ actor }) => {
    const [everyone, all] = await Promise.all([
      people.list(),
      people.keys(actor.role === 'owner' ? undefined : actor.personId),
    ])
    const names = new Map(everyone.map((each) => [each.id, each.name]))
    return { keys: all.map((each) => named(each, names.get(each.personId) ?? '')) }
  })

  const revoke = {
    summary: 'Revokes a key: one of yours, or as an owner anybody’s',
    params: z.object({ id: z.string().max(64, 'is too long') }),
    response: { 200: key },
  }
  scope.delete('/keys/:id', { ...everybody, schema: revoke }, async (request) => {
    const { actor, params } = request
    const own = actor.role === 'owner' ? undefined : await people.keys(actor.personId)
    const revoked = !own || own.some(({ id }) => id === params.id) ? await people.revokeKey(params.id) : undefined
    if (!revoked) throw new GatewayError('not_found', 'There is no such key that you may revoke.')
    await access.changed()
    const of = (await people.find(revoked.personId))?.name ?? ''
    await noteDeed(deps, request, { action: 'key_revoked', target: of, details: { key: revoked.id } })
    return named(revoked, of)
  })
}
