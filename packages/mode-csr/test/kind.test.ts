import { e164, type SharedSettings } from '@llc-phone/core'
import { testKind } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { csrKind } from '../src/index.ts'
import { fakeCustomers } from './fixtures.ts'

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

const kind = csrKind({ customers: fakeCustomers(), messages: { take: async () => ({ id: '1' }) } })

testKind(kind, { shared, settings: { escalateTo: 'support', verifyBefore: 'appointments' } })
testKind(kind, { shared: { ...shared, routes: {}, answers: [] } })

it('who helps out is a route with a person', () => {
  expect(() => kind.make({ escalateTo: 'box' }, shared)).toThrow(
    expect.objectContaining({ problems: [{ path: ['escalateTo'], message: '"box" is not a route with a person' }] }),
  )
})
