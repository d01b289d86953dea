import { e164, type E164, type Mode, type OutboundMode } from '@llc-phone/core'
import { defaultPolicy } from '@llc-phone/dialer'
import { buildStored, type WrittenDocument } from '@llc-phone/settings'
import { expect, it } from 'vitest'
import { notBuilt, type InForce } from '../src/configuration/in-force.ts'
import { createNumbers } from '../src/configuration/numbers.ts'
import { receptionistKind } from '@llc-phone/mode-receptionist'
import { memoryMessages } from '@llc-phone/core/testing'
import { quietMode } from './support/fake-calls.ts'
import { numbersOf, outboundOf, readyKind, readyModes } from './support/ready-modes.ts'

const modes = { menu: quietMode('ivr'), frontDesk: quietMode('receptionist') }
const MENU = e164('+14155550101')
const DESK = e164('+14155550102')
const OTHER = e164('+14155550177')
const from = e164('+14155550100')

it('resolves listed numbers, and others to the unknown instance', () => {
  const fallback = { number: e164('+14155550112'), label: 'support' }
  const numbers = numbersOf({ modes, numbers: [[MENU, 'menu']], unknown: 'frontDesk', fallback })
  expect(numbers.resolve(MENU)).toEqual({
    name: 'menu',
    mode: modes.menu,
    language: 'en',
    fallback,
    source: 'settings',
    origin: { instance: 'menu', settingsVersion: 0, tuningProfile: undefined },
  })
  for (const number of [OTHER, undefined])
    expect(numbers.resolve(number)).toMatchObject({ name: 'frontDesk', mode: modes.frontDesk, source: 'unlisted' })
  expect(numbers.list()).toEqual([{ number: MENU, name: 'menu', source: 'settings' }])
})

it('an assignment wins over the settings, with the options of the number, until it is removed', () => {
  const numbers = numbersOf({ modes, numbers: [[MENU, 'menu', { greetingShield: 'off' }]], unknown: 'menu' })
  numbers.assign(MENU, 'frontDesk')
  numbers.assign(OTHER, 'frontDesk')
  expect(numbers.resolve(MENU)).toMatchObject({
    name: 'frontDesk',
    mode: { name: 'receptionist', greetingShield: 'off' },
    source: 'stored',
  })
  expect(numbers.list().map(({ number, source }) => [number, source])).toEqual([
    [MENU, 'stored'],
    [OTHER, 'stored'],
  ])
  numbers.unassign(MENU)
  expect(numbers.resolve(MENU)).toMatchObject({ name: 'menu', source: 'settings' })
})

it('an assignment to an instance that is gone is left out of account, and comes back with the instance', () => {
  const inForceOf = (instances: Readonly<Record<string, Mode>>): InForce => {
    const { kinds, seed } = readyModes({ modes: instances, numbers: [[MENU, 'menu']], unknown: 'menu' })
    const { built, findings } = buildStored(seed, { kinds })
    return { built: built!, findings, written: seed, source: 'stored', version: 1 }
  }
  let inForce = inForceOf(modes)
  const numbers = createNumbers(() => inForce)
  numbers.assign(MENU, 'frontDesk')
  numbers.assign(OTHER, 'frontDesk')
  expect([numbers.resolve(MENU).name, numbers.lost()]).toEqual(['frontDesk', []])
  inForce = inForceOf({ menu: modes.menu })
  expect([numbers.resolve(MENU).source, numbers.resolve(OTHER).source]).toEqual(['settings', 'unlisted'])
  expect(numbers.lost()).toEqual([
    { number: MENU, name: 'frontDesk' },
    { number: OTHER, name: 'frontDesk' },
  ])
  inForce = inForceOf(modes)
  expect([numbers.resolve(MENU).name, numbers.lost()]).toEqual(['frontDesk', []])
})

it('an instance that an upgrade cannot build has no mode, and the others go on', () => {
  const seed = {
    business: { name: 'Test', timeZone: 'UTC', language: 'es' },
    routes: { support: { number: '+14155550112', label: 'support' } },
    modes: { menu: { kind: 'menu' }, lost: { kind: 'gone' } },
    numbers: { unknown: 'menu', fallback: 'support', list: { [MENU]: { mode: 'menu' }, [DESK]: { mode: 'lost' } } },
  } satisfies WrittenDocument
  const { built, findings } = buildStored(seed, { kinds: [readyKind('menu', modes.menu)] })
  const inForce: InForce = { built: built!, findings, written: seed, source: 'stored', version: 3 }
  const numbers = createNumbers(() => inForce)
  expect(numbers.resolve(MENU).mode).toBe(modes.menu)
  expect(numbers.resolve(DESK)).toEqual({
    name: 'lost',
    language: 'es',
    fallback: { number: '+14155550112', label: 'support' },
    source: 'settings',
    origin: { instance: 'lost', settingsVersion: 3, tuningProfile: undefined },
  })
  expect(notBuilt(inForce)).toEqual(['lost'])
  expect(() => numbers.check('lost')).toThrow('"lost" cannot be built')
  // Somebody has assigned it to another number before the upgrade.
  numbers.assign(OTHER, 'lost')
  expect(numbers.resolve(OTHER)).toMatchObject({ name: 'lost', source: 'stored' })
  expect(numbers.resolve(OTHER)).not.toHaveProperty('mode')
})

