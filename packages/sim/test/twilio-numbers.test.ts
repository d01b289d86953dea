import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import { accountSid, authToken, callerNumber, ourNumber, startGateway } from './twilio-gateway.ts'
import { sdkFor } from './twilio-sdk.ts'

const bye = '<Response><Hangup/></Response>'
let gateway: Awaited<ReturnType<typeof startGateway>>
let stand: SimTwilio
let client: ReturnType<typeof sdkFor>

beforeEach(async () => {
  gateway = await startGateway(({ path }) => (path === '/gone' ? { status: 404, body: '' } : bye))
  stand = await createTwilio({
    accountSid,
    authToken,
    numbers: {
      [ourNumber]: { voiceUrl: `${gateway.url}/first` },
      '+442079460123': { voiceUrl: '' },
    },
    anyNumber: { voiceUrl: `${gateway.url}/any`, statusCallback: `${gateway.url}/gone`, statusIsSupposed: true },
  })
  client = sdkFor(stand)
})
afterEach(async () => {
  await Promise.all([stand.close(), gateway.close()])
})

const asked = () => gateway.webhooks.map(({ method, path }) => `${method} ${path}`)
const ring = (more = {}) => stand.placeCall({ to: ourNumber, from: callerNumber, ...more }).ended

describe('a gateway that sets the webhooks of its number itself', () => {
  test('finds the number, points it at itself, and is rung there from then on', async () => {
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber: ourNumber, limit: 1 })
    expect(found).toMatchObject({ phoneNumber: ourNumber, voiceUrl: `${gateway.url}/first`, voiceMethod: 'POST' })
    expect(found!.sid).toMatch(/^PN[0-9a-f]{32}$/)
    const updated = await client.incomingPhoneNumbers(found!.sid).update({
      voiceUrl: `${gateway.url}/mine?tenant=a`,
      voiceMethod: 'GET',
      statusCallback: `${gateway.url}/told`,
      statusCallbackMethod: 'GET',
    })
    expect(updated).toMatchObject({ voiceUrl: `${gateway.url}/mine?tenant=a`, voiceMethod: 'GET' })
    expect(await ring()).toMatchObject({ status: 'completed', errors: [] })
    expect(asked()).toEqual(['GET /mine', 'GET /told'])
    const fetched = await client.incomingPhoneNumbers(found!.sid).fetch()
    expect(fetched).toMatchObject({ statusCallback: `${gateway.url}/told`, statusCallbackMethod: 'GET' })
    expect(fetched.dateUpdated.getTime()).not.toBeNaN()
  })

  test('may change one thing and leave the others', async () => {
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber: ourNumber })
    await client
      .incomingPhoneNumbers(found!.sid)
      .update({ friendlyName: 'Front desk', smsUrl: 'https://example.com/sms' })
    expect(await client.incomingPhoneNumbers.list({ friendlyName: 'Front desk' })).toMatchObject([
      { phoneNumber: ourNumber, voiceUrl: `${gateway.url}/first`, smsUrl: 'https://example.com/sms' },
    ])
    await ring()
    expect(asked()).toEqual(['POST /first'])
  })

  test('owns every number it asks for, where the account owns every number', async () => {
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber: '+14155550777' })
    expect(found).toMatchObject({ phoneNumber: '+14155550777', voiceUrl: `${gateway.url}/any` })
    await client.incomingPhoneNumbers(found!.sid).update({ voiceUrl: `${gateway.url}/mine` })
    expect(await ring({ to: '+14155550777' })).toMatchObject({ status: 'completed', errors: [] })
    // Not the status address that was supposed for somebody else.
    expect(asked()).toEqual(['POST /mine'])
  })

  test('is refused as by Twilio what is no address, no method, and no number of the account', async () => {
    const [found] = await client.incomingPhoneNumbers.list({ phoneNumber: ourNumber })
    await expect(client.incomingPhoneNumbers(found!.sid).update({ voiceUrl: 'gateway/voice' })).rejects.toMatchObject({
      status: 400,
      code: 21502,
    })
    await expect(client.incomingPhoneNumbers(found!.sid).update({ voiceMethod: 'PUT' })).rejects.toMatchObject({
      status: 400,
      code: 21503,
    })
    await expect(client.incomingPhoneNumbers(found!.sid).update({ statusCallback: 'here' })).rejects.toMatchObject({
      status: 400,
      code: 21609,
    })
    await expect(client.incomingPhoneNumbers(`PN${'0'.repeat(32)}`).fetch()).rejects.toMatchObject({ status: 404 })
    await expect(sdkFor(stand, 'wrong').incomingPhoneNumbers.list()).rejects.toMatchObject({ status: 401 })
    expect((await client.incomingPhoneNumbers(found!.sid).fetch()).voiceUrl).toBe(`${gateway.url}/first`)
  })

  test('finds numbers by a part with wildcards, and page by page', async () => {
    const numbers = async (phoneNumber: string) =>
      (await client.incomingPhoneNumbers.list({ phoneNumber })).map((own) => own.phoneNumber)
    expect(await numbers('+4420794*0123')).toEqual(['+442079460123'])
    expect(await numbers('4155550')).toEqual([ourNumber])
    expect(await numbers('999')).toEqual([])
    expect((await client.incomingPhoneNumbers.list({ pageSize: 1 })).map((own) => own.phoneNumber)).toEqual([
      ourNumber,
      '+442079460123',
    ])
    const page = await client.incomingPhoneNumbers.page({ pageSize: 1 })
    expect(page.instances).toHaveLength(1)
    expect(page.nextPageUrl).toContain('Page=1')
  })
})

test('a number without a voice address does not answer, and the reason is given', async () => {
  const { status, errors } = await ring({ to: '+442079460123' })
  expect({ status, code: errors[0]?.code }).toEqual({ status: 'failed', code: 11100 })
})

test('a status address that nobody asked for may be missing: the call was a good one', async () => {
  const result = await ring({ to: '+14155550778' })
  expect(result).toMatchObject({ status: 'completed', errors: [], warnings: [] })
  expect(asked()).toEqual(['POST /any', 'POST /gone'])
  expect(result.timeline.filter(({ type }) => type === 'warning')).toMatchObject([
    { code: 11200, text: expect.stringContaining('nobody asked for it') as string },
  ])
})

test('a status address that was asked for and is missing is an error', async () => {
  const { errors } = await ring({ statusCallback: `${gateway.url}/gone` })
  expect(errors.map(({ code }) => code)).toEqual([11200])
})

test('one call can be sent to another gateway, and is not reported to the number’s own', async () => {
  const more = { to: '+14155550779', voiceUrl: `${gateway.url}/other`, method: 'GET' }
  expect(await ring(more)).toMatchObject({ status: 'completed', errors: [] })
  expect(asked()).toEqual(['GET /other'])
  await ring({ ...more, statusCallback: `${gateway.url}/told` })
  await ring({ to: '+14155550779', statusCallback: null })
  expect(asked().slice(1)).toEqual(['GET /other', 'POST /told', 'POST /any'])
})
