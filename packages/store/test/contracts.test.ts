import { openStore } from '../src/index.ts'
import { testOutboundLedger } from '../src/testing/index.ts'

const open = () => openStore({ url: 'file::memory:' })

testOutboundLedger('in the database', async () => {
  const { outbound, doNotCall, close } = await open()
  return { ledger: outbound, doNotCall, close }
})
