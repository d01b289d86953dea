import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { e164 } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { customerDatabase, openCustomerDesk, openCustomerList, openCustomers } from '@llc-phone/mode-csr'
import { exportCustomers, importCustomers } from '@llc-phone/mode-csr/transfer'
import { openStore } from '@llc-phone/database'
import { type OutboundCall } from '@llc-phone/store'
import { type DrizzleStore as Store } from '@llc-phone/store-drizzle'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createDrafts } from '../src/configuration/settings-draft.ts'
import { openSettings } from '../src/configuration/settings.ts'
import { wavHeader } from '../src/recording/wav-file.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry, quietMode } from './support/fake-calls.ts'
import {
  accessOf,
  ADMIN_TOKEN,
  CALLER,
  callSidOf,
  PUBLIC_URL,
  ringing,
  testGateway,
  type RouteOfApp,
} from './support/gateway.ts'
import { outboundOf, readyKind } from './support/ready-modes.ts'

/** How a route is asked, and the line that it writes. */
interface Deed {
  readonly action: string
  /** The address; the route's own when absent. */
  readonly path?: string | (() => string | Promise<string>)
  readonly body?: object | string | (() => object | Promise<object>)
  readonly headers?: Record<string, string>
}

/** Of a route that answers something and leaves everything as it was. */
const NOTHING = 'changes nothing'

const NUMBER = '%2B14155550120'
const document = {
  business: { name: 'Harbor Dental', timeZone: 'UTC' },
  modes: { front: { kind: 'menu' } },
  routes: { ann: { label: 'Ann', number: '+14155550125' } },
  numbers: { unknown: 'front', fallback: 'ann' },
}
const CSV = { 'content-type': 'text/csv' }
const OURS = { host: 'phone.example.com', origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' }

let store: Store
const folder = mkdtempSync(join(tmpdir(), 'llc-deeds-'))
let gateway: Awaited<ReturnType<typeof testGateway>>
let answer: LightMyRequestResponse

const send = async (method: string, url: string, body?: object | string, headers: Record<string, string> = {}) => {
  answer = await gateway.app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  })
  return answer
}
const idOf = async (method: string, url: string, body: object): Promise<string> =>
  (await send(method, url, body)).json<{ id: string }>().id
const customer = () => idOf('POST', '/customers', { firstName: 'Zoe', phones: ['+14155550160'] })
const message = async () =>
  (
    await store.messages.take({
      callId: 'call 1',
      callerName: 'Ann',
      callerNumber: '+14155550120',
      text: '',
      urgency: 'normal',
      recordingId: 'RE1',
    })
  ).id
const person = async () => {
  const name = `P${(await store.people.list()).length}`
  await send('POST', '/people', { name, role: 'viewer' })
  return name
}
/** A new appointment, or the wish for one. */
const wish = async () => {
  const customerId = await customer()
  const serviceId = (await send('GET', '/calendar?from=2099-03-02&days=1')).json<{ services: { id: string }[] }>()
    .services[0]!.id
  const date = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  const { starts } = (await send('GET', `/calendar/free?service=${serviceId}&date=${date}`)).json<{
    starts: string[]
  }>()
  return { customerId, serviceId, startsAt: starts[0]!, last: starts.at(-1)! }
}
const appointment = async () => {
  const { last: _last, ...body } = await wish()
  return `/appointments/${await idOf('POST', '/appointments', body)}`
}
const draft = async () => {
  await send('DELETE', '/settings/draft', undefined, { 'if-match': '*' })
  await send('PUT', '/settings/draft', { document: { ...document, business: { ...document.business, name: 'New' } } })
}
const contact = async () => {
  await store.contacts.setTimeZone(e164('+14155550120'), 'UTC')
  return `/contacts/${NUMBER}`
}
const onTheList = async () => {
  await store.doNotCall.add({ number: e164('+14155550120'), source: 'api' })
  return `/do-not-call/${NUMBER}`
}
const session = async () => {
  const cookie = async () => {
    const { headers } = await gateway.app.inject({
      method: 'POST',
      url: '/session',
      headers: OURS,
      payload: { key: ADMIN_TOKEN },
    })
    return String(headers['set-cookie']).split(';')[0]!
  }
  await cookie()
  return (await send('GET', '/sessions')).json<{ sessions: { id: string }[] }>().sessions[0]!.id
}