it('knows every voice that calls may have: of instances, of numbers, and of calls we place', () => {
  const numbers = numbersOf({
    modes: { menu: { ...quietMode('ivr'), voice: 'marin' }, frontDesk: modes.frontDesk },
    numbers: [
      [MENU, 'frontDesk', { voice: 'ash' }],
      [DESK, 'frontDesk', { greetingShield: 'off' }],
    ],
    unknown: 'frontDesk',
  })
  expect(numbers.speaking.flatMap(({ voice }) => voice ?? [])).toEqual(expect.arrayContaining(['marin', 'ash']))
  expect(outboundOf({ calls: { ...reminders, voice: 'sage' }, reminders }, 'calls', from).speaking).toMatchObject([
    { voice: 'sage', language: 'en' },
    { language: 'en' },
  ])
})

it('names the instance that was probably meant', () => {
  const numbers = numbersOf({ modes, numbers: [], unknown: 'menu' })
  expect(() => numbers.check('frontdesk')).toThrow('there is no mode "frontdesk". Did you mean "frontDesk"?')
  expect(() => numbers.check('toString')).toThrow('There are menu, frontDesk.')
  expect([numbers.named('menu')?.mode, numbers.named('toString')]).toEqual([modes.menu, undefined])
})

const reminders: OutboundMode = {
  name: 'reminders',
  scenarios: [],
  plan: () => {
    throw new Error('nobody is called in this test')
  },
}

it('finds an outbound mode by name, and the default without one', () => {
  const policy = { ...defaultPolicy(from), maxConcurrent: 3 }
  const outbound = outboundOf({ reminders }, 'reminders', from, policy)
  expect(outbound.resolve(undefined)).toMatchObject({ name: 'reminders', mode: reminders })
  expect(outbound.policy()).toMatchObject({ maxConcurrent: 3 })
  expect(() => outbound.resolve('toString')).toThrow('there is no outbound mode "toString". There are reminders.')
})

it('without outbound modes nobody is called, by a careful policy', () => {
  const { kinds, seed } = readyModes({ modes, numbers: [], unknown: 'menu' })
  const { built } = buildStored(seed, { kinds })
  expect(built?.outbound).toBeUndefined()
  const outbound = outboundOf({}, 'nobody', '+14155550100' as E164)
  expect(outbound.list()).toEqual([])
  expect(outbound.policy()).toEqual(defaultPolicy(from))
})

it('a number speaks its own language, else that of its instance, else that of the business', async () => {
  const seed = {
    business: { name: 'Puerto', timeZone: 'UTC', language: 'es' },
    modes: { day: { kind: 'receptionist' }, abroad: { kind: 'receptionist', language: 'en' } },
    numbers: {
      unknown: 'day',
      list: { [MENU]: { mode: 'day' }, [DESK]: { mode: 'abroad' }, [OTHER]: { mode: 'abroad', language: 'es' } },
    },
  } satisfies WrittenDocument
  const kinds = [receptionistKind({ messages: memoryMessages() })]
  const { built, findings } = buildStored(seed, { kinds })
  const inForce: InForce = { built: built!, findings, written: seed, source: 'stored', version: 1 }
  const numbers = createNumbers(() => inForce)
  for (const [number, language, words] of [
    [MENU, 'es', /gracias por llamar a Puerto/],
    [DESK, 'en', /thank you for calling Puerto/],
    [OTHER, 'es', /gracias por llamar a Puerto/],
  ] as const) {
    const { mode, language: spoken } = numbers.resolve(number)
    expect([spoken, mode?.language]).toEqual([language, language])
    const facts = {
      callId: '1',
      legId: '1',
      direction: 'inbound',
      otherParty: {},
      dialled: number,
      startedAt: new Date(),
    } as const
    expect((await mode!.brief(facts)).greeting).toMatch(words)
  }
  const wrong = { ...seed, modes: { ...seed.modes, abroad: { kind: 'receptionist', language: 'fr' } } }
  expect(buildStored(wrong, { kinds }).findings).toContainEqual(
    expect.objectContaining({ path: 'modes.abroad.language', message: expect.stringContaining('en, es') }),
  )
})
