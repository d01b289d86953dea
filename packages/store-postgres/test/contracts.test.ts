import { afterAll, beforeAll, describe, it } from 'vitest'
import { e164 } from '@llc-phone/core'
import { testMessageBook } from '@llc-phone/core/testing'
import { openFleetBook, type DrizzleStore } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'
import {
  testCallJournal,
  testContactBook,
  testDoNotCall,
  testFleetBook,
  testGreetingArchive,
  testOutboundLedger,
} from '@llc-phone/store/testing'
import { openPostgresStore } from '../src/index.ts'
import { postgresPrograms, startCluster, type Cluster } from '../src/testing/index.ts'
import { openPgliteStore } from './fixtures/pglite.ts'

let cluster: Cluster | undefined
afterAll(() => cluster?.stop())

const engines: Record<string, () => Promise<DrizzleStore>> = {
  'Postgres in this process': openPgliteStore,
  ...(postgresPrograms() === undefined
    ? {}
    : {
        Postgres: async () => {
          cluster = await startCluster()
          await cluster.create('contracts')
          return openPostgresStore({ url: cluster.url('contracts') })
        },
      }),
}
if (postgresPrograms() === undefined) {
  if (process.env.REQUIRE_POSTGRES) throw new Error('REQUIRE_POSTGRES is set, and no Postgres server is installed.')
  it.skip('the contracts on a real Postgres: none is installed (initdb was not found)')
}

describe.each(Object.entries(engines))('%s', (_name, open) => {
  let store: DrizzleStore
  beforeAll(async () => {
    store = await open()
  }, 60_000)
  afterAll(() => store.close())
  const close = async () => {
    const names = await store.database.all<[string]>(
      sql`SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '__migrations'`,
    )
    await store.database.run(sql`TRUNCATE ${sql.raw(names.join(', '))} RESTART IDENTITY CASCADE`)
  }

  testOutboundLedger('in the database', async () => ({ ledger: store.outbound, doNotCall: store.doNotCall, close }))
  testDoNotCall('in the database', async () => ({ list: store.doNotCall, close }))
  testContactBook('in the database', async () => ({ contacts: store.contacts, now: () => new Date(), close }))
  testMessageBook('in the database', async () => ({ messages: store.messages, close }))
  testCallJournal('in the database', async () => ({ journal: store.journal, close }))
  testFleetBook('in the database', async () => ({
    one: store.fleet,
    other: openFleetBook(store.database, { bootId: 'another process', instance: 'b' }),
    changeNumbers: () => store.numbers.set(e164('+14155550101'), 'frontDesk', 'ann'),
    close,
  }))
  testGreetingArchive('in the database', async () => ({ greetings: store.greetings, close }))
})
