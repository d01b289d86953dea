import type { SimCall } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 90_000
const UNLUCKY = '+14155550192'
const desk = extension(21)
const board = switchboard([desk], { refuses: [UNLUCKY] })

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga', configure: board.configure })
}, 30_000)
afterAll(() => world.close())

const reachTheTone = async (from: string): Promise<SimCall> => {
  const call = world.twilio.placeCall({ to: desk.did, from, maxCallMs: 80_000 })
  await world.said(call, /switchboard/)
  await call.say('I will record a message for the team')
  await call.seen('record')
  await call.quiet(300, 3_000)
  return call
}

const spoken = (call: SimCall) => call.timeline.filter(({ type }) => type === 'say').map(({ text }) => text)

describe.concurrent('voicemail', () => {
  it('thanks the caller once the message is stored', { timeout: CALL_TIMEOUT_MS }, async () => {
    const from = '+14155550191'
    const call = await reachTheTone(from)
    await call.say('technical support please')
    const result = await call.ended
    expect(spoken(call)).toEqual(['Thank you. Your message has been recorded. Goodbye.'])
    const story = await world.story(call)
    expect(story).toMatchObject({ phase: 'ended', disposition: 'voicemail' })
    expect(story.transfers).toMatchObject([{ kind: 'voicemail', route: 'voicemail', outcome: 'recorded' }])
    expect(board.messages.find(({ callerNumber }) => callerNumber === from)).toMatchObject({
      callId: story.callId,
      text: '(recorded message)',
      kind: 'recording',
      route: 'voicemail',
      recordingId: expect.stringMatching(/^RE[0-9a-f]{32}$/),
      recordingUrl: expect.stringContaining('/Recordings/RE'),
    })
    expect([result.errors, result.warnings]).toEqual([[], []])
  })

  it('keeps what was said before the caller hung up', { timeout: CALL_TIMEOUT_MS }, async () => {
    const from = '+14155550193'
    const call = await reachTheTone(from)
    await call.say('technical support please')
    call.hangUp()
    await call.ended
    await expect.poll(async () => (await world.story(call)).phase, { timeout: 5_000 }).toBe('ended')
    expect(await world.story(call)).toMatchObject({ disposition: 'voicemail' })
    expect(board.messages.filter(({ callerNumber }) => callerNumber === from)).toHaveLength(1)
  })

  it('brings a caller who says nothing back to the assistant', { timeout: CALL_TIMEOUT_MS }, async () => {
    const from = '+14155550194'
    const call = await reachTheTone(from)
    await world.said(call, /I have not heard a message/)
    await call.say('goodbye')
    const result = await call.ended
    expect(await world.story(call)).toMatchObject({ disposition: 'assistant_hung_up' })
    expect(board.messages.some(({ callerNumber }) => callerNumber === from)).toBe(false)
    expect([result.errors, result.warnings]).toEqual([[], []])
  })

  it('claims nothing when the message could not be stored', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = await reachTheTone(UNLUCKY)
    await call.say('technical support please')
    await world.said(call, /your message could not be stored/)
    await call.say('goodbye')
    const result = await call.ended
    expect(spoken(call)).toEqual([])
    expect(await world.story(call)).toMatchObject({ disposition: 'assistant_hung_up' })
    expect(world.logText()).toContain('"msg":"recorded message could not be stored"')
    expect([result.errors, result.warnings]).toEqual([[], []])
  })
})
