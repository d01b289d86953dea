import { openPostgresStore } from '@llc-phone/store-postgres'
import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DIAL, startBoss } from '../src/boss.ts'
import { openSharedQueue } from '../src/index.ts'

const test = postgresPrograms() === undefined ? it.skip : it

test('pg-boss waits for no statement for ever', { timeout: 60_000 }, async () => {
  const cluster = await startCluster()
  await cluster.create('limits')
  const url = cluster.url('limits')
  const boss = await startBoss(url, () => {}, 3_000)
  try {
    const held = cluster.ask('limits', 'BEGIN; LOCK TABLE pgboss.job; SELECT pg_sleep(8); COMMIT').catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 500))
    const asked = performance.now()
    await expect(boss.send(DIAL, { callId: 'call' })).rejects.toThrow('timeout')
    expect(performance.now() - asked).toBeLessThan(6_000)
    await held
  } finally {
    await boss.stop({ graceful: false })
    await cluster.stop()
  }
})

test('hands out no moment hours ahead when the clock of the database was set back', { timeout: 60_000 }, async () => {
  const cluster = await startCluster()
  await cluster.create('paces')
  const url = cluster.url('paces')
  const store = await openPostgresStore({ url, connections: 1 })
  try {
    const queue = await openSharedQueue({ store, url, instance: 'one', account: 'account', onProblem() {} })
    expect(await queue.slotMs(1)).toBe(0)
    await store.database.run(sql`UPDATE rates SET next_at = next_at + 3600000`)
    expect(await queue.slotMs(1)).toBe(0)
    const nextMs = await queue.slotMs(1)
    expect(nextMs, 'and the next ones one after the other').toBeGreaterThan(500)
    expect(nextMs).toBeLessThan(1_100)
  } finally {
    await store.close()
    await cluster.stop()
  }
})
