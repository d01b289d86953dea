import { afterEach, expect, it, vi } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 60_000

let world: World | undefined
afterEach(() => world?.close())

it(
  'a caller without room hears a sentence and is put through, the one who was first talks on, a call of ours waits',
  { timeout: CALL_TIMEOUT_MS },
  async () => {
    world = await startWorld({ dialect: 'ga', variables: { MAX_CALLS: '1' } })
    world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 1_000 }))
    const first = world.twilio.placeCall({
      to: world.numbers.ivr,
      from: '+14155550198',
      script: [{ wait: 5_000 }, { say: 'goodbye' }],
    })
    await first.seen('first-audio')
    const ready = (await (await fetch(`${world.publicUrl}/readyz`)).json()) as object
    expect(ready).toMatchObject({ status: 'ready', room: 'full' })

    const second = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550197' })
    const heard = (await second.ended).timeline.filter(({ type }) => type === 'say' || type === 'bridged')
    expect(heard.map(({ text }) => text)).toEqual([expect.stringMatching(/^We are sorry.*Please hold/), '+14155550112'])
    const asked = await world.admin('POST', '/outbound-call', { to: '+14155550120' })
    expect(asked).toMatchObject({ status: 202, body: { state: 'queued' } })

    const result = await first.ended
    expect([result.errors, result.warnings]).toEqual([[], []])
    expect(world.logText()).toContain('"code":"calls_full"')
    // There is room now.
    const { callId } = asked.body as { callId: string }
    await vi.waitFor(
      async () =>
        expect((await world!.admin('GET', `/calls/${callId}`)).body).not.toMatchObject({
          outbound: { state: 'queued' },
        }),
      20_000,
    )
    const metrics = await fetch(`${world.publicUrl}/metrics`, {
      headers: { authorization: 'Bearer an-admin-token-for-tests' },
    })
    expect(await metrics.text()).toContain('llc_calls_turned_away_total{reason="calls"} 1')
  },
)
