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

it(
  'a second stop hands the call that is left on: the caller hears why, and is put through',
  { timeout: CALL_TIMEOUT_MS },
  async () => {
    world = await startWorld({ dialect: 'ga', drainDeadlineMs: 60_000 })
    world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 60_000 }))
    const call = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550198', script: [{ wait: 30_000 }] })
    await call.seen('first-audio')
    const first = world.gateway.stop()
    await world.gateway.stop()
    await first
    expect(world.logText()).toContain('"disposition":"drained"')
    // The gateway is gone, and the caller talks with a person.
    await call.seen('bridged')
    call.hangUp()
    const result = await call.ended
    expect(result.timeline.filter(({ type }) => type === 'say' || type === 'bridged').map(({ text }) => text)).toEqual([
      expect.stringMatching(/^We are sorry, the assistant has to leave this call now\. Please hold/),
      '+14155550112',
    ])
  },
)
