import { describe, expect, it } from 'vitest'
import type { WireSettings } from '../../src/realtime/dialect.ts'
import { errorIn } from '../../src/realtime/server-errors.ts'
import { flat } from '../../src/realtime/flat.ts'
import { ga } from '../../src/realtime/ga.ts'
import { bodyWithout, refusedField, type Body } from '../../src/realtime/refused-field.ts'

const parameters = {
  type: 'object',
  properties: { format: { type: 'string', pattern: '^a$' }, day: { type: 'string', format: 'date' } },
  additionalProperties: false,
}
const turnDetection = { kind: 'semantic', eagerness: 'high', autoReply: true } as const
const config: WireSettings = {
  instructions: 'Be brief.',
  voice: 'cedar',
  tools: [{ name: 'look_up', description: 'Looks it up.', parameters }],
  turnDetection,
  cacheKey: 'front-desk:+14155550101',
}
const transcription = { languages: ['en'], keywords: ['Meyer'] }
const tuning = { effort: 'low', parallelTools: false, memory: { keep: 0.8, maxTokens: 16_000 } } as const
const bodies: Readonly<Record<'ga' | 'flat', Body>> = {
  ga: {
    ...ga.session(
      {
        ...config,
        tuning: { ...tuning, maxReplyTokens: 400, transcription: { model: 'gpt-transcribe', ...transcription } },
      },
      true,
    ),
    tracing: 'auto',
  },
  flat: {
    ...flat.session(
      { ...config, tuning: { noiseReduction: 'far_field', transcription: { model: 'whisper-1', ...transcription } } },
      true,
    ),
    temperature: 0.7,
  },
}
const GA_TURNS = 'audio.input.turn_detection'

describe('what can be left out is found by its name', () => {
  it.each([
    ['flat', 'unknown_parameter', 'session.prompt_cache_key', 'prompt_cache_key'],
    ['flat', 'invalid_value', 'prompt_cache_key', 'prompt_cache_key'],
    ['flat', null, '/session/prompt_cache_key', 'prompt_cache_key'],
    ['flat', 'unsupported_parameter', 'body.session.temperature', 'temperature'],
    ['flat', 'unknown_parameter', 'session.input_audio_noise_reduction', 'input_audio_noise_reduction'],
    ['flat', 'invalid_value', 'session.input_audio_noise_reduction.type', 'input_audio_noise_reduction'],
    ['flat', 'invalid_value', 'session.input_audio_transcription.model', 'input_audio_transcription'],
    ['flat', 'missing_required_parameter', 'session.input_audio_transcription.prompt', 'input_audio_transcription'],
    ['flat', 'invalid_value', 'session.turn_detection.type', 'turn_detection.type'],
    ['flat', 'unknown_parameter', 'session.turn_detection.eagerness', 'turn_detection.eagerness'],
    ['flat', 'unknown_parameter', 'turn_detection.interrupt_response', 'turn_detection.interrupt_response'],
    ['flat', 'unknown_parameter', 'session.tool_choice', 'tool_choice'],
    ['ga', 'model_not_found', 'session.audio.input.transcription.model', 'audio.input.transcription'],
    ['ga', 'unknown_parameter', 'session.audio.input.turn_detection.eagerness', `${GA_TURNS}.eagerness`],
    ['ga', 'invalid_value', 'eagerness', `${GA_TURNS}.eagerness`],
    ['ga', 'invalid_value', 'session.audio.input.turn_detection', `${GA_TURNS}.type`],
    ['ga', 'unknown_parameter', 'session.tracing', 'tracing'],
    ['ga', 'unknown_parameter', 'session.truncation', 'truncation'],
    ['ga', 'invalid_value', 'session.truncation.type', 'truncation'],
    ['ga', 'unknown_parameter', 'session.truncation.token_limits', 'truncation.token_limits'],
    ['ga', 'unknown_parameter', 'session.reasoning', 'reasoning'],
    ['ga', 'invalid_value', 'session.reasoning.effort', 'reasoning.effort'],
    ['ga', 'unknown_parameter', 'session.parallel_tool_calls', 'parallel_tool_calls'],
    [
      'ga',
      'string_above_max_length',
      'session.audio.input.transcription.keywords[3]',
      'audio.input.transcription.keywords',
    ],
    ['flat', 'unknown_parameter', 'session.input_audio_transcription.language', 'input_audio_transcription.language'],
    ['ga', 'integer_above_max_value', 'session.max_output_tokens', 'max_output_tokens'],
    [
      'ga',
      'unknown_parameter',
      'session.tools[0].parameters.additionalProperties',
      'tools[].parameters.additionalProperties',
    ],
    ['ga', 'invalid_value', 'session.tools[0].parameters.properties.day.format', 'tools[].parameters.format'],
  ] as const)('%s, %s for %s', (dialect, code, param, field) => {
    expect(refusedField({ code, param, message: 'In words.' }, bodies[dialect])).toBe(field)
  })
})

