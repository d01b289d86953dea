import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { e164, PlacingFailed, type Placing } from '@llc-phone/core'
import { createTwilio } from '@llc-phone/sim'
import { afterEach, describe, expect, it } from 'vitest'
import { createAccounts } from '../src/accounts.ts'
import { createCarrier } from '../src/carrier.ts'
import { restOriginOf } from '../src/rest-transport.ts'
import { createTwiml } from '../src/twiml.ts'
import { callSidOf, PUBLIC_URL } from './support/requests.ts'

const ACCOUNT = `AC${'1'.repeat(32)}`
const TOKEN = 'the-auth-token'
const TO = e164('+14155550120')
const FROM = e164('+14155550100')

const placing: Placing = {
  callId: 'call-1',
  to: TO,
  from: FROM,
  ringSeconds: 25,
  timeLimitSeconds: 1_800,
  detection: 'off',
}

const carrierAt = (apiUrl: string) =>
  createCarrier({
    accounts: createAccounts({ accountSid: ACCOUNT, authToken: TOKEN, apiUrl }),
    publicUrl: PUBLIC_URL,
    connect: (callId) => createTwiml(PUBLIC_URL).stream(`token-of-${callId}`),
  })

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const listening = async (handle: RequestListener) => {
  server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return carrierAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const answering = (status: number, body: string) => {
  const forms: URLSearchParams[] = []
  const carrier = listening((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      forms.push(new URLSearchParams(text))
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })
  })
  return { forms, carrier }
}

const refusal = (status: number, code: number) =>
  JSON.stringify({ code, message: `Call to ${TO} with ${TOKEN} refused`, more_info: 'https://example.com', status })

const failureOf = async (placed: Promise<unknown>): Promise<PlacingFailed> => {
  const error = await placed.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(PlacingFailed)
  return error as PlacingFailed
}

describe('the request', () => {
  it('carries the stream, the limits and callbacks that name the call', async () => {
    const { forms, carrier } = answering(201, JSON.stringify({ sid: callSidOf(7), status: 'queued' }))
    expect(await (await carrier).place(placing)).toEqual({ legId: callSidOf(7) })
    const [form] = forms
    expect(Object.fromEntries(form!)).toEqual({
      To: TO,
      From: FROM,
      Twiml:
        '<?xml version="1.0" encoding="UTF-8"?><Response><Connect action="https://phone.example.com/twilio/after-stream#rc=2&amp;rp=ct,rt,5xx" method="POST">' +
        '<Stream url="wss://phone.example.com/media/token-of-call-1"/></Connect></Response>',
      Timeout: '25',
      TimeLimit: '1800',
      StatusCallback: 'https://phone.example.com/twilio/status/call-1#rc=2&rp=ct,rt,5xx',
      StatusCallbackEvent: 'completed',
    })
    expect(form!.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed'])
  })

  it('presses the keys of an extension once the number has answered', async () => {
    const { forms, carrier } = answering(201, JSON.stringify({ sid: callSidOf(7) }))
    await (await carrier).place({ ...placing, extension: '22' })
    expect(forms[0]!.get('SendDigits')).toBe('ww22')
  })

  it.each([
    ['start', 'Enable'],
    ['messageEnd', 'DetectMessageEnd'],
  ] as const)('detects machines beside the stream, never before it: %s', async (detection, word) => {
    const { forms, carrier } = answering(201, JSON.stringify({ sid: callSidOf(7) }))
    await (await carrier).place({ ...placing, detection })
    expect(Object.fromEntries(forms[0]!)).toMatchObject({
      MachineDetection: word,
      AsyncAmd: 'true',
      AsyncAmdStatusCallback: 'https://phone.example.com/twilio/amd/call-1#rc=2&rp=ct,rt,5xx',
    })
  })

  it.each([
    [{}, 'https://api.twilio.com'],
    [{ edge: 'sydney', region: 'au1' }, 'https://api.sydney.au1.twilio.com'],
    [{ edge: 'dublin', region: 'ie1' }, 'https://api.dublin.ie1.twilio.com'],
    [{ apiUrl: 'http://127.0.0.1:9/' }, 'http://127.0.0.1:9'],
  ])('goes, with %o, to %s', (where, origin) => {
    expect(restOriginOf(where)).toBe(origin)
  })

  it('carries the credentials, and the filters of a search', async () => {
    const asked: (string | undefined)[][] = []
    const carrier = await listening(({ method, url, headers }, response) => {
      asked.push([method, url, headers.authorization])
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"calls":[],"next_page_uri":null}')
    })
    expect(await carrier.find({ to: TO, from: FROM, since: new Date(0) })).toEqual([])
    expect(asked).toEqual([
      [
        'GET',
        `/2010-04-01/Accounts/${ACCOUNT}/Calls.json?To=%2B14155550120&From=%2B14155550100&PageSize=20`,
        `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`,
      ],
    ])
  })
})

