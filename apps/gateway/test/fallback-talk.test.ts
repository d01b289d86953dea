import type { FarEnd } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import { startWorld } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 60_000

const callWithoutModel = async (far: FarEnd) => {
  const world = await startWorld({ dialect: 'ga', faults: { handshakeStatus: 401 } })
  try {
    world.twilio.setFarEnd(() => far)
    const call = world.twilio.placeCall({ to: world.numbers.ivr, from: '+14155550198', maxCallMs: 50_000 })
    const result = await call.ended
    expect([result.errors, result.warnings]).toEqual([[], []])
    const heard = result.timeline.filter(({ type }) => type === 'say' || type === 'bridged').map(({ text }) => text)
    return { heard, story: (await world.story(call)) as Awaited<ReturnType<typeof world.story>> & { why?: string } }
  } finally {
    await world.close()
  }
}

describe.concurrent('the fallback route', () => {
  it('a talk that the person ends first ends without another word', { timeout: CALL_TIMEOUT_MS }, async () => {
    const { heard, story } = await callWithoutModel({ outcome: 'answers', hangsUpAfterMs: 1_500 })
    expect(heard).toEqual([expect.stringMatching(/^We are sorry.*Please hold/), '+14155550112'])
    // The story ends with the caller's leg, not with the model.
    expect(Date.parse(story.endedAt!) - Date.parse(story.assistantEndedAt!)).toBeGreaterThanOrEqual(1_500)
    expect(story.transfers).toMatchObject([{ kind: 'fallback', number: '+1415•••0112', outcome: 'bridged' }])
    expect(story.why).toMatch(/^The model server refused our key; the caller was connected with .*\.$/)
    expect(story).toHaveProperty('test', true)
  })

  it('a caller whom nobody takes hears that nobody is available', { timeout: CALL_TIMEOUT_MS }, async () => {
    const { heard, story } = await callWithoutModel({ outcome: 'busy' })
    expect(story).toMatchObject({ disposition: 'fallback', transfers: [{ kind: 'fallback', outcome: 'busy' }] })
    expect(story.endedAt).toBeDefined()
    expect(heard).toEqual([
      expect.stringMatching(/^We are sorry.*Please hold/),
      expect.stringMatching(/^Nobody is available right now/),
    ])
  })
})
