import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import {
  checkSettings,
  defineMode,
  e164,
  fixed,
  routesSchema,
  transferTool,
  warmTransferTool,
  type Consultation,
  type Departure,
} from '../src/index.ts'
import { addRing, refuseRing } from '../src/call/allowance.ts'
import { DEFAULT_GRANT } from '../src/mode/grant.ts'
import { keypadOf } from '../src/call/keypad.ts'
import { instructionOf } from '../src/call/instruction.ts'
import type { CallState } from '../src/call/state.ts'
import { fullLineCapabilities } from '../src/testing/scripted-line.ts'
import { telephoneText } from '../src/telephone/telephone.ts'

const number = e164('+14155550111')
const routes = {
  sales: { number, extension: '22', label: 'the sales team' },
  billing: { number, extension: '33', label: 'the billing department' },
}

const facts = {
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  otherParty: {},
  dialled: e164('+14155550102'),
  startedAt: new Date(),
} as const

describe('the extension of a route', () => {
  it('goes with the caller, however they are connected', async () => {
    const asked: (Departure | Consultation)[] = []
    const call = {
      leave: (wish: Departure) => void asked.push(wish),
      consult: (wish: Consultation) => void asked.push(wish),

      keepListening: () => {},
    }
    const context = { facts, known: undefined, signal: new AbortController().signal, call }
    await transferTool(routes).invoke('{"destination":"sales","reason":"x"}', context)
    await warmTransferTool(routes).invoke('{"destination":"billing","introduction":"x"}', context)
    const mode = defineMode({ name: 'menu', prompt: [fixed('Role', 'x')], routes, keypad: { 1: 'sales' }, tools: [] })
    expect([...asked, keypadOf(mode, fullLineCapabilities, new Date())[1]]).toMatchObject([
      { kind: 'transfer', number, extension: '22' },
      { number, extension: '33' },
      { kind: 'transfer', number, extension: '22' },
    ])
    expect(instructionOf({ phase: 'leaving', departure: asked[0] } as CallState)).toEqual({
      kind: 'dial',
      number,
      extension: '22',
      label: 'the sales team',
    })
  })

  it('tells people behind one number apart: ringing one often leaves the others', () => {
    const once = (rung: object, route: keyof typeof routes) => addRing({ ...rung }, telephoneText(routes[route]))
    const rung = once(once(once({}, 'sales'), 'sales'), 'sales')
    expect(refuseRing(DEFAULT_GRANT, rung, telephoneText(routes.sales))?.limit).toBe('ringsPerPerson')
    expect(refuseRing(DEFAULT_GRANT, rung, telephoneText(routes.billing))).toBeUndefined()
  })

  const check = (extension: unknown) => () =>
    checkSettings('any', z.strictObject({ routes: routesSchema }), {
      routes: { sales: { ...routes.sales, extension } },
    })

  it.each(['22', '0', 'wW22#', '*9w1', '#'])('may be %j', (extension) => expect(check(extension)).not.toThrow())

  it.each([22, '', 'ww', 'ext 22', '22,5', '２２', '1'.repeat(31), '22"/>'])(
    'is refused by name when it is %j',
    (extension) => expect(check(extension)).toThrow(/routes\.sales/),
  )

  it('belongs to no voicemail', () =>
    expect(() =>
      checkSettings('any', z.strictObject({ routes: routesSchema }), {
        routes: { box: { voicemail: true, label: 'x', extension: '22' } },
      }),
    ).toThrow(/routes\.box/))
})
