import type { AddressInfo } from 'node:net'
import { GatewayError } from '@llc-phone/core'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { AUTH_TOKEN, callSidOf, PUBLIC_URL, ringing, sign, testGateway, tokenIn } from './support/gateway.ts'

const CALL = callSidOf(1)
const SETTINGS = 'x-twilio-webhooks-signature-settings'
const variables = {
  PUBLIC_URL,
  OPENAI_API_KEY: 'sk-secret-value',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: AUTH_TOKEN,
  TWILIO_PHONE_NUMBER: '+14155550100',
  ADMIN_TOKEN: 'an-admin-token-that-is-long-enough',
}

describe('PUBLIC_URL', () => {
  it.each([
    'HTTPS://Phone.Example.COM',
    'https://Phone.Example.com/',
    'https://phone.example.com:443',
    'https://PHONE.example.com:443/',
    'https://phone.example.com//',
  ])('%s works for the voice URL as it was written, for the plain one, and for media', async (written) => {
    const env = parseEnv({ ...variables, PUBLIC_URL: written }, { mode: 'start' })
    expect(env.PUBLIC_URL).toBe(PUBLIC_URL)
    const publicUrl = env.PUBLIC_URL_AS_WRITTEN ?? env.PUBLIC_URL
    const calls = fakeRegistry()
    const gateway = await testGateway(calls.registry, { publicUrl })
    const form = ringing(CALL)
    const typed = written.replace(/\/+$/, '')
    for (const origin of [typed, PUBLIC_URL, `${PUBLIC_URL}:443`]) {
      const answer = await gateway.post('/twiml', form, { signature: sign(`${origin}/twiml`, form) })
      expect([origin, answer.status]).toEqual([origin, 200])
      expect(answer.body).toContain('action="https://phone.example.com/twilio/after-stream#rc=2&amp;rp=ct,rt,5xx"')
      expect(answer.body).toContain('url="wss://phone.example.com/media/')
    }
  })

  it('keeps a port that is not the default one', () => {
    const env = parseEnv({ ...variables, PUBLIC_URL: 'https://Phone.example.com:8443/' }, { mode: 'start' })
    expect([env.PUBLIC_URL, env.PUBLIC_URL_AS_WRITTEN]).toEqual([
      'https://phone.example.com:8443',
      'https://Phone.example.com:8443',
    ])
  })
})

describe('the address that Twilio asks', () => {
  const form = ringing(CALL)

  it.each([
    '/twiml/',
    '//twiml',
    '/twilio/after-stream/',
    '/twilio/after-record/voicemail/?empty=1',
    '/twilio/person/call_1/1/',
    '/twilio/status/',
  ])('%s is the one without the slash, signed as it is', async (path) => {
    const gateway = await testGateway(fakeRegistry().registry)
    expect((await gateway.post(path, form)).status).toBeLessThan(300)
    const other = sign(`${PUBLIC_URL}${path.replaceAll(/\/(?=\?|$)|^\/(?=\/)/g, '')}`, form)
    expect((await gateway.post(path, form, { signature: other })).status).toBe(403)
  })

  it.each(['GET', 'POST'] as const)('is verified over the bytes as received: %s', async (method) => {
    const gateway = await testGateway(fakeRegistry().registry)
    await gateway.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = gateway.app.server.address() as AddressInfo
    const fields = new URLSearchParams(form).toString()
    const target = `/twiml/?desk=O'Brien@x:1${method === 'GET' ? `&${fields}` : ''}`
    const { request } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      const headers = {
        'x-twilio-signature': sign(`${PUBLIC_URL}${target}`, method === 'GET' ? {} : form),
        'content-type': 'application/x-www-form-urlencoded',
      }
      request({ port, host: '127.0.0.1', path: target, method, headers }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end(method === 'GET' ? undefined : fields)
    })
    await gateway.app.close()
    expect(status).toBe(200)
  })
})

