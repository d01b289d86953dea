import { pause, systemClock } from '@llc-phone/core'
import { testSharedQueue } from '@llc-phone/dialer/testing'
import { openPostgresStore, postgresOf } from '@llc-phone/store-postgres'
import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { openSharedQueue } from '../src/index.ts'

const close: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const each of close.toReversed()) await each()
})

const openQueue = async (url: string, instance: string) => {
  const store = await openPostgresStore({ url, connections: 6 })
  const problems: unknown[] = []
  const queue = await openSharedQueue({
    store,
    url,
    instance,
    account: 'account',
    onProblem: (_message, cause) => void problems.push(cause),
  })
  const started = queue.start()
  close.push(async () => {
    await queue.stop()
    await store.close()
  })
  return { store, queue, problems, started }
}

if (postgresPrograms() === undefined) {
  if (process.env.REQUIRE_POSTGRES) throw new Error('REQUIRE_POSTGRES is set, and no Postgres server is installed.')
  it.skip('the shared queue on a real Postgres: none is installed (initdb was not found)')
} else {
  testSharedQueue('pg-boss on Postgres', async () => {
    const cluster = await startCluster()
    close.push(() => cluster.stop())
    await cluster.create('queue')
    const url = cluster.url('queue')
    const one = await openQueue(url, 'one')
    await one.started
    const two = await openQueue(url, 'two')
    await two.started
    const { executeSql } = postgresOf(one.store.database)
    return {
      queues: [one.queue, two.queue],
      ledger: one.store.outbound,
      async silence() {
        // pg-boss looks for them once a second at most.
        await pause(systemClock, 1_100)
        await executeSql(
          `UPDATE pgboss.job SET heartbeat_on = now() - interval '11 seconds' WHERE name = 'dial' AND state = 'active'`,
        )
      },
      close: async () => {},
    }
  })

  describe('a queue whose tables are newer', () => {
    it('gives no calls and takes none, and says why', async () => {
      const cluster = await startCluster()
      close.push(() => cluster.stop())
      await cluster.create('newer')
      const url = cluster.url('newer')
      const { store, queue, started } = await openQueue(url, 'one')
      await started
      const { executeSql } = postgresOf(store.database)
      await executeSql('UPDATE pgboss.version SET version = version + 1')
      await expect(queue.take()).rejects.toThrow(/newer version/)
      const later = await openQueue(url, 'two')
      await pause(systemClock, 500)
      expect(later.problems).toHaveLength(1)
      await expect(later.queue.take()).rejects.toMatchObject({ code: 'database_failed' })
    })
  })
}
