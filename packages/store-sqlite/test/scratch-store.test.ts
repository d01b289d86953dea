import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { e164 } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { afterEach, expect, it } from 'vitest'
import { openScratchStore, openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'

const folder = mkdtempSync(join(tmpdir(), 'llc-phone-scratch-'))
const url = `file:${join(folder, 'real.db')}`
const open: DrizzleStore[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  rmSync(folder, { recursive: true, force: true })
})

it('begins with the tables of modes as they are, and gives nothing back', async () => {
  const real = await openSqliteStore({ url })
  open.push(real)
  await real.database.run(sql`CREATE TABLE orders (id TEXT PRIMARY KEY, what TEXT NOT NULL) STRICT`)
  await real.database.run(sql`CREATE INDEX orders_by_what ON orders (what)`)
  await real.database.run(sql`INSERT INTO orders VALUES ('1', 'soup')`)
  await real.doNotCall.add({ number: e164('+14155550177'), reason: 'asked', source: 'api' })

  const scratch = await openScratchStore(url)
  open.push(scratch)
  expect(await scratch.database.all(sql`select what from orders`)).toHaveLength(1)
  expect(await scratch.doNotCall.find(e164('+14155550177'))).toBeDefined()

  await scratch.database.run(sql`INSERT INTO orders VALUES ('2', 'bread')`)
  await scratch.doNotCall.remove(e164('+14155550177'), 'operator')
  expect(await real.database.all(sql`select what from orders`)).toHaveLength(1)
  expect(await real.doNotCall.find(e164('+14155550177'))).toBeDefined()
})

it('is empty beside a database in memory', async () => {
  const scratch = await openScratchStore('file::memory:')
  open.push(scratch)
  expect(await scratch.database.all(sql`select * from contacts`)).toEqual([])
})
