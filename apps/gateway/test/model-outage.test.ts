import { describe, expect, it, vi } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 150_000
const CALLERS = ['+14155550198', '+14155550197', '+14155550196'] as const

/** Somebody calls, and hangs up when they have been greeted, or when they have talked with whoever takes the call instead. */
const ring = (world: World, from: string) => {
  world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 500 }))
  return world.twilio.placeCall({
    to: world.numbers.ivr,
    from,
    script: [{ listen: true }],
  })
}

const read = async (world: World, path: string): Promise<string> =>
  (await fetch(`${world.publicUrl}${path}`, { headers: { authorization: 'Bearer an-admin-token-for-tests' } })).text()

/** The first call was refused, and the gateway has asked the server itself whether it means it; it asks again in half a minute. */
const callAndQuestion = async (world: Awaited<ReturnType<typeof startWorld>>): Promise<void> =>
  vi.waitFor(() => expect(world.model.handshakes).toBe(2), { timeout: 10_000 })

describe.concurrent('while the model server is out', () => {
  it(
    'the first caller shows it, the second goes to a person without waiting, and the third is served when it is back',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga', faults: { handshakeStatus: 503 } })
      onTestFinished(() => world.close())

      const first = ring(world, CALLERS[0])
      expect((await first.ended).timeline.find(({ type }) => type === 'dial')).toBeDefined()
      expect(await world.story(first)).toMatchObject({ disposition: 'fallback' })
      expect(JSON.parse(await read(world, '/readyz'))).toMatchObject({ status: 'ready', model: 'unavailable' })

      const second = ring(world, CALLERS[1])
      const { timeline } = await second.ended
      expect(
        timeline.find(({ type }) => type === 'dial'),
        'a person is rung',
      ).toBeDefined()
      expect(
        timeline.find(({ type }) => type === 'media-start'),
        'and no model is waited for',
      ).toBeUndefined()
      expect((await world.admin('GET', `/calls/${second.sid}`)).status).toBe(404)
      const metrics = await read(world, '/metrics')
      expect(metrics).toMatch(/^llc_model_up 0$/m)
      expect(metrics).toMatch(/^llc_model_outages_total\{code="model_unreachable"\} 1$/m)
      expect(metrics).toMatch(/^llc_refused_total\{code="model_outage"\} 1$/m)

      world.model.setFaults({})
      await vi.waitFor(() => expect(world.logText()).toContain('the model server is back'), { timeout: 10_000 })
      expect(JSON.parse(await read(world, '/readyz'))).toMatchObject({ model: 'ok' })
      expect(world.model.sessions, 'it was asked by a session of ours, which has said nothing').toHaveLength(1)
      expect(world.model.sessions[0]!.log.entries.map(({ event }) => event.type)).not.toContain('response.create')
      const third = ring(world, CALLERS[2])
      await third.ended
      expect((await world.story(third)).turns[0]!.text).toMatch(/^Thank you for calling/)
      expect(world.model.violations).toEqual([])
    },
  )

  it(
    'a server that refuses the key is tried by one caller, and by none afterwards',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga', variables: { OPENAI_API_KEY: 'sk-wrong' } })
      onTestFinished(() => world.close())
      await ring(world, CALLERS[0]).ended
      await callAndQuestion(world)
      const [second, third] = await Promise.all(CALLERS.slice(1).map((from) => ring(world, from).ended))
      for (const { timeline } of [second!, third!]) {
        expect(timeline.find(({ type }) => type === 'dial')).toBeDefined()
        expect(timeline.find(({ type }) => type === 'media-start')).toBeUndefined()
      }
      expect(world.model.handshakes).toBe(2)
      expect(await read(world, '/metrics')).toMatch(/^llc_refused_total\{code="model_outage"\} 2$/m)
      expect(world.logText()).toContain('the model server is out')
    },
  )

  it(
    'somebody to be called is not rung, and their call waits',
    { timeout: CALL_TIMEOUT_MS },
    async ({ onTestFinished }) => {
      const world = await startWorld({ dialect: 'ga', variables: { OPENAI_API_KEY: 'sk-wrong' } })
      onTestFinished(() => world.close())
      await ring(world, CALLERS[0]).ended
      await callAndQuestion(world)
      const asked = await world.admin('POST', '/outbound-call', {
        to: '+14155550120',
        scenario: 'callback',
        context: { reason: 'an invoice' },
      })
      expect(asked).toMatchObject({ status: 202, body: { state: 'queued' } })
      expect(world.model.handshakes).toBe(2)
    },
  )
})
