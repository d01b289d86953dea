import { testOutboundLedger } from '@llc-phone/store/testing'
import { memoryLedger } from './support/memory-ledger.ts'

testOutboundLedger('in memory', async () => {
  const listed = new Set<string>()
  return {
    ledger: memoryLedger((number) => listed.has(number)).ledger,
    doNotCall: {
      add: async ({ number }) => void listed.add(number),
      remove: async (number) => listed.delete(number),
    },
    close: async () => {},
  }
})
