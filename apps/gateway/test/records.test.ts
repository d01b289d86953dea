import { Readable } from 'node:stream'
import { forgetCustomers, openCustomerDesk, openCustomerList, openCustomers } from '@llc-phone/mode-csr'
import { exportCustomers, importCustomers } from '@llc-phone/mode-csr/transfer'
import { openStore, type Store } from '@llc-phone/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCallerForgetter } from '../src/forget-caller.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, RECEPTIONIST_DID, testGateway, type TestGateway } from './support/gateway.ts'

let store: Store
let onTheLine: string[] = []
const feedForgets: string[] = []
let gateway: TestGateway
const again: string[] = []
const recordings = new Map([['RE1', 'a recording']])

beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  await openCustomers(store, { demoData: true })
  gateway = await testGateway(fakeRegistry().registry, {
    messageList: store.messageList,
    customerList: openCustomerList(store.database),
    customerDesk: openCustomerDesk(store.database),
    customerTransfer: {
      import: (...options) => importCustomers(store.database, ...options),
      export: () => exportCustomers(store.database),
    },
    async openRecording(recordingId) {
      const audio = recordings.get(recordingId)
      return audio === undefined ? undefined : { audio: Readable.from([audio]) }
    },
    assignments: store.numbers,
    audit: store.audit,
    callers: createCallerForgetter({
      eraser: store.callers,
      registry: {
        active: () => onTheLine.map((number) => ({ facts: { otherParty: { number } } })) as never,
        recent: () => [],
        forget: () => undefined,
      },
      calls: { forget: async () => 0 },
      feed: { forget: (callIds) => void feedForgets.push(...callIds) },
      forgetCustomers: (number, callIds) => forgetCustomers(store.database, number, callIds),
      countCustomers: async (number) => (await openCustomerList(store.database).customers(number, 100)).length,
    }),
    async deliverAgain({ id }) {
      again.push(id)
      return ['desk@example.com']
    },
  })
})
afterAll(() => store.close())

const ask = async (method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT', url: string, body?: object) => {
  const answer = await gateway.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    ...(body ? { payload: body } : {}),
  })
  return { status: answer.statusCode, text: answer.body, json: () => JSON.parse(answer.body) as Record<string, never> }
}

const message = {
  callId: 'call 1',
  callerName: '=cmd()',
  callerNumber: '+14155550120',
  text: 'Please call "me", +14155550120.',
  urgency: 'normal',
} as const

it('messages are listed, filtered and paged, with how far their delivery is', async () => {
  const { id: messageId } = await store.messages.take({
    ...message,
    kind: 'callback',
    recipient: 'Anna',
    deliverTo: ['desk@example.com', 'https://crm.example.com/secret/path'],
  })
  await store.messages.take({ ...message, text: 'Another one.' })
  await store.messages.delivered({ messageId, destination: 'desk@example.com' })
  await store.messages.deliveryFailed(
    { messageId, destination: 'https://crm.example.com/secret/path' },
    null,
    'HTTP 502',
  )
  const { json } = await ask(
    'GET',
    '/messages?kind=callback&for=anna&done=false&q=call&number=%2B14155550120&delivery=failed',
  )
  expect(json()).toMatchObject({
    toDo: 2,
    messages: [
      {
        id: messageId,
        callerNumber: '+1415•••0120',
        delivery: 'given_up',
        deliveries: [
          { destination: 'desk@example.com', state: 'delivered' },
          { destination: 'webhook at crm.example.com', state: 'given_up', answer: 'HTTP 502' },
        ],
      },
    ],
  })
  const first = (await ask('GET', '/messages?limit=1')).json() as unknown as {
    next: string
    messages: { id: string }[]
  }
  const second = (await ask('GET', `/messages?limit=1&after=${first.next}`)).json() as unknown as typeof first
  expect(second.messages[0]!.id).not.toBe(first.messages[0]!.id)
  expect((await ask('GET', '/messages?after=x')).status).toBe(400)
  expect((await ask('GET', '/messages?colour=red')).text).toContain('has no field')
})

it('a message is seen to, assigned and sent again, and the audit log says by whom', async () => {
  const { id } = await store.messages.take({ ...message, text: 'See to it.' })
  expect((await ask('PATCH', `/messages/${id}`, { done: true, assignedTo: 'ann' })).json()).toMatchObject({
    doneBy: 'ADMIN_TOKEN',
    assignedTo: 'ann',
  })
  expect((await ask('PATCH', `/messages/${id}`, { done: false, assignedTo: null })).json()).not.toHaveProperty('doneAt')
  expect((await ask('PATCH', `/messages/${id}`, {})).text).toContain('nothing to change')
  expect((await ask('POST', `/messages/${id}/deliver`)).json()).toEqual({ id, destinations: ['desk@example.com'] })
  expect(again).toEqual([id])
  const deeds = await store.audit.list(10, { target: id })
  expect(deeds.map(({ action }) => action)).toEqual(['message_delivered', 'message_changed', 'message_changed'])
  for (const [method, url] of [
    ['GET', '/messages/none'],
    ['POST', '/messages/none/deliver'],
  ] as const)
    expect((await ask(method, url)).status).toBe(404)
})

