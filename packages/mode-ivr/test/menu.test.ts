import { e164, isPerson, ToolError } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ivr } from '../src/index.ts'
import { business, openCall } from './support.ts'

const sales = { number: e164('+14155550111'), label: 'the sales team', synonyms: ['orders', 'a quote'] }
const billing = {
  number: e164('+14155550113'),
  label: 'the billing department',
  when: 'invoices',
  synonyms: ['accounts'],
  hours: { mon: '09:00-17:00', sun: '01:00-04:00' },
}
const legal = { number: e164('+14155550115'), label: 'the lawyers', introduce: true, hours: { tue: '10:00-11:00' } }
const operator = { number: e164('+14155550110') }
const full = ivr({ business, departments: { sales, billing, legal }, operator, voicemail: true })
const reason = 'a question'

testMode(full, { maxPromptTokens: 640, maxToolTokens: 780 })
testMode(ivr({ business, departments: { sales }, operator: 'sales' }))
testMode(ivr({ business, routes: { box: { voicemail: true, label: 'our voicemail' } } }))

describe('say or press', () => {
  it('names words and keys for every destination', async () => {
    const { instructions } = await openCall(full)
    expect(instructions).toContain(
      [
        '1 for sales: the sales team (orders, a quote)',
        '2 for billing: the billing department (invoices, accounts)',
        '3 for legal: the lawyers',
        '0 for operator: the operator',
        '9 for voicemail: our voicemail (leaving a message)',
      ].join('\n'),
    )
  })

  it('gives the gateway the same keys', () => {
    expect(full.keypad).toEqual({ 0: 'operator', 1: 'sales', 2: 'billing', 9: 'voicemail' })
    expect(ivr({ business, departments: { sales, billing }, operator: 'billing' }).keypad).toEqual({
      0: 'billing',
      1: 'sales',
      2: 'billing',
    })
  })

  it('leaves a key to the assistant where it must ask first who is calling', async () => {
    const mode = ivr({
      business,
      departments: { sales, law: { number: legal.number, label: legal.label, introduce: true } },
      operator: 'law',
    })
    expect(mode.keypad).toEqual({ 1: 'sales' })
    const { instructions } = await openCall(mode)
    expect(instructions).toContain('Asked for a person: choose law.')
  })

  it('knows key 0 as a choice, where the gateway does not connect by it', async () => {
    const { instructions } = await openCall(ivr({ business, departments: { sales, billing }, operator: 'billing' }))
    expect(instructions).toContain('2 or 0 for billing: the billing department')
  })

  it('rings first where an introduction is wanted', async () => {
    const call = await openCall(full, '2026-03-03T15:30:00Z')
    expect(call.instructions).toContain('For legal, callers who ask to be announced: ask who is calling')
    const introduction = 'Dana Fields, about a contract.'
    expect(await call.use('warm_transfer', { destination: 'legal', introduction })).toMatchObject({ status: 'ringing' })
    expect(call.consultations).toEqual([{ route: 'legal', number: legal.number, label: 'the lawyers', introduction }])
    await expect(call.use('warm_transfer', { destination: 'voicemail', introduction })).rejects.toThrow(ToolError)
    expect(call.departures).toEqual([])
  })

  it('hangs up when asked', async () => {
    const call = await openCall(full)
    await call.use('hang_up', {})
    expect(call.departures).toEqual([{ kind: 'hangUp' }])
  })
})

describe('after hours', () => {
  it.each([
    ['before opening, in winter', '2026-03-02T13:59:59Z', 'closed'],
    ['at opening, in winter', '2026-03-02T14:00:00Z', 'connecting'],
    ['at opening, in summer', '2026-07-06T13:00:00Z', 'connecting'],
    ['at closing time', '2026-03-02T22:00:00Z', 'closed'],
    // On 8 March 2026 the clocks jump from 2 to 3 AM: 03:59 there is a minute before 08:00 UTC.
    ['in the night the clocks go forward', '2026-03-08T07:59:00Z', 'connecting'],
    ['when the shorter night is over', '2026-03-08T08:00:00Z', 'closed'],
    // On 1 November 2026 1:30 AM comes twice.
    ['the first time it is half past one', '2026-11-01T05:30:00Z', 'connecting'],
    ['the second time it is half past one', '2026-11-01T06:30:00Z', 'connecting'],
  ])('a department is right %s', async (_, at, status) => {
    const call = await openCall(full, at)
    expect(await call.use('transfer_call', { destination: 'billing', reason })).toMatchObject({ status })
    expect(call.departures).toHaveLength(status === 'connecting' ? 1 : 0)
  })

  it('offers voicemail, which records', async () => {
    const call = await openCall(full, '2026-03-07T15:00:00Z')
    expect(call.instructions).toContain('Closed now: billing, legal.')
    expect(await call.use('transfer_call', { destination: 'billing', reason })).toEqual({
      status: 'closed',
      opens: 'tomorrow at 1 AM',
      time_zone: expect.any(String),
      say: expect.stringMatching(/the billing department is closed.*offer our voicemail \(voicemail\)/),
    })
    expect(await call.use('transfer_call', { destination: 'voicemail', reason })).toMatchObject({ status: 'recording' })
    expect(call.departures).toEqual([{ kind: 'voicemail', route: 'voicemail', label: 'our voicemail', reason }])
  })

  it('offers another department when that is what was set', async () => {
    const night = { ...billing, afterHours: 'sales' }
    const call = await openCall(
      ivr({ business, departments: { sales, billing: night }, voicemail: true }),
      '2026-03-07T15:00:00Z',
    )
    expect(await call.use('transfer_call', { destination: 'billing', reason })).toMatchObject({
      say: expect.stringContaining('offer the sales team (sales)'),
    })
  })

  it('offers no detour that is closed as well, but the one behind it', async () => {
    const night = { ...billing, afterHours: 'legal' }
    const closed = { ...legal, afterHours: 'billing' }
    const saturday = '2026-03-07T15:00:00Z'
    const ask = async (law: typeof legal & { afterHours?: string }) => {
      const call = await openCall(
        ivr({ business, departments: { sales, billing: night, legal: law }, voicemail: true }),
        saturday,
      )
      return call.use('transfer_call', { destination: 'billing', reason })
    }
    expect(await ask(legal)).toMatchObject({ say: expect.stringContaining('offer our voicemail (voicemail)') })
    expect(await ask(closed)).toMatchObject({ say: expect.stringContaining('and offer what else you can do') })
  })

  it('a department without hours is rung all the same, and the caller told that the office is closed', async () => {
    const night = await openCall(full, '2026-03-07T15:00:00Z')
    expect(await night.use('transfer_call', { destination: 'sales', reason })).toEqual({
      status: 'connecting',
      say: 'Tell the caller in one short sentence that the office is closed now, and that you are connecting them with the sales team.',
    })
    expect(night.departures).toHaveLength(1)
    const day = await openCall(full)
    expect(await day.use('transfer_call', { destination: 'sales', reason })).not.toMatchObject({
      say: expect.stringContaining('closed'),
    })
  })

  it('nobody is rung for an introduction either', async () => {
    const call = await openCall(full)
    const answer = await call.use('warm_transfer', { destination: 'legal', introduction: 'Dana, a contract.' })
    expect(answer).toMatchObject({ status: 'closed', opens: 'tomorrow at 10 AM' })
    expect(call.consultations).toEqual([])
  })
})

