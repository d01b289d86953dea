import { describe, expect, it } from 'vitest'
import { createSignatureCheck } from '../src/signature.ts'
import { AUTH_TOKEN, PUBLIC_URL, sign } from './support/requests.ts'

const form = { CallSid: 'CA1', From: '+14155550199', To: '+14155550101' }

describe('the public URL', () => {
  it('works in the capitals that stand at Twilio, which the host in the request shows', () => {
    const check = createSignatureCheck({ publicUrl: `${PUBLIC_URL}:8443`, authTokens: [AUTH_TOKEN] })
    const asked = (origin: string, host: string) =>
      check.request({ host, 'x-twilio-signature': sign(`${origin}/twiml`) }, '/twiml', {})
    expect(asked('https://Phone.Example.com:8443', 'Phone.Example.com:8443')).toBeUndefined()
    expect(asked('https://phone.example.com:8443', 'Phone.Example.com:8443')).toBeUndefined()
    expect(asked('https://Evil.example.com', 'Evil.example.com')).toContain('does not match')
    expect(asked('https://Phone.Example.com:9443', 'Phone.Example.com:9443')).toContain('does not match')
    const capitals = createSignatureCheck({ publicUrl: 'HTTPS://Phone.Example.com', authTokens: [AUTH_TOKEN] })
    const signed = { 'x-twilio-signature': sign('https://Phone.Example.com/twiml') }
    expect(capitals.request(signed, '/twiml', {})).toBeUndefined()
  })

  it.each(['HTTPS://Phone.Example.COM', 'https://Phone.Example.com/', 'https://phone.example.com:443'])(
    '%s is media’s too, with the default port and without',
    (publicUrl) => {
      const signature = createSignatureCheck({ publicUrl, authTokens: [AUTH_TOKEN] })
      for (const origin of ['wss://phone.example.com', 'wss://phone.example.com:443'])
        expect(signature.upgrade({ 'x-twilio-signature': sign(`${origin}/media/abc`) }, '/media/abc')).toBeUndefined()
    },
  )

  it('may have a port that is not the default one', () => {
    const check = createSignatureCheck({ publicUrl: 'https://Phone.example.com:8443', authTokens: [AUTH_TOKEN] })
    const signed = { 'x-twilio-signature': sign('https://Phone.example.com:8443/twiml') }
    expect(check.request(signed, '/twiml', {})).toBeUndefined()
    expect(check.request({ 'x-twilio-signature': sign('https://evil.com:8443/twiml') }, '/twiml', {})).toBeDefined()
  })
})

describe('the address that is signed', () => {
  const query = `?name=O'Brien&mail=a@b.c:1&x=(1),[2]!*$;|~&y={z}"^\`<>`
  it.each([
    ['as it is', query, query],
    ['and a client has escaped what URL parsers escape', query, new URL(`${PUBLIC_URL}/twiml${query}`).search],
    ['beside escapes that were signed', `?tenant=a%20b&name=O'Brien@x:1`, `?tenant=a%20b&name=O%27Brien@x:1`],
    ['and everything was escaped', `?name=O'Brien@x:1`, `?name=O%27Brien%40x%3A1`],
    ['escaped and it comes without', `?name=O%27Brien`, `?name=O'Brien`],
    ['escaped and something on the way has taken all escapes away', `?a=O%27B%40x%3A1%2Fy`, `?a=O'B@x:1/y`],
    ['with spaces and other alphabets', `?name=Zoë B`, `?name=Zo%C3%AB%20B`],
  ])('may hold ‘, @, : and the like, signed %s', async (_how, signed, received) => {
    const check = createSignatureCheck({ publicUrl: PUBLIC_URL, authTokens: [AUTH_TOKEN] })
    for (const parameters of [form, {}]) {
      const headers = { 'x-twilio-signature': sign(`${PUBLIC_URL}/twiml${signed}`, parameters) }
      expect(check.request(headers, `/twiml${received}`, parameters)).toBeUndefined()
      expect(check.request(headers, `/twiml${received}x`, parameters)).toContain('does not match')
    }
  })

  it('may not hold a separator that was signed as text', () => {
    const check = createSignatureCheck({ publicUrl: PUBLIC_URL, authTokens: [AUTH_TOKEN] })
    const headers = { 'x-twilio-signature': sign(`${PUBLIC_URL}/twiml?a=1&To=2`) }
    expect(check.request(headers, '/twiml?a=1%26To=2', {})).toContain('does not match')
  })
})
