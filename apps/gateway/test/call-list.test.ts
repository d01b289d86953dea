import { openStore, type Store } from '@llc-phone/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCallLog } from '../src/watching/call-log.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, ringing, testGateway, type TestGateway } from './support/gateway.ts'

const A_DAY_OF_CALLS = 20_000
const REFUSED = 150
const LIVE = 3

let store: Store
let gateway: TestGateway
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  // Two calls begin in every moment, so that the time alone is no place in the list.
  await store.database
    .run(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${A_DAY_OF_CALLS - 1})
    INSERT INTO calls (id, call_sid, mode, direction, caller, dialled, started_at, ended_at, disposition)
    SELECT 'old ' || i, 'CA' || i, 'ivr', 'inbound', '+14155550199', '+14155550101', (i / 2) * 8000, (i / 2) * 8000 + 60000, 'hung_up' FROM n`)
  await store.database.run(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${REFUSED - 1})
    INSERT INTO outbound_calls (call_id, request_hash, to_number, from_number, mode, scenario, state, webhook, requested_at, seen_at)
    SELECT 'refused ' || i, '', '+14155550120', '+14155550100', 'outbound', 'callback', 'refused', 0, i * 80000, i * 80000 FROM n`)
  const calls = createCallLog({
    journal: store.journal,
    model: 'gpt-realtime-1.5',
    log: createLog({ level: 'silent', secrets: [] }),
  })
  gateway = await testGateway(fakeRegistry().registry, { calls, ledger: store.outbound })
  for (let n = 1; n <= LIVE; n++) await gateway.post('/twiml', ringing(callSidOf(n)))
}, 60_000)
afterAll(() => store.close())

interface Page {
  readonly calls: readonly { readonly callId: string; readonly phase?: string; readonly outbound?: object }[]
  readonly next?: string
}
const list = async (query = ''): Promise<Page> => {
  const response = await gateway.app.inject({
    url: `/calls${query}`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  expect(response.statusCode).toBe(200)
  return response.json<Page>()
}

it('a day of calls is listed a hundred at a time, live ones first', async () => {
  const { calls, next } = await list()
  expect(calls).toHaveLength(100)
  expect(calls.slice(0, LIVE).every(({ phase }) => phase !== undefined)).toBe(true)
  expect(calls[LIVE]).toMatchObject({ callId: 'old 19999', caller: '+1415•••0199' })
  expect(next).toMatch(/^ended_/)
})

it('every call is on one page and on no other, refused ones too', async () => {
  const seen: string[] = []
  let after = ''
  for (;;) {
    const { calls, next } = await list(`?limit=1000${after}`)
    expect(calls.length).toBeLessThanOrEqual(1_000)
    seen.push(...calls.map(({ callId }) => callId))
    if (next === undefined) break
    after = `&after=${encodeURIComponent(next)}`
  }
  expect(seen).toHaveLength(LIVE + A_DAY_OF_CALLS + REFUSED)
  expect(new Set(seen).size).toBe(seen.length)
}, 60_000)

it('pages may be smaller than the calls that are live', async () => {
  const first = await list('?limit=2')
  const second = await list(`?limit=2&after=${first.next}`)
  expect([first.next?.slice(0, 5), second.next?.slice(0, 6)]).toEqual(['live_', 'ended_'])
  expect(new Set([...first.calls, ...second.calls].map(({ callId }) => callId)).size).toBe(4)
  expect(second.calls.map(({ phase }) => phase === undefined)).toEqual([false, true])
})

it('a refused call says so', async () => {
  const { calls } = await list('?after=ended_1970-01-01T00:00:00.001Z_x')
  expect(calls.at(-1)).toMatchObject({ callId: 'old 0' })
  const refused = calls.find(({ callId }) => callId === 'refused 0')
  expect(refused).toMatchObject({ outbound: { state: 'refused', scenario: 'callback' } })
})

it.each([
  ['?number=%2B14155550120', 100],
  ['?number=0120&limit=1000', REFUSED],
  ['?number=%2B14155550100&direction=outbound&from=1970-01-01T00:00:00Z&to=1970-01-01T00:04:00Z', 3],
  ['?number=%2B14155550120&direction=inbound', 0],
  ['?number=%2B14155550120&q=hello', 0],
  ['?outcome=fallback', 0],
] as const)('%s finds of the calls that were only asked for those that it names', async (query, count) => {
  const { calls } = await list(query)
  expect(calls).toHaveLength(count)
  expect(calls.every(({ outbound }) => outbound !== undefined)).toBe(true)
})

it.each(['?limit=0', '?limit=1001', '?limit=many', '?after=yesterday', '?after=ended_2026-99-99T00:00:00Z_x'])(
  '%s is refused with the reason',
  async (query) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const response = await gateway.app.inject({ url: `/calls${query}`, headers })
    expect([response.statusCode, response.json().error.code]).toEqual([400, 'request_invalid'])
  },
)

it('the longest page leaves calls their turns while it is put together', async () => {
  let turns = 0
  const audio = setInterval(() => turns++, 0)
  await list('?limit=1000')
  clearInterval(audio)
  // Ten parts, each of which lets others go on while the database reads and while calls are told.
  expect(turns).toBeGreaterThan(10)
})
