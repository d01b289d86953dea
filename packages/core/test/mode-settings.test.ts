import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { callOptionsSchema, checkSettings, routesSchema } from '../src/index.ts'

const schema = z.strictObject({ ...callOptionsSchema.shape, routes: routesSchema.optional() })
const check = (settings: unknown) => () => checkSettings('any', schema, settings)

describe('call options', () => {
  it.each([
    {},
    { voice: 'marin', greetingShield: 'off' },
    { turnTaking: { conversation: { kind: 'none' }, minSpeechMs: 0 } },
    {
      turnTaking: {
        opening: { kind: 'semantic', eagerness: 'auto', autoReply: true, interrupts: false },
        conversation: { kind: 'server', threshold: 0.4, prefixPaddingMs: 300, silenceMs: 350, autoReply: true },
      },
    },
    { patience: { silenceMs: 5_000, checkIns: 0, maxDurationMs: 600_000 } },
  ])('%j are taken', (options) => {
    expect(check(options)).not.toThrow()
  })

  it.each([
    ['voice', { voice: ' ' }],
    ['greetingShield', { greetingShield: 'half' }],
    ['turnTaking.minSpeechMs', { turnTaking: { minSpeechMs: -1 } }],
    [
      'turnTaking.opening.eagerness',
      { turnTaking: { opening: { kind: 'semantic', eagerness: 'keen', autoReply: true } } },
    ],
    [
      'turnTaking.conversation.threshold',
      { turnTaking: { conversation: { kind: 'server', threshold: 40, autoReply: true } } },
    ],
    ['turnTaking.conversation', { turnTaking: { conversation: { kind: 'none', silenceMs: 200 } } }],
    ['turnTaking.conversation.kind', { turnTaking: { conversation: { kind: 'server_vad' } } }],
    ['turnTaking', { turnTaking: { minSpeech: 1 } }],
    ['patience.silenceMs', { patience: { silenceMs: 20 } }],
    ['patience.checkIns', { patience: { checkIns: 1.5 } }],
    ['patience.maxDurationMs', { patience: { maxDurationMs: 24 * 3_600_000 } }],
    ['settings', { patient: {} }],
  ])('with a wrong %s are refused by name', (path, options) => {
    expect(check(options)).toThrow(
      expect.objectContaining({ code: 'mode_invalid', message: expect.stringContaining(`Mode "any": ${path}: `) }),
    )
  })
})

it.each(['nowhere', 'toString', '__proto__'])('a route that leads to %s after hours is refused', (afterHours) => {
  expect(check({ routes: { sales: { number: '+14155550111', label: 'sales', afterHours } } })).toThrow(
    /routes\.sales\.afterHours: there is no route/,
  )
})
