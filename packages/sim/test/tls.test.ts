import { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createRealtimeServer } from '../src/realtime/server.ts'
import { makeCertificate, type Certificate } from '../src/tls/certificate.ts'
import { isLoopback, type ReachOptions } from '@llc-phone/virtual-carrier/reach'
import { createTwilio } from '../src/twilio/create-twilio.ts'
import {
  accountSid,
  authToken,
  callerNumber,
  ourNumber,
  startGateway,
  streamTwiml,
  tone,
  type Webhook,
} from './twilio-gateway.ts'

test('a certificate made here is good for this machine, and for the names it was asked for', () => {
  const { ca, cert, key } = makeCertificate()
  const [authority, server] = [new X509Certificate(ca), new X509Certificate(cert)]
  expect(authority.ca).toBe(true)
  expect(authority.verify(authority.publicKey)).toBe(true)
  expect(server.ca).toBe(false)
  expect(server.verify(authority.publicKey)).toBe(true)
  expect(server.checkIssued(authority)).toBe(true)
  expect([server.checkHost('localhost'), server.checkIP('127.0.0.1'), server.checkIP('::1')]).not.toContain(undefined)
  expect(server.checkHost('phone.example.com')).toBeUndefined()
  expect(server.validFromDate < new Date() && server.validToDate > new Date()).toBe(true)
  // Its own key only: nobody has the authority's any more.
  expect(key).toContain('PRIVATE KEY')
  expect(makeCertificate().ca).not.toBe(ca)

  const named = new X509Certificate(makeCertificate(['phone.example.com', '2001:db8::7', '10.1.2.3']).cert)
  expect(named.checkHost('phone.example.com')).toBe('phone.example.com')
  expect([named.checkIP('2001:db8::7'), named.checkIP('10.1.2.3')]).not.toContain(undefined)
  expect(named.checkIP('127.0.0.1')).toBeUndefined()
})