const deeds: Readonly<Record<string, Deed | typeof NOTHING>> = {
  'POST /admin/drain': { action: 'instance_drained' },
  'POST /admin/undrain': { action: 'instance_undrained' },
  'POST /session': { action: 'signed_in', body: { key: ADMIN_TOKEN }, headers: OURS },
  // Of a session alone: the test below.
  'DELETE /session': NOTHING,
  'DELETE /sessions/:id': { action: 'session_ended', path: async () => `/sessions/${await session()}` },
  'POST /people': { action: 'person_added', body: { name: 'Ann', role: 'viewer' } },
  'PUT /people/:person': {
    action: 'person_changed',
    path: async () => `/people/${await person()}`,
    body: { role: 'owner' },
  },
  'DELETE /people/:person': { action: 'person_removed', path: async () => `/people/${await person()}` },
  'POST /people/:person/keys': { action: 'key_issued', path: async () => `/people/${await person()}/keys`, body: {} },
  'DELETE /keys/:id': {
    action: 'key_revoked',
    path: async () => `/keys/${await idOf('POST', `/people/${await person()}/keys`, {})}`,
  },

  'GET /calls/:id': { action: 'call_revealed', path: '/calls/call_1?reveal=true' },
  'GET /calls.csv': { action: 'calls_exported' },
  'GET /calls.json': { action: 'calls_exported', path: '/calls.json?reveal=true' },
  'GET /calls/:id/recording': { action: 'recording_played', path: '/calls/call_1/recording' },
  'POST /calls/:id/hangup': { action: 'call_ended', path: '/calls/call_1/hangup' },
  'POST /calls/:id/note': { action: 'call_note', path: '/calls/call_1/note', body: { text: 'Hello.' } },
  'POST /calls/:id/transfer': { action: 'call_transferred', path: '/calls/call_1/transfer', body: { route: 'sales' } },
  'POST /test-calls': { action: 'test_call', body: { ring: 'menu' } },
  'POST /outbound-call': { action: 'call_placed', body: { to: '+14155550120' } },
  'POST /outbound-call/check': NOTHING,

  'GET /messages/:id': { action: 'message_revealed', path: async () => `/messages/${await message()}?reveal=true` },
  'GET /messages/export': { action: 'messages_exported' },
  'GET /messages/:id/recording': {
    action: 'message_played',
    path: async () => `/messages/${await message()}/recording`,
  },
  'PATCH /messages/:id': {
    action: 'message_changed',
    path: async () => `/messages/${await message()}`,
    body: { done: true },
  },
  'POST /messages/:id/deliver': {
    action: 'message_delivered',
    path: async () => `/messages/${await message()}/deliver`,
  },

  'GET /customers/:id': { action: 'customer_revealed', path: async () => `/customers/${await customer()}?reveal=true` },
  'GET /customers/export': { action: 'customers_exported' },
  'POST /customers': { action: 'customer_added', body: { firstName: 'Zoe' } },
  'POST /customers/import': {
    action: 'customers_imported',
    body: 'first_name,last_name,phones\nYan,Li,+14155550163\n',
    headers: CSV,
  },
  'PATCH /customers/:id': {
    action: 'customer_changed',
    path: async () => `/customers/${await customer()}`,
    body: { postcode: '94111' },
  },
  'DELETE /customers/:id': { action: 'customer_deleted', path: async () => `/customers/${await customer()}` },
  'POST /customers/:id/phones': {
    action: 'customer_changed',
    path: async () => `/customers/${await customer()}/phones`,
    body: { phone: '+14155550161' },
  },
  'DELETE /customers/:id/phones/:phone': {
    action: 'customer_changed',
    path: async () => `/customers/${await customer()}/phones/%2B14155550160`,
  },
  'POST /customers/:id/notes': {
    action: 'customer_changed',
    path: async () => `/customers/${await customer()}/notes`,
    body: { text: 'Mornings.' },
  },
  'DELETE /customers/:id/notes/:note': {
    action: 'customer_changed',
    path: async () => {
      const id = await customer()
      const { notes } = (await send('POST', `/customers/${id}/notes`, { text: 'Mornings.' })).json<{
        notes: { id: string }[]
      }>()
      return `/customers/${id}/notes/${notes[0]!.id}`
    },
  },
  'POST /appointments': {
    action: 'appointment_booked',
    body: async () => {
      const { last: _last, ...body } = await wish()
      return body
    },
  },
  'PATCH /appointments/:id': {
    action: 'appointment_moved',
    path: appointment,
    body: async () => ({ startsAt: (await wish()).last }),
  },
  'DELETE /appointments/:id': { action: 'appointment_cancelled', path: appointment },
  'DELETE /callers/:number': { action: 'caller_forgotten', path: `/callers/${NUMBER}` },

  'GET /contacts': { action: 'contacts_revealed', path: '/contacts?reveal=true' },
  'GET /contacts/export': { action: 'contacts_exported' },
  'POST /contacts/import': { action: 'contacts_imported', body: 'number,timeZone\n+14155550121,UTC\n', headers: CSV },
  'PUT /contacts/:number': { action: 'contact_changed', path: contact, body: { timeZone: null } },
  'DELETE /contacts/:number': { action: 'contact_removed', path: contact },
  'GET /do-not-call': { action: 'do_not_call_revealed', path: '/do-not-call?reveal=true' },
  'POST /do-not-call': { action: 'do_not_call_imported', body: 'number\n+14155550122\n', headers: CSV },
  'PUT /do-not-call/:number': { action: 'do_not_call_added', path: `/do-not-call/${NUMBER}`, body: {} },
  'DELETE /do-not-call/:number': { action: 'do_not_call_removed', path: onTheList },

  'PUT /numbers/:number': { action: 'number_moved', path: '/numbers/%2B14155550101', body: { mode: 'frontDesk' } },
  'DELETE /numbers/:number': {
    action: 'number_moved',
    path: async () => {
      await send('PUT', '/numbers/%2B14155550101', { mode: 'frontDesk' })
      return '/numbers/%2B14155550101'
    },
  },
  'POST /numbers/:number/twilio': { action: 'number_webhook_set', path: '/numbers/%2B14155550101/twilio' },
  'DELETE /greetings/:id': { action: 'greeting_removed', path: '/greetings/1' },
  'POST /phrases': { action: 'phrases_recorded', body: {} },

  'PUT /settings/draft': { action: 'settings_draft_saved', body: { document } },
  'DELETE /settings/draft': {
    action: 'settings_draft_discarded',
    path: async () => {
      await draft()
      return '/settings/draft'
    },
    headers: { 'if-match': '*' },
  },
  'POST /settings/publish': { action: 'settings_published', body: { document } },
  'POST /settings/restore': {
    action: 'settings_draft_restored',
    body: async () => {
      await send('POST', '/settings/publish', { document, over: true })
      await send('DELETE', '/settings/draft', undefined, { 'if-match': '*' })
      return { version: 1 }
    },
  },
  'POST /settings/reload': { action: 'settings_reloaded' },
  'POST /settings/check': NOTHING,
  'POST /settings/merge': NOTHING,
  'POST /settings/read': NOTHING,
  'POST /settings/write': NOTHING,
  'POST /settings/telephone': NOTHING,
}

beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  await openCustomers(store, { demoData: true })
  await customerDatabase(store).run(
    `INSERT OR IGNORE INTO opening_hours SELECT value, '09:00', '17:00' FROM json_each('[0,1,2,3,4,5,6]')`,
  )
  const clock = fakeClock()
  const log = createLog({ level: 'silent', secrets: [] })
  const settings = await openSettings({
    book: store.settings,
    copy: undefined,
    seed: document,
    kinds: { kinds: [readyKind('menu', quietMode('ivr'))] },
    log,
    clock,
    nowOrLater: (task) => task(),
  })
  const path = join(folder, 'call.wav')
  writeFileSync(path, wavHeader(0))
  const recording = { path, bytes: 58, durationMs: 0 }
  const { registry } = fakeRegistry()
  const access = accessOf(store, { clock, log })
  gateway = await testGateway(registry, {
    access,
    people: store.people,
    audit: store.audit,
    messageList: store.messageList,
    customerList: openCustomerList(customerDatabase(store)),
    customerDesk: openCustomerDesk(customerDatabase(store)),
    customerTransfer: {
      import: (...options) => importCustomers(customerDatabase(store), ...options),
      export: () => exportCustomers(customerDatabase(store)),
    },
    contacts: store.contacts,
    doNotCall: store.doNotCall,
    assignments: store.numbers,
    settings: { ...settings, inForce: settings.inForce, reload: async () => undefined },
    drafts: createDrafts(settings, store.settings, clock),
    versions: store.settings,
    openRecording: async () => ({ audio: Readable.from(['sound']) }),
    recordings: { find: async () => recording } as never,
    callers: { find: async () => ({}), forget: async () => forgotten } as never,
    doctor: {
      repair: async () => ({ changes: ['voice URL'], finding: { name: '', outcome: 'ok', detail: '' } }),
    } as never,
    greetings: { remove: async () => true } as never,
    phrases: { voices: ['marin'], record: async () => ({ recorded: [], failed: [] }) } as never,
    testCalls: {
      takeUpgrade: () => false,
      takePlace: async () => ({
        begin: () => ({ callId: 'call 2', line: '/test-calls/call 2/line' }),
        leave: () => undefined,
      }),
    } as never,
    openTrial: async () => ({ answer: { name: 'menu' } }) as never,
    outbound: {
      ...outboundOf({}, 'nobody', e164('+14155550100')),
      resolve: () => ({ name: 'menu', origin: 'settings', mode: { plan: () => ({ scenario: 'reminder' }) } }),
    } as never,
    dialer: {
      dial: async () => placed,
      check: async () => undefined,
      cancel: () => false,
      statusReported: () => undefined,
    },
  })
  await gateway.post('/twiml', ringing(callSidOf(1)))
  const call = registry.byCallId('call_1') as unknown as Record<string, unknown>
  call['note'] = call['transfer'] = () => undefined
  call['mode'] = { ...quietMode('ivr'), routes: { sales: { number: CALLER, label: 'Sales' } } }
})
afterAll(async () => {
  await gateway.app.close()
  await store.close()
  rmSync(folder, { recursive: true })
})

