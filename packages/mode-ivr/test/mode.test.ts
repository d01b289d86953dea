import { e164, type CallFacts, type Departure, type ToolContext } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import { describe, expect, it } from 'vitest'
import { ivr } from '../src/index.ts'

const business = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { mon: '09:00-17:00', tue: '09:00-17:00', fri: '09:00-12:30' },
}
const routes = {
  sales: { number: e164('+14155550111'), label: 'the sales team', when: 'new orders and prices' },
  support: { number: e164('+14155550112'), label: 'technical support' },
  billing: { number: e164('+14155550113'), label: 'the billing department', when: 'invoices and payments' },
}
const mode = ivr({ business, routes })

const callAt = (startedAt: string): CallFacts => ({
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  otherParty: {},
  dialled: e164('+14155550101'),
  startedAt: new Date(startedAt),
})

const promptAt = async (startedAt: string): Promise<string> => (await mode.brief(callAt(startedAt))).instructions

testMode(mode)
testMode(
  ivr({
    business: { name: 'Nine & Sons', timeZone: 'Europe/Berlin' },
    routes: Object.fromEntries(
      'abcdefghi'.split('').map((key) => [key, { number: e164('+14155550111'), label: `department ${key}` }]),
    ),
  }),
)

describe('the menu', () => {
  it('is offered with the name of the business and the assistant named as such', async () => {
    expect((await mode.brief(callAt('2026-03-02T15:00:00Z'))).greeting).toBe(
      'Thank you for calling Harbor Dental. You are speaking with the AI assistant. How can I direct your call?',
    )
  })

  it('gives keys in the order of the routes', async () => {
    const prompt = await promptAt('2026-03-02T15:00:00Z')
    expect(prompt).toContain(
      '1 for sales: the sales team (new orders and prices)\n2 for support: technical support\n3 for billing: the billing department (invoices and payments)',
    )
    expect(prompt).toContain('The caller pressed 1 on the keypad.')
  })

  it('never shows the model a telephone number of ours', async () => {
    const shown = (await promptAt('2026-03-02T15:00:00Z')) + JSON.stringify(mode.tools)
    for (const { number } of Object.values(routes)) expect(shown).not.toContain(number.slice(2))
  })

  it('connects with the route the model names, and with nothing else', async () => {
    const departures: Departure[] = []
    const context: ToolContext = {
      facts: callAt('2026-03-02T15:00:00Z'),
      known: undefined,
      signal: new AbortController().signal,
      call: { leave: (departure) => void departures.push(departure), consult: () => {}, keepListening: () => {} },
    }
    const transfer = mode.tools.find(({ name }) => name === 'transfer_call')!
    await transfer.invoke('{"destination":"billing","reason":"an invoice"}', context)
    for (const destination of ['+14155550199', 'toString', '__proto__', 'Billing'])
      await expect(transfer.invoke(JSON.stringify({ destination, reason: '' }), context)).rejects.toThrow(/destination/)
    expect(departures).toEqual([
      {
        kind: 'transfer',
        route: 'billing',
        number: '+14155550113',
        label: 'the billing department',
        reason: 'an invoice',
      },
    ])
  })

  it('can be used from the first word', () => {
    expect(mode.tools.map(({ name, opening }) => [name, opening])).toEqual([
      ['transfer_call', true],
      ['warm_transfer', false],
      ['report_unclear', true],
      ['keep_listening', true],
      ['hang_up', true],
    ])
  })
})

describe('the hour', () => {
  it.each([
    [
      'in the hours, in winter',
      '2026-03-02T14:00:00Z',
      'It is Monday, March 2, 2026 at 9 AM Eastern Time. The office is open until 5 PM.',
    ],
    [
      'in the hours, in summer',
      '2026-07-06T13:00:00Z',
      'It is Monday, July 6, 2026 at 9 AM Eastern Time. The office is open until 5 PM.',
    ],
    ['a minute too early, in summer', '2026-07-06T12:59:00Z', 'closed and opens today at 9 AM'],
    ['at closing time', '2026-03-02T22:00:00Z', 'closed and opens tomorrow at 9 AM'],
    ['before a weekend', '2026-03-06T17:30:00Z', 'closed and opens on Monday at 9 AM'],
    [
      'on another day than in UTC',
      '2026-03-03T02:00:00Z',
      'Monday, March 2, 2026 at 9 PM Eastern Time. The office is closed and opens tomorrow',
    ],
  ])('is known %s', async (_, startedAt, expected) => {
    expect(await promptAt(startedAt)).toContain(expected)
  })
})

describe('settings', () => {
  it.each([
    ['business.name', { business: { ...business, name: ' ' }, routes }],
    ['business.timeZone', { business: { ...business, timeZone: 'Eastern' }, routes }],
    ['business.hours.mon', { business: { ...business, hours: { mon: '17:00-17:00' } }, routes }],
    ['business.hours.tue', { business: { ...business, hours: { tue: '9-5' } }, routes }],
    ['business.hours', { business: { ...business, hours: { monday: '09:00-17:00' } }, routes }],
    ['departments', { business, routes: {} }],
    ['routes.sales.number', { business, routes: { sales: { number: '555-0111', label: 'Sales' } } }],
    ['routes.sales.label', { business, routes: { sales: { number: '+14155550111', label: '' } } }],
    ['voice', { business, routes, voice: '' }],
    ['settings', { business, routes, voices: 'marin' }],
    ['turnTaking.minSpeechMs', { business, routes, turnTaking: { minSpeechMs: '200' } }],
    ['routes.sales', { business, routes, departments: { sales: { number: '+14155550111', label: 'sales' } } }],
    ['departments.voicemail', { business, departments: { voicemail: routes.sales }, voicemail: true }],
    [
      'departments.operator',
      { business, departments: { operator: routes.sales }, operator: { number: '+14155550110' } },
    ],
    [
      'departments.sales.afterHours',
      { business, departments: { sales: { ...routes.sales, afterHours: 'voicemail' } } },
    ],
    ['departments.sales.synonyms.0', { business, departments: { sales: { ...routes.sales, synonyms: [''] } } }],
    ['operator', { business, routes, operator: 'toString' }],
    ['operator.number', { business, routes, operator: { number: '0' } }],
    ['voicemail', { business, routes, voicemail: false }],
    [
      'departments',
      {
        business,
        voicemail: true,
        departments: Object.fromEntries('abcdefghi'.split('').map((key) => [key, routes.sales])),
      },
    ],
  ])('with a wrong %s are refused by name', (path, settings) => {
    expect(() => ivr(settings as Parameters<typeof ivr>[0])).toThrow(
      expect.objectContaining({ code: 'mode_invalid', message: expect.stringContaining(`Mode "ivr": ${path}: `) }),
    )
  })
})