it('messages are exported whole, and no cell is a formula', async () => {
  const all = JSON.parse((await ask('GET', '/messages/export?format=json')).text) as unknown[]
  expect(all).toHaveLength((await store.messages.list()).length)
  const csv = (await ask('GET', '/messages/export?format=csv&kind=callback&reveal=true')).text.trim().split('\r\n')
  expect(csv).toHaveLength(2)
  expect(csv[1]).toContain(`'=cmd(),+14155550120,`)
  expect(csv[1]).toContain('"Please call ""me"", +14155550120."')
})

it('a wish to be called back says which call was placed since', async () => {
  const callback = async (): Promise<unknown> => (await ask('GET', '/messages?kind=callback')).json()
  expect(await callback()).not.toMatchObject({ messages: [{ calledBack: {} }] })
  await store.database
    .run(`INSERT INTO outbound_calls (call_id, request_hash, to_number, from_number, mode, scenario, state, webhook, requested_at)
    VALUES ('call 9', '', '+14155550120', '+14155550100', 'outbound', 'callback', 'ended', 0, ${Date.now() + 1_000})`)
  expect(await callback()).toMatchObject({ messages: [{ calledBack: { callId: 'call 9', state: 'ended' } }] })
})

it('appointments and customers are read, without what proves who they are', async () => {
  const { json } = await ask('GET', '/appointments?status=booked&limit=1')
  const { appointments } = json() as unknown as { appointments: { customerId: string; customerName: string }[] }
  const [soonest] = appointments
  expect(soonest?.customerName).toMatch(/\w/)
  const file = await ask('GET', `/customers/${soonest!.customerId}`)
  expect(file.json()).toMatchObject({ phones: expect.any(Array), appointments: expect.any(Array), notes: [] })
  expect(file.text).not.toMatch(/pin|birth/i)
  const name = encodeURIComponent(soonest!.customerName)
  expect((await ask('GET', `/customers?q=${name}`)).json()).toMatchObject({ customers: [{ id: soonest!.customerId }] })
  expect((await ask('GET', '/customers?q=%25')).json()).toEqual({ customers: [] })
  expect((await ask('GET', '/appointments?from=2100-01-01')).json()).toEqual({ appointments: [] })
  expect((await ask('GET', '/customers/none')).status).toBe(404)
})

it('the history of a number says who has moved it', async () => {
  await ask('PUT', `/numbers/${encodeURIComponent(RECEPTIONIST_DID)}`, { mode: 'menu', by: 'ann' })
  expect((await ask('GET', `/numbers/${encodeURIComponent(RECEPTIONIST_DID)}/history`)).json()).toEqual({
    number: RECEPTIONIST_DID,
    changes: [{ mode: 'menu', previousMode: null, changedBy: 'ann', changedAt: expect.any(String) }],
  })
  expect((await ask('GET', '/numbers/%2B14155550999/history')).json()).toMatchObject({ changes: [] })
})

it('a caller is deleted everywhere, unless they are on the line, and one line says that it was done', async () => {
  const { customers } = (await ask('GET', '/customers?limit=1')).json() as unknown as {
    customers: { id: string; lastName: string }[]
  }
  const [{ id, lastName }] = customers as [(typeof customers)[0]]
  const { phones } = (await ask('GET', `/customers/${id}?reveal=true`)).json() as unknown as { phones: string[] }
  const number = phones[0]!
  const path = `/callers/${encodeURIComponent(number)}`
  await store.messages.take({ ...message, callId: 'call 7', callerName: `Ms. ${lastName}`, callerNumber: number })
  await store.doNotCall.add({ number: number as never, source: 'api' })
  expect((await ask('GET', path)).json()).toMatchObject({ calls: 1, live: 0, messages: 1, customers: 1 })
  onTheLine = [number]
  expect((await ask('DELETE', path)).json()).toMatchObject({ error: { code: 'call_live' } })
  onTheLine = []
  expect((await ask('DELETE', path)).json()).toMatchObject({ number, messages: 1, customers: 1 })
  expect((await ask('DELETE', path)).status).toBe(404)
  expect((await ask('GET', `/customers/${id}`)).status).toBe(404)
  expect((await ask('GET', `/messages?q=${lastName}`)).json()).toMatchObject({ messages: [] })
  expect(feedForgets).toEqual(['call 7'])
  expect(await store.doNotCall.find(number)).toBeDefined()
  const [deed, ...others] = await store.audit.list(10, { action: 'caller_forgotten' })
  expect([deed?.target, others]).toEqual([expect.stringContaining('•••'), []])
  expect(JSON.stringify(deed)).not.toContain(number.slice(1))
  expect(gateway.logText()).not.toContain(number.slice(1))
})

