import { e164, type SharedSettings } from '@llc-phone/core'
import { testKind } from '@llc-phone/core/testing'
import { receptionistKind } from '../src/index.ts'

const shared: SharedSettings = {
  business: { name: 'Pier Bistro', timeZone: 'America/New_York', hours: { 'mon-fri': '09:00-17:00' } },
  routes: {
    sales: { number: e164('+14155550111'), label: 'the sales team', when: 'prices' },
    support: { number: e164('+14155550112'), label: 'the support desk', hours: { 'mon-fri': '09:00-12:00' } },
    box: { voicemail: true, label: 'our voicemail' },
  },
  directory: [
    { name: 'Ana Lopez', role: 'chef', route: 'sales', transfer: 'warm' },
    { name: 'Support', route: 'support' },
  ],
  answers: [{ question: 'Where can I park?', answer: 'Behind the building.' }],
}

const messages = { take: async () => ({ id: '1' }) }

testKind(receptionistKind({ messages }), { shared, settings: { offers: ['callback', 'visit'], voice: 'cedar' } })
testKind(receptionistKind({ messages }), { shared: { ...shared, routes: {}, directory: [], answers: [] } })