describe('a failure says whether there may be a call', () => {
  it.each([
    [400, 21215, 'refused', 'geographic permissions'],
    [400, 21210, 'refused', 'not owned'],
    [401, 20003, 'refused', 'TWILIO_AUTH_TOKEN'],
    [404, 20404, 'refused', 'status 404'],
    [429, 20429, 'busy', 'no more calls'],
    [429, 0, 'busy', 'no more calls'],
    [400, 10004, 'busy', 'no more calls'],
    [408, 0, 'unknown', 'has not said'],
    [500, 20500, 'unknown', 'has not said'],
    [503, 20503, 'unknown', 'has not said'],
  ])('status %i, code %i: %s', async (status, code, kind, text) => {
    const { forms, carrier } = answering(status, refusal(status, code))
    const failure = await failureOf((await carrier).place(placing))
    expect([failure.kind, failure.carrierCode]).toEqual([kind, code])
    expect(failure.message).toContain(text)
    // Twilio's own words quote numbers, and the SDK's error the credentials.
    expect(`${failure.message} ${JSON.stringify(failure)} ${String(failure.cause)}`).not.toMatch(/5550120|auth-token/)
    // Once, whatever came back.
    expect(forms).toHaveLength(1)
  })

  it.each([
    ['markup of a proxy', 502, '<html>Bad Gateway</html>'],
    ['an answer that is no JSON', 201, '{"sid": "CA'],
    ['an answer that names no call', 201, '{"status":"queued"}'],
    ['an empty answer', 201, ''],
    ['a redirect', 302, ''],
  ])('%s: unknown', async (_what, status, body) => {
    const { carrier } = answering(status, body)
    expect((await failureOf((await carrier).place(placing))).kind).toBe('unknown')
  })

  it('a connection that breaks after the request: unknown', async () => {
    const carrier = await listening((request) => request.on('data', () => request.socket.destroy()))
    expect((await failureOf(carrier.place(placing))).kind).toBe('unknown')
  })

  it('nobody there, or no such host: unsent', async () => {
    await listening(() => undefined)
    const { port } = server!.address() as AddressInfo
    server!.close()
    await once(server!, 'close')
    expect((await failureOf(carrierAt(`http://127.0.0.1:${port}`).place(placing))).kind).toBe('unsent')
    expect((await failureOf(carrierAt('http://nowhere.invalid').place(placing))).kind).toBe('unsent')
  })
})

it('finds, asks about and ends the calls of the simulated Twilio', async () => {
  const twilio = await createTwilio({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    anyNumber: { voiceUrl: 'http://127.0.0.1:9/twiml' },
  })
  try {
    const carrier = carrierAt(twilio.url)
    const since = new Date()
    expect(await carrier.find({ to: TO, from: FROM, since })).toEqual([])
    const { legId } = await carrier.place(placing)
    const [found, ...others] = await carrier.find({ to: TO, from: FROM, since })
    expect([found?.legId, others]).toEqual([legId, []])
    expect(Math.abs(found!.createdAt.getTime() - since.getTime())).toBeLessThan(5_000)
    expect(await carrier.find({ to: TO, from: FROM, since: new Date(Date.now() + 3_600_000) })).toEqual([])
    expect(await carrier.find({ to: e164('+14155550121'), from: FROM, since })).toEqual([])
    expect(await carrier.status(callSidOf(99))).toBeUndefined()
    expect(['queued', 'ringing', 'answered']).toContain(await carrier.status(legId))
    await carrier.end(legId)
    expect(['completed', 'canceled']).toContain(await carrier.status(legId))
    await carrier.end(legId)
    await carrier.end(callSidOf(99))
  } finally {
    await twilio.close()
  }
})
