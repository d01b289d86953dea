import { EventEmitter } from 'node:events'
import type { AddressInfo } from 'node:net'
import { GatewayError } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { openStore } from '@llc-phone/database'
import { type PeopleBook } from '@llc-phone/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAccess } from '../src/routes/access.ts'
import { ROLES, type Role } from '../src/routes/roles.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { accessOf, ADMIN_TOKEN, noAudit, noSessions, PUBLIC_URL, testGateway } from './support/gateway.ts'

const log = createLog({ level: 'silent', secrets: [] })

/** Requests of one gateway with people in a real store. */
const opened = async () => {
  const store = await openStore({ url: 'file::memory:' })
  const clock = fakeClock()
  const access = accessOf(store, { clock, log })
  const gateway = await testGateway(fakeRegistry().registry, {
    access,
    people: store.people,
    audit: store.audit,
    doNotCall: store.doNotCall,
    contacts: store.contacts,
  })
  const ask = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    key: string | undefined,
    payload?: object,
    headers: Record<string, string> = {},
  ) =>
    gateway.app.inject({
      method,
      url,
      headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
      ...(payload ? { payload } : {}),
    })
  const personWithKey = async (name: string, role: Role) => {
    expect((await ask('POST', '/people', ADMIN_TOKEN, { name, role })).statusCode).toBe(201)
    const issued = await ask('POST', `/people/${name}/keys`, ADMIN_TOKEN, { label: 'test' })
    expect(issued.statusCode).toBe(201)
    return issued.json<{ readonly key: string; readonly id: string }>()
  }
  return { store, clock, access, gateway, ask, personWithKey }
}

let world: Awaited<ReturnType<typeof opened>>
beforeAll(async () => {
  world = await opened()
})
// What was guessed in one test is forgiven in the next.
beforeEach(() => world.clock.advance(600_000))
afterAll(async () => {
  await world.gateway.app.close()
  await world.store.close()
})

interface AuditPage {
  readonly lines: readonly { readonly id: number }[]
  readonly next: number
}

const FOR_EVERYBODY = [
  '/',
  '/console',
  '/console/*',
  '/docs',
  '/docs/json',
  '/docs/start.js',
  '/docs/swagger-ui-bundle.js',
  '/docs/swagger-ui.css',
  '/healthz',
  '/lbz',
  '/readyz',
  '/session',
]
const isForCarriers = (url: string) => url === '/twiml' || url.startsWith('/twiml/') || url.startsWith('/twilio/')

describe('every operator route', () => {
  const keys = new Map<Role, string>()
  beforeAll(async () => {
    for (const role of ROLES) keys.set(role, (await world.personWithKey(`the-${role}`, role)).key)
  })
  const routes = () => world.gateway.routes.filter(({ role }) => role !== undefined)
  const addressOf = (url: string) => url.replaceAll(/:\w+/g, 'nothing-like-it')

  it('refuses whoever is not signed in', async () => {
    expect(routes().length).toBeGreaterThan(25)
    for (const { method, url } of routes())
      for (const key of [undefined, 'wrong', `llc_${'A'.repeat(43)}`, '', `${ADMIN_TOKEN}x`]) {
        const { statusCode } = await world.ask(method as 'GET', addressOf(url), key)
        expect([method, url, key, [401, 429].includes(statusCode)]).toEqual([method, url, key, true])
      }
  })

  it('refuses every role below its own, and no other', async () => {
    for (const { method, url, role: needed } of routes())
      for (const role of ROLES) {
        // An answer that never ends; who may read it is decided before.
        if (url === '/calls/events') continue
        const answer = await world.ask(method as 'GET', addressOf(url), keys.get(role))
        const isForbidden = answer.statusCode === 403
        const mustBe = ROLES.indexOf(role) < ROLES.indexOf(needed!)
        expect([method, url, role, isForbidden]).toEqual([method, url, role, mustBe])
        expect([method, url, role, [401, 429].includes(answer.statusCode)]).toEqual([method, url, role, false])
        if (isForbidden && method !== 'HEAD')
          expect(answer.json<{ error: { message: string } }>().error.message).toBe(
            `This needs the role ${needed}; the-${role} has the role ${role}.`,
          )
      }
  })

  it('is told apart from what is for everybody by being in the one scope', () => {
    const open = world.gateway.routes.filter(({ role, url }) => role === undefined && !isForCarriers(url))
    expect([...new Set(open.map(({ url }) => url))].toSorted()).toEqual(FOR_EVERYBODY)
  })
})

