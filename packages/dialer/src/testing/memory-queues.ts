import type { Clock } from '@llc-phone/core'
import type { OutboundLedger } from '@llc-phone/store'
import { createPacer } from '../pacer.ts'
import type { SharedQueue } from '../shared-queue.ts'

interface Job {
  readonly callId: string
  readonly dueMs: number
  holder?: string
}

/** A queue that several dialers of one process share, over a real ledger; for tests. */
export const memoryQueues = (ledger: Pick<OutboundLedger, 'begin' | 'queue'>, clock: Clock) => {
  let jobs: readonly Job[] = []
  let perSecond = 1
  const pacer = createPacer(clock, () => perSecond)
  const remove = (job: Job): void => void (jobs = jobs.filter((each) => each !== job))
  const heldBy = (callId: string, holder: string): Job | undefined =>
    jobs.find((job) => job.callId === callId && job.holder === holder)

  return {
    /** The queue as one process sees it. */
    open(instance: string): SharedQueue {
      return {
        async put(request) {
          const begun = await ledger.begin(request)
          if (begun.outcome === 'new') jobs = [...jobs, { callId: request.callId, dueMs: clock.now() }]
          return begun
        },
        async take() {
          for (;;) {
            const job = jobs.find(({ holder, dueMs }) => holder === undefined && dueMs <= clock.now())
            if (!job) return undefined
            job.holder = instance
            // oxlint-disable-next-line no-await-in-loop -- one after the other, until one is left to place
            const taken = await ledger.queue.take(job.callId, instance)
            if (taken) return taken
            remove(job)
          }
        },
        async postpone(call, until) {
          const job = heldBy(call.callId, instance)
          if (!job || !(await ledger.queue.putBack(call))) return
          remove(job)
          const delayMs = Math.max(0, until.getTime() - clock.date().getTime())
          jobs = [...jobs, { callId: call.callId, dueMs: clock.now() + delayMs }]
        },
        async done({ callId }) {
          const job = heldBy(callId, instance)
          if (job) remove(job)
        },
        async slotMs(wanted) {
          perSecond = wanted
          return pacer.next()
        },
        date: clock.date,
        async start() {},
        async stop() {},
      }
    },
    /** All that was taken has been silent for too long. */
    silence(): void {
      for (const job of jobs) delete job.holder
    },
  }
}
