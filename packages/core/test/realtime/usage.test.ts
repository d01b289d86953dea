import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { responseUsage, tokenUsage, transcriptionUsage } from '../../src/realtime/usage.ts'
import { configured, created, done, wish } from './server.ts'

const counted = (usage: object, isText = false) => {
  const { input, output } = tokenUsage(usage, isText)
  return [input.text, input.audio, input.cachedText, input.cachedAudio, output.text, output.audio]
}

const details = { text_tokens: 800, audio_tokens: 200 }

describe('tokens are counted as the server names them', () => {
  it.each([
    [
      'all details',
      {
        total_tokens: 1_100,
        input_tokens: 1_000,
        output_tokens: 100,
        input_token_details: {
          ...details,
          cached_tokens: 700,
          cached_tokens_details: { text_tokens: 640, audio_tokens: 60 },
        },
        output_token_details: { text_tokens: 20, audio_tokens: 80 },
      },
      [800, 200, 640, 60, 20, 80],
    ],
    [
      'cached tokens without details: the head of the prompt is text',
      { input_token_details: { ...details, cached_tokens: 500 } },
      [800, 200, 500, 0, 0, 0],
    ],
    [
      'more cached tokens than text: the rest of them is audio',
      { input_token_details: { ...details, cached_tokens: 900 } },
      [800, 200, 800, 100, 0, 0],
    ],
    [
      'half of the details of cached tokens',
      { input_token_details: { ...details, cached_tokens: 700, cached_tokens_details: { text_tokens: 640 } } },
      [800, 200, 700, 0, 0, 0],
    ],
    [
      'more cached tokens than there were',
      { input_token_details: { ...details, cached_tokens: 5_000, cached_tokens_details: { text_tokens: 4_000 } } },
      [800, 200, 800, 200, 0, 0],
    ],
    ['no details at all: the dearer kind', { input_tokens: 1_000, output_tokens: 100 }, [0, 1_000, 0, 0, 0, 100]],
    [
      'no details but for what was cached',
      { input_tokens: 1_000, input_token_details: { cached_tokens: 600 } },
      [0, 1_000, 0, 600, 0, 0],
    ],
    ['nothing but the whole', { total_tokens: 500 }, [0, 500, 0, 0, 0, 0]],
    ['the whole and one half of it', { total_tokens: 500, input_tokens: 400 }, [0, 400, 0, 0, 0, 100]],
    [
      'reasoning beside what was written and spoken',
      { output_tokens: 300, output_token_details: { text_tokens: 20, audio_tokens: 80, reasoning_tokens: 200 } },
      [0, 0, 0, 0, 220, 80],
    ],
    [
      'reasoning that is a part of what was written',
      { output_tokens: 100, output_token_details: { text_tokens: 20, audio_tokens: 80, reasoning_tokens: 15 } },
      [0, 0, 0, 0, 20, 80],
    ],
    ['images as text', { input_token_details: { text_tokens: 10, image_tokens: 5 } }, [15, 0, 0, 0, 0, 0]],
    [
      'numbers written as text',
      { input_token_details: { text_tokens: '120', audio_tokens: '' } },
      [120, 0, 0, 0, 0, 0],
    ],
    ['parts of a token', { output_token_details: { audio_tokens: 0.2 } }, [0, 0, 0, 0, 0, 1]],
    [
      'what is no count, as if it were not there',
      {
        input_tokens: 900,
        output_tokens: -5,
        input_token_details: { text_tokens: 'many', audio_tokens: 1e18, cached_tokens: Number.NaN },
        output_token_details: { text_tokens: Number.POSITIVE_INFINITY, audio_tokens: null },
      },
      [0, 900, 0, 0, 0, 0],
    ],
    [
      'details in the spelling of other interfaces',
      { input_tokens_details: { text_tokens: 8 }, output_tokens_details: { text_tokens: 2, audio_tokens: 1 } },
      [8, 0, 0, 0, 2, 1],
    ],
    ['details that are none', { input_token_details: 'none', output_token_details: [] }, [0, 0, 0, 0, 0, 0]],
  ])('%s', (_what, usage, tokens) => {
    expect(counted(usage)).toEqual(tokens)
  })

  it('what a reply in text took is text', () => {
    expect(responseUsage({ output_modalities: ['text'], usage: { output_tokens: 40 } })?.output).toEqual({
      text: 40,
      audio: 0,
    })
    expect(responseUsage({ modalities: ['text', 'audio'], usage: { output_tokens: 40 } })?.output.audio).toBe(40)
  })

  it.each([null, undefined, 'x', 7])('a usage that is none (%j) counts nothing', (usage) => {
    expect(responseUsage({ usage: usage as never })).toBeUndefined()
  })

  it('never less than nothing, never more cached than read, whatever a server sends', () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant(null), fc.jsonValue())
    const some = fc.dictionary(
      fc.constantFrom('text_tokens', 'audio_tokens', 'image_tokens', 'cached_tokens', 'reasoning_tokens'),
      value,
    )
    const usage = fc.record(
      {
        total_tokens: value,
        input_tokens: value,
        output_tokens: value,
        input_token_details: fc.tuple(some, some).map(([one, cached]) => ({ ...one, cached_tokens_details: cached })),
        output_token_details: some,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(usage, fc.boolean(), (sent, isText) => {
        const all = counted(sent, isText)
        const [text, audio, cachedText, cachedAudio] = all as [number, number, number, number]
        expect(all.every((one) => Number.isInteger(one) && one >= 0)).toBe(true)
        expect(cachedText <= text && cachedAudio <= audio).toBe(true)
      }),
    )
  })
})

