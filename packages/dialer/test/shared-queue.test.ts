import { systemClock } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import { memoryQueues, testSharedQueue } from '../src/testing/index.ts'

testSharedQueue('in memory', async () => {
  const store = await openStore({ url: 'file::memory:' })
  const queues = memoryQueues(store.outbound, systemClock)
  return {
    queues: [queues.open('one'), queues.open('two')],
    ledger: store.outbound,
    silence: async () => queues.silence(),
    close: () => store.close(),
  }
})
