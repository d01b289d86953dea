import { expect, it } from 'vitest'
import { createSignatureCheck } from '../src/signature.ts'
import { createTwiml } from '../src/twiml.ts'
import { AUTH_TOKEN, callSidOf, PUBLIC_URL, sign } from './support/requests.ts'
import { startRig } from './support/rig.ts'

const twiml = createTwiml(`${PUBLIC_URL}/i/a`)
const person = { number: '+14155550112' as never, label: 'Support' }
const documents = [
  twiml.stream('token'),
  twiml.keys('1', 'token'),
  twiml.dial('+14155550112' as never, '+14155550101' as never),
  twiml.record('support'),
  twiml.conference('room', 'caller'),
  twiml.askPerson('en', { label: 'Support', introduction: 'A caller.' }, 'call/1'),
  twiml.apology('en', '+14155550101' as never, person),
]

it.each(documents)('every URL of a document begins with the path of the instance: %s', (document) => {
  const urls = [...document.matchAll(/(?:https|wss):[^"<]*/g)].map(([url]) => url)
  expect(urls.length).toBeGreaterThan(0)
  for (const url of urls) expect(url).toMatch(/^(?:https|wss):\/\/phone\.example\.com\/i\/a\/(?:twilio|media)\//)
})

const check = createSignatureCheck({
  publicUrl: PUBLIC_URL,
  authTokens: [AUTH_TOKEN],
  prefixes: () => ['/i/a', '/i/b'],
  otherOrigins: () => ['https://b.example.com'],
})
const signed = (url: string) => ({ 'x-twilio-signature': sign(url) })

it('the signature is over the whole path', () => {
  const headers = signed(`${PUBLIC_URL}/i/a/twilio/status`)
  expect(check.request(headers, '/i/a/twilio/status', {})).toBeUndefined()
  expect(check.request(headers, '/i/b/twilio/status', {})).toContain('does not match')
})

it('a proxy that strips the path is named', () => {
  const headers = signed(`${PUBLIC_URL}/i/b/twilio/status`)
  expect(check.request(headers, '/twilio/status', {})).toMatch(/\/i\/b .*the proxy strips it/)
  const media = signed('wss://phone.example.com/i/a/media/abc')
  expect(check.upgrade(media, '/media/abc')).toMatch(/\/i\/a .*the proxy strips it/)
  expect(check.upgrade(media, '/i/a/media/abc')).toBeUndefined()
})

it('instances may have origins of their own', () => {
  expect(check.request(signed('https://b.example.com/twilio/status'), '/twilio/status', {})).toBeUndefined()
  expect(check.upgrade(signed('wss://b.example.com/media/abc'), '/media/abc')).toBeUndefined()
  expect(check.request(signed('https://c.example.com/twilio/status'), '/twilio/status', {})).toBeDefined()
})

it('what Twilio asks at the origin of this instance is signed for that', async () => {
  const own = 'https://a.example.com'
  const rig = await startRig({ callUrl: own })
  const form = { CallSid: callSidOf(1), CallStatus: 'in-progress' }
  const ask = (origin: string) =>
    fetch(`${rig.publicUrl}/twilio/after-stream`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { 'x-twilio-signature': sign(`${origin}/twilio/after-stream`, form) },
    })
  try {
    expect((await ask(own)).status).toBe(200)
    expect((await ask(rig.publicUrl)).status).toBe(200)
    expect(rig.refused).toEqual([])
    await ask('https://b.example.com')
    expect(rig.refused).toEqual(['signature_invalid'])
  } finally {
    await rig.close()
  }
})
