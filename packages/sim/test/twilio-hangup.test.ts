import { expect, test } from 'vitest'
import { createTwilio } from '../src/twilio/create-twilio.ts'
import type { PlaceCallOptions } from '@llc-phone/virtual-carrier/types'
import { accountSid, authToken, callerNumber, ourNumber, startGateway, streamTwiml } from './twilio-gateway.ts'

/** Rings a gateway that answers each path when the test says so; never, without a promise. */
async function ring(answers: Record<string, Promise<void> | undefined>, more: Partial<PlaceCallOptions> = {}) {
  const gateway = await startGateway(async ({ path }, { wsUrl }) => {
    if (path in answers) await (answers[path] ?? new Promise(() => {}))
    return path === '/voice' ? streamTwiml(`${wsUrl}/media`, 'action="/after"') : '<Response/>'
  })
  const stand = await createTwilio({
    accountSid,
    authToken,
    webhookTimeoutMs: 300,
    anyNumber: { voiceUrl: `${gateway.url}/voice`, statusCallback: `${gateway.url}/status` },
  })
  const close = () => Promise.all([stand.close(), gateway.close()])
  return { gateway, close, call: stand.placeCall({ to: ourNumber, from: callerNumber, ...more }) }
}

test('the answers that come after the caller hung up are waited for', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { call, close, gateway } = await ring({ '/status': promise, '/after': promise }, { actionAfterHangup: true })
  await call.seen('media-start')
  call.hangUp()
  let isOver = false
  void call.ended.then(() => (isOver = true))
  await Promise.all([gateway.asked('/status'), gateway.asked('/after')])
  expect(isOver).toBe(false)
  resolve()
  expect(await call.ended).toMatchObject({ status: 'completed', errors: [] })
  await close()
})

test('a gateway that never answers is waited for no longer than Twilio would, and it is said', async () => {
  const { call, close } = await ring({ '/status': undefined })
  await call.seen('media-start')
  call.hangUp()
  const { errors } = await call.ended
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('no answer within 300 ms')])
  await close()
})

test('a caller who gives up before the gateway answers: its answer is waited for, too', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { call, close, gateway } = await ring({ '/voice': promise })
  await gateway.asked('/voice')
  call.hangUp()
  resolve()
  const { status, errors, timeline } = await call.ended
  expect({ status, errors }).toEqual({ status: 'no-answer', errors: [] })
  expect(timeline.filter(({ type }) => type === 'twiml')).toHaveLength(1)
  await close()
})

test('a caller who gives up on a gateway that never answers: it is said', async () => {
  const { call, close, gateway } = await ring({ '/voice': undefined })
  await gateway.asked('/voice')
  call.hangUp()
  const { errors } = await call.ended
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('no answer within 300 ms')])
  await close()
})