const TOKENS = {
  type: 'tokens',
  total_tokens: 33,
  input_tokens: 26,
  input_token_details: { audio_tokens: 24, text_tokens: 2 },
  output_tokens: 7,
}
const nothing = { input: { text: 0, audio: 0 }, output: { text: 0 } }

describe('what a transcript took is counted as its server bills it', () => {
  it.each([
    ['by time', { type: 'duration', seconds: 3.4 }, { seconds: 3.4, ...nothing }],
    ['by tokens', TOKENS, { seconds: 0, input: { text: 2, audio: 24 }, output: { text: 7 } }],
    [
      'by tokens without details',
      { type: 'tokens', input_tokens: 30, output_tokens: 5 },
      { seconds: 0, input: { text: 0, audio: 30 }, output: { text: 5 } },
    ],
    [
      'by time as it says, by tokens as it counts',
      { ...TOKENS, type: 'duration' },
      { seconds: 0, input: { text: 2, audio: 24 }, output: { text: 7 } },
    ],
    ['by time, with no word for it', { seconds: '2' }, { seconds: 2, ...nothing }],
    [
      'by tokens, with no word for it',
      { ...TOKENS, type: undefined },
      { seconds: 0, input: { text: 2, audio: 24 }, output: { text: 7 } },
    ],
  ])('%s', (_how, usage, taken) => {
    expect(transcriptionUsage(usage, 'gpt-transcribe')).toEqual({ model: 'gpt-transcribe', ...taken })
  })

  it.each([
    undefined,
    null,
    {},
    { type: 'duration' },
    { type: 'duration', seconds: -4 },
    { type: 'duration', seconds: Number.NaN },
    { type: 'duration', seconds: 1e12 },
    { type: 'tokens', input_tokens: 'x' },
  ])('%j says nothing', (usage) => {
    expect(transcriptionUsage(usage, 'gpt-transcribe')).toBeUndefined()
  })

  it('by a model that the server does not name in a word, as another one', () => {
    expect(transcriptionUsage({ type: 'duration', seconds: 1 }, 'Dana Fields')?.model).toBe('other')
    expect(transcriptionUsage({ type: 'duration', seconds: 1 }, undefined)?.model).toBe('other')
  })
})

const transcript = (item_id: string, usage: object) => ({
  type: 'conversation.item.input_audio_transcription.completed',
  item_id,
  content_index: 0,
  transcript: 'Good morning.',
  usage,
})

describe.each([
  ['ga', 'gpt-transcribe'],
  ['flat', 'whisper-1'],
] as const)('over %s', (dialect, model) => {
  it('a transcript is paid for once, by the model that the session names', async () => {
    const { says, events } = await configured({}, { wishes: wish() }, dialect)
    await says(transcript('i1', { type: 'duration', seconds: 2 }), transcript('i1', { type: 'duration', seconds: 2 }))
    expect(events.filter(({ type }) => type === 'transcribed')).toEqual([
      { type: 'transcribed', usage: { model, seconds: 2, ...nothing } },
    ])
  })
})

it.each(['ga', 'flat'] as const)(
  'a transcript that nobody is to write is paid for, and not told (%s)',
  async (dialect) => {
    const { says, events } = await configured({}, { wishes: wish({ transcription: 'off' }) }, dialect)
    await says(
      { type: 'conversation.item.added', item: { id: 'i1', type: 'message', role: 'user' } },
      transcript('i1', { type: 'duration', seconds: 1 }),
    )
    expect(events.map(({ type }) => type)).toEqual(['itemPlaced', 'transcribed'])
  },
)

it('the transcript of a turn that was noise is paid for, and not told', async () => {
  const { says, events, connection } = await configured({}, { wishes: wish() })
  await says({ type: 'input_audio_buffer.speech_started', item_id: 'i1' })
  connection.send({ type: 'dismissTurn' })
  await says(transcript('i1', { type: 'duration', seconds: 1 }))
  expect(events.map(({ type }) => type)).toEqual(['speechStarted', 'transcribed'])
})

it('the model that a server takes instead of ours is the one that is paid for', async () => {
  const { says, events } = await configured({}, { wishes: wish() })
  await says({
    type: 'session.updated',
    session: { audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } },
  })
  await says(transcript('i1', { type: 'duration', seconds: 1 }))
  expect(events.at(-2)).toMatchObject({ usage: { model: 'gpt-4o-transcribe' } })
})

it('a response that is over when nobody waits for it any more is paid for, once', async () => {
  const { says, events } = await configured()
  const late = done('r0', { status: 'cancelled', usage: { output_token_details: { audio_tokens: 9 } } })
  await says(created('r1'), late, late)
  expect(events.filter(({ type }) => type === 'primed')).toMatchObject([{ usage: { output: { audio: 9 } } }])
  await says(done('r1', { usage: { output_token_details: { audio_tokens: 4 } } }))
  expect(events.at(-1)).toMatchObject({ type: 'replyEnded', usage: { output: { audio: 4 } } })
})