describe('an unclear caller', () => {
  const heard = 'something about a boat'

  it('is told the choices the first time and connected with the operator the second', async () => {
    const call = await openCall(full)
    expect(await call.use('report_unclear', { heard })).toEqual({
      status: 'ask',
      // Four of the five; the fifth can be had for a word.
      choices: ['1 for the sales team', '2 for the billing department', '3 for the lawyers', '0 for the operator'],
      say: expect.stringMatching(/^Name the choices .* or say in a few words what it is about\.$/),
    })
    expect(call.departures).toEqual([])
    expect(await call.use('report_unclear', { heard })).toMatchObject({ status: 'connecting' })
    expect(call.departures).toMatchObject([
      { kind: 'transfer', route: 'operator', number: operator.number, reason: `not understood twice: ${heard}` },
    ])
  })

  it('is counted per call', async () => {
    const [first, second] = [await openCall(full), await openCall(full)]
    for (const call of [first, second])
      expect(await call.use('report_unclear', { heard })).toMatchObject({ status: 'ask' })
  })

  it('gets the voicemail when the operator has gone home, and when there is none', async () => {
    const away = ivr({ business, departments: { sales }, operator: { ...operator, hours: {} }, voicemail: true })
    const closed = await openCall(away)
    await closed.use('report_unclear', { heard })
    expect(await closed.use('report_unclear', { heard })).toMatchObject({
      status: 'closed',
      say: expect.stringContaining('our voicemail (voicemail)'),
    })
    const none = await openCall(ivr({ business, departments: { sales }, voicemail: { label: 'the night box' } }))
    await none.use('report_unclear', { heard })
    await none.use('report_unclear', { heard })
    expect(none.departures).toMatchObject([{ kind: 'voicemail', label: 'the night box' }])
  })

  it('keeps being told the choices when there is nobody else', async () => {
    const call = await openCall(ivr({ business, departments: { sales } }))
    for (let time = 0; time < 4; time++)
      expect(await call.use('report_unclear', { heard: 'x'.repeat(200) })).toMatchObject({ status: 'ask' })
  })
})

it('a hostile model reaches nobody but the menu', async () => {
  const call = await openCall(full)
  const destinations = ['sales', 'billing', 'operator', 'voicemail', '+19005550199', '__proto__', 'toString']
  const words = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...destinations, '<Dial>+19005550199</Dial>') },
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.jsonValue(),
  )
  const hostileCall = fc.constantFrom(...full.tools).chain(({ name, parameters }) => {
    const fields = Object.keys((parameters as { properties: object }).properties)
    return fc.tuple(
      fc.constant(name),
      fc.record(Object.fromEntries(fields.map((field) => [field, words]))),
      fc.option(fc.dictionary(fc.string(), words, { maxKeys: 2 }), { freq: 4, nil: {} }),
    )
  })
  const keys = Object.keys(full.routes)
  let refused = 0
  await fc.assert(
    fc.asyncProperty(hostileCall, async ([name, input, extra]) => {
      await call.use(name, { ...input, ...extra }).catch((error: unknown) => {
        refused += 1
        if (!(error instanceof ToolError) || error.message.length > 300) throw error
      })
    }),
    { numRuns: 4_000 },
  )
  expect(refused).toBeGreaterThan(1_000)
  expect(call.departures.length).toBeGreaterThan(10)
  for (const departure of [...call.departures, ...call.consultations]) {
    if ('kind' in departure && departure.kind === 'hangUp') continue
    if (!('route' in departure)) throw new Error('left in a way the menu does not have')
    expect(keys).toContain(departure.route)
    const route = full.routes[departure.route]!
    if ('number' in departure) expect(isPerson(route) && route.number).toBe(departure.number)
  }
})
