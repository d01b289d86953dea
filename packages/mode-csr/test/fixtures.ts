import { e164, type CallFacts, type Mode, type ToolContext } from '@llc-phone/core'
import { engineOfTest, testStore } from '@llc-phone/database/testing'
import { sqliteKit, type DrizzleStore } from '@llc-phone/store-drizzle'
import { postgresKit } from '@llc-phone/store-postgres'
import { customerTables, type CustomerTables } from '../src/db/schema.ts'
import { csr, openCustomers, type CsrSettings, type CustomerStore } from '../src/index.ts'

/** Noon on a Thursday in New York; summer time begins on the Sunday after. */
export const NOW = new Date('2026-03-05T17:00:00Z')

export const ANNA = e164('+14155550199')
export const MARCUS = e164('+14155550198')
export const NAIRS = e164('+14155550197')
export const STRANGER = e164('+14155550142')

export const business = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { mon: '09:00-17:00', tue: '09:00-17:00', wed: '09:00-17:00', thu: '09:00-17:00', fri: '09:00-15:00' },
}
const routes = { frontDesk: { number: e164('+14155550111'), label: 'the front desk' } }

/** The tables of customers in the engine of this test. */
export const tablesOfTest = (): CustomerTables => customerTables(engineOfTest() === 'sqlite' ? sqliteKit : postgresKit)

/** A store with the demo customers in it: one that is closed after the test, unless the tests of a file share this one. */
export const openDemo = async (
  opening: Promise<DrizzleStore> = testStore(),
): Promise<{ store: DrizzleStore; customers: CustomerStore }> => {
  const store = await opening
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
  contact: async () => undefined,
  prove: async () => false,
  updateContact: async () => false,
  addNote: async () => {},
  services: async () => [],
  upcomingAppointments: async () => [],
  agenda: async () => ({ hours: [], closures: [], occupied: [] }),
  book: async () => ({ outcome: 'taken' }),
  move: async () => 'gone',
  cancel: async () => 'already',
  ...changes,
})

export const callFrom = (number?: CallFacts['otherParty']['number'], callId = 'call-1'): CallFacts => ({
  callId,
  legId: 'CA1',
  direction: 'inbound',
  otherParty: number === undefined ? {} : { number },
  dialled: e164('+14155550103'),
  startedAt: NOW,
})

/** What the tests read of a tool's result. */
export interface Answer {
  readonly status?: string
  readonly customer_id: string
  readonly appointment_id: string
  readonly slots: readonly { readonly slot_id: string; readonly when: string }[]
  readonly appointments: readonly { readonly appointment_id: string; readonly when: string }[]
}

/** A call that has been briefed, and the mode's tools in it. */
export const answer = async (
  mode: Mode,
  facts: CallFacts,
  signal = new AbortController().signal,
  now: () => Date = () => facts.startedAt,
) => {
  const briefing = await mode.brief(facts)
  const asked: unknown[] = []
  const call = {
    leave: (wish: unknown) => void asked.push(wish),
    consult: (wish: unknown) => void asked.push(wish),
    keepListening: () => {},
  }
  const context: ToolContext = { facts, known: briefing.known, signal, call, now }
  return {
    ...briefing,
    /** What the tools have asked of the call itself. */
    asked,
    use: (name: string, input: object): Promise<Answer> =>
      mode.tools.find((tool) => tool.name === name)!.invoke(JSON.stringify(input), context) as Promise<Answer>,
  }
}
