import { testMessageBook } from '@llc-phone/core/testing'
import { e164 } from '@llc-phone/core'
import { openFleetBook } from '@llc-phone/store-drizzle'
import {
  testCallJournal,
  testContactBook,
  testDoNotCall,
  testFleetBook,
  testGreetingArchive,
  testOutboundLedger,
} from '@llc-phone/store/testing'
import { testStore } from '../../src/testing/test-database.ts'

testOutboundLedger('in the database', async () => {
  const { outbound, doNotCall, close } = await testStore()
  return { ledger: outbound, doNotCall, close }
})

testDoNotCall('in the database', async () => {
  const { doNotCall, close } = await testStore()
  return { list: doNotCall, close }
})

testContactBook('in the database', async () => {
  const { contacts, close } = await testStore()
  return { contacts, now: () => new Date(), close }
})

testMessageBook('in the database', async () => {
  const { messages, close } = await testStore()
  return { messages, close }
})

testCallJournal('in the database', async () => {
  const { journal, close } = await testStore()
  return { journal, close }
})

testGreetingArchive('in the database', async () => {
  const { greetings, close } = await testStore()
  return { greetings, close }
})

testFleetBook('in the database', async () => {
  const store = await testStore()
  return {
    one: store.fleet,
    other: openFleetBook(store.database, { bootId: 'another process', instance: 'b' }),
    begin: store.journal.begin,
    changeNumbers: () => store.numbers.set(e164('+14155550101'), 'frontDesk', 'ann'),
    close: store.close,
  }
})