/** Resolves with the first event's type, or with what the connection failed of. */
const firstEvent = (url: string, ca?: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${url}?model=gpt-realtime-1.5`, {
      headers: { authorization: 'Bearer sk' },
      ...(ca !== undefined && { ca }),
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
    socket.on('message', (data) => {
      socket.terminate()
      resolve((JSON.parse((data as Buffer).toString()) as { type: string }).type)
    })
  })

test('the simulated model speaks TLS to a client that insists on wss:, and only to one that trusts it', async () => {
  const server = await createRealtimeServer({ tls: true })
  try {
    expect(server.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/v1\/realtime$/)
    expect(await firstEvent(server.url, server.ca)).toBe('session.created')
    expect(await firstEvent(server.url.replace('127.0.0.1', 'localhost'), server.ca)).toBe('session.created')
    expect(await firstEvent(server.url)).toMatch(/UNABLE_TO|SELF_SIGNED/)
  } finally {
    await server.close()
  }
})

test('both simulators can share one certificate, so that a client trusts one authority', async () => {
  const certificate = makeCertificate()
  const [model, twilio] = await Promise.all([
    createRealtimeServer({ tls: certificate }),
    createTwilio({ accountSid, authToken, tls: certificate }),
  ])
  try {
    expect([model.ca, twilio.ca]).toEqual([certificate.ca, certificate.ca])
    expect(await firstEvent(model.url, certificate.ca)).toBe('session.created')
    expect(twilio.url).toMatch(/^https:/)
    const auth = `${accountSid}:${authToken}`
    const url = `${twilio.url}/2010-04-01/Accounts/${accountSid}/Calls.json`
    const status = await new Promise((resolve, reject) => {
      request(url, { ca: certificate.ca, auth }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
  } finally {
    await Promise.all([model.close(), twilio.close()])
  }
})

/** Rings a gateway that shows this certificate, and that greets. */
async function ringOver(certificate: Certificate | undefined, reach: ReachOptions, change = (url: string) => url) {
  const gateway = await startGateway(
    ({ path }: Webhook, { wsUrl }) => (path === '/voice' ? streamTwiml(`${change(wsUrl)}/media`) : '<Response/>'),
    (stream) => {
      stream.play(tone(100))
      stream.mark('end')
      void stream.next('mark').then(() => stream.socket.close())
    },
    certificate,
  )
  const voiceUrl = `${change(gateway.url)}/voice`
  const statusCallback = `${change(gateway.url)}/status`
  const stand = await createTwilio({ accountSid, authToken, reach, anyNumber: { voiceUrl, statusCallback } })
  try {
    const { status, errors, timeline } = await stand.placeCall({ to: ourNumber, from: callerNumber }).ended
    const heard = timeline.some(({ type }) => type === 'assistant-start')
    return { status, heard, codes: errors.map(({ code }) => code), said: errors[0]?.message ?? '' }
  } finally {
    await Promise.all([stand.close(), gateway.close()])
  }
}

const ours = makeCertificate()

test.each([
  ['by its authority', { ca: ours.ca }],
  ['because it is on this machine and nobody looks', { insecure: true }],
])('a gateway with a certificate of its own is rung over https: and wss:, trusted %s', async (_, reach) => {
  expect(await ringOver(ours, reach)).toMatchObject({ status: 'completed', heard: true, codes: [] })
})

test('a certificate nobody vouches for is not taken, and the code is the one Twilio has for it', async () => {
  const { status, heard, codes } = await ringOver(ours, {})
  expect({ status, heard, codes: [...new Set(codes)] }).toEqual({ status: 'failed', heard: false, codes: [11237] })
})

test('a certificate for another name is told from one that is not trusted', async () => {
  const elsewhere = makeCertificate(['phone.example.com'])
  const { codes } = await ringOver(elsewhere, { ca: elsewhere.ca })
  expect(new Set(codes)).toEqual(new Set([11235]))
})

test('https: where plain HTTP is spoken is a failed handshake, and so is wss:', async () => {
  const webhook = await ringOver(undefined, {}, (url) => url.replace('http:', 'https:'))
  expect(new Set(webhook.codes)).toEqual(new Set([11220]))
  const media = await ringOver(undefined, {}, (url) => url.replace('ws:', 'wss:'))
  expect(media.codes).toEqual([31910])
})

test('a gateway that writes wss: with its own host, as behind a proxy, is rung without the proxy', async () => {
  const written = (url: string): string => url.replace('ws:', 'wss:')
  expect(await ringOver(undefined, { insecure: true }, written)).toMatchObject({ heard: true, codes: [] })
})

test('no address outside this machine is contacted unless it was allowed', async () => {
  const outside = (url: string): string => url.replace('127.0.0.1', 'phone.example.com')
  const webhook = await ringOver(undefined, { insecure: true }, (url) => (url.startsWith('http') ? outside(url) : url))
  expect(new Set(webhook.codes)).toEqual(new Set([11210]))
  expect(webhook.said).toContain('phone.example.com is not this machine')
  const media = await ringOver(undefined, {}, (url) => (url.startsWith('ws') ? outside(url) : url))
  expect(media.codes).toEqual([31901])
})

test('a redirect is followed on this machine, and not off it', async () => {
  const gateway = await startGateway(({ path }) => {
    if (path === '/voice') return { status: 302, body: '', headers: { location: '/moved' } }
    if (path === '/away') return { status: 302, body: '', headers: { location: 'http://phone.example.com/' } }
    return '<Response><Hangup/></Response>'
  })
  const numbers = {
    [ourNumber]: { voiceUrl: `${gateway.url}/voice` },
    '+14155550102': { voiceUrl: `${gateway.url}/away` },
  }
  const stand = await createTwilio({ accountSid, authToken, numbers })
  try {
    expect((await stand.placeCall({ to: ourNumber, from: callerNumber }).ended).errors).toEqual([])
    expect(gateway.webhooks.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /voice', 'GET /moved'])
    const away = await stand.placeCall({ to: '+14155550102', from: callerNumber }).ended
    expect(away.errors.map(({ code }) => code)).toEqual([11210])
  } finally {
    await Promise.all([stand.close(), gateway.close()])
  }
})

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['localhost', true],
  ['gateway.localhost', true],
  ['[::1]', true],
  ['::1', true],
  ['0.0.0.0', true],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['mylocalhost', false],
  ['10.0.0.1', false],
  ['[::2]', false],
  ['example.com', false],
])('%s is this machine: %s', (hostname, expected) => expect(isLoopback(hostname)).toBe(expected))
