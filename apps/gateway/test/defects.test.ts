import { afterEach, expect, it } from 'vitest'
import { ADMIN_TOKEN, startOutsideWorld, type OutsideWorld } from './support/child-gateway.ts'

const CALL_TIMEOUT_MS = 180_000

let world: OutsideWorld | undefined
afterEach(() => world?.close())

it(
  'five live calls go on when a mode forgets a promise and throws where nobody catches, and the process then ends with 1',
  { timeout: CALL_TIMEOUT_MS },
  async () => {
    world = await startOutsideWorld('file::memory:')
    const gateway = await world.start()
    const calls = Array.from({ length: 5 }, (_, n) =>
      world!.twilio.placeCall({ to: world!.numbers.ivr, from: `+1415555019${n}`, maxCallMs: 150_000 }),
    )
    await Promise.all(calls.map((call) => call.seen('first-audio')))
    for (let n = 0; n < 3; n++) gateway.signal('SIGUSR2')
    await gateway.says(/a promise failed that nobody waited for/)
    gateway.signal('SIGHUP')
    await gateway.says(/an exception was caught by nobody/)
    expect((await fetch(`${world.publicUrl}/readyz`)).status).toBe(503)
    const metrics = await fetch(`${world.publicUrl}/metrics`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
    expect(await metrics.text()).toMatch(/llc_defects_total\{kind="rejection"\} [1-3]\n.*\{kind="exception"\} 1\n/s)

    for (const call of calls) {
      await call.quiet(800, 20_000)
      await call.say('what are your opening hours')
      expect(await call.heardSpeech(20_000)).toBe(true)
    }
    // An orchestrator that asks it to stop now waits for the talks like any other.
    gateway.signal('SIGTERM')
    for (const call of calls) {
      await call.quiet(800, 20_000)
      await call.say('goodbye')
    }
    const results = await Promise.all(calls.map((call) => call.ended))
    for (const { errors, warnings } of results) expect([errors, warnings]).toEqual([[], []])
    expect(await gateway.exited).toEqual({ code: 1, signal: null })
    expect(gateway.text().match(/"disposition":"assistant_hung_up"/g)).toHaveLength(5)
    for (const secret of ['Zoe', 'Adler', '4155550199']) expect(gateway.text()).not.toContain(secret)
    for (const line of gateway.text().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  },
)
