import { defineMode, fixed, hangUpTool, keepListeningTool, transferTool, e164, type Mode } from '@llc-phone/core'
import { parseDialogue, type CallerStep, type CallResult } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readyModes } from './support/ready-modes.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 90_000
const DESK = '+14155550141'
const IMPATIENT = '+14155550142'

const routes = { sales: { number: e164('+14155550111'), label: 'the sales department' } }

const desk = (name: string, patience: Partial<Mode['patience']> = {}): Mode =>
  defineMode({
    name,
    prompt: [fixed('Role', 'You answer the telephone of a harbor office.')],
    greeting: () => 'Harbor office, hello.',
    patience,
    routes,
    tools: [transferTool(routes), keepListeningTool(), hangUpTool()],
  })

const GOODBYE = 'Thank you very much for calling the harbor office, and have a very good day. Goodbye.'

/** Says its goodbye along with the call, or only when it is asked to; leaves recordings; keeps silent. */
const dialogue = parseDialogue({
  mode: 'desk',
  tools: ['hang_up'],
  greeting: 'Harbor office, hello.',
  unheard: 'Pardon?',
  resumes: 'Are you still there?',
  cannot: 'I cannot do that.',
  failed: 'That did not work.',
  exchanges: [
    { hears: ['goodbye'], says: GOODBYE, calls: { tool: 'hang_up' } },
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
    { hears: ['thank you that is all for today'], calls: { tool: 'hang_up' }, then: 'Goodbye then.' },
    { hears: ['please leave a message after the tone'], calls: { tool: 'hang_up', arguments: { silent: true } } },
    {
      hears: ['hold on please, I will get my card'],
      says: 'Of course, take your time.',
      calls: { tool: 'keep_listening', arguments: { for: 'hold' } },
    },
    { hears: ['what are your opening hours'], says: 'We are open until six.' },
    {
      hears: ['I would like to buy something'],
      says: 'I will connect you with the sales department.',
      calls: { tool: 'transfer_call', arguments: { destination: 'sales', reason: 'Wants to buy something' } },
    },
    { reads: ['Say goodbye'], says: 'Goodbye, nobody.' },
    { hearsAnything: true, calls: { tool: 'keep_listening', arguments: { for: 'noise' } } },
  ],
})

const TELEVISION = 'and now the weather for the islands with strong winds from the west'

describe.each(['ga', 'flat'] as const)('over the %s dialect', (dialect) => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      dialect,
      dialogues: [dialogue],
      configure: async ({ store }) => ({
        messages: store.messages,
        ...readyModes({
          modes: { desk: desk('desk'), impatient: desk('impatient', { silenceMs: 5_000, checkIns: 1 }) },
          numbers: [
            [DESK, 'desk'],
            [IMPATIENT, 'impatient'],
          ],
          unknown: 'desk',
        }),
      }),
    })
  }, 30_000)
  afterAll(() => world.close())

  const ring = async (to: string, script: CallerStep[], maxSilenceMs = 8_000) => {
    const call = world.twilio.placeCall({ to, from: '+14155550198', script, maxSilenceMs, maxCallMs: 60_000 })
    const result = await call.ended
    const story = await world.story(call)
    expect(result.errors).toEqual([])
    const said = story.turns.filter(({ speaker }) => speaker === 'assistant').map(({ text }) => text)
    return { result, story, said }
  }
  /** When the caller heard each of the assistant's sentences begin and end, and hung up or was hung up on. */
  const at = ({ timeline }: CallResult, type: string): number[] =>
    timeline.filter((entry) => entry.type === type).map(({ atMs }) => atMs)

  describe.concurrent('a call', () => {
    it(
      'has one goodbye where the model says it as it ends the call, heard to its end',
      { timeout: CALL_TIMEOUT_MS },
      async () => {
        const { story, said, result } = await ring(DESK, [{ say: 'goodbye' }])
        expect(said).toEqual(['Harbor office, hello.', GOODBYE])
        expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
        const [heardFrom, heardUntil] = [at(result, 'assistant-start').at(-1)!, at(result, 'assistant-stop').at(-1)!]
        expect(heardUntil - heardFrom).toBeGreaterThan(3_000)
      },
    )

    it('has one goodbye where the model waits to be asked for it', { timeout: CALL_TIMEOUT_MS }, async () => {
      const { said } = await ring(DESK, [{ say: 'thank you that is all for today' }])
      expect(said).toEqual(['Harbor office, hello.', 'Goodbye then.'])
    })

    it('has one announcement before a transfer', { timeout: CALL_TIMEOUT_MS }, async () => {
      world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 1_000 }))
      const { said, story } = await ring(DESK, [{ say: 'I would like to buy something' }])
      expect(said).toEqual(['Harbor office, hello.', 'I will connect you with the sales department.'])
      expect(story).toMatchObject({ disposition: 'transferred' })
    })

    it('goes on when the caller wants something during the goodbye, once', { timeout: CALL_TIMEOUT_MS }, async () => {
      const { said, story } = await ring(DESK, [
        { say: 'goodbye' },
        { interrupt: 'what are your opening hours', afterMs: 1_200 },
        { say: 'goodbye' },
        { interrupt: 'what are your opening hours', afterMs: 1_200 },
      ])
      expect(said.filter((text) => text.startsWith('We are open'))).toHaveLength(1)
      expect(said.at(-1), 'the second goodbye is heard out').toBe(GOODBYE)
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
    })

    it('leaves a recording without a word', { timeout: CALL_TIMEOUT_MS }, async () => {
      const { said, story } = await ring(DESK, [{ say: 'please leave a message after the tone' }])
      expect(said).toEqual(['Harbor office, hello.'])
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(story.tools.map(({ name }) => name)).toEqual(['hang_up'])
    })

    it('waits in silence for a caller who fetches a card', { timeout: CALL_TIMEOUT_MS }, async () => {
      const { said } = await ring(IMPATIENT, [
        { say: 'hold on please, I will get my card' },
        { wait: 12_000 },
        { say: 'what are your opening hours' },
        { listen: true },
        { hangup: true },
      ])
      expect(said).toEqual(['Harbor office, hello.', 'Of course, take your time.', 'We are open until six.'])
    })

    it('does not talk to a television, and is not kept alive by it', { timeout: CALL_TIMEOUT_MS }, async () => {
      const { said, story } = await ring(IMPATIENT, [
        ...Array.from({ length: 8 }, (): CallerStep[] => [{ say: TELEVISION }, { wait: 3_000 }]).flat(),
        { hangup: true },
      ])
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(said.filter((text) => text.includes('still there')).length).toBeLessThanOrEqual(1)
      expect(said.at(-1)).toContain('Goodbye')
      expect(said.join()).not.toContain('Pardon')
    })
  })
})
