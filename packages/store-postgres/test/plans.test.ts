import type { CallFilter, Store } from '@llc-phone/store'
import { openBooks, storeTables } from '@llc-phone/store-drizzle'
import { limits } from '@llc-phone/store/testing'
import { beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { openPostgresStore, postgresKit } from '../src/index.ts'
import { createPostgresDatabase } from '../src/postgres-database.ts'
import { openPool, type PostgresPool } from '../src/postgres-pool.ts'
import { createDatabase } from '../src/testing/index.ts'

let url: string
beforeAll(async () => {
  url = await createDatabase(inject('postgres'))
  const store = await openPostgresStore({ url })
  await store.close()
  // Which of two indexes is the better one shows only where most calls are over.
  const pool = openPool(url, { connections: 1 })
  await pool.query(`INSERT INTO outbound_calls
    (call_id, to_number, from_number, mode, scenario, state, requested_at, dialled_at, request_hash, webhook)
    SELECT 'over ' || n, '+1415555' || n, '+14155550100', 'csr', 'callback', 'ended', 1763985600000 - 17000 * n, 1763985600000 - 17000 * n, '', false
    FROM generate_series(1, 5000) AS n`)
  await pool.query('ANALYZE outbound_calls')
  await pool.close()
})

/** What Postgres would do for each statement, had the tables a million rows. */
const plansOf = async (use: (books: Omit<Store, 'migrate' | 'problem' | 'close'>) => Promise<unknown>) => {
  const pool = openPool(`${url}&options=${encodeURIComponent('-c enable_seqscan=off -c enable_sort=off')}`, {
    connections: 1,
  })
  onTestFinished(() => pool.close())
  const plans: string[] = []
  const explaining: PostgresPool = {
    async query(text, params) {
      plans.push((await pool.query(`EXPLAIN ${text}`, params)).join('\n'))
      return []
    },
    inTransaction: (work) => work(explaining),
    batch: async (send) => Promise.all(await send(explaining)),
    close: async () => {},
  }
  const alive = { ask: async () => 'unknown' as const, forget: async () => {}, close: () => {} }
  await use(openBooks(createPostgresDatabase(explaining, storeTables(postgresKit)), { alive, scrub: async () => true }))
  expect(plans.length).toBeGreaterThan(0)
  return plans.join('\n')
}

const filters: readonly CallFilter[] = [
  {},
  { number: '0101' },
  { instance: 'desk', problem: 'any', slowerThanMs: 900, isTest: false },
  { from: new Date(1), to: new Date(2), outcome: 'fallback', direction: 'inbound' },
  { problem: 'model_lost', settingsVersion: 3, tuningProfile: 'quick' },
]

it.each(filters)('a list of calls is read in the order of one index: %j', async (filter) => {
  const before = { startedAt: new Date(5), callId: 'a' }
  const plan = await plansOf(({ journal }) => journal.recent(100, { before, except: ['b'], filter }))
  expect(plan).toMatch(/Index (Only )?Scan Backward using calls_filtered/)
  expect(plan).not.toMatch(/Sort|Seq Scan on calls/)
})

it('words are looked up in their index', async () => {
  const plan = await plansOf(({ journal }) => journal.recent(100, { filter: { words: 'appointment tom*' } }))
  expect(plan).toContain('Bitmap Index Scan on call_words_by_word')
})

it('calls that are not over, and those of a number or a day, are found by their indexes', async () => {
  expect(await plansOf(({ outbound }) => outbound.unfinished())).toContain('using outbound_calls_unfinished')
  const frequency = [{ calls: 2, withinMs: 86_400_000 }]
  const plan = await plansOf(({ outbound }) =>
    outbound.reserve('a', limits({ perDayUsd: 1, frequency })).catch(() => {}),
  )
  for (const index of ['outbound_calls_by_number', 'outbound_calls_by_place', 'outbound_calls_unfinished'])
    expect(plan).toContain(index)
  expect(plan).not.toContain('Seq Scan')
})

it('figures read the calls of their time, and no other marks', async () => {
  const plan = await plansOf(({ figures }) => figures.durations({ fromMs: 0, toMs: 1 }, 'speech_end_to_frame'))
  expect(plan).toContain('calls_filtered')
  expect(plan).toContain('using latency_marks_by_measure')
  expect(plan).not.toMatch(/Seq Scan on (calls|latency_marks)/)
})

it('what is due and what a leg belongs to is found by an index', async () => {
  const plan = await plansOf(async ({ outbound, messages, messageList, journal, doNotCall, retention }) => {
    await outbound.pendingCompletions()
    await outbound.findByLegId('leg')
    await outbound.find('a')
    await outbound.recent(10)
    await messages.pendingDeliveries()
    await messageList.page({ done: false }, 10)
    await journal.abandoned('leg', new Date())
    await journal.legReported('leg', { isOver: true }, new Date())
    await doNotCall.find('+14155550142')
    await doNotCall.list()
    await retention.forgetWords(new Date())
  })
  expect(plan).not.toMatch(/Seq Scan/)
})
