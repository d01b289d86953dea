import { defineMode, fixed, hangUpTool, type CallOptions } from '@llc-phone/core'
import { parseDialogue, type RealtimeSession } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import type { configureGateway } from '../gateway.config.ts'
import { readyModes } from './support/ready-modes.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALLER = '+14155550198'
const OTHER_CALLER = '+14155550197'
const CALL_TIMEOUT_MS = 60_000
const HEADER = 'openai-safety-identifier'
const TALKS = '+14155550131'
const TALKS_OTHERWISE = '+14155550132'

const errorsOf = ({ log }: RealtimeSession) =>
  log.entries.filter(({ event }) => event.type === 'error').map(({ event }) => event['error'])

/** Rings, hears the greeting, and says goodbye. */
const rings = async (world: World, to: string, from = CALLER) => {
  const call = world.twilio.placeCall({ to, from, script: [{ listen: true }, { say: 'goodbye' }] })
  const result = await call.ended
  return { result, story: await world.story(call), session: world.model.sessions.at(-1)! }
}

const LONG =
  'Good morning, and thank you for calling. All of our lines are busy at the moment, so please stay on the line, and somebody will be with you as soon as they can, which may take a while, as it always does on such a day.'

/** One way of answering on two numbers, of which the second has a tuning of its own. */
const talking = (
  variables: Record<string, string>,
  instance: CallOptions,
  number: CallOptions = {},
  greeting = LONG,
) => ({
  variables,
  dialogues: [
    parseDialogue({
      mode: 'talker',
      tools: ['hang_up'],
      greeting,
      unheard: 'Pardon?',
      resumes: 'That was all I had to say.',
      cannot: 'I cannot do that.',
      failed: 'That did not work.',
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      exchanges: [{ hears: ['goodbye'], calls: { tool: 'hang_up' }, then: 'Goodbye.' }],
    }),
  ],
  configure: (async ({ store }) => ({
    messages: store.messages,
    ...readyModes({
      modes: {
        talker: defineMode({
          name: 'talker',
          prompt: [fixed('Role', 'You talk.')],
          greeting: () => greeting,
          routes: {},
          tools: [hangUpTool()],
          keywords: ['Harbor Dental'],
          ...instance,
        }),
      },
      numbers: [
        [TALKS, 'talker'],
        [TALKS_OTHERWISE, 'talker', number],
      ],
      unknown: 'talker',
    }),
  })) satisfies typeof configureGateway,
})

const transcription = (language: object) => ({ audio: { input: { transcription: language } } })
const memory = (limits: object = {}) => ({ truncation: { type: 'retention_ratio', retention_ratio: 0.8, ...limits } })
const limited = memory({ token_limits: { post_instructions: 16_000 } })
const listed = {
  model: 'gpt-transcribe',
  languages: ['en'],
  keywords: expect.arrayContaining(['Harbor Dental']) as string[],
}

