import twilio from 'twilio'
import { expect, test } from 'vitest'
import { createTwilio } from '../src/twilio/create-twilio.ts'
import { signRequest } from '@llc-phone/virtual-carrier/webhook'
import { accountSid, authToken, callerNumber, ourNumber, startGateway, streamTwiml } from './twilio-gateway.ts'

test.each([
  [
    'a form webhook',
    'https://mycompany.com/myapp.php?foo=1&bar=2',
    {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    },
    'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  ],
  ['a media socket', 'wss://gw.example.com/twilio/media', {}, 'xOtUNom2O6Ixz0xt8ODDv8MkQUY='],
  [
    'letters beyond ASCII',
    'https://gw.example.com/v',
    { CallerName: 'Zoë & Co', From: '+15005550006' },
    'oINla0Pviw4pUYIvJGL3PKfB5ug=',
  ],
])('the documented signature of %s', (_, url, params, signature) => {
  expect(signRequest('12345', url, params)).toBe(signature)
})

test('the fragment of an address is not signed', () => {
  expect(signRequest('12345', 'wss://gw.example.com/twilio/media#rc=2')).toBe('xOtUNom2O6Ixz0xt8ODDv8MkQUY=')
})

test.each(['POST', 'GET'] as const)('the official SDK accepts our %s webhook and our media upgrade', async (method) => {
  const gateway = await startGateway(
    (_, { wsUrl }) => streamTwiml(`${wsUrl}/media/abc`),
    ({ socket }) => socket.close(),
  )
  const stand = await createTwilio({
    accountSid,
    authToken,
    anyNumber: { voiceUrl: `${gateway.url}/twiml?tenant=a%20b` },
  })
  try {
    const result = await stand.placeCall({
      to: ourNumber,
      from: callerNumber,
      callerName: 'Zoë & Co',
      extra: { Empty: '' },
      method,
    }).ended
    expect(result.errors).toEqual([])

    const webhook = gateway.webhooks[0]!
    const signature = String(webhook.headers['x-twilio-signature'])
    const query = new URLSearchParams(webhook.params).toString()
    const url = `${gateway.url}/twiml?tenant=a%20b`
    if (method === 'POST') {
      expect(webhook.headers).toMatchObject({
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
      })
      expect(webhook.params).toMatchObject({
        AccountSid: accountSid,
        CallStatus: 'ringing',
        Direction: 'inbound',
        From: callerNumber,
        To: ourNumber,
        CallerName: 'Zoë & Co',
        StirVerstat: 'TN-Validation-Passed-A',
      })
      expect(twilio.validateRequest(authToken, signature, url, webhook.params)).toBe(true)
      expect(twilio.validateRequest(authToken, signature, url, { ...webhook.params, From: '+14155550198' })).toBe(false)
    } else {
      expect(twilio.validateRequest(authToken, signature, `${gateway.url}/twiml?${query}`, {})).toBe(true)
    }

    const upgrade = gateway.streams[0]!
    const upgradeSignature = String(upgrade.headers['x-twilio-signature'])
    expect(twilio.validateRequest(authToken, upgradeSignature, `${gateway.wsUrl}/media/abc`, {})).toBe(true)
    expect(twilio.validateRequest(authToken, upgradeSignature, `${gateway.wsUrl}/media/abd`, {})).toBe(false)
  } finally {
    await stand.close()
    await gateway.close()
  }
})
