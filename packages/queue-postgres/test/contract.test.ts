import { e164, pause, systemClock } from '@llc-phone/core'
import { testSharedQueue } from '@llc-phone/dialer/testing'
import { openPostgresStore, postgresOf } from '@llc-phone/store-postgres'
import { hasPostgres, startCluster } from '@llc-phone/store-postgres/testing'
import { afterAll, describe, expect, it, vi } from 'vitest'
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

if (!hasPostgres()) {
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

  describe('a queue', () => {
    it('goes by the clock of the database, and takes calls that came with a copy of it', async () => {
      const cluster = await startCluster()
      close.push(() => cluster.stop())
      await cluster.create('copied')
      const url = cluster.url('copied')
      const store = await openPostgresStore({ url, connections: 2 })
      close.push(() => store.close())
      const wish = (callId: string, more: { waitMs?: number; plan?: string }) =>
        store.outbound.begin({
          callId,
          to: e164('+14155560001'),
          from: e164('+14155550100'),
          mode: 'callback',
          scenario: 'callback',
          requestedAt: new Date(),
          requestHash: '',
          webhook: false,
          ...more,
        })
      await wish('waits', { waitMs: 3_600_000, plan: 'a plan' })
      await wish('came from a process', {})
      await wish('is over', { waitMs: 60_000, plan: 'a plan' })
      await store.outbound.change('is over', { state: 'failed' })
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
      try {
        const { queue, started, problems } = await openQueue(url, 'one')
        await started
        const { rows } = await postgresOf(store.database).executeSql(
          'SELECT extract(epoch FROM clock_timestamp()) AS s',
        )
        expect(Math.abs(queue.date().getTime() - Number(rows[0]!.s) * 1_000)).toBeLessThan(1_000)
        const taken = [await queue.take(), await queue.take(), await queue.take()]
        expect(taken).toMatchObject([{ callId: 'waits', plan: 'a plan' }, { callId: 'came from a process' }, undefined])
        expect(taken[1]).toMatchObject({ plan: undefined, remainingMs: 0 })
        await queue.postpone(taken[0]!, new Date(queue.date().getTime() + 1_500))
        expect(await queue.take(), 'not yet').toBeUndefined()
        await pause(systemClock, 2_600)
        expect(await queue.take()).toMatchObject({ callId: 'waits', epoch: 2 })
        // A second start finds that all of them have their jobs.
        const again = await openQueue(url, 'two')
        await again.started
        expect(await again.queue.take()).toBeUndefined()
        expect([...problems, ...again.problems]).toEqual([])
      } finally {
        vi.useRealTimers()
      }
    })
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
