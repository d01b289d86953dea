import { e164 } from '@llc-phone/core'
import { createTwilio, type SimTwilio } from '@llc-phone/sim'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { differencesOf, readNumberWebhooks, setNumberWebhooks } from '../src/number-webhooks.ts'

const PUBLIC_URL = 'https://phone.example.com'
const accountSid = `AC${'1'.repeat(32)}`
const authToken = 'the-auth-token'
const GOOD = e164('+14155550101')
const ELSEWHERE = e164('+14155550102')
const NOBODYS = e164('+14155550109')

let twilio: SimTwilio
beforeAll(async () => {
  twilio = await createTwilio({
    accountSid,
    authToken,
    numbers: {
      [GOOD]: { voiceUrl: `${PUBLIC_URL}/twiml`, statusCallback: `${PUBLIC_URL}/twilio/status` },
      [ELSEWHERE]: { voiceUrl: 'https://demo.twilio.com/welcome/voice/', method: 'GET' },
    },
  })
})
afterAll(() => twilio.close())

const account = () => ({ accountSid, authToken, apiUrl: twilio.url })

it('reads every number of ours, and says which of them is none of the account', async () => {
  const [good, elsewhere, nobodys] = await readNumberWebhooks(account(), [GOOD, ELSEWHERE, NOBODYS])
  expect(differencesOf(good!.at!, PUBLIC_URL)).toEqual([])
  expect(differencesOf(elsewhere!.at!, PUBLIC_URL)).toEqual([
    {
      what: 'voice URL',
      before: 'https://demo.twilio.com/welcome/voice/',
      after: `${PUBLIC_URL}/twiml`,
      isFatal: true,
    },
    { what: 'method', before: 'GET', after: 'POST', isFatal: false },
    { what: 'status callback', before: '', after: `${PUBLIC_URL}/twilio/status`, isFatal: false },
  ])
  expect(nobodys).toEqual({ number: NOBODYS })
})

it('sets a number right, and nothing is different then', async () => {
  const [elsewhere] = await readNumberWebhooks(account(), [ELSEWHERE])
  const after = await setNumberWebhooks(account(), elsewhere!.at!, PUBLIC_URL)
  expect(differencesOf(after, PUBLIC_URL)).toEqual([])
  const [again] = await readNumberWebhooks(account(), [ELSEWHERE])
  expect(again!.at).toMatchObject({ voiceUrl: `${PUBLIC_URL}/twiml`, voiceMethod: 'POST' })
})

it('says what Twilio has against it, without the token', async () => {
  const wrong = readNumberWebhooks({ ...account(), authToken: 'another' }, [GOOD])
  await expect(wrong).rejects.toMatchObject({
    code: 'call_control_failed',
    message: 'Twilio refuses it (status 401, code 20003): Authenticate',
  })
  const nobody = readNumberWebhooks({ ...account(), apiUrl: 'http://127.0.0.1:9' }, [GOOD])
  await expect(nobody).rejects.toMatchObject({ code: 'call_control_failed' })
})

const right = {
  voiceUrl: `${PUBLIC_URL}/twiml`,
  voiceMethod: 'POST',
  statusCallback: `${PUBLIC_URL}/twilio/status`,
  statusCallbackMethod: 'POST',
  voiceApplicationSid: '',
  trunkSid: '',
}

it('a slash, a query and how often Twilio tries again make no difference', () => {
  const voiceUrl = `https://PHONE.example.com:443/twiml/?x=1#rc=2&rp=all`
  expect(differencesOf({ ...right, voiceUrl }, PUBLIC_URL)).toEqual([])
})

it('an application and a SIP trunk keep calls from the voice URL; a trunk is left alone', () => {
  expect(differencesOf({ ...right, voiceApplicationSid: 'AP1', trunkSid: 'TK1' }, PUBLIC_URL)).toEqual([
    { what: 'SIP trunk', before: 'TK1', isFatal: true },
    { what: 'application', before: 'AP1', after: '', isFatal: true },
  ])
})
