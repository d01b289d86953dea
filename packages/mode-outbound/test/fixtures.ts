import {
  e164,
  type CallFacts,
  type CallPlan,
  type Departure,
  type OutboundMode,
  type OutboundRequest,
  type ToolContext,
} from '@llc-phone/core'
import {
  outbound,
  type AppointmentsPort,
  type DoNotCallPort,
  type NotesPort,
  type OutboundSettings,
} from '../src/index.ts'

export const DANA = e164('+14155550191')
export const NOW = new Date('2026-03-09T15:00:00Z')

export const business = { name: 'Harbor Dental', timeZone: 'America/New_York' }
export const routes = { frontDesk: { number: e164('+14155550111'), label: 'the front desk' } }

/** What the prompt of a call and its tools may take: an outbound call meets people, machines and what screens for them. */
export const budget = { maxPromptTokens: 760, maxToolTokens: 1_050 }

/** A calendar with two free times, the second of which somebody else takes. */
export const calendar = (changes: Partial<AppointmentsPort> = {}): AppointmentsPort => ({
  openSlots: async () => [
    { id: 'cleaning@1', service: 'cleaning', startsAt: new Date('2026-03-12T14:00:00Z') },
    { id: 'cleaning@2', service: 'cleaning', startsAt: new Date('2026-03-12T18:30:00Z') },
  ],
  book: async ({ slotId }) => (slotId === 'cleaning@1' ? 'booked' : 'taken'),
  ...changes,
})

/** Stores that remember what they were given. */
export const stores = () => {
  const refused: Parameters<DoNotCallPort['add']>[0][] = []
  const noted: Parameters<NotesPort['add']>[0][] = []
  return {
    refused,
    noted,
    ports: {
      doNotCall: { add: async (entry: (typeof refused)[number]) => void refused.push(entry) },
      notes: { add: async (note: (typeof noted)[number]) => void noted.push(note) },
    },
  }
}

export const build = (changes: Partial<OutboundSettings> = {}): OutboundMode => {
  const mode = outbound({ business, routes, ...stores().ports, appointments: calendar(), ...changes })
  return { ...mode, plan: (request) => mode.plan({ now: NOW, ...request }) }
}

/** A typical request of every shipped scenario. */
export const requests = {
  confirmation: {
    scenario: 'confirmation',
    context: {
      appointmentDate: '2026-03-10',
      appointmentTime: '14:30',
      service: 'cleaning',
      withWhom: 'Dr. Lopez',
      location: '12 Harbor Street',
    },
  },
  callback: {
    scenario: 'callback',
    context: { reason: 'a question about an invoice', requestedAt: '2026-03-09T09:30:00-04:00' },
  },
  survey: {
    scenario: 'survey',
    context: {
      topic: 'your visit',
      questions: ['How satisfied were you?', 'Would you recommend us?', 'What could we do better?'],
    },
  },
  custom: {
    scenario: 'custom',
    context: {
      purpose: 'your cleaning on Friday',
      instructions:
        'Tell them that the office is closed on Friday and that their cleaning on that day is cancelled.\nOffer that the front desk rings them for a new time.',
    },
  },
} as const satisfies Record<string, OutboundRequest>

export const callTo = (caller: CallFacts['otherParty'] = { number: DANA, name: 'Dana Fields' }): CallFacts => ({
  callId: 'call-1',
  legId: '',
  direction: 'outbound',
  otherParty: caller,
  dialled: e164('+14155550100'),
  startedAt: NOW,
})

/** What the tests read of a tool's result. */
export interface Answer {
  readonly status: string
  readonly say: string
  readonly when: string
  readonly slots: readonly { readonly slot_id: string; readonly service: string; readonly when: string }[]
}

/** A call that is being made, and the mode's tools in it. */
export const place = async (
  { mode }: CallPlan,
  facts = callTo(),
  signal = new AbortController().signal,
  now: () => Date = () => NOW,
) => {
  const briefing = await mode.brief(facts)
  const departures: Departure[] = []
  const lastWords: (string | undefined)[] = []
  const call = {
    leave: (departure: Departure, words?: string) => {
      departures.push(departure)
      lastWords.push(words)
    },
    consult: () => {},
    keepListening: () => {},
  }
  const context: ToolContext = { facts, known: briefing.known, signal, call, now }
  return {
    ...briefing,
    departures,
    /** How each departure is spoken of. */
    lastWords,
    use: (name: string, input: object = {}): Promise<Answer> =>
      mode.tools.find((tool) => tool.name === name)!.invoke(JSON.stringify(input), context) as Promise<Answer>,
  }
}
