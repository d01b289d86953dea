import type { AddressInfo } from 'node:net'
import type { IncomingMessage } from 'node:http'
import { GatewayError } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { hashOfKey, type SessionBook } from '@llc-phone/store'
import { openStore } from '@llc-phone/database'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AccessDeps } from '../src/routes/access.ts'
import { createFailedSignIns } from '../src/routes/failed-sign-ins.ts'
import { ROLES, type Role } from '../src/routes/roles.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { accessOf, ADMIN_TOKEN, PUBLIC_URL, testGateway } from './support/gateway.ts'

const log = createLog({ level: 'silent', secrets: [] })
const HOUR_MS = 3_600_000

/** What a browser sends of itself with a request of a page of ours. */
const OURS = { host: 'phone.example.com', origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' }
const AT_LOOPBACK = { host: '127.0.0.1:8081', origin: 'http://127.0.0.1:8081', 'sec-fetch-site': 'same-origin' }

type Headers = Record<string, string>

/** A gateway on a store; several share one. */
const opened = async (store: DrizzleStore, overrides: Partial<AccessDeps> = {}) => {
  const clock = fakeClock()
  const access = accessOf(store, { clock, log, ...overrides })
  const failedSignIns = createFailedSignIns({ audit: store.audit, clock, log })
  const gateway = await testGateway(fakeRegistry().registry, {
    access,
    failedSignIns,
    people: store.people,
    audit: store.audit,
    doNotCall: store.doNotCall,
    contacts: store.contacts,
  })
  const ask = (method: InjectOptions['method'], url: string, headers: Headers = {}, payload?: object | string) =>
    gateway.app.inject({ method: method!, url, headers, ...(payload === undefined ? {} : { payload }) })
  const asOwner = (method: InjectOptions['method'], url: string, payload?: object) =>
    ask(method, url, { authorization: `Bearer ${ADMIN_TOKEN}` }, payload)
  const person = async (name: string, role: Role) => {
    expect((await asOwner('POST', '/people', { name, role })).statusCode).toBe(201)
    return (await asOwner('POST', `/people/${name}/keys`, {})).json<{ key: string; id: string }>()
  }
  const signIn = (key: string, headers: Headers = OURS) => ask('POST', '/session', headers, { key })
  /** The cookie that a browser sends back. */
  const cookieOf = async (key: string, headers: Headers = OURS) => {
    const answer = await signIn(key, headers)
    expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)])
    return String(answer.headers['set-cookie']).split(';')[0]!
  }
  return { clock, access, gateway, failedSignIns, ask, asOwner, person, signIn, cookieOf }
}

let store: DrizzleStore
let world: Awaited<ReturnType<typeof opened>>
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  world = await opened(store)
})
// What was guessed in one test is forgiven in the next.
beforeEach(() => world.clock.advance(120_000))
afterAll(async () => {
  await world.gateway.app.close()
  await store.close()
})

const withCookie = (cookie: string, headers: Headers = OURS): Headers => ({ ...headers, cookie })