describe('webhooks signed with a shared key', () => {
  const [OLD, NEW] = ['webhooks_sharedkey_01', 'webhooks_sharedkey_02']
  const sharedKeys = new Map([
    [OLD, 'old-shared-secret'],
    [NEW, 'new-shared-secret'],
  ])
  const form = ringing(CALL)
  const post = async (settings: string, secret: string, algorithm = 'HMAC_SHA256', keys = sharedKeys) => {
    const gateway = await testGateway(fakeRegistry().registry, { sharedKeys: keys })
    const signature = sign(`${PUBLIC_URL}/twiml`, form, secret, algorithm)
    const answer = await gateway.post('/twiml', form, { signature, headers: { [SETTINGS]: settings } })
    return { gateway, status: answer.status }
  }

  it.each([
    [`key=${OLD},algorithm=HMAC_SHA256`, 'old-shared-secret', 'HMAC_SHA256'],
    [`key=${NEW},algorithm=HMAC_SHA256`, 'new-shared-secret', 'HMAC_SHA256'],
    [` Key = ${NEW} , algorithm = hmac_sha256 `, 'new-shared-secret', 'HMAC_SHA256'],
    [`key="${NEW}"; algorithm="HMAC-SHA256"`, 'new-shared-secret', 'HMAC_SHA256'],
    [`algorithm=HMAC_SHA1,key=${NEW}`, 'new-shared-secret', 'HMAC_SHA1'],
    [`key=${NEW}`, 'new-shared-secret', 'HMAC_SHA1'],
    ['algorithm=HMAC_SHA256', 'new-shared-secret', 'HMAC_SHA256'],
  ])('are taken while both keys are in use: %s', async (settings, secret, algorithm) => {
    expect((await post(settings, secret, algorithm)).status).toBe(200)
  })

  it.each([
    ['another key of ours', `key=${NEW},algorithm=HMAC_SHA256`, 'old-shared-secret', 'HMAC_SHA256', 'does not match'],
    ['the auth token', `key=${NEW},algorithm=HMAC_SHA1`, AUTH_TOKEN, 'HMAC_SHA1', 'does not match'],
    ['another algorithm', `key=${NEW},algorithm=HMAC_SHA256`, 'new-shared-secret', 'HMAC_SHA1', 'does not match'],
    ['an algorithm nobody knows', `key=${NEW},algorithm=ED25519`, 'new-shared-secret', 'HMAC_SHA1', 'HMAC_SHA256 are'],
    [
      'a key we do not have',
      'key=webhooks_sharedkey_99,algorithm=HMAC_SHA256',
      'x',
      'HMAC_SHA256',
      'the shared key webhooks_sharedkey_99, which TWILIO_WEBHOOK_SHARED_KEYS does not hold',
    ],
    ['an absurd key', 'key=<b>\u0000{},algorithm=HMAC_SHA256', 'x', 'HMAC_SHA256', '(no readable id)'],
  ])('are refused when signed with %s, and the log says so', async (_what, settings, secret, algorithm, sentence) => {
    const { gateway, status } = await post(settings, secret, algorithm)
    expect(status).toBe(403)
    expect(gateway.logLines).toMatchObject([
      { msg: 'webhook refused', code: 'signature_invalid', reason: expect.stringContaining(sentence) },
    ])
    expect(gateway.logText()).not.toContain('shared-secret')
  })

  it('are refused when there are no shared keys', async () => {
    const { status, gateway } = await post(
      `key=${NEW},algorithm=HMAC_SHA256`,
      'new-shared-secret',
      'HMAC_SHA256',
      new Map(),
    )
    expect(status).toBe(403)
    expect(gateway.logText()).toContain(`the shared key ${NEW}, which TWILIO_WEBHOOK_SHARED_KEYS does not hold`)
  })

  it('do not keep those without the header from being signed with the auth token', async () => {
    const gateway = await testGateway(fakeRegistry().registry, { sharedKeys })
    expect((await gateway.post('/twiml', form)).status).toBe(200)
    expect((await gateway.post('/twiml', form, { headers: { [SETTINGS]: ' ' } })).status).toBe(200)
    const signature = sign(`${PUBLIC_URL}/twiml`, form, 'new-shared-secret')
    expect((await gateway.post('/twiml', form, { signature })).status).toBe(403)
  })

  let port = 0
  let close = async (): Promise<unknown> => undefined
  afterEach(() => close())
  const upgrade = (path: string, headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
      socket.once('open', () => (socket.close(), resolve('open')))
      socket.once('unexpected-response', (request, { statusCode }) => (request.destroy(), resolve(statusCode)))
      socket.once('error', reject)
    })

  it('open their media stream too', async () => {
    const gateway = await testGateway(fakeRegistry().registry, { sharedKeys })
    await gateway.app.listen({ port: 0, host: '127.0.0.1' })
    close = () => gateway.app.close()
    port = (gateway.app.server.address() as AddressInfo).port
    const path = `/media/${tokenIn((await gateway.post('/twiml', form)).body)}`
    const signature = sign(`wss://phone.example.com${path}`, {}, 'new-shared-secret', 'HMAC_SHA256')
    const settings = (key: string) => ({
      'x-twilio-signature': signature,
      [SETTINGS]: `key=${key},algorithm=HMAC_SHA256`,
    })
    expect(await upgrade(path, settings(OLD))).toBe(403)
    expect(await upgrade(path, settings('other'))).toBe(403)
    expect(await upgrade(path, settings(NEW))).toBe('open')
  })
})

describe('TWILIO_WEBHOOK_SHARED_KEYS', () => {
  const parsed = (value: string) => parseEnv({ ...variables, TWILIO_WEBHOOK_SHARED_KEYS: value }, { mode: 'start' })

  it('holds several keys with their secrets, which stay secret', () => {
    const env = parsed(' key-1 : first-secret= , key-2:second:secret,')
    expect([...env.TWILIO_WEBHOOK_SHARED_KEYS!]).toEqual([
      ['key-1', 'first-secret='],
      ['key-2', 'second:secret'],
    ])
    expect(secretsOf(env)).toEqual(expect.arrayContaining(['first-secret=', 'second:secret']))
    expect(parsed('').TWILIO_WEBHOOK_SHARED_KEYS).toBeUndefined()
  })

  it.each([
    ['hush-hush-secret', 'entry 1 is not'],
    ['key-1:hush-hush-secret,hush-again', 'entry 2 is not'],
    [':hush-hush-secret', 'entry 1 is not'],
    ['key-1:', 'entry 1 is not'],
    ['key one:hush-hush-secret', 'entry 1 is not'],
    ['key-1:hush hush', 'entry 1 is not'],
    ['key-1:hush-hush-secret,key-1:hush-again', 'names a key twice: entry 2'],
    [' , ', 'holds no key'],
  ])('is refused at start, without a secret in the message: %s', (value, sentence) => {
    expect(() => parsed(value)).toThrow(GatewayError)
    expect(() => parsed(value)).toThrow(sentence)
    expect(() => parsed(value)).not.toThrow('hush')
  })
})
