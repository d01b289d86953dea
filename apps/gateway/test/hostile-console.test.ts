import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { fakeClock } from '@llc-phone/core/testing'
import { customerDatabase, openCustomerDesk, openCustomerList, openCustomers } from '@llc-phone/mode-csr'
import { openStore } from '@llc-phone/database'
import { type DrizzleStore as Store } from '@llc-phone/store-drizzle'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDrafts } from '../src/configuration/settings-draft.ts'
import { openSettings } from '../src/configuration/settings.ts'
import { openRecordings } from '../src/recording/recordings.ts'
import { wavHeader } from '../src/recording/wav-file.ts'
import { isOurOrigin } from '../src/routes/browser-request.ts'
import { createListening } from '../src/routes/call-listen.ts'
import { ROLES, type Role } from '../src/routes/roles.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry, quietMode } from './support/fake-calls.ts'
import { accessOf, ADMIN_TOKEN, PUBLIC_URL, testGateway, type TestGateway } from './support/gateway.ts'
import { readyKind } from './support/ready-modes.ts'

const log = createLog({ level: 'silent', secrets: [] })
const HOOK = 'https://hooks.example.com/services/T0/B0/the-secret-in-the-path'
const document = (name: string, messages: readonly object[] = []) => ({
  business: { name, timeZone: 'UTC' },
  modes: { front: { kind: 'menu' } },
  numbers: { unknown: 'front' },
  messages,
})

/** A hundredth of a megabyte that unpacks to twenty. */
const BOMB = gzipSync(Buffer.alloc(20 * 1_048_576), { level: 1 }).toString('base64')
const folder = mkdtempSync(join(tmpdir(), 'llc-hostile-'))
const clock = fakeClock()
const keys = new Map<Role, string>()
let store: Store
let gateway: TestGateway

