import { afterEach, expect, it, vi } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 60_000

let world: World | undefined
afterEach(() => world?.close())

it(
  'a live call is finished before the gateway stops, and new calls go elsewhere',
  { timeout: CALL_TIMEOUT_MS },
  async () => {
    world = await startWorld({ dialect: 'ga', drainDeadlineMs: 60_000 })
    const script = [{ say: 'what are your opening hours' }, { say: 'goodbye' }]
    const call = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550198', script })
    await call.seen('media-start')
    let stopped = false
    const stopping = world.gateway.stop().then(() => void (stopped = true))
    await vi.waitFor(async () => expect((await fetch(`${world!.publicUrl}/readyz`)).status).toBe(503))
    expect((await fetch(`${world.publicUrl}/healthz`)).status).toBe(200)
    const result = await call.ended
    expect([result.errors, result.warnings]).toEqual([[], []])
    expect(result.timeline.filter(({ type }) => type === 'assistant-start').length).toBeGreaterThanOrEqual(3)
    await stopping
    expect(stopped).toBe(true)
    expect(world.logText()).toContain('"disposition":"assistant_hung_up"')
    await expect(fetch(`${world.publicUrl}/healthz`)).rejects.toThrow()
  },
)

it('a second stop ends the call that is left, and the caller is told', { timeout: CALL_TIMEOUT_MS }, async () => {
  world = await startWorld({ dialect: 'ga', drainDeadlineMs: 60_000 })
  const call = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550198', script: [{ wait: 30_000 }] })
  await call.seen('first-audio')
  const first = world.gateway.stop()
  await world.gateway.stop()
  await first
  expect(world.logText()).toContain('"disposition":"drained"')
  const result = await call.ended
  expect(result.durationMs).toBeLessThan(20_000)
  expect(result.timeline.filter(({ type }) => type === 'say').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^We are sorry, we have to end this call now/),
  ])
})
