import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { expect, it } from 'vitest'
import { DIAL, startBoss } from '../src/boss.ts'

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