type Asked = { readonly as?: Role | 'nobody'; readonly headers?: Record<string, string>; readonly body?: unknown }
const ask = (method: InjectOptions['method'], url: string, { as = 'owner', headers = {}, body }: Asked = {}) =>
  gateway.app.inject({
    method: method!,
    url,
    headers: { ...(as === 'nobody' ? {} : { authorization: `Bearer ${keys.get(as)}` }), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  })

beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  await openCustomers(store)
  const settings = await openSettings({
    book: store.settings,
    copy: undefined,
    seed: document('Harbor Dental'),
    kinds: { kinds: [readyKind('menu', quietMode('ivr'))] },
    log,
    clock,
    nowOrLater: (task) => task(),
  })
  const access = accessOf(store, { clock, log })
  gateway = await testGateway(fakeRegistry().registry, {
    access,
    people: store.people,
    audit: store.audit,
    doNotCall: store.doNotCall,
    contacts: store.contacts,
    assignments: store.numbers,
    messageList: store.messageList,
    customerList: openCustomerList(customerDatabase(store)),
    customerDesk: openCustomerDesk(customerDatabase(store)),
    settings,
    drafts: createDrafts(settings, store.settings, clock),
    versions: store.settings,
    profiles: store.profiles,
    recordings: openRecordings(folder),
    events: {
      find: async (id: string) => (id === 'bomb' ? { version: 1, gzip: BOMB } : undefined),
    } as never,
    consoleFolder: folder,
  })
  for (const role of ROLES) {
    const { id } = (await store.people.add(`the ${role}`, role))!
    keys.set(role, (await store.people.issueKey(id)).key)
  }
})
beforeEach(() => clock.advance(600_000))
afterAll(async () => {
  await gateway.app.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const deeds = async (action: string) =>
  (await store.audit.list(100)).filter((line) => line.action === action).map(({ who, details }) => ({ who, details }))

describe('every answer', () => {
  it.each<[InjectOptions['method'], string, Asked?]>([
    ['GET', '/calls'],
    ['GET', '/calls', { as: 'nobody' }],
    ['GET', '/calls?limit=<script>'],
    ['GET', '/calls/<img src=x onerror=alert(1)>'],
    ['GET', '/nothing-here'],
    ['GET', '/%zz'],
    ['GET', `/${'a'.repeat(10_000)}`],
    ['GET', '/console/assets/none.js'],
    ['GET', '/console/assets/..%2f..%2fpackage.json'],
    ['GET', '/console/assets/%00.js'],
    ['GET', '//evil.example/%2f..'],
    ['POST', '/calls', { as: 'nobody' }],
    ['OPTIONS', '/calls', { as: 'nobody', headers: { origin: 'https://evil.example' } }],
    ['TRACE', '/calls', { as: 'nobody' }],
    ['POST', '/session', { as: 'nobody', headers: { 'content-type': 'text/xml' }, body: '<!DOCTYPE x>' }],
    ['POST', '/people', { headers: { 'content-type': 'application/json' }, body: '{"__proto__":{"role":"owner"}}' }],
    ['POST', '/people', { headers: { 'content-type': 'application/json' }, body: '{"name":"x","role":"owner"' }],
  ])('%s %s: nothing is made a page of, let into another, or kept', async (method, url, asked) => {
    const { statusCode, headers } = await ask(method, url, asked)
    expect(statusCode).toBeLessThan(500)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
    })
    expect(headers['content-type'] ?? 'application/json').not.toMatch(/html|xml/)
    expect(headers['access-control-allow-origin']).toBeUndefined()
    expect(headers['location'] ?? '/').toMatch(/^\/(?!\/)/)
  })

  it('about an id that is none is a refusal, never a failure', async () => {
    const ids = ['%2e%2e%2f%2e%2e%2fetc%2fpasswd', '%00', '__proto__', 'constructor', "'%20OR%201=1--", '%F0%9F%98%80']
    const isServedHere =
      /^\/(calls|messages|customers|contacts|do-not-call|numbers|people|keys|sessions|settings|appointments)\//
    const routes = gateway.routes.filter(
      ({ url, role }) => role !== undefined && url.includes(':') && isServedHere.test(url) && !url.endsWith('/twilio'),
    )
    expect(routes.length).toBeGreaterThan(25)
    for (const { method, url } of routes)
      for (const id of ids) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const { statusCode } = await ask(method, url.replaceAll(/:\w+/g, id), {
          body: method === 'GET' ? undefined : {},
        })
        expect([method, url, id, statusCode >= 400 && statusCode < 500]).toEqual([method, url, id, true])
      }
  })

  it('to a flood of strangers is a few lines of the log, and how many there were', async () => {
    const before = gateway.logLines.length
    for (let n = 0; n < 300; n++)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await ask('GET', '/calls', { as: 'nobody' })).statusCode).toBe(401)
    expect(gateway.logLines.length - before).toBeLessThanOrEqual(20)
  })
})

describe('where a request comes from', () => {
  it('is not what it says', async () => {
    const spoofed = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' }
    await ask('DELETE', '/people/nobody', { headers: spoofed })
    await ask('POST', '/people', { headers: spoofed, body: { name: 'Ed', role: 'viewer' } })
    expect((await store.audit.list(1))[0]).toMatchObject({ action: 'person_added', address: '127.0.0.1' })
  })

  it('is read from a few hosts, however many a header names', () => {
    const many = Array.from({ length: 8_000 }, (_, n) => `h${n}.example`)
    const at = performance.now()
    for (let n = 0; n < 200; n++)
      expect(isOurOrigin('https://h7999.example', { host: 'a', 'x-forwarded-host': many.join(',') }, PUBLIC_URL)).toBe(
        false,
      )
    expect(performance.now() - at).toBeLessThan(1_000)
    expect(
      isOurOrigin('https://h1.example', { host: 'a', 'x-forwarded-host': 'h0.example, h1.example' }, PUBLIC_URL),
    ).toBe(true)
  })

  it('is a person, whoever they say they are; only ADMIN_TOKEN says who uses it', async () => {
    const body = { mode: 'front', by: 'The Boss' }
    await ask('PUT', '/do-not-call/+14155550120', { body: {} })
    await ask('DELETE', '/do-not-call/+14155550120?by=The%20Boss', { as: 'manager' })
    expect(await deeds('do_not_call_removed')).toEqual([{ who: 'the manager', details: { by: 'the manager' } }])
    await ask('PUT', '/numbers/+14155550101', { as: 'operator', body: { ...body, mode: 'menu' } })
    expect(await deeds('number_moved')).toEqual([
      { who: 'the operator', details: { mode: 'menu', by: 'the operator' } },
    ])
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    await ask('PUT', '/numbers/+14155550101', { as: 'nobody', headers, body: { mode: 'menu', by: 'Ann' } })
    expect((await deeds('number_moved'))[0]).toEqual({ who: 'ADMIN_TOKEN', details: { mode: 'menu', by: 'Ann' } })
  })
})

