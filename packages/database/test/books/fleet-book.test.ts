import { expect, it } from 'vitest'
import { testStore } from '../../src/testing/test-database.ts'

it('tells the latest starts of gateways alone, however often one has started', async () => {
  const { database, fleet } = await testStore()
  const facts = { id: 'a', version: '1.0.0' }
  const mark = { state: 'ready', active: 0, rated: 1, loopP99Ms: 0 } as const
  await fleet.beat(facts, mark)
  const columns = 'address, version, state, active, rated, loop_p99_ms, secret_mark, started_at'
  await database.run(`INSERT INTO instances (id, boot_id, heartbeat_at, ${columns})
    WITH RECURSIVE starts(nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM starts WHERE nth < 300)
    SELECT 'loop', 'boot ' || nth, heartbeat_at - 1000 * nth, ${columns} FROM instances, starts`)
  const listed = await fleet.list()
  expect(listed).toHaveLength(200)
  expect(listed.map(({ bootId }) => bootId)).toContain(fleet.bootId)
  expect(listed.map(({ bootId }) => bootId)).not.toContain('boot 250')
  expect((await fleet.beat(facts, mark)).instances.length).toBeLessThan(70)
})