const placed: OutboundCall = {
  callId: 'call 3',
  to: CALLER,
  from: CALLER,
  mode: 'menu',
  scenario: 'reminder',
  state: 'queued',
  requestedAt: new Date(),
}
const forgotten = {
  calls: 0,
  messages: 0,
  notes: 0,
  outboundCalls: 0,
  contacts: 0,
  customers: 0,
  appointments: 0,
  waitingStories: 0,
  recordings: 0,
  scrubbed: true,
}

/** A route that changes something, shows numbers whole, or answers with a file. */
const isOneToNote = ({ method, role, url, schema }: RouteOfApp): boolean => {
  if (method === 'HEAD' || (role === undefined && url !== '/session')) return false
  if (method !== 'GET') return true
  const { querystring, response } = schema ?? {}
  if (querystring instanceof z.ZodObject && 'reveal' in querystring.shape) return true
  const { content = {} } = ((response ?? {}) as { 200?: { content?: object } })[200] ?? {}
  return Object.keys(content).some((type) => /csv|audio/.test(type))
}

it('every route that changes, reveals or exports something is in the table of this test', () => {
  const routes = gateway.routes.filter(isOneToNote).map(({ method, url }) => `${method} ${url}`)
  expect([...new Set(routes)].toSorted()).toEqual(Object.keys(deeds).toSorted())
})

it.each(Object.entries(deeds).filter(([, deed]) => deed !== NOTHING) as [string, Deed][])(
  '%s writes its line',
  async (route, { action, path, body, headers = {} }) => {
    const [method = '', address = ''] = route.split(' ')
    const url = (typeof path === 'function' ? await path() : path) ?? address
    const payload = typeof body === 'function' ? await body() : body
    const before = (await store.audit.list(1))[0]?.id ?? 0
    await send(method, url, payload, headers)
    expect([answer.statusCode, answer.body]).toEqual([expect.toBeOneOf([200, 201, 202]), expect.any(String)])
    const lines = (await store.audit.list(10)).filter(({ id }) => id > before)
    expect(lines.map((line) => [line.action, line.who, line.address])).toEqual([[action, 'ADMIN_TOKEN', '127.0.0.1']])
    // What was done to whom, never a whole number of somebody else.
    expect(JSON.stringify(lines)).not.toMatch(/\+141555501[26]/)
  },
)