describe('what somebody may not see', () => {
  it('a recording is noted as played, whichever part of it is asked for', async () => {
    writeFileSync(join(folder, 'theirs.wav'), Buffer.concat([wavHeader(16_000), Buffer.alloc(16_000)]))
    const ranges = ['bytes=1-', 'bytes=-16000', 'bytes=58-100', 'bytes=1-1,2-2', `bytes=${'0-1,'.repeat(3_000)}0-1`]
    for (const [n, range] of ranges.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const role = ROLES[1 + (n % 3)]!
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await ask('GET', '/calls/theirs/recording', { as: role, headers: { range } })).statusCode).toBeLessThan(
        300,
      )
    }
    const noted = await deeds('recording_played')
    expect(new Set(noted.map(({ who }) => who))).toEqual(new Set(['the operator', 'the manager', 'the owner']))
    for (const range of ['bytes=99999999-', 'bytes=-0', 'bytes=5-2'])
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await ask('GET', '/calls/theirs/recording', { headers: { range } })).statusCode).toBe(416)
    for (const id of ['..%2ftheirs', '%2e%2e%2ftheirs', 'theirs%00', 'theirs.wav', '.', '%2F'])
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect([id, (await ask('GET', `/calls/${id}/recording`)).statusCode >= 400]).toEqual([id, true])
  })

  it('masked digits are not found one by one', async () => {
    await openCustomerDesk(customerDatabase(store)).create({ firstName: 'Ann', lastName: 'Field' }, ['+14155550120'])
    const found = async (q: string, as: Role) =>
      (await ask('GET', `/customers?q=${encodeURIComponent(q)}`, { as })).json<{ customers: object[] }>().customers
        .length
    expect([await found('+1415555', 'operator'), await found('+1415555', 'viewer')]).toEqual([1, 0])
    expect([await found('Field', 'viewer'), await found('+14155550120', 'viewer')]).toEqual([1, 1])
    for (const [number, status] of [
      ['0120', 200],
      ['50120', 403],
      ['(415) 555-0120', 403],
      ['+14155550120', 200],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const asked = await ask('GET', `/calls?number=${encodeURIComponent(number)}`, { as: 'viewer' })
      expect([number, asked.statusCode]).toEqual([number, status])
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect((await ask('GET', `/calls.csv?number=${encodeURIComponent(number)}`, { as: 'viewer' })).statusCode).toBe(
        status,
      )
    }
    expect((await ask('GET', '/calls?number=50120', { as: 'operator' })).statusCode).toBe(200)
  })

  it('the path of a webhook is shown to those who may change it', async () => {
    const body = { document: document('Casa', [{ to: HOOK }, { to: 'desk@example.com' }]) }
    expect((await ask('POST', '/settings/publish', { body })).statusCode).toBe(200)
    const draft = await ask('PUT', '/settings/draft', { body: { document: document('Casa', [{ to: `${HOOK}/2` }]) } })
    expect(draft.body).toContain(`${HOOK}/2`)
    for (const url of [
      '/settings',
      '/settings/draft',
      '/settings/versions/1',
      '/settings/diff',
      '/settings/diff?from=0&to=1',
    ])
      for (const as of ROLES) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const { statusCode, body: text } = await ask('GET', url, { as })
        expect([url, as, statusCode, text.includes('the-secret')]).toEqual([
          url,
          as,
          200,
          as === 'manager' || as === 'owner',
        ])
      }
    expect((await ask('GET', '/settings', { as: 'viewer' })).body).toContain('https://hooks.example.com/•••')
  })

  it('the list of numbers that are never called leaves with a line of the audit log', async () => {
    await ask('GET', '/do-not-call', { as: 'viewer', headers: { accept: 'text/csv' } })
    expect(await deeds('do_not_call_exported')).toMatchObject([{ who: 'the viewer' }])
  })
})

