import type { RealtimeSessionCreateRequest } from 'openai/resources/realtime/realtime'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../src/realtime/dialect.ts'
import { flat } from '../../src/realtime/flat.ts'
import { ga } from '../../src/realtime/ga.ts'
import { profileOf } from '../../src/realtime/profile.ts'
import type { ModelTuning, ModelWishes } from '../../src/tuning.ts'

const wish = (set: ModelTuning = {}, suits: ModelTuning = {}, keywords: readonly string[] = []): ModelWishes => ({
  set,
  suits,
  keywords,
})

const bodyOf = (model: string, dialect: Dialect, wishes = wish()) =>
  dialect.session({ tuning: profileOf(model, dialect, wishes).tuning }, false)

/** Everything set, in a way that no family does by itself. */
const all: ModelTuning = {
  effort: 'high',
  maxReplyTokens: 'unlimited',
  parallelTools: true,
  memory: { keep: 0.5, maxTokens: 9_000 },
  noiseReduction: 'far_field',
  transcription: { languages: ['es', 'en'], keywords: ['Lopez'] },
}

const hearing = { model: 'gpt-transcribe', languages: ['en'] }
const limited = { type: 'retention_ratio', retention_ratio: 0.8, token_limits: { post_instructions: 16_000 } }

describe('over ga, a model of the family', () => {
  it('has a transcriber of a certain day told what the one without a date is told', () => {
    const wishes = wish({ transcription: { model: 'gpt-transcribe-2026-10-01', languages: ['en', 'es'] } })
    const { tuning, untaken } = profileOf('gpt-realtime-2.1-2026-07-06', ga, wishes)
    expect(tuning).toMatchObject({ effort: 'low', transcription: { languages: ['en', 'es'] } })
    expect(untaken).toEqual([])
    expect(JSON.stringify(ga.session({ tuning }, false))).toContain('"languages":["en","es"]')
  })

  it('transcribes the language of the call, unless others are set', () => {
    const heardIn = (wishes: ModelWishes) => profileOf('gpt-realtime-2.1', ga, wishes).tuning.transcription
    expect(heardIn({ ...wish(), language: 'es' })).toMatchObject({ languages: ['es'] })
    const set = { transcription: { languages: ['es', 'en'] } }
    expect(heardIn({ ...wish(set), language: 'es' })).toMatchObject({ languages: ['es', 'en'] })
    expect(heardIn({ ...wish({ transcription: 'off' }), language: 'es' })).toBe('off')
  })

  it.each([
    ['gpt-realtime-1.5', { max_output_tokens: 1_000, truncation: { type: 'retention_ratio', retention_ratio: 0.8 } }],
    ['gpt-realtime', { max_output_tokens: 1_000, truncation: { type: 'retention_ratio', retention_ratio: 0.8 } }],
    [
      'gpt-realtime-mini-2025-12-15',
      { max_output_tokens: 1_000, truncation: { type: 'retention_ratio', retention_ratio: 0.8 } },
    ],
    ['gpt-realtime-2.1', { reasoning: { effort: 'low' }, max_output_tokens: 1_500, truncation: limited }],
    ['gpt-realtime-2-2026-05-07', { reasoning: { effort: 'low' }, max_output_tokens: 1_500, truncation: limited }],
    [
      'gpt-realtime-2.1-mini',
      {
        reasoning: { effort: 'minimal' },
        parallel_tool_calls: false,
        max_output_tokens: 1_000,
        truncation: limited,
      },
    ],
  ])('%s is sent what suits it', (model, top) => {
    expect(bodyOf(model, ga)).toEqual({ type: 'realtime', audio: { input: { transcription: hearing } }, ...top })
  })

  it.each(['gpt-realtime-whisper', 'my-deployment', 'gpt-realtime-2.1-turbo', 'grok-voice'])(
    '%s, of which nothing is known, is sent what every model was, and what somebody has set',
    (model) => {
      const today = { type: 'realtime', audio: { input: { transcription: { model: 'gpt-transcribe' } } } }
      expect(bodyOf(model, ga, wish({}, { effort: 'minimal' }, ['Harbor Dental']))).toEqual(today)
      expect(bodyOf(model, ga, wish({ effort: 'low' }))).toEqual({ ...today, reasoning: { effort: 'low' } })
    },
  )

  it('2 takes everything, as the official client has it', () => {
    const body = {
      type: 'realtime',
      audio: {
        input: {
          noise_reduction: { type: 'far_field' },
          transcription: { model: 'gpt-transcribe', languages: ['es', 'en'], keywords: ['Lopez', 'Harbor Dental'] },
        },
      },
      reasoning: { effort: 'high' },
      parallel_tool_calls: true,
      max_output_tokens: 'inf',
      truncation: { type: 'retention_ratio', retention_ratio: 0.5, token_limits: { post_instructions: 9_000 } },
    } satisfies RealtimeSessionCreateRequest
    expect(bodyOf('gpt-realtime-2.1', ga, wish(all, {}, ['Harbor Dental']))).toEqual(body)
    expect(profileOf('gpt-realtime-2.1', ga, wish(all)).untaken).toEqual([])
  })

  it('1.5 is not sent what it refuses, and that is told', () => {
    const wishes = wish(all)
    expect(JSON.stringify(bodyOf('gpt-realtime-1.5', ga, wishes))).not.toMatch(/reasoning|parallel/)
    expect(profileOf('gpt-realtime-1.5', ga, wishes).untaken).toEqual([
      { setting: 'effort', why: 'models of the family gpt-realtime 1.5 and older refuse it', isSet: true },
      { setting: 'parallelTools', why: 'models of the family gpt-realtime 1.5 and older refuse it', isSet: true },
    ])
  })
})

