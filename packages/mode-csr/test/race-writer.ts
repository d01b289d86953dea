// A gateway's process in a race for appointments and numbers.
import { openStore } from '@llc-phone/database'
import { obey } from '@llc-phone/store-postgres/testing/writer'
import { openCustomerDesk, openCustomers, customerDatabase } from '../src/index.ts'

const store = await openStore({ url: process.argv[2]! })
obey({ customers: await openCustomers(store), desk: openCustomerDesk(customerDatabase(store)) })