describe.concurrent('calls to a model server', () => {
  it.for<['ga' | 'flat', string, object]>([
    ['ga', 'gpt-realtime-1.5', { max_output_tokens: 1_000, ...memory(), ...transcription(listed) }],
    [
      'ga',
      'gpt-realtime-2.1',
      // The menu has nothing to think about.
      { reasoning: { effort: 'minimal' }, max_output_tokens: 1_500, ...limited, ...transcription(listed) },
    ],
    [
      'ga',
      'gpt-realtime-2.1-mini',
      { reasoning: { effort: 'minimal' }, parallel_tool_calls: false, max_output_tokens: 1_000, ...limited },
    ],
    [
      'flat',
      'gpt-realtime-1.5',
      { max_output_tokens: 1_000, truncation: 'auto', ...transcription({ model: 'whisper-1', language: 'en' }) },
    ],
  ])(
    'that speaks %s and has %s send what suits it, and who is on the line, and are refused nothing',
    { timeout: CALL_TIMEOUT_MS },
    async ([dialect, model, sent], { onTestFinished }) => {
      const variables = { OPENAI_MODEL: model, OPENAI_REALTIME_DIALECT: dialect }
      const world = await startWorld({ dialect, variables })
      onTestFinished(() => world.close())
      const { story, session } = await rings(world, world.numbers.ivr)
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(session.config).toMatchObject(sent)
      expect([...errorsOf(session), ...world.model.violations]).toEqual([])
      expect(session.headers[HEADER]).toMatch(/^[\da-f]{32}$/)
      expect(world.logText()).not.toContain(session.headers[HEADER])
      expect(world.logText()).not.toMatch(/is not sent to this model|calls go without it/)
    },
  )

  it(
    'that refuses a truncation go on without one, and the operator is told once',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({
        dialect: 'ga',
        faults: { refuseFields: ['session.truncation'] },
        variables: { OPENAI_MODEL: 'gpt-realtime-2.1' },
      })
      onTestFinished(() => world.close())
      const { story, session } = await rings(world, world.numbers.ivr)
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(session.config).toMatchObject({ truncation: 'auto', reasoning: { effort: 'minimal' } })
      await rings(world, world.numbers.ivr)
      expect(world.logText().match(/calls go without it/g)).toHaveLength(1)
      expect(world.logText()).toContain('session.truncation')
    },
  )

  it(
    'have the tuning of the number over that of the instance, and what the model refuses of it is said once',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const instance: CallOptions = { tuning: { effort: 'high', maxReplyTokens: 700, memory: { keep: 0.6 } } }
      const number: CallOptions = {
        tuning: { maxReplyTokens: 900, memory: { maxTokens: 9_000 }, noiseReduction: 'far_field' },
      }
      const world = await startWorld({
        dialect: 'ga',
        ...talking({ OPENAI_MODEL: 'gpt-realtime-1.5' }, instance, number, 'Good morning.'),
      })
      onTestFinished(() => world.close())
      const usual = await rings(world, TALKS)
      const other = await rings(world, TALKS_OTHERWISE, OTHER_CALLER)
      expect(usual.session.headers[HEADER]).not.toBe(other.session.headers[HEADER])
      expect(usual.session.config).toMatchObject({
        max_output_tokens: 700,
        truncation: { retention_ratio: 0.6 },
        audio: { input: { noise_reduction: null } },
      })
      expect(other.session.config).toMatchObject({
        max_output_tokens: 900,
        truncation: { retention_ratio: 0.6, token_limits: { post_instructions: 9_000 } },
        audio: { input: { noise_reduction: { type: 'far_field' } } },
      })
      expect([...errorsOf(usual.session), ...errorsOf(other.session)]).toEqual([])
      const said = world
        .logText()
        .split('\n')
        .filter((line) => line.includes('is not sent to this model'))
        .map((line) => JSON.parse(line) as { calls: string; setting: string })
      expect(said.map(({ calls, setting }) => [calls, setting])).toEqual([
        ['talker on +1415•••0131', 'effort'],
        ['talker on +1415•••0132', 'effort'],
        ['talker on any other number', 'effort'],
      ])
    },
  )

  it(
    'whose replies are cut at their longest are told the rest once, and the caller can end them',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga', ...talking({}, { tuning: { maxReplyTokens: 100 } }) })
      onTestFinished(() => world.close())
      const { story, session } = await rings(world, TALKS)
      const ended = session.log.entries.flatMap(({ event }) =>
        event.type === 'response.done' ? [(event['response'] as { status: string }).status] : [],
      )
      expect(ended[0]).toBe('incomplete')
      expect(ended.filter((status) => status === 'incomplete').length).toBeLessThanOrEqual(2)
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
    },
  )

  it.for(['ga', 'flat'] as const)(
    'over %s that nobody writes down break and go on, and end as they should',
    { timeout: CALL_TIMEOUT_MS },
    async (dialect, { onTestFinished }) => {
      const world = await startWorld({
        dialect,
        ...talking({ OPENAI_REALTIME_DIALECT: dialect }, { tuning: { transcription: 'off' } }, {}, 'Good morning.'),
      })
      onTestFinished(() => world.close())
      const call = world.twilio.placeCall({
        to: TALKS,
        from: CALLER,
        script: [{ listen: true }, { wait: 3_000 }, { say: 'goodbye' }],
      })
      await call.seen('media-start')
      await world.said(call, /Good morning/)
      world.model.sessions.at(-1)!.drop(1006)
      const result = await call.ended
      const story = await world.story(call)
      expect(world.model.sessions).toHaveLength(2)
      expect(world.model.sessions.map(({ config }) => config.audio.input.transcription)).toEqual([null, null])
      expect(world.model.sessions.map(({ headers }) => headers[HEADER])).toEqual([
        expect.stringMatching(/^[\da-f]{32}$/),
        world.model.sessions[0]!.headers[HEADER],
      ])
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(story.usage.transcription).toBeUndefined()
      expect(story.turns.every(({ speaker }) => speaker === 'assistant')).toBe(true)
      expect([...result.errors, ...world.model.violations]).toEqual([])
    },
  )
})