it.each([
  [
    'the list of numbers that are never called, as a file',
    '/do-not-call',
    { accept: 'text/csv' },
    'do_not_call_exported',
  ],
  ['signing out', '/session', {}, 'signed_out'],
])('%s writes its line', async (_what, url, headers, action) => {
  const isFile = url === '/do-not-call'
  const { headers: signedIn } = await gateway.app.inject({
    method: 'POST',
    url: '/session',
    headers: OURS,
    payload: { key: ADMIN_TOKEN },
  })
  const cookie = String(signedIn['set-cookie']).split(';')[0]!
  await gateway.app.inject({ method: isFile ? 'GET' : 'DELETE', url, headers: { ...OURS, cookie, ...headers } })
  expect((await store.audit.list(1))[0]).toMatchObject({ action, who: 'ADMIN_TOKEN' })
})

describe('numbers of other people', () => {
  const WHOLE = /\+141555501(2\d|6\d|99)/
  const keys: Record<string, string> = {}
  beforeAll(async () => {
    for (const role of ['viewer', 'operator', 'manager']) {
      await send('POST', '/people', { name: `a-${role}`, role })
      keys[role] = (await send('POST', `/people/a-${role}/keys`, {})).json<{ key: string }>().key
    }
    await Promise.all([customer(), message(), contact(), onTheList()])
    await store.doNotCall.add({ number: e164('+14155550126'), source: 'api', reason: 'see +14155550127' })
  })
  const as = (role: string, url: string, headers = {}) =>
    send('GET', url, undefined, { authorization: `Bearer ${keys[role]}`, ...headers })

  it('are whole in no answer to a GET that does not ask for them, whoever asks', async () => {
    const plain = gateway.routes.filter(
      ({ method, url, role }) =>
        method === 'GET' &&
        role !== undefined &&
        !url.includes(':') &&
        // A stream, which is masked as a whole, and examples that are nobody's.
        !['/calls/events', '/settings/templates'].includes(url),
    )
    const addresses = [
      ...new Set(plain.map(({ url }) => url)),
      '/calls/call_1',
      `/customers/${await customer()}`,
      `/messages/${await message()}`,
      '/customers?q=4155550160',
      '/messages?number=%2B14155550120',
    ]
    expect(addresses.length).toBeGreaterThan(25)
    for (const url of addresses)
      for (const headers of [{}, { accept: 'text/csv' }]) {
        // Colleagues stand in the settings, which an owner changes.
        const { body } = url.startsWith('/settings')
          ? await as('operator', url, headers)
          : await send('GET', url, undefined, headers)
        expect([url, WHOLE.exec(body)?.[0]]).toEqual([url, undefined])
      }
    expect((await send('GET', '/customers?q=4155550160')).body).toContain('+1415•••0160')
    expect((await send('GET', '/messages?number=%2B14155550120')).body).toContain('+1415•••0120')
  })

  it.each([
    ['/customers/ID', 'operator'],
    ['/messages/ID', 'operator'],
    ['/calls/call_1', 'operator'],
    ['/contacts', 'operator'],
    ['/do-not-call', 'operator'],
    ['/customers/export', 'manager'],
    ['/messages/export', 'manager'],
    ['/contacts/export', 'manager'],
    ['/calls.csv', 'manager'],
  ])('are whole in %s when it is asked for by a role that may', async (url, role) => {
    const id = url.startsWith('/customers') ? customer : message
    const path = `${url.includes('ID') ? url.replace('ID', await id()) : url}?reveal=true`
    const lesser = role === 'operator' ? 'viewer' : 'operator'
    expect([(await as(lesser, path)).statusCode, answer.body]).toEqual([403, expect.not.stringMatching(WHOLE)])
    expect([(await as(role, path)).statusCode, answer.body]).toEqual([200, expect.stringMatching(WHOLE)])
  })

  it('of colleagues are whole in the settings for those who change them', async () => {
    expect((await as('operator', '/settings')).body).toContain('+1415•••0125')
    expect((await as('manager', '/settings')).body).toContain('+14155550125')
  })

  it('are nowhere in the place of the next page of a masked list, and cannot be asked for one by one', async () => {
    for (const list of ['/contacts', '/do-not-call']) {
      const first = (await as('viewer', `${list}?limit=1`)).json<{ next: string }>()
      expect(first.next).toBe('1')
      const second = (await as('viewer', `${list}?limit=1&after=1`)).json<Record<string, object[]>>()
      expect(Object.values(second)[0]).toHaveLength(1)
      expect(second).not.toEqual(first)
      expect((await as('viewer', `${list}?limit=1&after=%2B14155550100`)).statusCode).toBe(400)
      expect((await as('operator', `${list}?limit=1&reveal=true`)).json()).toMatchObject({ next: '1' })
    }
  })
})