describe('a key', () => {
  it('stops working at once when it is revoked, and ends the streams it opened', async () => {
    const { personWithKey, ask, gateway } = world
    const { key, id } = await personWithKey('Rita', 'operator')
    await gateway.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = gateway.app.server.address() as AddressInfo
    const stream = await fetch(`http://127.0.0.1:${port}/calls/events`, { headers: { authorization: `Bearer ${key}` } })
    expect(stream.status).toBe(200)
    expect((await ask('GET', '/calls', key)).statusCode).toBe(200)
    expect((await ask('DELETE', `/keys/${id}`, ADMIN_TOKEN)).json()).toMatchObject({ id, person: 'Rita' })
    expect((await ask('GET', '/calls', key)).statusCode).toBe(401)
    await expect(stream.text()).rejects.toThrow()
    expect((await ask('DELETE', `/keys/${id}`, ADMIN_TOKEN)).statusCode).toBe(404)
  })

  it('is revoked by its person, and by nobody else below an owner', async () => {
    const { personWithKey, ask } = world
    const sam = await personWithKey('Sam', 'viewer')
    const tom = await personWithKey('Tom', 'manager')
    expect((await ask('DELETE', `/keys/${sam.id}`, tom.key)).statusCode).toBe(404)
    expect((await ask('GET', '/keys', sam.key)).json()).toMatchObject({ keys: [{ id: sam.id, person: 'Sam' }] })
    expect((await ask('DELETE', `/keys/${sam.id}`, sam.key)).statusCode).toBe(200)
    expect((await ask('GET', '/keys', sam.key)).statusCode).toBe(401)
    expect((await ask('GET', '/keys', tom.key)).statusCode).toBe(200)
  })

  it('stops with its person, and follows the role of its person', async () => {
    const { personWithKey, ask } = world
    const { key } = await personWithKey('Uma', 'viewer')
    expect((await ask('GET', '/audit', key)).statusCode).toBe(403)
    expect((await ask('PUT', '/people/uma', ADMIN_TOKEN, { role: 'manager' })).json()).toMatchObject({ name: 'Uma' })
    expect((await ask('GET', '/audit', key)).statusCode).toBe(200)
    expect((await ask('DELETE', '/people/Uma', ADMIN_TOKEN)).statusCode).toBe(200)
    expect((await ask('GET', '/audit', key)).statusCode).toBe(401)
    expect((await ask('GET', '/people', ADMIN_TOKEN)).body).not.toContain('Uma')
  })

  it('names who did what in the audit log, and never itself', async () => {
    const { personWithKey, ask, gateway } = world
    const { key } = await personWithKey('Vera', 'operator')
    await ask('PUT', '/numbers/%2B14155550101', key, { mode: 'menu' })
    const { lines } = (await ask('GET', '/audit?who=Vera', ADMIN_TOKEN)).json<{ lines: object[] }>()
    expect(lines).toMatchObject([
      { who: 'Vera', action: 'number_moved', target: '+14155550101', details: { mode: 'menu', by: 'Vera' } },
    ])
    const all = await ask('GET', '/audit?limit=1000', ADMIN_TOKEN)
    expect(all.body).toContain('"key_issued"')
    for (const text of [all.body, gateway.logText()]) expect(text).not.toContain(key)
    const page = (await ask('GET', '/audit?limit=2', ADMIN_TOKEN)).json<AuditPage>()
    const next = (await ask('GET', `/audit?limit=2&after=${page.next}`, ADMIN_TOKEN)).json<AuditPage>()
    expect(next.lines[0]!.id).toBe(page.lines.at(-1)!.id - 1)
  })

  it.each([
    ['two names', { name: 'the-owner', role: 'viewer' }, 'somebody with this name'],
    ['the name of the token', { name: 'admin_token', role: 'owner' }, 'is the name of something that is no person'],
    ['the author of files', { name: 'Ｓettings', role: 'owner' }, 'is the name of something that is no person'],
    ['a role that is none', { name: 'x', role: 'root' }, 'role must be viewer, operator, manager or owner'],
    ['both wrong at once', { name: '<b>', role: 'root', more: 1 }, 'role must be'],
  ])('is not given to %s', async (_case, body, message) => {
    const answer = await world.ask('POST', '/people', ADMIN_TOKEN, body)
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain(message)
  })

  it.each([
    ['Bearer', 'no token'],
    ['Bearer  ', 'spaces'],
    [`Bearer llc_${'é'.repeat(43)}`, 'letters that are no key'],
    [`Bearer llc_${'A'.repeat(8_000)}`, 'a long one'],
    ['Bearer \u0000', 'a control character'],
    [`Basic ${ADMIN_TOKEN}`, 'another scheme'],
    [`Bearer,${ADMIN_TOKEN}`, 'a comma'],
    ["Bearer llc_' OR 1=1 --", 'a query'],
  ])('is not made of %j', async (authorization) => {
    const answer = await world.ask('GET', '/calls', undefined, undefined, { authorization })
    expect([401, 429]).toContain(answer.statusCode)
  })
})