describe('what is too much', () => {
  const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`) as object
  const wide = { a: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, [n]])) }

  const withText = (place: string, text: string): object =>
    place.split('.').reduceRight<unknown>((inner, key) => (key === '0' ? [inner] : { [key]: inner }), text) as object

  it.each<[string, object, number]>([
    ['/settings/draft', { document: deep(20_000) }, 422],
    ['/settings/check', { document: deep(20_000) }, 200],
    ['/settings/publish', { document: deep(20_000) }, 422],
    ['/settings/merge', { base: {}, mine: deep(20_000) }, 422],
    ['/settings/merge', { base: wide, mine: wide }, 422],
    ['/settings/write', { document: deep(20_000) }, 422],
    ['/settings/write', { document: wide }, 422],
    ['/settings/read', { text: '['.repeat(200_000) }, 200],
    [
      '/settings/read',
      { text: `a: &a [x]\n${Array.from({ length: 200 }, (_, n) => `b${n}: [*a, *a, *a, *a]`).join('\n')}` },
      200,
    ],
    ...['routes.kitchen.number', 'business.hours.mon', 'business.greeting', 'numbers.unknown', 'messages.0.to'].flatMap(
      (place) =>
        ['\t', '1\t', 'no. ', '/\0', '-', '09:00-'].map((many): [string, object, number] => [
          '/settings/check',
          { document: withText(place, `1${many.repeat(19_000 / many.length)}!`) },
          200,
        ]),
    ),
    ['/settings/check', { document: withText('business.greeting', ' '.repeat(400_000)) }, 200],
    ['/outbound-call/check', { to: '+14155550120', context: deep(5_000) }, 400],
  ])('for %s is refused at once', async (url, body, status) => {
    const method = url === '/settings/draft' ? 'PUT' : 'POST'
    const headers = method === 'PUT' ? { 'if-match': '*' } : {}
    const at = performance.now()
    const { statusCode } = await ask(method, url, { body, headers })
    expect([url, statusCode]).toEqual([url, status])
    expect(performance.now() - at).toBeLessThan(1_000)
  })

  it('in a log of a call, a few bytes that become many, is not unpacked', async () => {
    for (const url of ['/calls/bomb/events', '/calls/bomb/replay']) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { statusCode, body } = await ask('GET', url)
      expect([url, statusCode, body.length < 500]).toEqual([url, 500, true])
    }
  })

  it('asked of the search of calls is looked up in part', async () => {
    const q = encodeURIComponent(`"a" OR NEAR(b*) words_id:x ${'a* '.repeat(30)}`)
    expect((await ask('GET', `/calls?q=${q}`)).statusCode).toBe(200)
  })
})

it('a socket to listen by is refused for an address that is none', async () => {
  const told: (readonly [number, string])[] = []
  const { takeUpgrade } = createListening(gateway.deps, {
    refuseUpgrade: (_socket, status, code) => void told.push([status, code]),
  })
  const upgrade = (url: string, headers: Record<string, string>) =>
    takeUpgrade(
      { url, headers, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage,
      {} as Duplex,
      Buffer.alloc(0),
      url,
    )
  const owner = { authorization: `Bearer ${keys.get('owner')}` }
  expect(upgrade('/calls/%E0%A4%A/listen', owner)).toBe(true)
  expect(upgrade('/calls/none/listen', { authorization: `Bearer ${keys.get('manager')}` })).toBe(true)
  expect(upgrade(`/calls/none/listen?key=${keys.get('owner')}`, {})).toBe(true)
  for (const url of ['/calls/a/b/listen', '/calls//listen', `/calls/${'a'.repeat(200)}/listen`, '/listen'])
    expect([url, upgrade(url, owner)]).toEqual([url, false])
  await expect.poll(() => told.length).toBe(3)
  expect(told.toSorted(([one], [other]) => one - other)).toEqual([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
  ])
})