describe('what can be left out is found in a sentence', () => {
  it.each([
    ['flat', "Unknown parameter: 'session.prompt_cache_key'.", 'prompt_cache_key'],
    ['flat', 'Extra inputs are not permitted: prompt_cache_key', 'prompt_cache_key'],
    ['flat', 'Prompt cache key is not available on this model', 'prompt_cache_key'],
    ['flat', 'noise reduction is not supported', 'input_audio_noise_reduction'],
    ['flat', 'Transcription is not enabled for this deployment', 'input_audio_transcription'],
    ['flat', 'Model whisper-1 is not deployed', 'input_audio_transcription'],
    ['flat', 'semantic_vad is not supported, use server_vad', 'turn_detection.type'],
    ['flat', 'Semantic VAD unsupported', 'turn_detection.type'],
    ['ga', "Invalid value: 'semantic_vad'. Supported values are: 'server_vad'.", `${GA_TURNS}.type`],
    ['ga', 'unexpected keyword eagerness', `${GA_TURNS}.eagerness`],
    ['ga', 'additionalProperties is not supported in a function', 'tools[].parameters.additionalProperties'],
    ['ga', 'max_output_tokens: not allowed', 'max_output_tokens'],
    ['ga', 'This model does not support reasoning', 'reasoning'],
    ['ga', 'Truncation is not available here', 'truncation'],
    ['ga', "Unknown parameter: 'session.audio.input.transcription.keywords'", 'audio.input.transcription.keywords'],
    ['ga', 'schema keywords: "additionalProperties" is not supported', 'tools[].parameters.additionalProperties'],
  ] as const)('%s: %s', (dialect, message, field) => {
    expect(refusedField({ code: null, param: null, message }, bodies[dialect])).toBe(field)
    expect(refusedField({ param: 'session', message }, bodies[dialect]), 'of the session as a whole').toBe(field)
  })
})

describe('what a call cannot be without is not left out', () => {
  it.each([
    ['ga', 'session.type'],
    ['ga', 'session.instructions'],
    ['ga', 'session.output_modalities'],
    ['ga', 'session.audio'],
    ['ga', 'session.audio.input.format'],
    ['ga', 'session.audio.output.format.type'],
    ['ga', 'session.audio.output.voice'],
    ['ga', 'session.tools'],
    ['ga', 'session.tools[0].name'],
    ['flat', 'session.type'],
    ['flat', 'session.modalities'],
    ['flat', 'session.input_audio_format'],
    ['flat', 'session.voice'],
    ['flat', 'session.something_we_never_sent'],
    ['flat', 'audio_end_ms'],
  ] as const)('%s: %s', (dialect, param) => {
    const error = { code: 'invalid_value', param, message: "Invalid 'prompt_cache_key', perhaps." }
    expect(refusedField(error, bodies[dialect])).toBeUndefined()
  })

  it.each([
    "Invalid 'instructions': too long with transcription on.",
    'Something is wrong.',
    "Missing 'session.type'.",
    '',
  ])('in a sentence: %s', (message) => {
    for (const dialect of ['ga', 'flat'] as const)
      expect(refusedField({ param: null, message }, bodies[dialect])).toBeUndefined()
  })

  it('nor is an error about the key or the model taken for one about a setting', () => {
    const error = { code: 'invalid_model', message: 'Model "gpt-nope" is not supported; transcription is.' }
    expect(refusedField(error, bodies.ga, { isAboutUs: true })).toBeUndefined()
    const about = { code: 'model_not_found', message: 'The model gpt-transcribe does not exist.' }
    expect(refusedField(about, bodies.ga, { isAboutUs: true })).toBe('audio.input.transcription')
  })

  it('and turn-taking that a running session was to change to is told, not dropped', () => {
    const change = ga.session({ turnDetection }, false)
    const error = { code: 'invalid_value', param: 'session.audio.input.turn_detection', message: 'In words.' }
    expect(refusedField(error, change, { isChange: true })).toBeUndefined()
  })
})

it('leaves nothing empty behind', () => {
  expect(
    bodyWithout({ type: 'realtime', audio: { input: { transcription: null } } }, 'audio.input.transcription'),
  ).toEqual({
    type: 'realtime',
  })
})

it('ends turns by silence where they cannot be told by what is said', () => {
  expect(bodyWithout(bodies.flat, 'turn_detection.type')['turn_detection']).toEqual({
    type: 'server_vad',
    silence_duration_ms: 500,
    create_response: true,
    interrupt_response: true,
  })
})

it('takes a keyword out of the schemas, and no argument of that name', () => {
  expect(bodyWithout(bodies.ga, 'tools[].parameters.format')['tools']).toEqual([
    {
      type: 'function',
      name: 'look_up',
      description: 'Looks it up.',
      parameters: {
        ...parameters,
        properties: { format: { type: 'string', pattern: '^a$' }, day: { type: 'string' } },
      },
    },
  ])
})

describe('however the error is written', () => {
  const NAME = 'prompt_cache_key'
  it.each([
    { error: { error: { message: `Unknown parameter: '${NAME}'` } } },
    { errors: [{ message: `unknown ${NAME}`, param: NAME }] },
    { detail: [{ loc: ['body', 'session', NAME], msg: 'Extra inputs are not permitted' }] },
    { error: { detail: [{ loc: ['session', NAME], msg: 'extra' }] } },
    { detail: `unknown field ${NAME}` },
    { error: { msg: `unknown field ${NAME}` } },
    { error: { description: `${NAME} is not supported` } },
    { error: { details: [{ field: NAME, issue: 'unknown' }] } },
    { error: { message: JSON.stringify({ error: { param: `session.${NAME}` } }) } },
    { error: { param: `$.session.${NAME}` } },
    { error: { param: `session["${NAME}"]` } },
    { error: { param: 'session.promptCacheKey' } },
    { error: { message: `Unknown name "promptCacheKey" at 'session': Cannot find field.` } },
  ])('%j refuses the cache key', (event) => {
    const error = errorIn(event)
    expect(refusedField(error, bodies.flat)).toBe(NAME)
  })
})