describe('the keys in memory', () => {
  const KEY = `llc_${'k'.repeat(43)}`
  const reply = () => ({ raw: new EventEmitter(), sent: false, header: () => undefined }) as unknown as FastifyReply
  const request = (token: string, ip = '10.0.0.1') =>
    ({
      headers: { authorization: `Bearer ${token}` },
      ip,
      routeOptions: { config: { role: 'viewer' } },
    }) as unknown as FastifyRequest
  const created = (people: Pick<PeopleBook, 'keysInForce' | 'used'>) => {
    const clock = fakeClock()
    const access = createAccess({
      adminToken: ADMIN_TOKEN,
      people,
      sessions: noSessions,
      audit: noAudit,
      clock,
      log,
      publicUrl: PUBLIC_URL,
    })
    return { clock, admit: (token: string, ip?: string) => access.admit(request(token, ip), reply()) }
  }

  it('are read once in ten seconds, however many guess', async () => {
    let reads = 0
    const { clock, admit } = created({ keysInForce: async () => (reads++, []), used: async () => undefined })
    for (let n = 0; n < 50; n++) await admit(KEY, `10.0.0.${n}`).catch(() => undefined)
    expect(reads).toBe(1)
    await clock.advance(10_000)
    await admit(KEY).catch(() => undefined)
    expect(reads).toBe(2)
  })

  it('are not trusted while the people cannot be read; ADMIN_TOKEN works', async () => {
    const { admit } = created({
      keysInForce: () => Promise.reject(new GatewayError('database_failed', 'The disk is gone.')),
      used: async () => undefined,
    })
    await expect(admit(KEY)).rejects.toMatchObject({ code: 'database_failed' })
    await expect(admit('a guess')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await admit(ADMIN_TOKEN)).toEqual({ name: 'ADMIN_TOKEN', role: 'owner' })
  })

  it('never make the right one wait, and make guessers wait', async () => {
    const { admit } = created({ keysInForce: async () => [], used: async () => undefined })
    for (let n = 0; n < 10; n++) await expect(admit(KEY)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(admit(KEY)).rejects.toMatchObject({ code: 'too_many_attempts' })
    expect(await admit(ADMIN_TOKEN)).toMatchObject({ role: 'owner' })
  })
})

it('a key that gets into a line of the log is not written', () => {
  const lines: string[] = []
  const written = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const key = `llc_${'kK-_9'.repeat(9).slice(0, 43)}`
  written.info({ url: `/calls?token=${key}` }, 'a line')
  expect(lines.join('')).toContain('/calls?token=[key]')
  expect(lines.join('')).not.toContain(key)
})
