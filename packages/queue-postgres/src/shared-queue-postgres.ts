import { fileURLToPath } from 'node:url'
import { GatewayError, pause, systemClock } from '@llc-phone/core'
import type { SharedQueue } from '@llc-phone/dialer'
import type { BeginOutcome, TakenCall } from '@llc-phone/store'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { postgresOf } from '@llc-phone/store-postgres'
import type { PgBoss } from 'pg-boss'
import { assertKnownSchema, DIAL, isInstalled, look, queueJobless, startBoss, type DialJob } from './boss.ts'
import { takeSlot } from './rates.ts'

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** How often it is said that taken calls are still here; a third of what pg-boss waits for. */
const SIGN_EVERY_MS = 3_000

/** Pause between two attempts to start. */
const START_AGAIN_MS = 2_000

/** How long a request waits for the start: the first gateway on a database makes pg-boss's tables meanwhile. */
const STARTS_WITHIN_MS = 5_000

/** How the queue is opened. */
export interface SharedQueueOptions {
  readonly store: DrizzleStore
  /** The URL of the store. */
  readonly url: string
  /** The name of this process among those that share the queue. */
  readonly instance: string
  /** The carrier account whose pace is shared. */
  readonly account: string
  /** Called when the queue begins to fail, with a message for the operator. */
  onProblem(message: string, cause: unknown): void
}

interface Job {
  readonly id: string
  readonly retryCount: number
}

const notStarted = (): GatewayError =>
  new GatewayError('database_failed', 'The queue of outbound calls has not started: Postgres has not answered yet.')

/** Opens the queue of calls to place, which all gateways on a database share. A call and its job are written together. */
export const openSharedQueue = async (options: SharedQueueOptions): Promise<SharedQueue> => {
  const { store, url, instance, account, onProblem } = options
  const access = postgresOf(store.database)
  const { atomically } = access
  const ledger = store.outbound
  /** Jobs of the calls that this process has taken. */
  const held = new Map<string, Job>()
  let boss: PgBoss | undefined
  let starting: Promise<void> | undefined
  const ready = Promise.withResolvers<void>()
  let isStopped = false
  let problem: string | undefined
  let signs: NodeJS.Timeout | undefined
  /** How far the database's clock is ahead of the one that never goes back (ms). */
  let aheadMs: number | undefined
  // Before anything else uses the store: its queries wait for this.
  await store.migrate('queue', MIGRATIONS)

  /** Says a problem once, until another one follows or all is well. */
  const report = (cause: unknown): void => {
    const message = cause instanceof Error ? cause.message : String(cause)
    if (message !== problem && !isStopped) onProblem('The queue of outbound calls does not work.', cause)
    problem = message
  }

  const running = (): PgBoss => {
    if (!boss || isStopped) throw notStarted()
    return boss
  }

  const date = (): Date =>
    aheadMs === undefined ? systemClock.date() : new Date(Math.round(systemClock.now() + aheadMs))

  const lookNow = async () => {
    const begun = systemClock.now()
    const found = await look(access)
    aheadMs = found.nowMs - (begun + systemClock.now()) / 2
    return found
  }

  const start = async (): Promise<void> => {
    if (await isInstalled(access)) await assertKnownSchema(access)
    const started = await startBoss(url, report)
    try {
      await lookNow()
      await queueJobless(access, (callId) =>
        started.send(DIAL, { callId } satisfies DialJob, { singletonKey: callId, db: access }),
      )
    } catch (error) {
      await started.stop({ graceful: false })
      throw error
    }
    if (isStopped) return started.stop({ graceful: false })
    boss = started
    problem = undefined
    ready.resolve()
  }

  const startAtLast = async (): Promise<void> => {
    for (;;) {
      if (isStopped) return
      try {
        await start()
        return
      } catch (error) {
        report(error)
        await pause(systemClock, START_AGAIN_MS)
      }
    }
  }

  const giveSign = async (): Promise<void> => {
    if (held.size === 0 || !boss) return
    try {
      await boss.touch(DIAL, [...held.values()])
    } catch (error) {
      report(error)
    }
  }

  /** Leaves the call to whoever takes it when its sign is missed. */
  const letGo = (callId: string): Job | undefined => {
    const job = held.get(callId)
    held.delete(callId)
    return job
  }

  return {
    async put(request) {
      if (!boss && !isStopped && problem === undefined) await pause(systemClock, STARTS_WITHIN_MS, ready.promise)
      const queue = running()
      return atomically(async (): Promise<BeginOutcome> => {
        await assertKnownSchema(access)
        const begun = await ledger.begin(request)
        const { callId } = request
        if (begun.outcome === 'new')
          await queue.send(DIAL, { callId } satisfies DialJob, { singletonKey: callId, db: access })
        return begun
      })
    },
    async take() {
      const queue = running()
      const { isDue, isLost } = await lookNow()
      if (isLost) await queue.supervise(DIAL)
      if (!isDue && !isLost) return undefined
      const found = await atomically(async (): Promise<{ job: Job; call: TakenCall } | undefined> => {
        await assertKnownSchema(access)
        for (;;) {
          const [job] = await queue.fetch<DialJob>(DIAL, { includeMetadata: true, db: access })
          if (!job) return undefined
          const { id, retryCount, data } = job
          const call = await ledger.queue.take(data.callId, instance)
          if (call) return { job: { id, retryCount }, call }
          // It was dialled or is over: whatever became of it, nobody dials it again.
          await queue.complete(DIAL, { id, retryCount }, null, { db: access })
        }
      })
      if (!found) return undefined
      held.set(found.call.callId, found.job)
      return found.call
    },
    async postpone(call, until) {
      const { callId } = call
      const job = letGo(callId)
      const queue = running()
      await atomically(async () => {
        if (!job || !(await ledger.queue.putBack(call))) return
        await queue.complete(DIAL, job, null, { db: access })
        // Seconds from now: the clocks of machines differ.
        const startAfter = Math.max(0, Math.ceil((until.getTime() - date().getTime()) / 1_000))
        // Its turn had come: it does not go behind those that came later.
        const again = { singletonKey: callId, startAfter, priority: 1, db: access }
        await queue.send(DIAL, { callId } satisfies DialJob, again)
      })
    },
    async done({ callId }) {
      const job = letGo(callId)
      if (job) await running().complete(DIAL, job)
    },
    date,
    slotMs: (perSecond) => takeSlot(store.database, account, perSecond),
    start() {
      signs ??= setInterval(() => void giveSign(), SIGN_EVERY_MS).unref()
      starting ??= startAtLast()
      return starting
    },
    async stop() {
      isStopped = true
      clearInterval(signs)
      held.clear()
      await boss?.stop({ graceful: false })
    },
  }
}
