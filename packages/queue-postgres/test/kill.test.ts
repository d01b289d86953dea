import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { e164, pause, systemClock } from '@llc-phone/core'
import { openPostgresStore, postgresOf } from '@llc-phone/store-postgres'
import { postgresPrograms, startCluster } from '@llc-phone/store-postgres/testing'
import { afterAll, expect, it } from 'vitest'
import { openSharedQueue } from '../src/index.ts'
import { httpCarrier } from './fixtures/http-carrier.ts'

/** A few in CI; `KILL_ROUNDS=200` for the figure. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2)
const CALLS = 20
const PER_SECOND = 10
/** A waiting call of a dead process belongs to another one after this long at most. */
const TAKEN_OVER_MS = 15_000
const WORKER = fileURLToPath(new URL('fixtures/dial-worker.ts', import.meta.url))

const close: (() => unknown)[] = []
afterAll(async () => {
  for (const each of close.toReversed()) await each()
})

const test = postgresPrograms() === undefined ? it.skip : it

test(
  'places each call once at most, at one pace, while processes are killed',
  async () => {
    const cluster = await startCluster()
    close.push(() => cluster.stop())
    await cluster.create('kill')
    const url = cluster.url('kill')
    const carrier = await httpCarrier({ losesEvery: 10 })
    close.push(carrier.close)
    const store = await openPostgresStore({ url, connections: 4 })
    close.push(() => store.close())
    const queue = await openSharedQueue({ store, url, instance: 'asker', account: 'account', onProblem() {} })
    await queue.start()
    close.push(() => queue.stop())

    let started = 0
    const startWorker = async (): Promise<{ readonly child: ChildProcess; readonly name: string }> => {
      const name = `worker-${++started}`
      const args = [url, name, carrier.url, String(PER_SECOND)]
      const child = fork(WORKER, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      await new Promise<void>((resolve, reject) => {
        child.once('message', () => resolve())
        child.once('exit', () => reject(new Error('A worker did not start.')))
      })
      return { child, name }
    }
    const workers = await Promise.all([startWorker(), startWorker(), startWorker()])
    close.push(() => workers.forEach(({ child }) => child.kill('SIGKILL')))

    const { executeSql } = postgresOf(store.database)
    /** The waiting calls of a process that is dead, and when another one had each of them (ms). */
    const takenOver: Promise<number>[] = []
    const watchLeft = async (owner: string): Promise<void> => {
      const left = await executeSql(
        `SELECT call_id, epoch FROM outbound_calls WHERE owner = $1 AND state IN ('queued', 'warming')`,
        [owner],
      )
      const since = Date.now()
      const isLeft = async (callId: unknown, epoch: unknown): Promise<boolean> => {
        const { rows } = await executeSql('SELECT epoch FROM outbound_calls WHERE call_id = $1', [callId])
        return rows[0]?.epoch === epoch
      }
      for (const { call_id: callId, epoch } of left.rows)
        takenOver.push(
          (async () => {
            while ((await isLeft(callId, epoch)) && Date.now() - since < 30_000) await pause(systemClock, 200)
            return Date.now() - since
          })(),
        )
    }

    const callIds: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      for (let nth = 0; nth < CALLS; nth++) {
        const callId = randomUUID()
        callIds.push(callId)
        const to = e164(`+1415${String(5_551_000 + callIds.length).padStart(7, '0')}`)
        await queue.put({
          callId,
          to,
          from: e164('+14155550100'),
          mode: 'reminder',
          scenario: 'callback',
          requestedAt: new Date(),
          requestHash: '',
          webhook: false,
          waitMs: 60_000,
          plan: to,
        })
        await pause(systemClock, 20)
      }
      await pause(systemClock, Math.random() * 1_500)
      const victim = Math.floor(Math.random() * workers.length)
      const { child, name } = workers[victim]!
      const dead = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await dead
      await watchLeft(name)
      workers[victim] = await startWorker()
    }

    const isWaiting = async (): Promise<boolean> => {
      const unfinished = await store.outbound.unfinished()
      return unfinished.some(({ state }) => state === 'queued' || state === 'warming')
    }
    const limit = Date.now() + 40_000
    while ((await isWaiting()) && Date.now() < limit) await pause(systemClock, 250)
    expect(await isWaiting(), 'calls that nobody has placed').toBe(false)

    const waits = (await Promise.all(takenOver)).toSorted((one, other) => one - other)
    expect(Math.max(0, ...waits), 'ms until another process had a waiting call').toBeLessThan(TAKEN_OVER_MS)
    if (process.env.KILL_ROUNDS)
      console.log({
        rounds: ROUNDS,
        takenOver: waits.length,
        p95: waits[Math.floor(waits.length * 0.95)],
        most: waits.at(-1),
      })

    const calls = await Promise.all(callIds.map((callId) => store.outbound.find(callId)))
    for (const call of calls) expect(call?.state, call?.problem).not.toBe('refused')
    const asked = callIds.map((callId) => carrier.asked.get(callId)?.length ?? 0)
    expect(Math.max(...asked), 'a call was placed twice').toBe(1)
    // A process may die after it has written that it will ask, and before it does: one call each time, or two.
    expect(asked.filter((times) => times === 0).length).toBeLessThanOrEqual(ROUNDS * 3)

    const times = [...carrier.asked.values()].flat().toSorted((one, other) => one - other)
    const inASecond = times.map((time) => times.filter((other) => other >= time && other < time + 1_000).length)
    expect(Math.max(...inASecond), 'calls within a second').toBeLessThanOrEqual(PER_SECOND + 1)
  },
  60_000 + ROUNDS * 10_000,
)
