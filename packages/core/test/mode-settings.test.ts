import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { callOptionsSchema, checkSettings, routesSchema } from '../src/index.ts'

const schema = z.strictObject({ ...callOptionsSchema.shape, routes: routesSchema.optional() })
const check = (settings: unknown) => () => checkSettings('any', schema, settings)

describe('call options', () => {
  it.each([
    {},
    { voice: 'marin', greetingShield: 'off' },
    { language: 'es' },
    { turnTaking: { conversation: { kind: 'none' }, minSpeechMs: 0 } },
    {
      turnTaking: {
        opening: { kind: 'semantic', eagerness: 'auto', autoReply: true, interrupts: false },
        conversation: { kind: 'server', threshold: 0.4, prefixPaddingMs: 300, silenceMs: 350, autoReply: true },
      },
    },
    { patience: { silenceMs: 5_000, checkIns: 0, maxDurationMs: 600_000 } },
    { tuning: { effort: 'minimal', maxReplyTokens: 4_096, parallelTools: false, noiseReduction: 'near_field' } },
    { tuning: { maxReplyTokens: 'unlimited', memory: { maxTokens: 8_000 }, transcription: 'off' } },
    { tuning: { transcription: { model: 'gpt-live-transcribe', languages: ['en', 'es'], keywords: ['Meyer'] } } },
  ])('%j are taken', (options) => {
    expect(check(options)).not.toThrow()
  })

  it.each([
    ['voice', { voice: ' ' }],
    ['language: must be one of en, es.', { language: 'fr' }],
    ['language: must be one of en, es.', { language: 'English' }],
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
    ['tuning', { tuning: { temperature: 0.8 } }],
    ['tuning.effort', { tuning: { effort: 'none' } }],
    ['tuning.maxReplyTokens', { tuning: { maxReplyTokens: 5_000 } }],
    ['tuning.maxReplyTokens', { tuning: { maxReplyTokens: 10 } }],
    ['tuning.memory.keep', { tuning: { memory: { keep: 80 } } }],
    ['tuning.noiseReduction', { tuning: { noiseReduction: 'on' } }],
    ['tuning.transcription', { tuning: { transcription: true } }],
    ['tuning.transcription.languages.0', { tuning: { transcription: { languages: ['English'] } } }],
    ['tuning.transcription', { tuning: { transcription: { keywords: 'Meyer' } } }],
  ])('with a wrong %s are refused by name', (path, options) => {
    expect(check(options)).toThrow(
      expect.objectContaining({ code: 'mode_invalid', message: expect.stringContaining(`Mode "any": ${path}`) }),
    )
  })
})

it.each(['nowhere', 'toString', '__proto__'])('a route that leads to %s after hours is refused', (afterHours) => {
  expect(check({ routes: { sales: { number: '+14155550111', label: 'sales', afterHours } } })).toThrow(
    /routes\.sales\.afterHours: there is no route/,
  )
})