it('a customer is kept by the routes, and the audit log says by whom', async () => {
  const added = await ask('POST', '/customers', { firstName: 'Zoe', lastName: 'Park', phones: ['+14155550160'] })
  expect(added.status).toBe(201)
  const { id } = added.json() as unknown as { id: string }
  expect((await ask('PATCH', `/customers/${id}`, { email: 'zoe@example.com' })).json()).toMatchObject({
    email: 'zoe@example.com',
  })
  const noted = (await ask('POST', `/customers/${id}/notes`, { text: 'Prefers mornings.' })).json() as unknown as {
    notes: { id: string }[]
  }
  expect((await ask('DELETE', `/customers/${id}/notes/${noted.notes[0]!.id}`)).json()).toMatchObject({ notes: [] })
  expect((await ask('POST', `/customers/${id}/phones`, { phone: '4155550161' })).text).toContain('Did you mean')
  expect((await ask('DELETE', `/customers/${id}/phones/%2B14155550160`)).json()).toMatchObject({ phones: [] })
  expect((await ask('PATCH', `/customers/${id}`, {})).status).toBe(400)
  await store.database.run(`INSERT INTO opening_hours SELECT value, '09:00', '17:00' FROM json_each('[0,1,2,3,4,5,6]')`)
  const { services, days } = (await ask('GET', '/calendar?from=2099-03-02&days=1')).json() as unknown as {
    services: { id: string }[]
    days: unknown[]
  }
  expect(days).toMatchObject([{ date: '2099-03-02', open: [{ opens: 540, closes: 1020 }] }])
  const date = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  const { starts } = (await ask('GET', `/calendar/free?service=${services[0]!.id}&date=${date}`)).json() as unknown as {
    starts: string[]
  }
  const wish = { customerId: id, serviceId: services[0]!.id, startsAt: starts[0] }
  const booked = await ask('POST', '/appointments', wish)
  expect(booked.status).toBe(201)
  const path = `/appointments/${(booked.json() as unknown as { id: string }).id}`
  expect((await ask('PATCH', path, { startsAt: starts.at(-1) })).status).toBe(200)
  expect((await ask('PATCH', path, { startsAt: `${date}T10:07:00Z` })).text).toContain('no time that can be booked')
  expect((await ask('DELETE', path)).status).toBe(200)
  expect((await ask('DELETE', `/customers/${id}`)).json()).toEqual({ id, removed: true })
  const deeds = (await store.audit.list(20)).map(({ action }) => action)
  for (const action of ['customer_added', 'customer_changed', 'customer_deleted', 'appointment_booked'])
    expect(deeds).toContain(action)
})

it('customers come in and out as a list, all of it or nothing', async () => {
  const send = (query: string, payload: string) =>
    gateway.app.inject({
      method: 'POST',
      url: `/customers/import${query}`,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'text/csv' },
      payload,
    })
  const good = 'first_name,last_name,phones\nYan,Li,+14155550162\n'
  expect((await send('?dryRun=true', good)).json()).toMatchObject({ added: 1, lines: [{ line: 2, name: 'Yan Li' }] })
  expect((await send('', `${good}No,Number,\n`)).json()).toMatchObject({ error: { lines: [{ line: 3 }] } })
  expect((await ask('GET', '/customers?q=Yan')).json()).toEqual({ customers: [] })
  expect((await send('', good)).json()).toMatchObject({ added: 1, problems: [] })
  expect((await ask('GET', '/customers/export?reveal=true')).text).toContain('Yan,Li,+14155550162')
})

it('a recording is passed on as Twilio has it, and one that is gone is said to be', async () => {
  const { id } = await store.messages.take({ ...message, recordingId: 'RE1', recordingUrl: 'https://example.com' })
  const bare = await store.messages.take({ ...message, text: 'No recording.' })
  expect((await ask('GET', `/messages/${id}/recording`)).text).toBe('a recording')
  recordings.clear()
  expect((await ask('GET', `/messages/${id}/recording`)).text).toContain('gone at Twilio')
  expect((await ask('GET', `/messages/${bare.id}/recording`)).text).toContain('Nothing was recorded')
  expect((await ask('GET', '/messages?limit=1')).text).not.toContain('+14155550120')
  await ask('GET', `/messages/${id}?reveal=true`)
  const deeds = await store.audit.list(10, { target: id })
  expect(deeds.map(({ action }) => action)).toEqual(['message_revealed', 'message_played'])
})
