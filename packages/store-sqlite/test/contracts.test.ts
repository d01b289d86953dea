import { testMessageBook } from '@llc-phone/core/testing'
import { e164 } from '@llc-phone/core'
import { openFleetBook } from '@llc-phone/store-drizzle'
import { openSqliteStore } from '../src/index.ts'
import {
  testCallJournal,
  testContactBook,
  testDoNotCall,
  testFleetBook,
  testGreetingArchive,
  testOutboundLedger,
} from '@llc-phone/store/testing'

const open = () => openSqliteStore({ url: 'file::memory:' })

testOutboundLedger('in the database', async () => {
  const { outbound, doNotCall, close } = await open()
  return { ledger: outbound, doNotCall, close }
})

testDoNotCall('in the database', async () => {
  const { doNotCall, close } = await open()
  return { list: doNotCall, close }
})

testContactBook('in the database', async () => {
  const { contacts, close } = await open()
  return { contacts, now: () => new Date(), close }
})

testMessageBook('in the database', async () => {
  const { messages, close } = await open()
  return { messages, close }
})

testCallJournal('in the database', async () => {
  const { journal, close } = await open()
  return { journal, close }
})

testGreetingArchive('in the database', async () => {
  const { greetings, close } = await open()
  return { greetings, close }
})

testFleetBook('in the database', async () => {
  const store = await open()
  return {
    one: store.fleet,
    other: openFleetBook(store.database, { bootId: 'another process', instance: 'b' }),
    changeNumbers: () => store.numbers.set(e164('+14155550101'), 'frontDesk', 'ann'),
    close: store.close,
  }
})
