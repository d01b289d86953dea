import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../src/index.ts'
import { openPool, type PostgresClient } from '../src/postgres-pool.ts'
import { hasPostgres, startCluster, type Cluster } from '../src/testing/index.ts'

if (!hasPostgres()) {
  it.skip('connections to Postgres: no server is installed (initdb was not found)')
}

/** What a server that is shut down says to whoever is connected. */
const SHUT_DOWN = ((fields: Buffer) => {
  const head = Buffer.from('E\0\0\0\0')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
})(Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'))

const asIs = (data: Buffer): Buffer => data

/**
 * Passes on to a server what comes to a socket of its own, until it is silenced: as a host that has vanished. `answered` may
 * change what the server answers, `asked` what it is asked.
 */
const wire = async (server: string, { answered = asIs, asked = asIs } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-wire-'))
  const sockets = new Set<Socket>()
  let isSilent = false
  const passing = createServer((near) => {
    const far = createConnection(server)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (data: Buffer) => void (isSilent || to.write((from === far ? answered : asked)(data))))
      from.on('close', () => to.destroy())
      from.on('error', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => passing.listen(join(folder, '.s.PGSQL.5432'), resolve))
  return {
    url: (database: string) => `postgres://llc@/${database}?host=${encodeURIComponent(folder)}&port=5432`,
    silence: () => void (isSilent = true),
    close() {
      for (const socket of sockets) socket.destroy()
      passing.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.runIf(hasPostgres())('connections', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
    await cluster.create('connections')
  }, 60_000)
  afterAll(() => cluster.stop())

  it('a batch that has lost a race against another one runs again', async () => {
    const store = await openPostgresStore({ url: cluster.url('connections'), connections: 2 })
    try {
      const { database } = store
      await database.run(sql`CREATE TABLE races (id int PRIMARY KEY, count int NOT NULL)`)
      await database.run(sql`INSERT INTO races VALUES (1, 0), (2, 0)`)
      const counted = (id: number) => database.run(sql`UPDATE races SET count = count + 1 WHERE id = ${id}`)
      const held = () => database.run(sql`SELECT pg_sleep(0.3)`)
      await Promise.all([
        database.batch([counted(1), held(), counted(2)]),
        database.batch([counted(2), held(), counted(1)]),
      ])
      expect(await database.all(sql`SELECT sum(count) FROM races`)).toEqual([[4]])
    } finally {
      await store.close()
    }
  })

  it('a batch of which one query fails leaves nothing, tells which failed, and its connection goes on', async () => {
    const store = await openPostgresStore({ url: cluster.url('connections'), connections: 1 })
    try {
      const { database } = store
      await database.run(sql`CREATE TABLE kept (id int PRIMARY KEY)`)
      const insert = (id: unknown) => database.run(sql`INSERT INTO kept VALUES (${id})`)
      const count = () => database.all(sql`SELECT count(*) FROM kept`)
      const backend = await database.all(sql`SELECT pg_backend_pid()`)
      await expect(database.batch([insert(1), insert(1), insert(2), count()])).rejects.toMatchObject({
        cause: { cause: { code: '23505' } },
      })
      // What cannot be sent at all.
      await expect(database.batch([insert(3), insert({ id: 4 }), count()])).rejects.toThrow()
      expect(await count()).toEqual([[0]])
      expect(await database.batch([insert(5), count(), insert(6), count()])).toEqual([[], [[1]], [], [[2]]])
      expect(await database.all(sql`SELECT pg_backend_pid()`)).toEqual(backend)
    } finally {
      await store.close()
    }
  })

  it('one to a server that only reads is replaced, and reading does not mean that there is a place to write', async () => {
    await cluster.create('standby')
    const problems: (string | undefined)[] = []
    const store = await openPostgresStore({
      url: cluster.url('standby'),
      connections: 1,
      onProblem: (problem) => problems.push(problem?.message),
    })
    try {
      const { database } = store
      const write = () => database.batch([database.run(sql`INSERT INTO greatness VALUES (1)`)])
      await database.run(sql`CREATE TABLE greatness (much int)`)
      await cluster.ask('postgres', `ALTER DATABASE standby SET default_transaction_read_only = on`)
      await cluster.ask(
        'postgres',
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'standby' AND application_name = 'llc-phone'`,
      )
      await expect.poll(() => database.all(sql`SELECT 1`).then(String, () => 'lost')).toBe('1')
      await expect(write()).rejects.toThrow()
      expect(problems.at(-1)).toContain('only reads')
      const { length } = problems
      await database.all(sql`SELECT 1`)
      expect(problems).toHaveLength(length)
      expect(store.problem()).toBeDefined()
      await cluster.ask('postgres', `ALTER DATABASE standby RESET default_transaction_read_only`)
      // On the connections of before it still could not.
      await expect.poll(() => write().then(String, () => 'refused'), { timeout: 5_000 }).not.toBe('refused')
      expect(problems.at(-1)).toBeUndefined()
    } finally {
      await store.close()
    }
  })

  it('one to a server whose disk is full stays, reads, and writes again when there is room', async () => {
    const problems: (string | undefined)[] = []
    const store = await openPostgresStore({
      url: cluster.url('connections'),
      connections: 1,
      onProblem: (problem) => problems.push(problem?.message),
    })
    try {
      const { database } = store
      await database.run(sql`CREATE TABLE stored (id int)`)
      await database.run(sql`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$`)
      await database.run(sql`CREATE TRIGGER full_disk BEFORE INSERT ON stored EXECUTE FUNCTION no_room()`)
      const backend = await database.all(sql`SELECT pg_backend_pid()`)
      const write = () => database.batch([database.run(sql`INSERT INTO stored VALUES (1)`)])
      await expect(write()).rejects.toThrow()
      expect(problems).toEqual([expect.stringContaining('disk of Postgres is full')])
      expect(await database.all(sql`SELECT pg_backend_pid()`)).toEqual(backend)
      expect(store.problem()).toBeDefined()
      await cluster.ask('connections', 'DROP TRIGGER full_disk ON stored')
      await write()
      expect(await database.all(sql`SELECT count(*) FROM stored`)).toEqual([[1]])
      expect(problems.at(-1)).toBeUndefined()
    } finally {
      await store.close()
    }
  })

  it('a transaction whose beginning alone fails is none, and is not said to have been one', async () => {
    const { searchParams } = new URL(cluster.url('connections').replace('@/', '@socket.invalid/'))
    // As if it had been cancelled: the connection goes on.
    const between = await wire(join(searchParams.get('host')!, '.s.PGSQL.5432'), {
      asked: (data) => Buffer.from(data.toString('latin1').replace('BEGIN', 'BEGAN'), 'latin1'),
    })
    const pool = openPool(between.url('connections'), { connections: 1 })
    try {
      await pool.query('CREATE TABLE begun (id int)')
      const insert = ({ query }: PostgresClient) => query('INSERT INTO begun VALUES (1)')
      await expect(pool.inTransaction(insert)).rejects.toMatchObject({ cause: { code: '42601' } })
      expect(await pool.query('SELECT id FROM begun')).toEqual([])
      await expect(pool.batch(async (client) => [insert(client)])).rejects.toMatchObject({ cause: { code: '42601' } })
    } finally {
      between.close()
      await pool.close()
    }
  })

  it('a query that cannot be sent leaves no answer that nobody waits for', async () => {
    const store = await openPostgresStore({ url: cluster.url('connections'), connections: 2 })
    const unhandled: unknown[] = []
    const note = (cause: unknown): void => void unhandled.push(cause)
    process.on('unhandledRejection', note)
    try {
      const { database } = store
      const alone = database.alone('unsent')
      const holds = alone.batch([database.run(sql`SELECT pg_sleep(0.5)`)])
      const unsent = expect(alone.batch([database.run(sql`SELECT ${{ id: 1 }}`)])).rejects.toThrow()
      await cluster.ask(
        'connections',
        `SELECT pg_sleep(0.2); SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory'`,
      )
      await unsent
      await holds
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', note)
      await store.close()
    }
  })

  it('one that is lost in the very moment in which it is handed out harms no other statement', async () => {
    const { searchParams } = new URL(cluster.url('connections').replace('@/', '@socket.invalid/'))
    const between = await wire(join(searchParams.get('host')!, '.s.PGSQL.5432'), {
      answered: (data) => (data.includes('SELECT 1\0') ? Buffer.concat([data, SHUT_DOWN]) : data),
    })
    const uncaught: unknown[] = []
    const note = (cause: unknown): void => void uncaught.push(cause)
    process.on('uncaughtException', note)
    const pool = openPool(between.url('connections'), { connections: 1 })
    try {
      const [first, next] = await Promise.allSettled([
        pool.query('SELECT 0'),
        pool.batch(async ({ query }) => [query('SELECT 0')]),
      ])
      expect(first).toMatchObject({ status: 'fulfilled' })
      expect(next).toMatchObject({ status: 'rejected', reason: { code: 'database_failed' } })
      expect(await pool.query('VALUES (1)')).toEqual([[1]])
      expect(uncaught).toEqual([])
    } finally {
      process.off('uncaughtException', note)
      between.close()
      await pool.close()
    }
  })

  it('one to a host that has vanished in a transaction is given up with its statement, one that is slow is not', async () => {
    const { searchParams } = new URL(cluster.url('connections').replace('@/', '@socket.invalid/'))
    const between = await wire(join(searchParams.get('host')!, '.s.PGSQL.5432'))
    const pool = openPool(between.url('connections'), { connections: 2 })
    const slow = openPool(cluster.url('connections'), { connections: 1 })
    try {
      let asked = 0
      const lost = pool.inTransaction(async (client) => {
        between.silence()
        asked = performance.now()
        await client.query('SELECT 1')
      })
      // Each of its statements is in time, all of them are not.
      const long = slow.batch(async ({ query }) => [1, 2, 3].map(() => query('SELECT pg_sleep(1.45)')))
      await expect(lost).rejects.toThrow('cannot be reached')
      // Four seconds for the statement, and none for a rollback that nobody answers.
      expect(performance.now() - asked).toBeLessThan(7_000)
      expect(await long).toHaveLength(3)
    } finally {
      between.close()
      await Promise.all([pool.close(), slow.close()])
    }
  })
})
