import { e164, type CallFacts, type Mode, type ToolContext } from '@llc-phone/core'
import { openStore, type Store } from '@llc-phone/store'
import { csr, openCustomers, type CsrSettings, type CustomerStore } from '../src/index.ts'

export const NOW = new Date('2026-03-05T17:00:00Z')

export const ANNA = e164('+14155550199')
export const NAIRS = e164('+14155550197')

const business = { name: 'Harbor Dental', timeZone: 'America/New_York' }
const routes = { frontDesk: { number: e164('+14155550111'), label: 'the front desk' } }

/** An empty store with the demo customers in it. */
export const openDemo = async (): Promise<{ store: Store; customers: CustomerStore }> => {
  const store = await openStore({ url: 'file::memory:' })
  return { store, customers: await openCustomers(store, { demoData: true, now: NOW }) }
}

/** A mode over fake records where the test brings none. */
export const build = (changes: Partial<CsrSettings> = {}): Mode =>
  csr({
    business,
    routes,
    customers: fakeCustomers(),
    messages: { take: async () => ({ id: 'm1' }) },
    ...changes,
  })

/** Records nobody is in. */
export const fakeCustomers = (changes: Partial<CustomerStore> = {}): CustomerStore => ({
  findByNumber: async () => [],
  upcomingAppointments: async () => [],
  addNote: async () => {},
  ...changes,
})

export const callFrom = (number?: CallFacts['caller']['number']): CallFacts => ({
  callId: 'call-1',
  callSid: 'CA1',
  direction: 'inbound',
  caller: number === undefined ? {} : { number },
  dialled: e164('+14155550103'),
  startedAt: NOW,
})

/** A call that has been briefed, and the mode's tools in it. */
export const answer = async (mode: Mode, facts: CallFacts, signal = new AbortController().signal) => {
  const briefing = await mode.brief(facts)
  const context: ToolContext = { facts, known: briefing.known, signal, call: { leave: () => {} } }
  return {
    ...briefing,
    use: (name: string, input: object): Promise<unknown> =>
      mode.tools.find((tool) => tool.name === name)!.invoke(JSON.stringify(input), context),
  }
}
