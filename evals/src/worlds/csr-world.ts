import { csr, openCustomers, type CustomerStore } from '@llc-phone/mode-csr'
import { openStore } from '@llc-phone/database'
import type { WorldBuilder } from './builder.ts'
import { broken, businessWith, people } from './business.ts'

/** The first booking finds its time taken by somebody else, in the moment in which it is made. */
const takenOnce = (customers: CustomerStore): CustomerStore => {
  let isTaken = true
  return {
    ...customers,
    async book(booking) {
      if (!isTaken) return customers.book(booking)
      isTaken = false
      return { outcome: 'taken' }
    },
  }
}

/** Customer service over a database of its own, with the demonstration customers in it. */
export const csrWorld: WorldBuilder = async ({ storeFails, slotTaken }, startsAt, hours) => {
  const store = await openStore({ url: 'file::memory:' })
  const customers = await openCustomers(store, { demoData: true, now: startsAt })
  let taken = 0
  return {
    mode: csr({
      business: businessWith(hours),
      routes: people,
      escalateTo: 'support',
      customers: slotTaken ? takenOnce(customers) : customers,
      messages: { take: storeFails ? broken : async () => ({ id: `message-${++taken}` }) },
    }),
    close: () => store.close(),
  }
}