describe('over flat', () => {
  it.each(['gpt-realtime-1.5', 'gpt-realtime-2.1-mini'])('%s is sent what that wire has a word for', (model) => {
    expect(bodyOf(model, flat, wish({}, {}, ['Harbor Dental']))).toEqual({
      max_response_output_tokens: 1_000,
      input_audio_transcription: { model: 'whisper-1', language: 'en' },
    })
  })

  it('everything else is told, whichever the model', () => {
    expect(bodyOf('gpt-realtime-2.1', flat, wish(all))).toEqual({
      max_response_output_tokens: 'inf',
      input_audio_noise_reduction: { type: 'far_field' },
      input_audio_transcription: { model: 'whisper-1', language: 'es' },
    })
    const { untaken } = profileOf('gpt-realtime-2.1', flat, wish(all))
    expect(untaken.map(({ setting, isSet }) => [setting, isSet])).toEqual([
      ['effort', true],
      ['parallelTools', true],
      ['memory', true],
      ['transcription.languages', true],
      ['transcription.keywords', true],
    ])
    expect(untaken[0]?.why).toBe('the flat dialect has no such setting')
  })

  it('a server of which nothing is known is sent what it always was', () => {
    expect(bodyOf('m', flat)).toEqual({ input_audio_transcription: { model: 'whisper-1' } })
  })
})

describe('a setting', () => {
  const effortOf = (set: ModelTuning, suits: ModelTuning) =>
    profileOf('gpt-realtime-2.1', ga, wish(set, suits)).tuning.effort

  it('of the operator wins over what suits the mode, and that over what suits the model', () => {
    expect([
      effortOf({}, {}),
      effortOf({}, { effort: 'minimal' }),
      effortOf({ effort: 'high' }, { effort: 'minimal' }),
    ]).toEqual(['low', 'minimal', 'high'])
  })

  it('of the mode alone is left out without a warning where the model does not take it', () => {
    expect(profileOf('gpt-realtime-1.5', ga, wish({}, { effort: 'minimal' })).untaken).toMatchObject([
      { setting: 'effort', isSet: false },
    ])
  })

  it('that switches noise reduction off says so; without one nothing is said', () => {
    expect(bodyOf('gpt-realtime-1.5', ga, wish({ noiseReduction: 'off' }))).toMatchObject({
      audio: { input: { noise_reduction: null } },
    })
    expect(JSON.stringify(bodyOf('gpt-realtime-1.5', ga))).not.toContain('noise')
  })

  it('of the memory keeps what suits the model of the other half, and is whole where nothing is known', () => {
    const wishes = wish({ memory: { maxTokens: 5_000 } })
    const truncation = (ratio: number) => ({
      truncation: { type: 'retention_ratio', retention_ratio: ratio, token_limits: { post_instructions: 5_000 } },
    })
    expect(bodyOf('gpt-realtime-1.5', ga, wishes)).toMatchObject(truncation(0.8))
    expect(bodyOf('m', ga, wishes)).toMatchObject(truncation(1))
  })
})

describe('transcription', () => {
  it.each([ga, flat])('can be switched off over $name', (dialect) => {
    const body = JSON.stringify(bodyOf('gpt-realtime-2.1', dialect, wish({ transcription: 'off' }, {}, ['Lopez'])))
    expect(body).toMatch(/transcription":null/)
    expect(body).not.toContain('Lopez')
  })

  it('by an older model has one language and no keywords, and only what somebody has set is a loss', () => {
    const set = { transcription: { model: 'gpt-4o-transcribe' } }
    expect(bodyOf('gpt-realtime-2.1', ga, wish(set, {}, ['Lopez']))).toMatchObject({
      audio: { input: { transcription: { model: 'gpt-4o-transcribe', language: 'en' } } },
    })
    expect(profileOf('gpt-realtime-2.1', ga, wish(set, {}, ['Lopez'])).untaken).toEqual([
      {
        setting: 'transcription.keywords',
        why: 'gpt-4o-transcribe takes one language and no keywords',
        isSet: false,
      },
    ])
  })

  it('is given a few short words to spell right, those of the operator first', () => {
    const names = Array.from({ length: 80 }, (_, n) => `Name ${n}`)
    const wishes = wish({ transcription: { keywords: ['Lopez', 'Name 0'] } }, {}, ['x'.repeat(61), ...names])
    const { transcription } = profileOf('gpt-realtime-1.5', ga, wishes).tuning
    expect(transcription).toMatchObject({ keywords: ['Lopez', ...names.slice(0, 49)] })
  })
})
