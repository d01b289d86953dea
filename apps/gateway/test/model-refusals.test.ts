import { describe, expect, it } from 'vitest'
import { startWorld } from './support/whole-call.ts'

const CALLER = '+14155550198'
const CALL_TIMEOUT_MS = 60_000

describe.concurrent('a model server', () => {
  it.for<[string, Record<string, string>, RegExp]>([
    ['the key', { OPENAI_API_KEY: 'sk-wrong' }, /refused the API key \(invalid_api_key\)\. Check OPENAI_API_KEY/],
    ['the model', { OPENAI_MODEL: 'gpt-realtme-2.1' }, /refused the model .*gpt-realtme-2\.1.* Check OPENAI_MODEL/],
  ])(
    'that refuses %s behind an open socket: the caller gets a person at once, and the operator is told what to check',
    { timeout: CALL_TIMEOUT_MS },
    async ([, variables, reason], { onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga', variables })
      onTestFinished(() => world.close())
      world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 500 }))
      const call = world.twilio.placeCall({ to: world.numbers.ivr, from: CALLER, script: [{ listen: true }] })
      const result = await call.ended
      expect(result.timeline.find(({ type }) => type === 'dial')).toBeDefined()
      expect(await world.story(call)).toMatchObject({ disposition: 'fallback' })
      expect(world.model.handshakes, 'the call, and the question of ours that may follow').toBeLessThanOrEqual(2)
      expect(world.logText()).toMatch(reason)
      expect(world.logText()).not.toContain('sk-wrong')
      const metrics = await fetch(`${world.publicUrl}/metrics`, {
        headers: { authorization: 'Bearer an-admin-token-for-tests' },
      })
      expect(await metrics.text()).toMatch(/^llc_problems_total\{code="model_unauthorized"\} 1$/m)
    },
  )

  it(
    'that does not know a setting is talked to without it, and what was written down of the caller is a part of the cost',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({
        dialect: 'flat',
        faults: { refuseFields: ['session.prompt_cache_key', 'session.turn_detection.eagerness'] },
        variables: { OPENAI_REALTIME_DIALECT: 'flat' },
      })
      onTestFinished(() => world.close())
      for (let calls = 1; calls <= 2; calls++) {
        const call = world.twilio.placeCall({
          to: world.numbers.ivr,
          from: CALLER,
          script: [{ listen: true }, { say: 'what are your opening hours' }, { listen: true }, { say: 'goodbye' }],
        })
        // oxlint-disable-next-line no-await-in-loop -- the second one is not to pay for the refusal
        const result = await call.ended
        // oxlint-disable-next-line no-await-in-loop
        const story = await world.story(call)
        expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
        expect(story.usage.transcription).toMatchObject([{ model: 'whisper-1', seconds: expect.any(Number) as number }])
        expect(story).not.toHaveProperty('costEstimated')
        expect([result.errors, world.model.violations]).toEqual([[], []])
        const errors = world.model.sessions.at(-1)!.log.entries.filter(({ event }) => event.type === 'error')
        expect(errors).toHaveLength(calls === 1 ? 2 : 0)
      }
      const said = world
        .logText()
        .split('\n')
        .filter((line) => line.includes('calls go without it'))
      expect(said.map((line) => (JSON.parse(line) as { field: string }).field)).toEqual([
        'session.prompt_cache_key',
        'session.turn_detection.eagerness',
      ])
    },
  )
})
