import type { CallResult, Faults, TimelineType } from '@llc-phone/sim'
import { shippedIn } from '@llc-phone/phrases'
import { describe, expect, it } from 'vitest'
import { startWorld } from './support/whole-call.ts'

const CALLER = '+14155550198'
const CALL_TIMEOUT_MS = 60_000

const first = (result: CallResult, type: TimelineType) => result.timeline.find((entry) => entry.type === type)
const spokenBy = (turns: readonly { speaker: string; text: string }[], speaker: string) =>
  turns.filter((turn) => turn.speaker === speaker).map(({ text }) => text)

const english = shippedIn('en')!.phrases
const words = [english.oneMoment.text, english.stillHere.text]

describe.concurrent('the model', () => {
  it(
    'pre-accept faster than the media stream: the greeting waits and is there at once',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga' })
      onTestFinished(() => world.close())
      world.twilio.setFaults({ lateStreamMs: 1_500 })
      const call = world.twilio.placeCall({ to: world.numbers.ivr, from: CALLER, script: [{ say: 'goodbye' }] })
      const result = await call.ended
      const story = await world.story(call)
      expect(first(result, 'first-audio')!.atMs - first(result, 'media-start')!.atMs).toBeLessThan(150)
      expect(story.latency.media_to_greeting_frame?.[0]).toBeLessThan(50)
      expect(story.latency.webhook_to_greeting_delta?.[0]).toBeLessThan(1_500)
      expect(spokenBy(story.turns, 'assistant')[0]).toMatch(
        /^Thank you for calling Harbor Dental\..*How can I direct your call\?$/,
      )
      expect(world.model.handshakes).toBe(1)
      expect([result.errors, result.warnings, world.model.violations]).toEqual([[], [], []])
    },
  )

  it(
    'pre-accept slower than the media stream: what the caller says first is kept, the greeting is whole',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({ dialect: 'flat', faults: { latency: { connectMs: 2_500 } } })
      onTestFinished(() => world.close())
      const call = world.twilio.placeCall({
        to: world.numbers.ivr,
        from: CALLER,
        script: [
          { wait: 300 },
          { say: 'what are your opening hours' },
          { listen: true, quietMs: 2_500 },
          { say: 'goodbye' },
        ],
      })
      const result = await call.ended
      const story = await world.story(call)
      // Words of our own while the server is asked in one dialect and then in the other; then the greeting, a reply to what was
      // kept (the simulated model does not remember the words that long), goodbye.
      const [, , ...spoken] = spokenBy(story.turns, 'assistant')
      expect(spokenBy(story.turns, 'assistant').slice(0, 2)).toEqual(words)
      expect(spoken[0]).toMatch(/^Thank you for calling Harbor Dental\..*How can I direct your call\?$/)
      expect(spoken).toHaveLength(3)
      expect(spokenBy(story.turns, 'caller')[0]).toBe('what are your opening hours')
      expect([result.errors, result.warnings, world.model.violations]).toEqual([[], [], []])
    },
  )

  it(
    'a model that does not come up in time is opened anew, cold, and the call goes on',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({
        dialect: 'ga',
        faults: ({ index }) => (index === 0 ? { neverCreated: true } : {}),
        variables: { PREWARM_TIMEOUT_MS: '1500' },
      })
      onTestFinished(() => world.close())
      const call = world.twilio.placeCall({ to: world.numbers.ivr, from: CALLER, script: [{ say: 'goodbye' }] })
      const result = await call.ended
      const story = await world.story(call)
      expect(world.model.handshakes).toBe(2)
      expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
      expect(spokenBy(story.turns, 'assistant').find((text) => !words.includes(text))).toMatch(/^Thank you for calling/)
      expect(first(result, 'first-audio')!.atMs).toBeGreaterThan(1_000)
    },
  )

  it.for<[string, Faults, number]>([
    ['refuses the key', { handshakeStatus: 401 }, 1],
    ['never comes up', { neverCreated: true }, 2],
    ['answers with other formats than asked for', { echoWrongFormats: true }, 1],
    ['refuses every configuration', { refuseUpdate: { code: 'invalid_value', message: 'Invalid value.' } }, 1],
  ])(
    'a model that %s: the caller hears an apology and is connected with a person',
    { timeout: CALL_TIMEOUT_MS },
    async ([, faults, leastHandshakes], { onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga', faults, variables: { PREWARM_TIMEOUT_MS: '800' } })
      onTestFinished(() => world.close())
      world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 500 }))
      const call = world.twilio.placeCall({
        to: world.numbers.ivr,
        from: CALLER,
        script: [{ listen: true }],
        maxSilenceMs: 2_000,
      })
      const result = await call.ended
      const story = await world.story(call)
      expect(first(result, 'say')?.text).toMatch(/^We are sorry, we cannot take your call at the moment/)
      expect(first(result, 'dial')).toBeDefined()
      expect(first(result, 'bridged')).toBeDefined()
      expect([...world.twilio.calls.values()].map(({ to }) => to)).toContain('+14155550112')
      expect(story).toMatchObject({ phase: 'ended', disposition: 'fallback' })
      expect(world.model.handshakes).toBeGreaterThanOrEqual(leastHandshakes)
      expect(result.errors).toEqual([])
      expect(world.logText()).toMatch(/"code":"model_\w+","reason":"[^"]+","msg":"caller goes to the fallback route"/)
    },
  )
})
