import { e164, type SharedSettings } from '@llc-phone/core'
import { testKind } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { outboundKind } from '../src/index.ts'

const shared: SharedSettings = {
  business: { name: 'Pier Bistro', timeZone: 'America/New_York', hours: { 'mon-fri': '09:00-17:00' } },
  routes: {
    sales: { number: e164('+14155550111'), label: 'the sales team', when: 'prices' },
    support: { number: e164('+14155550112'), label: 'the support desk', hours: { 'mon-fri': '09:00-12:00' } },
    box: { voicemail: true, label: 'our voicemail' },
  },
  directory: [],
  answers: [{ question: 'Where can I park?', answer: 'Behind the building.' }],
}

const kind = outboundKind({ doNotCall: { add: async () => {} }, notes: { add: async () => {} } })

testKind(kind, {
  shared,
  settings: { agentName: 'Robin', machine: { survey: { action: 'hangUp' } }, speaksAfterMs: 2_500 },
  modeOf: (made) => made.plan({}).mode,
})

it('an opening may name who calls where a name is set, and says why', async () => {
  const greeting = 'Hello {firstName}, {agentName} of {business} here, the AI assistant, calling {reason}.'
  expect(() => kind.make({ greeting }, shared)).toThrow('there is no {agentName} in this greeting')
  const { mode } = kind.make({ greeting, agentName: 'Robin' }, shared).plan({})
  const { greeting: said, instructions } = await mode.brief({
    callId: 'call-1',
    legId: '',
    direction: 'outbound',
    otherParty: { name: 'Dana Fields' },
    dialled: e164('+14155550101'),
    startedAt: new Date('2026-03-02T15:00:00Z'),
  })
  expect(said).toBe('Hello Dana, Robin of Pier Bistro here, the AI assistant, calling you back as you asked.')
  expect(instructions).toContain(`Opening: "${said}"`)
})
