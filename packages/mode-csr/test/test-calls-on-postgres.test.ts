import { openScratchStore, openStore } from '@llc-phone/database'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCustomers } from '../src/db/customers.ts'

const isInstalled = hasPostgres()
if (!isInstalled) {
  it.skip('test calls leave nothing in Postgres: none is installed (initdb was not found)')
}

describe.skipIf(!isInstalled)('a test call', () => {
  let cluster: Cluster
  let url: string
  beforeAll(async () => {
    cluster = await startCluster()
    await cluster.create('calls')
    url = cluster.url('calls')
    const store = await openStore({ url })
    await openCustomers(store, { demoData: true })
    await store.close()
  }, 60_000)
  afterAll(() => cluster.stop())

  const everything = async (): Promise<string> => {
    const store = await openStore({ url })
    const names = await store.database.all<[string]>(
      sql`SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = current_schema() AND relkind = 'r' ORDER BY relname`,
    )
    const rows = []
    for (const [name] of names)
      rows.push([
        name,
        await store.database.all(sql`SELECT coalesce(jsonb_agg(t), '[]') FROM ${sql.raw(`"${name}"`)} AS t`),
      ])
    await store.close()
    return JSON.stringify(rows)
  }

  it('begins with the customers of Postgres, and leaves nothing there', { timeout: 60_000 }, async () => {
    const before = await everything()
    const scratch = await openScratchStore(url)
    const customers = await openCustomers(scratch)
    const names = await scratch.database.all<[string, string]>(sql`SELECT id, first_name FROM customers ORDER BY id`)
    expect(names.length).toBeGreaterThan(2)
    await customers.addNote({ customerId: names[0]![0], callId: 'test', text: 'wants a window seat' })
    await scratch.database.run(sql`DELETE FROM customers`)
    await scratch.close()
    expect(await everything()).toBe(before)
    const again = await openScratchStore(url)
    await openCustomers(again)
    expect(await again.database.all(sql`SELECT id, first_name FROM customers ORDER BY id`)).toEqual(names)
    await again.close()
  })
})
