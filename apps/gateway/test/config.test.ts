import { e164, type E164, type OutboundMode } from '@llc-phone/core'
import { defaultPolicy } from '@llc-phone/dialer'
import { expect, it } from 'vitest'
import { modelWarning } from '../src/configuration/models.ts'
import { defineNumbers } from '../src/configuration/numbers.ts'
import { defineOutbound } from '../src/configuration/outbound.ts'
import { quietMode } from './support/fake-calls.ts'

const modes = { menu: quietMode('ivr'), frontDesk: quietMode('receptionist') }

it('resolves listed numbers, and others to the unknown mode', () => {
  const fallback = { number: e164('+14155550112'), label: 'support' }
  const numbers = defineNumbers({
    modes,
    numbers: [
      ['+14155550101', 'menu'],
      [undefined, 'frontDesk'],
    ],
    unknown: 'frontDesk',
    fallback,
  })
  expect(numbers.resolve(e164('+14155550101'))).toEqual({ name: 'menu', mode: modes.menu, fallback, source: 'config' })
  expect(numbers.resolve(e164('+14155550177'))).toEqual({
    name: 'frontDesk',
    mode: modes.frontDesk,
    fallback,
    source: 'unlisted',
  })
  expect(numbers.list()).toEqual([{ number: '+14155550101', name: 'menu', source: 'config' }])
})

it('knows every voice that calls may have: of modes, of numbers, and of calls we place', () => {
  const numbers = defineNumbers({
    modes: { menu: { ...quietMode('ivr'), voice: 'marin' }, frontDesk: quietMode('receptionist'), spare: undefined },
    numbers: [
      ['+14155550101', 'frontDesk', { voice: 'ash' }],
      ['+14155550102', 'frontDesk', { greetingShield: 'off' }],
    ],
    unknown: 'frontDesk',
  })
  expect(numbers.voices).toEqual(['marin', 'ash'])
  const policy = defaultPolicy(from)
  const outbound = defineOutbound({
    modes: { calls: { ...reminders, voice: 'sage' }, reminders },
    default: 'calls',
    from,
    policy,
  })
  expect(outbound.voices).toEqual(['sage'])
})

it('puts the tuning of a number over that of its instance, field by field, also where the number was assigned later', () => {
  const tuning = {
    effort: 'high',
    memory: { keep: 0.5 },
    transcription: { languages: ['en'], keywords: ['Lopez'] },
  } as const
  const base = quietMode('receptionist')
  const frontDesk = { ...base, wishes: { ...base.wishes, set: tuning } }
  const numbers = defineNumbers({
    modes: { menu: quietMode('ivr'), frontDesk },
    numbers: [
      ['+14155550101', 'menu', { tuning: { maxReplyTokens: 500, memory: { maxTokens: 8_000 } } }],
      ['+14155550102', 'frontDesk', { tuning: { effort: 'low', transcription: { languages: ['es'] } } }],
      ['+14155550103', 'frontDesk', { tuning: { transcription: 'off' } }],
    ],
    unknown: 'frontDesk',
  })
  numbers.assign(e164('+14155550101'), 'frontDesk')
  const setOn = (number: string) => numbers.resolve(e164(number)).mode.wishes.set
  expect(setOn('+14155550101')).toEqual({
    ...tuning,
    maxReplyTokens: 500,
    memory: { keep: 0.5, maxTokens: 8_000 },
  })
  expect(setOn('+14155550102')).toEqual({
    ...tuning,
    effort: 'low',
    transcription: { languages: ['es'], keywords: ['Lopez'] },
  })
  expect(setOn('+14155550103')).toEqual({ ...tuning, transcription: 'off' })
  expect(setOn('+14155550199')).toBe(tuning)
})

