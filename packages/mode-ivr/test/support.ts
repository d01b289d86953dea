import { e164, type CallFacts, type Consultation, type Departure, type Mode } from '@llc-phone/core'
import { onTestFinished, vi } from 'vitest'

export const business = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { mon: '09:00-17:00', tue: '09:00-17:00', fri: '09:00-12:30' },
}

export const callAt = (startedAt: string): CallFacts => ({
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  otherParty: {},
  dialled: e164('+14155550101'),
  startedAt: new Date(startedAt),
})

/** A call of a mode: its tools as the model uses them, and what they did to the call. */
export const openCall = async (mode: Mode, startedAt = '2026-03-02T15:00:00Z') => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(startedAt) })
  onTestFinished(() => void vi.useRealTimers())
  const facts = callAt(startedAt)
  const { known, instructions } = await mode.brief(facts)
  const departures: Departure[] = []
  const consultations: Consultation[] = []
  const call = {
    leave: (departure: Departure) => void departures.push(departure),
    consult: (consultation: Consultation) => void consultations.push(consultation),

    keepListening: () => {},
  }
  return {
    instructions,
    departures,
    consultations,
    use: (name: string, input: unknown) =>
      mode.tools
        .find((tool) => tool.name === name)!
        .invoke(JSON.stringify(input), { facts, known, call, signal: new AbortController().signal }),
  }
}
