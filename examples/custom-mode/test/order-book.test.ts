import { openStore } from '@llc-phone/database'
import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { expect, it, onTestFinished } from 'vitest'
import { openOrders } from '../src/index.ts'

const isInstalled = postgresPrograms() !== undefined
if (!isInstalled && process.env['REQUIRE_POSTGRES'])
  throw new Error('REQUIRE_POSTGRES is set, and no Postgres server is installed.')

/** A database of the test's own, on each engine. */
const urls: Readonly<Record<string, () => Promise<string>>> = {
  SQLite: async () => 'file::memory:',
  Postgres: async () => {
    const cluster = await startCluster()
    onTestFinished(() => cluster.stop())
    await cluster.create('orders')
    return cluster.url('orders')
  },
}

it.each(['SQLite', ...(isInstalled ? ['Postgres'] : [])])('keeps orders in %s', { timeout: 60_000 }, async (engine) => {
  const store = await openStore({ url: await urls[engine]!() })
  onTestFinished(() => store.close())
  const orders = await openOrders(store)
  const dueAt = new Date('2026-12-01T10:00:00.123Z')
  await orders.put({ number: '123456', status: 'packed', dueAt })
  await orders.put({ number: '123456', status: 'shipped', dueAt })
  expect(await orders.find('123456')).toEqual({ status: 'shipped', due: '2026-12-01' })
  expect(await orders.find('654321')).toBeUndefined()
})
if (!isInstalled) it.skip('keeps orders in Postgres: none is installed (initdb was not found)')
