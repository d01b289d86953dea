import type { SimCall } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

/** Anna Keller in the demo data. */
const ANNA = '+14155550199'
const CALL_TIMEOUT_MS = 60_000

describe('calls as networks bring them, to an address in capitals with a slash too many', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      dialect: 'ga',
      written: (url) => url.replace('http://', 'HTTP://').concat('/'),
      voicePath: "/twiml/?desk=O'Brien@x:1",
    })
  }, 30_000)
  afterAll(() => world.close())

  const hasSaid = async (call: SimCall, words: RegExp) => {
    await world.said(call, words)
    const story = await world.story(call)
    call.hangUp()
    expect((await call.ended).errors).toEqual([])
    return story
  }

  it('a customer who rings over SIP is greeted by name', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = world.twilio.placeCall({
      to: `sip:${world.numbers.csr}@example.sip.twilio.com`,
      from: `sip:${ANNA}@carrier.example;user=phone`,
      maxSilenceMs: CALL_TIMEOUT_MS,
    })
    expect(await hasSaid(call, /Hello Anna/)).toMatchObject({ mode: 'csr', caller: '+1415•••0199' })
    expect(world.logText()).not.toContain('4155550199')
  })

  it(
    'somebody who rings from a browser, in a call without an id, talks to the front desk',
    { timeout: CALL_TIMEOUT_MS },
    async () => {
      const call = world.twilio.placeCall({
        to: 'client:desk',
        from: 'client:alice',
        extra: { CallSid: '' },
        method: 'GET',
        maxSilenceMs: CALL_TIMEOUT_MS,
      })
      // The story is found by the id that the media stream has told.
      const story = await hasSaid(call, /Harbor Dental/)
      expect(story).toMatchObject({ mode: 'receptionist', dialled: '+14155550100' })
      expect(story).not.toHaveProperty('caller')
    },
  )
})
