import { e164, type SharedSettings } from '@llc-phone/core'
import { testKind } from '@llc-phone/core/testing'
import { describe, expect, it } from 'vitest'
import { ivrKind } from '../src/index.ts'

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

const kind = ivrKind()

testKind(kind, {
  shared,
  settings: {
    choices: [
      { route: 'support', synonyms: ['help'] },
      { route: 'sales', introduce: true },
    ],
    operator: 'support',
    voicemail: 'our mailbox',
  },
})

describe('the choices of a menu', () => {
  it('are all routes of the business, in their order', () => {
    expect(kind.make({}, shared).keypad).toEqual({ 1: 'sales', 2: 'support', 3: 'box' })
  })

  it('are those that are listed, and behind them where these lead after their hours', () => {
    const routes = { ...shared.routes, support: { ...shared.routes['support']!, afterHours: 'box' } }
    const choices = [{ route: 'support' }]
    expect(kind.make({ choices, operator: 'support' }, { ...shared, routes }).keypad).toEqual({
      0: 'support',
      1: 'support',
      2: 'box',
    })
  })

  it.each([
    ['choices.0.route', { choices: [{ route: 'sale' }] }],
    ['choices.1.route', { choices: [{ route: 'sales' }, { route: 'sales' }] }],
    ['choices.0.introduce', { choices: [{ route: 'box', introduce: true }] }],
    ['operator', { operator: 'nobody' }],
  ])('with a wrong %s are refused', (path, settings) => {
    try {
      kind.make(settings, shared)
      expect.unreachable()
    } catch (error) {
      expect((error as { problems: { path: string[] }[] }).problems.map((problem) => problem.path.join('.'))).toEqual([
        path,
      ])
    }
  })
})