describe('signing in', () => {
  it('sets a cookie that no script reads, no other site sends, and no other host can plant', async () => {
    const { key } = await world.person('Ann', 'operator')
    const { headers, body } = await world.signIn(key)
    expect(headers['set-cookie']).toMatch(
      /^__Host-llc=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
    )
    expect(headers['cache-control']).toBe('no-store')
    expect(JSON.parse(body)).toEqual({
      name: 'Ann',
      role: 'operator',
      may: ['viewer', 'operator'],
      business: { name: 'Test', timeZone: 'UTC' },
      runs: 'start',
      isModelSimulated: false,
      isCarrierSimulated: false,
    })
    const cookie = String(headers['set-cookie']).split(';')[0]!
    expect((await world.ask('GET', '/session', withCookie(cookie))).json()).toMatchObject({ name: 'Ann' })
    // Only its hash is kept.
    expect(JSON.stringify(await store.sessions.list())).not.toContain(cookie.split('=')[1])
    const audit = (await world.asOwner('GET', '/audit?action=signed_in&who=Ann')).json<{ lines: object[] }>()
    expect(audit.lines).toMatchObject([{ who: 'Ann', address: '127.0.0.1' }])
  })

  it('on this machine without encryption sets one that browsers take there', async () => {
    const cookie = await world.cookieOf(ADMIN_TOKEN, AT_LOOPBACK)
    expect(cookie).toMatch(/^llc=[\w-]{43}$/)
    expect((await world.ask('GET', '/session', withCookie(cookie, AT_LOOPBACK))).json()).toMatchObject({
      name: 'ADMIN_TOKEN',
      role: 'owner',
    })
    // Elsewhere anybody beside us could have planted it.
    expect((await world.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(401)
    expect(
      (await world.signIn(ADMIN_TOKEN, { ...AT_LOOPBACK, origin: 'https://127.0.0.1:8081' })).headers['set-cookie'],
    ).toMatch(/^__Host-/)
  })

  it('over a network in the clear is refused before the key is used', async () => {
    const plain = { host: 'phone.lan', origin: 'http://phone.lan', 'sec-fetch-site': 'same-origin' }
    const { statusCode, body, headers } = await world.signIn(ADMIN_TOKEN, plain)
    expect([statusCode, headers['set-cookie'], body]).toEqual([400, undefined, expect.stringContaining('over https')])
  })

  it('gives every wrong key the same answer', async () => {
    const { key, id } = await world.person('Bea', 'operator')
    await world.asOwner('DELETE', `/keys/${id}`)
    const gone = await world.person('Cid', 'owner')
    await world.asOwner('DELETE', '/people/Cid')
    const answers = []
    for (const wrong of [key, gone.key, `llc_${'A'.repeat(43)}`, 'x', `${ADMIN_TOKEN}x`])
      answers.push(await world.signIn(wrong))
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1)
    expect(answers[0]!.statusCode).toBe(401)
    expect(answers.every(({ headers }) => headers['set-cookie'] === undefined)).toBe(true)
  })

  it('makes guessers wait after five, tells the audit log how many there were, and lets the right key in', async () => {
    for (let n = 0; n < 5; n++) expect((await world.signIn(`guess ${n}`)).statusCode).toBe(401)
    const { statusCode, headers } = await world.signIn('guess 6')
    expect([statusCode, headers['retry-after']]).toEqual([429, '12'])
    expect((await world.signIn(ADMIN_TOKEN)).statusCode).toBe(200)
    await world.clock.advance(60_000)
    const { lines } = (await world.asOwner('GET', '/audit?action=sign_in_failed&limit=1')).json<{ lines: object[] }>()
    expect(lines).toMatchObject([{ who: 'nobody', details: { attempts: 6 }, address: '127.0.0.1' }])
    expect(JSON.stringify(lines)).not.toContain('guess')
  })

  it.each([
    ['a form', 'application/x-www-form-urlencoded', `key=${ADMIN_TOKEN}`],
    ['text', 'text/plain', JSON.stringify({ key: ADMIN_TOKEN })],
    ['no JSON', 'application/json', `{"key":"${ADMIN_TOKEN}"`],
    ['two keys', 'application/json', `{"key":"${ADMIN_TOKEN}","more":1}`],
    ['a list', 'application/json', `["${ADMIN_TOKEN}"]`],
    ['a number', 'application/json', '{"key":7}'],
    ['a prototype', 'application/json', `{"__proto__":{"key":"${ADMIN_TOKEN}"}}`],
    ['a long one', 'application/json', `{"key":"${'x'.repeat(60_000)}"}`],
    ['too much', 'application/json', `{"key":"${'x'.repeat(70_000)}"}`],
  ])('by %s is refused', async (_what, type, payload) => {
    const { statusCode, headers } = await world.ask('POST', '/session', { ...OURS, 'content-type': type }, payload)
    expect([400, 403, 413, 415]).toContain(statusCode)
    expect(headers['set-cookie']).toBeUndefined()
  })

  it('by the page of somebody else is refused, so that nobody signs you in as them', async () => {
    for (const site of ['cross-site', 'same-site', 'none', 'same-origin, cross-site'])
      expect((await world.signIn(ADMIN_TOKEN, { ...OURS, 'sec-fetch-site': site })).statusCode).toBe(403)
  })

  it('ends the session that the browser had, and never takes a secret it was given', async () => {
    const planted = `__Host-llc=${'p'.repeat(43)}`
    const first = (await world.signIn(ADMIN_TOKEN, withCookie(planted))).headers['set-cookie'] as string
    expect(first).not.toContain(planted)
    const cookie = first.split(';')[0]!
    const second = await world.cookieOf(ADMIN_TOKEN, withCookie(cookie))
    expect(second).not.toBe(cookie)
    expect((await world.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(401)
    expect((await world.ask('GET', '/session', withCookie(second))).statusCode).toBe(200)
  })

  it('many times at once makes as many sessions, of which the latest twenty stay', async () => {
    const { key } = await world.person('Dora', 'viewer')
    const cookies = await Promise.all(Array.from({ length: 30 }, () => world.cookieOf(key)))
    expect(new Set(cookies).size).toBe(30)
    const states = await Promise.all(
      cookies.map(async (cookie) => (await world.ask('GET', '/session', withCookie(cookie))).statusCode),
    )
    expect(states.filter((status) => status === 200)).toHaveLength(20)
  })
})

describe('a cookie', () => {
  let cookies: Map<Role, string>
  beforeAll(async () => {
    cookies = new Map()
    for (const role of ROLES) cookies.set(role, await world.cookieOf((await world.person(`the-${role}`, role)).key))
  })
  const addressOf = (url: string) => url.replaceAll(/:\w+/g, 'nothing-like-it')

  it('opens every operator route that the role of its person is enough for, and no other', async () => {
    const routes = world.gateway.routes.filter(({ role, url }) => role !== undefined && url !== '/calls/events')
    expect(routes.length).toBeGreaterThan(25)
    for (const { method, url, role: needed } of routes)
      for (const [role, cookie] of cookies) {
        // The route that ends it.
        if (method === 'DELETE' && url === '/session') continue
        const { statusCode } = await world.ask(method, addressOf(url), withCookie(cookie))
        const mustBe = ROLES.indexOf(role) < ROLES.indexOf(needed!)
        expect([method, url, role, statusCode === 403, statusCode === 401]).toEqual([method, url, role, mustBe, false])
      }
  })

  it('changes nothing for a page that is not ours', async () => {
    const routes = world.gateway.routes.filter(
      ({ role, method }) => role !== undefined && !['GET', 'HEAD'].includes(method),
    )
    expect(routes.length).toBeGreaterThan(15)
    const { host } = OURS
    const foreign: Headers[] = [
      { host, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { host, 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' },
      { host, 'sec-fetch-site': 'none' },
      { host, origin: 'https://evil.example' },
      { host, origin: 'null' },
      { host, origin: 'https://phone.example.com.evil.example' },
      { host, origin: 'https://phone.example.com@evil.example' },
      { host },
      { ...OURS, 'content-type': 'text/plain' },
      { ...OURS, 'content-type': 'application/x-www-form-urlencoded' },
      { ...OURS, 'content-type': 'multipart/form-data; boundary=x' },
    ]
    for (const { method, url } of routes)
      for (const headers of foreign) {
        const { statusCode } = await world.ask(method, addressOf(url), withCookie(cookies.get('owner')!, headers), '{}')
        expect([method, url, headers, statusCode]).toEqual([method, url, headers, 403])
      }
  })

  it('is taken from a browser that says nothing but the page’s origin', async () => {
    const headers = withCookie(cookies.get('owner')!, { host: OURS.host, origin: PUBLIC_URL })
    expect((await world.ask('POST', '/people', headers, { name: 'Old Browser', role: 'viewer' })).statusCode).toBe(201)
    // A proxy that puts its own name in place of ours.
    const proxied = {
      ...headers,
      host: '10.0.0.7:8081',
      'x-forwarded-host': 'console.example.net',
      origin: 'https://console.example.net',
    }
    expect((await world.ask('POST', '/people', proxied, { name: 'Behind A Proxy', role: 'viewer' })).statusCode).toBe(
      201,
    )
  })

  it('reads nothing for a page that is not ours', async () => {
    for (const site of ['cross-site', 'same-site'])
      expect(
        (await world.ask('GET', '/calls', withCookie(cookies.get('viewer')!, { ...OURS, 'sec-fetch-site': site })))
          .statusCode,
      ).toBe(403)
    // Typed, or from a bookmark.
    expect(
      (
        await world.ask(
          'GET',
          '/calls',
          withCookie(cookies.get('viewer')!, { host: OURS.host, 'sec-fetch-site': 'none' }),
        )
      ).statusCode,
    ).toBe(200)
  })

  it.each([
    ['two of one name', (cookie: string) => `${cookie}; __Host-llc=${'p'.repeat(43)}`],
    ['another first', (cookie: string) => `__Host-llc=${'p'.repeat(43)}; ${cookie}`],
    ['a part of it', (cookie: string) => cookie.slice(0, -1)],
    ['more than it', (cookie: string) => `${cookie}A`],
    ['quotes', (cookie: string) => cookie.replace('=', '="').concat('"')],
    ['another name', (cookie: string) => cookie.replace('__Host-llc', '__host-llc')],
    ['the plain name', (cookie: string) => cookie.replace('__Host-llc', 'llc')],
    ['a query', () => "__Host-llc=' OR 1=1 --"],
    ['a long one', () => `__Host-llc=${'a'.repeat(12_000)}`],
    ['nothing', () => '__Host-llc='],
    ['the hash', () => '__Host-llc=signed-out'],
  ])('of %s is nobody’s', async (_what, change) => {
    const { statusCode } = await world.ask('GET', '/session', withCookie(change(cookies.get('viewer')!)))
    expect(statusCode).toBe(401)
  })

  it('among a hundred others is found', async () => {
    const others = Array.from({ length: 100 }, (_, n) => `other-${n}=${n}`)
    expect(
      (await world.ask('GET', '/session', withCookie([...others, cookies.get('viewer')!, 'last=1'].join('; '))))
        .statusCode,
    ).toBe(200)
  })

  it('does not help a wrong key that comes with it', async () => {
    const headers = { ...withCookie(cookies.get('owner')!), authorization: 'Bearer wrong' }
    expect((await world.ask('GET', '/session', headers)).statusCode).toBe(401)
  })
})

describe('a session', () => {
  it('ends after two hours without a request, and after twelve in any case', async () => {
    const { key } = await world.person('Eve', 'viewer')
    const [idle, busy] = [await world.cookieOf(key), await world.cookieOf(key)]
    const status = async (cookie: string) => (await world.ask('GET', '/session', withCookie(cookie))).statusCode
    for (let hour = 1; hour < 12; hour++) {
      await world.clock.advance(HOUR_MS)
      expect([hour, await status(busy)]).toEqual([hour, 200])
      if (hour === 2) expect(await status(idle)).toBe(401)
    }
    await world.clock.advance(HOUR_MS)
    expect(await status(busy)).toBe(401)
  })

  it('goes on in another process, and ends there too', async () => {
    const cookie = await world.cookieOf(ADMIN_TOKEN)
    const other = await opened(store)
    await other.clock.advance(world.clock.date().getTime() - other.clock.date().getTime())
    expect((await other.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(200)
    expect((await world.ask('DELETE', '/session', withCookie(cookie))).json()).toEqual({ ended: 1 })
    expect((await world.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(401)
    await other.clock.advance(10_000)
    expect((await other.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(401)
    await other.gateway.app.close()
  })

  it('of ADMIN_TOKEN ends with the token', async () => {
    const cookie = await world.cookieOf(ADMIN_TOKEN)
    const other = await opened(store, { adminToken: 'another-token-that-is-long-enough' })
    await other.clock.advance(world.clock.date().getTime() - other.clock.date().getTime())
    expect((await other.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(401)
    await other.gateway.app.close()
  })

  it('does not outlive a clock that was set back', async () => {
    const cookie = await world.cookieOf(ADMIN_TOKEN)
    const other = await opened(store)
    await other.clock.advance(world.clock.date().getTime() - other.clock.date().getTime() - HOUR_MS)
    expect((await other.ask('GET', '/session', withCookie(cookie))).statusCode).toBe(401)
    await other.gateway.app.close()
  })

  it('has the role that its person has now, and ends with the key or the person', async () => {
    const { key } = await world.person('Fay', 'viewer')
    const second = (await world.asOwner('POST', '/people/Fay/keys', {})).json<{ key: string; id: string }>()
    const [cookie, other] = [await world.cookieOf(key), await world.cookieOf(second.key)]
    const status = async (url: string, of: string) => (await world.ask('GET', url, withCookie(of))).statusCode
    expect(await status('/audit', cookie)).toBe(403)
    await world.asOwner('PUT', '/people/Fay', { role: 'manager' })
    expect(await status('/audit', cookie)).toBe(200)
    await world.asOwner('DELETE', `/keys/${second.id}`)
    expect([await status('/calls', other), await status('/calls', cookie)]).toEqual([401, 200])
    await world.asOwner('DELETE', '/people/Fay')
    expect(await status('/calls', cookie)).toBe(401)
  })

  it('is signed out everywhere, and by an owner; nobody else ends what is not theirs', async () => {
    const { key } = await world.person('Gus', 'operator')
    const hal = await world.person('Hal', 'manager')
    const [a, b, c] = [await world.cookieOf(key), await world.cookieOf(key), await world.cookieOf(hal.key)]
    interface Sessions {
      readonly sessions: readonly { readonly id: string; readonly name: string; readonly isThis: boolean }[]
    }
    const seen = async (cookie: string) =>
      (await world.ask('GET', '/sessions', withCookie(cookie))).json<Sessions>().sessions
    expect((await seen(a)).map(({ name, isThis }) => [name, isThis])).toHaveLength(2)
    expect((await seen(a)).filter(({ isThis }) => isThis)).toHaveLength(1)
    const { id } = (await seen(c))[0]!
    expect((await world.ask('DELETE', `/sessions/${id}`, withCookie(a))).statusCode).toBe(404)
    expect((await world.ask('DELETE', '/session?everywhere=true', withCookie(a))).json()).toEqual({ ended: 2 })
    expect((await world.ask('GET', '/session', withCookie(b))).statusCode).toBe(401)
    expect((await world.asOwner('DELETE', `/sessions/${id}`)).json()).toMatchObject({ id, name: 'Hal' })
    expect((await world.ask('GET', '/session', withCookie(c))).statusCode).toBe(401)
    const { lines } = (await world.asOwner('GET', '/audit?action=session_ended&limit=1')).json<{ lines: object[] }>()
    expect(lines).toMatchObject([{ target: 'Hal', details: { session: id } }])
  })

  it('takes its open streams with it, also when it ends elsewhere or by itself', async () => {
    const { gateway, clock } = world
    await gateway.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = gateway.app.server.address() as AddressInfo
    const streamOf = async (cookie: string) => {
      const headers = { cookie, 'sec-fetch-site': 'same-origin' }
      const stream = await fetch(`http://127.0.0.1:${port}/calls/events`, { headers })
      expect(stream.status).toBe(200)
      const over = stream.text().then(
        () => 'ended',
        () => 'broken off',
      )
      return { over }
    }
    const { key, id } = await world.person('Ida', 'viewer')
    const cookies = [
      await world.cookieOf(key),
      ...(await Promise.all([1, 2, 3].map(() => world.cookieOf(ADMIN_TOKEN)))),
    ]
    const [ofKey, signedOut, elsewhere, idle] = await Promise.all(cookies.map(streamOf))
    await world.asOwner('DELETE', `/keys/${id}`)
    expect(await ofKey!.over).toBe('broken off')
    await world.ask('DELETE', '/session', withCookie(cookies[1]!))
    expect(await signedOut!.over).toBe('broken off')
    const hash = hashOfKey(cookies[2]!.split('=')[1]!)
    await store.sessions.remove((await store.sessions.list()).filter((row) => row.hash === hash).map((row) => row.id))
    await clock.advance(60_000)
    expect(await elsewhere!.over).toBe('broken off')
    // It is looked at once a minute, and what is read is awaited in between.
    for (let minutes = 0; minutes < 125; minutes += 5) {
      await clock.advance(300_000)
      await world.asOwner('GET', '/session')
    }
    expect(await idle!.over).toBe('broken off')
  })
})

describe('while the database is away', () => {
  const away = (): Promise<never> => Promise.reject(new GatewayError('database_failed', 'The disk is gone.'))
  const gone: SessionBook = { add: away, list: away, used: away, remove: away }

  it('ADMIN_TOKEN signs in, and out; keys of people wait', async () => {
    const lost = await opened(store, { people: { keysInForce: away, used: away }, sessions: gone })
    const cookie = await lost.cookieOf(ADMIN_TOKEN)
    expect((await lost.ask('GET', '/session', withCookie(cookie))).json()).toMatchObject({ name: 'ADMIN_TOKEN' })
    expect((await lost.signIn(`llc_${'A'.repeat(43)}`)).statusCode).toBe(503)
    const out = await lost.ask('DELETE', '/session', withCookie(cookie))
    expect([out.statusCode, String(out.headers['set-cookie'])]).toEqual([503, expect.stringContaining('Max-Age=0')])
    expect((await lost.ask('GET', '/session', withCookie(cookie))).statusCode).not.toBe(200)
    await lost.gateway.app.close()
  })

  it('a session of ADMIN_TOKEN that was there goes on', async () => {
    let isAway = false
    const { people, sessions } = store
    const fails =
      <Rest extends unknown[], T>(work: (...rest: Rest) => Promise<T>) =>
      (...rest: Rest): Promise<T> =>
        isAway ? away() : work(...rest)
    const flaky = await opened(store, {
      people: { keysInForce: fails(people.keysInForce), used: fails(people.used) },
      sessions: {
        add: fails(sessions.add),
        list: fails(sessions.list),
        used: fails(sessions.used),
        remove: fails(sessions.remove),
      },
    })
    const { key } = await flaky.person('Jay', 'viewer')
    const [owner, jay] = [await flaky.cookieOf(ADMIN_TOKEN), await flaky.cookieOf(key)]
    isAway = true
    await flaky.clock.advance(20_000)
    expect((await flaky.ask('GET', '/session', withCookie(owner))).statusCode).toBe(200)
    expect((await flaky.ask('GET', '/session', withCookie(jay))).statusCode).toBe(503)
    isAway = false
    expect((await flaky.ask('GET', '/session', withCookie(jay))).statusCode).toBe(200)
    await flaky.gateway.app.close()
  })
})

describe('in development', () => {
  const open = () => opened(store, { isDevelopment: true })

  it('a browser of this machine is signed in at once, until it signs out', async () => {
    const dev = await open()
    const first = await dev.ask('GET', '/session', AT_LOOPBACK)
    expect(first.json()).toMatchObject({ name: 'developer', role: 'owner' })
    const cookie = String(first.headers['set-cookie']).split(';')[0]!
    const second = await dev.ask('GET', '/session', withCookie(cookie, AT_LOOPBACK))
    expect([second.statusCode, second.headers['set-cookie']]).toEqual([200, undefined])
    const { lines } = (await dev.asOwner('GET', '/audit?who=developer&limit=2')).json<{ lines: object[] }>()
    expect(lines[0]).toMatchObject({ action: 'signed_in', details: { by: 'development' }, address: '127.0.0.1' })
    const out = String((await dev.ask('DELETE', '/session', withCookie(cookie, AT_LOOPBACK))).headers['set-cookie'])
    expect(out).toContain('llc=signed-out')
    const after = withCookie(out.split(';')[0]!, AT_LOOPBACK)
    expect((await dev.ask('GET', '/session', after)).statusCode).toBe(401)
    // As somebody else, to see what they see.
    const { key } = await dev.person('Kim', 'viewer')
    const kim = await dev.cookieOf(key, after)
    expect((await dev.ask('GET', '/session', withCookie(kim, AT_LOOPBACK))).json()).toMatchObject({ name: 'Kim' })
    await dev.gateway.app.close()
  })

  it.each<[string, Headers]>([
    [
      'a name that was pointed at this machine',
      { ...AT_LOOPBACK, host: 'evil.example:8081', origin: 'http://evil.example:8081' },
    ],
    ['a page of another site', { ...AT_LOOPBACK, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a page of another port', { ...AT_LOOPBACK, 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:3000' }],
    ['a program', { host: '127.0.0.1:8081' }],
    ['a network', { ...AT_LOOPBACK, host: '192.168.1.4:8081' }],
    ['every address', { ...AT_LOOPBACK, host: '0.0.0.0:8081' }],
    ['a name that looks like it', { ...AT_LOOPBACK, host: '127.0.0.1.evil.example' }],
    ['a tunnel', { ...AT_LOOPBACK, 'x-forwarded-for': '203.0.113.9' }],
    ['a tunnel with its name', { ...AT_LOOPBACK, 'x-forwarded-host': 'a.ngrok.app', 'x-forwarded-proto': 'https' }],
    ['a proxy', { ...AT_LOOPBACK, via: '1.1 proxy' }],
    ['another tunnel', { ...AT_LOOPBACK, 'cf-connecting-ip': '203.0.113.9' }],
  ])('%s is not', async (_what, headers) => {
    const dev = await open()
    for (const url of ['/session', '/calls']) {
      const answer = await dev.ask('GET', url, headers)
      expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([401, undefined])
    }
    expect((await dev.ask('POST', '/people', headers, { name: 'Mallory', role: 'owner' })).statusCode).toBe(401)
    await dev.gateway.app.close()
  })

  it('the token that everybody knows opens at this machine, and through no tunnel', async () => {
    const dev = await opened(store, { isDevelopment: true, adminToken: 'development' })
    const bearer = { host: '127.0.0.1:8081', authorization: 'Bearer development' }
    expect((await dev.ask('GET', '/session', bearer)).statusCode).toBe(200)
    for (const through of [
      { host: 'a.tunnel.example' },
      { 'x-forwarded-for': '203.0.113.9' },
      { 'cf-connecting-ip': '203.0.113.9' },
    ])
      expect([through, (await dev.ask('GET', '/session', { ...bearer, ...through })).statusCode]).toEqual([
        through,
        401,
      ])
    expect((await dev.signIn('development', { ...OURS, host: 'phone.example.com' })).statusCode).toBe(401)
    expect((await dev.signIn('development', AT_LOOPBACK)).statusCode).toBe(200)
    await dev.gateway.app.close()
  })

  it('what it has begun opens nothing in production', async () => {
    const dev = await open()
    const cookie = String((await dev.ask('GET', '/session', AT_LOOPBACK)).headers['set-cookie']).split(';')[0]!
    await dev.gateway.app.close()
    const production = await opened(store)
    expect((await production.ask('GET', '/session', withCookie(cookie, AT_LOOPBACK))).statusCode).toBe(401)
    expect((await production.ask('GET', '/session', AT_LOOPBACK)).statusCode).toBe(401)
    await production.gateway.app.close()
  })
})

describe('a WebSocket', () => {
  const upgrade = (headers: Headers) =>
    ({ headers, socket: { remoteAddress: '127.0.0.1' } }) as unknown as IncomingMessage
  const admit = (headers: Headers, role: Role = 'operator') =>
    world.access.admitUpgrade(upgrade(headers), role).then(
      ({ actor }) => actor.name,
      (error: GatewayError) => error.code,
    )

  it('is opened for a session of a page of ours, or for a key, with the role it needs', async () => {
    const lou = await world.person('Lou', 'operator')
    const cookie = await world.cookieOf(lou.key)
    expect(await admit({ host: OURS.host, origin: PUBLIC_URL, cookie })).toBe('Lou')
    expect(await admit({ host: OURS.host, authorization: `Bearer ${lou.key}` })).toBe('Lou')
    expect(await admit({ host: OURS.host, origin: PUBLIC_URL, cookie }, 'owner')).toBe('forbidden')
    for (const origin of ['https://evil.example', 'null', '', 'https://phone.example.com:444'])
      expect([origin, await admit({ host: OURS.host, origin, cookie })]).toEqual([origin, 'forbidden'])
    expect(await admit({ host: OURS.host, cookie })).toBe('forbidden')
    expect(await admit({ host: OURS.host, origin: PUBLIC_URL })).toBe('unauthorized')
    expect(await admit({ host: OURS.host, authorization: 'Bearer x', origin: PUBLIC_URL, cookie })).toBe('unauthorized')
  })

  it('is told when whoever opened it may not any more', async () => {
    const { key } = await world.person('Mia', 'operator')
    const cookie = await world.cookieOf(key)
    let over = 0
    const { whenOver } = await world.access.admitUpgrade(
      upgrade({ host: OURS.host, origin: PUBLIC_URL, cookie }),
      'operator',
    )
    whenOver(() => (over += 1))
    const stopped = whenOver(() => (over += 100))
    stopped()
    await world.asOwner('PUT', '/people/Mia', { role: 'manager' })
    expect(over).toBe(0)
    await world.asOwner('PUT', '/people/Mia', { role: 'viewer' })
    expect(over).toBe(1)
    await world.asOwner('DELETE', '/people/Mia')
    expect(over).toBe(1)
  })
})