it('names the path of a tuning that is wrong', () => {
  const tuning = { effort: 'hard', maxReplyTokens: 9, memory: { keep: 3 }, transcription: 'no' } as never
  expect(() => defineNumbers({ modes, numbers: [['+14155550101', 'menu', { tuning }]], unknown: 'menu' })).toThrowError(
    expect.objectContaining({
      code: 'config_invalid',
      message: [
        'gateway.config.ts has mistakes:',
        '  numbers[0][2].tuning.effort: must be one of minimal, low, medium, high, xhigh',
        '  numbers[0][2].tuning.maxReplyTokens: write 100 to 4096, or "unlimited"',
        '  numbers[0][2].tuning.memory.keep: must be a share from 0.1 to 1',
        '  numbers[0][2].tuning.transcription: write "off", or { model, languages: ["en"], keywords: [up to 50 of up to 60 characters] }',
      ].join('\n'),
    }),
  )
})

const defineWithMistakes = () =>
  defineNumbers({
    modes,
    numbers: [
      ['+14155550101', 'frontdesk' as 'frontDesk'],
      ['415-555-0102', 'menu'],
      ['+14155550103', 'menu'],
      ['+14155550103', 'frontDesk'],
    ],
    unknown: 'reception' as 'menu',
    fallback: { number: '0800' as E164, label: 'nobody' },
  })

it('names every mistake with its path and a suggestion', () => {
  expect(defineWithMistakes).toThrowError(
    expect.objectContaining({
      code: 'config_invalid',
      message: [
        'gateway.config.ts has mistakes:',
        '  numbers[0]: there is no mode "frontdesk". Did you mean "frontDesk"?',
        '  numbers[1]: the number for "menu" is not in E.164 form, like +14155550100.',
        '  numbers[3]: +1415•••0103 already answers as "menu". A number has one mode.',
        '  unknown: there is no mode "reception". There are menu, frontDesk.',
        '  fallback.number: is not in E.164 form, like +14155550100.',
      ].join('\n'),
    }),
  )
})

const from = e164('+14155550100')
const reminders: OutboundMode = {
  name: 'reminders',
  scenarios: [],
  plan: () => {
    throw new Error('nobody is called in this test')
  },
}

it('names every mistake about whom we call, with its path', () => {
  const policy = {
    ...defaultPolicy(from),
    destinations: { countries: ['USA'], prefixes: [] },
    callingHours: { from: '8', to: '21:00' },
    maxConcurrent: '10',
  } as never
  expect(() => defineOutbound({ modes: { reminders }, default: 'reminder' as 'reminders', from, policy })).toThrowError(
    expect.objectContaining({
      code: 'config_invalid',
      message: expect.stringMatching(
        new RegExp(
          [
            'gateway.config.ts has mistakes:',
            '  outbound.default: there is no outbound mode "reminder". Did you mean "reminders"\\?',
            '  outbound.policy.destinations.countries.0: .*',
            '  outbound.policy.destinations: .*prefixes.*',
            '  outbound.policy.callingHours.from: .*',
            '  outbound.policy.maxConcurrent: .*number.*',
          ].join('\n'),
        ),
      ),
    }),
  )
})

it('finds an outbound mode by name, and the default without one', () => {
  const outbound = defineOutbound({
    modes: { reminders, surveys: undefined },
    default: 'reminders',
    from,
    policy: defaultPolicy(from),
  })
  expect(outbound.resolve(undefined)).toEqual({ name: 'reminders', mode: reminders })
  expect(() => outbound.resolve('surveys')).toThrow('"surveys" is undefined')
  expect(() => outbound.resolve('toString')).toThrow('there is no outbound mode "toString". There are reminders.')
})

it('warns of a model that is off or soon will be', () => {
  const november = new Date('2026-11-22T12:00:00Z')
  expect(modelWarning('gpt-realtime', november)).toBe(
    'gpt-realtime is switched off on 2027-01-20, in 59 days. Set OPENAI_MODEL=gpt-realtime-2.1.',
  )
  expect(modelWarning('gpt-realtime', new Date('2026-11-01T00:00:00Z'))).toBeUndefined()
  expect(modelWarning('gpt-4o-realtime-preview', november)).toMatch(
    /was switched off on 2026-05-07\. Set OPENAI_MODEL=/,
  )
  for (const model of ['gpt-realtime-1.5', 'gpt-realtime-2.1-mini', 'my-own-model', 'constructor'])
    expect(modelWarning(model, november)).toBeUndefined()
})
