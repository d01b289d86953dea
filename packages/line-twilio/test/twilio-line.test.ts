import { afterEach, expect, it, vi } from 'vitest'
import { OWN, startRig, type Rig, type RigCall } from './support/rig.ts'
import { tellingListener } from './support/telling-listener.ts'

let rig: Rig | undefined
afterEach(async () => {
  await rig?.close()
  rig = undefined
})

/** Rings; the call's audio is up. */
const ring = async ({ twilio }: Rig, call: RigCall) => {
  const { listener, told } = tellingListener()
  call.attach = (accept) => void accept(listener, (legId) => legId === call.facts.legId)
  const leg = twilio.placeCall({ to: OWN, from: '+14155550199' })
  call.facts.legId = leg.sid
  await vi.waitFor(() => expect(told).toContain('started'))
  return { leg, told }
}

it('lets the stream of a leg go that REST could not end, so that Twilio asks and is told', async () => {
  rig = await startRig({ apiUrl: 'http://127.0.0.1:1' })
  const call = rig.add()
  const { leg, told } = await ring(rig, call)
  await expect(rig.twilioLine.line.follow(call.facts, { kind: 'hangUp' })).rejects.toMatchObject({
    code: 'call_control_failed',
  })
  const { status, timeline, errors } = await leg.ended
  expect(told.at(-1)).toEqual(['gone', false])
  expect([status, errors]).toEqual(['completed', []])
  expect(timeline.findLast(({ type }) => type === 'twiml')?.text).toContain('<Hangup/>')
})

it('ends a leg by REST, and nobody is asked', async () => {
  rig = await startRig()
  const call = rig.add()
  const { leg } = await ring(rig, call)
  expect(await rig.twilioLine.line.follow(call.facts, { kind: 'hangUp' })).toBe('asks')
  const { timeline, errors } = await leg.ended
  expect([timeline.filter(({ type }) => type === 'webhook').length, errors]).toEqual([1, []])
})

it('ends the audio of the call that goes elsewhere, and of no other', async () => {
  rig = await startRig()
  const [call, other] = [rig.add(), rig.add()]
  const [one, two] = [await ring(rig, call), await ring(rig, other)]
  call.next = { kind: 'conference', name: 'room-1' }
  expect(await rig.twilioLine.line.follow(call.facts, call.next)).toBe('asks')
  await one.leg.seen('conference')
  expect([one.told.at(-1), two.told.includes('started'), two.leg.streamSid !== undefined]).toEqual([
    ['gone', false],
    true,
    true,
  ])
})

it('connects the audio again where the call says so', { timeout: 20_000 }, async () => {
  rig = await startRig()
  const call = rig.add()
  const { leg, told } = await ring(rig, call)
  call.next = { kind: 'keys', digits: '12#' }
  await rig.twilioLine.line.follow(call.facts, call.next)
  // The tones take their time.
  await vi.waitFor(() => expect(told.filter((each) => each === 'started')).toHaveLength(2), 10_000)
  expect(leg.timeline.find(({ type }) => type === 'play')?.digits).toBe('ww12#')
  expect(leg.errors).toEqual([])
})

it('refuses a media socket whose call has ended meanwhile', async () => {
  rig = await startRig()
  rig.twilio.setFaults({ lateStreamMs: 200 })
  const call = rig.add()
  const leg = rig.twilio.placeCall({ to: OWN, from: '+14155550199' })
  call.facts.legId = leg.sid
  await leg.seen('twiml')
  call.isOver = true
  const { errors } = await leg.ended
  expect(rig.refused).toEqual(['token_invalid'])
  expect(errors.map(({ code }) => code)).toEqual([31920])
})
