import { fakeClock } from '@llc-phone/core/testing'
import { testContactBook, testDoNotCall, testOutboundLedger } from '@llc-phone/store/testing'
import { memoryContacts, memoryDoNotCall } from './support/memory-books.ts'
import { memoryLedger } from './support/memory-ledger.ts'

const close = async (): Promise<void> => {}

testOutboundLedger('in memory', async () => {
  const doNotCall = memoryDoNotCall(fakeClock().date)
  return { ledger: memoryLedger(doNotCall.has).ledger, doNotCall, close }
})

testDoNotCall('in memory', async () => ({ list: memoryDoNotCall(fakeClock().date), close }))

testContactBook('in memory', async () => {
  const { date: now } = fakeClock()
  return { contacts: memoryContacts(now), now, close }
})
