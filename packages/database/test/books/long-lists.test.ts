import { expect, it } from 'vitest'
import { testStore } from '../../src/testing/test-database.ts'

it('a backlog of messages is told a hundred at a time, the longest due first', async () => {
  const store = await testStore()
  await store.database.run(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO messages (id, call_id, caller_name, text, urgency, created_at)
    SELECT 'message ' || i, 'call ' || i, 'Ann', 'Hello', 'normal', i FROM n`)
  await store.database.run(`INSERT INTO message_deliveries (message_id, destination, next_attempt_at)
    SELECT id, 'a@example.com', created_at FROM messages`)
  const first = await store.messages.pendingDeliveries()
  const ids = first.map(({ message }) => message.id)
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([100, 'message 0', 'message 99'])
  for (const messageId of ids) await store.messages.delivered({ messageId, destination: 'a@example.com' })
  expect((await store.messages.pendingDeliveries())[0]?.message.id).toBe('message 100')
})

it('unfinished outbound calls are all found after a crash, however many there were', async () => {
  const store = await testStore()
  await store.database.run(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
    INSERT INTO outbound_calls (call_id, request_hash, to_number, from_number, mode, scenario, state, webhook, requested_at)
    SELECT 'call ' || i, '', '+14155550120', '+14155550100', 'outbound', 'callback', 'queued', false, i / 3 FROM n`)
  const found = await store.outbound.unfinished()
  expect(new Set(found.map(({ callId }) => callId)).size).toBe(1_000)
  expect(found).toHaveLength(1_000)
})
