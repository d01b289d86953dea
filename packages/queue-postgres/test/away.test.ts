import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { e164, pause, systemClock } from '@llc-phone/core'
import { openPostgresStore } from '@llc-phone/store-postgres'
import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { afterAll, expect, it } from 'vitest'
import { openSharedQueue } from '../src/index.ts'
import { httpCarrier } from './fixtures/http-carrier.ts'

const AWAY_MS = 4_000
const WORKER = fileURLToPath(new URL('fixtures/dial-worker.ts', import.meta.url))

const close: (() => unknown)[] = []
afterAll(async () => {
  for (const each of close.toReversed()) await each()
})

const test = postgresPrograms() === undefined ? it.skip : it

test('calls nobody while the database is away, and all who wait when it is back', { timeout: 120_000 }, async () => {
  const cluster = await startCluster()
  close.push(() => cluster.stop())
  await cluster.create('away')
  const url = cluster.url('away')
  const carrier = await httpCarrier({ losesEvery: Infinity })
  close.push(carrier.close)
  const store = await openPostgresStore({ url, connections: 4 })
  close.push(() => store.close())
  const queue = await openSharedQueue({ store, url, instance: 'asker', account: 'account', onProblem() {} })
  await queue.start()
  close.push(() => queue.stop())
  const child: ChildProcess = fork(WORKER, [url, 'worker', carrier.url, '5'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  close.push(() => child.kill('SIGKILL'))
  await new Promise<void>((resolve) => child.once('message', () => resolve()))

  const callIds = Array.from({ length: 20 }, () => randomUUID())
  for (const [nth, callId] of callIds.entries()) {
    const to = e164(`+1415${String(5_552_000 + nth).padStart(7, '0')}`)
    await queue.put({
      callId,
      to,
      from: e164('+14155550100'),
      mode: 'reminder',
      scenario: 'callback',
      requestedAt: new Date(),
      requestHash: '',
      webhook: false,
      waitMs: 90_000,
      plan: to,
    })
  }
  while (carrier.asked.size < 3) await pause(systemClock, 20)
  const back = cluster.restart(AWAY_MS)
  // What had been written before may still be on the wire.
  await pause(systemClock, 500)
  const before = carrier.asked.size
  await pause(systemClock, AWAY_MS - 1_000)
  expect(carrier.asked.size).toBe(before)
  expect(before).toBeLessThan(callIds.length)
  await back
  const over = async (): Promise<number> => {
    const calls = await Promise.all(callIds.map((callId) => store.outbound.find(callId)))
    return calls.filter((call) => call?.state !== 'queued' && call?.state !== 'warming').length
  }
  await expect.poll(over, { timeout: 60_000, interval: 500 }).toBe(callIds.length)
  expect([...carrier.asked.values()].every(({ length }) => length === 1)).toBe(true)
  // One may have been about to be dialled: it is never dialled again.
  expect(carrier.asked.size).toBeGreaterThanOrEqual(callIds.length - 2)
})
