import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { ACCOUNT_SID, ADMIN_TOKEN, AUTH_TOKEN } from '../process/gateway-env.ts'
import { mutated, notJson, oddValue } from './odd-values.ts'
import type { Random } from './random.ts'

/** One HTTP request. */
export interface HostileRequest {
  readonly method: string
  /** Path and query, as they are written on the wire. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Not to be sent by a client that checks what it sends. */
  readonly isRaw: boolean
}

const WEBHOOKS = [
  '/twiml',
  '/twilio/after-stream',
  '/twilio/after-dial',
  '/twilio/after-fallback',
  '/twilio/dial-status',
  '/twilio/after-record/sales',
  '/twilio/after-record/__proto__',
  '/twilio/person/x/1',
  '/twilio/person-answer/x/1',
  '/twilio/person-status/x/1',
  '/twilio/status',
  '/twilio/status/x',
  '/twilio/amd',
  '/twilio/amd/x',
  '/twilio/recording',
]

const words = (random: Random): string =>
  random.pick([
    '',
    ' ',
    '+14155550123',
    'anonymous',
    '+266696687',
    'sip:+14155550199@carrier.example.com;user=phone',
    'client:desk',
    '+1\u0000415',
    '9'.repeat(500),
    '\u202e+14155550101',
    '</Say><Dial>+88213000000</Dial>',
    '%00%0d%0a',
    '[object Object]',
    '__proto__',
    'x'.repeat(3_000),
    '\ud83d\ude00'.repeat(50),
    'completed',
    'in-progress',
    'ringing',
    'busy',
    'machine_end_beep',
    '-1',
    '1e9',
    'NaN',
    'https://127.0.0.1/recording',
    'file:///etc/passwd',
  ])

const FIELDS = [
  'CallSid',
  'AccountSid',
  'From',
  'To',
  'CallStatus',
  'Direction',
  'CallerName',
  'Digits',
  'DialCallStatus',
  'DialBridged',
  'DialCallSid',
  'ParentCallSid',
  'RecordingUrl',
  'RecordingSid',
  'RecordingDuration',
  'AnsweredBy',
  'SipResponseCode',
  'SequenceNumber',
  'ErrorCode',
  'ErrorUrl',
  '__proto__',
  'constructor',
]

const sidOf = (random: Random): string => `CA${String(random.below(1e9)).padStart(32, '0')}`

/** The fields of a webhook, of which some are odd. A field may come more than once. */
const formOf = (random: Random): [string, string][] => {
  const form: [string, string][] = [
    ['CallSid', sidOf(random)],
    ['AccountSid', ACCOUNT_SID],
    ['From', '+14155550123'],
    ['To', '+14155550101'],
    // A call that is over opens no session.
    ['CallStatus', 'completed'],
    ['Direction', random.pick(['inbound', 'outbound-api', 'outbound-dial'])],
  ]
  const kept = form.filter(([name]) => name === 'CallStatus' || random.chance(0.9))
  for (let more = random.below(5); more > 0; more--)
    kept.push([random.pick(FIELDS.filter((name) => name !== 'CallStatus')), words(random)])
  if (random.chance(0.01)) for (let index = 0; index < 300; index++) kept.push([`f${index}`, 'x'])
  return kept
}

const signatureOf = (url: string, form: readonly (readonly [string, string])[]): string => {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of form) {
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  return getExpectedTwilioSignature(AUTH_TOKEN, url, fields)
}

const webhook = (origin: string, random: Random): HostileRequest => {
  const query = random.chance(0.1)
    ? `?${encodeURIComponent(words(random).toWellFormed())}=${encodeURIComponent(words(random).toWellFormed())}`
    : ''
  const target = `${random.pick(WEBHOOKS)}${query}`
  const form = formOf(random)
  const encoded = new URLSearchParams(form).toString()
  const type = random.chance(0.9)
    ? 'application/x-www-form-urlencoded'
    : random.pick([
        'application/json',
        'text/plain',
        'multipart/form-data',
        'application/x-www-form-urlencoded\t; charset=utf-7',
        '',
      ])
  const headers = { 'content-type': type, 'x-twilio-signature': signatureOf(`${origin}${target}`, form) }
  const request = { method: 'POST', target, headers, isRaw: false }
  switch (random.below(10)) {
    case 0:
      return { ...request, headers: { 'content-type': type }, body: encoded }
    case 1:
      return {
        ...request,
        headers: { ...headers, 'x-twilio-signature': words(random).replaceAll(/[^ -~]/g, '?') },
        body: encoded,
      }
    case 2:
      return { ...request, body: notJson(random, encoded) }
    case 3:
      return {
        ...request,
        headers: { ...headers, 'x-twilio-signature': signatureOf(`${origin}${target}`, []) },
        body: oddValue(random),
      }
    case 4:
      return { ...request, body: `${encoded}&big=${'x'.repeat(70_000)}` }
    case 5:
      return { ...request, method: random.pick(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE']), body: '' }
    default:
      return { ...request, body: encoded }
  }
}

const ADMIN: readonly { readonly method: string; readonly path: string; readonly body?: object }[] = [
  { method: 'GET', path: '/calls' },
  { method: 'GET', path: '/calls?limit=5&before=2026-01-01T00:00:00Z' },
  { method: 'GET', path: '/calls/ID' },
  { method: 'POST', path: '/calls/ID/hangup' },
  { method: 'GET', path: '/calls/ID/log' },
  { method: 'GET', path: '/numbers' },
  { method: 'GET', path: '/numbers/NUMBER' },
  { method: 'PUT', path: '/numbers/NUMBER', body: { mode: 'noSuchMode', by: 'fuzz' } },
  { method: 'DELETE', path: '/numbers/NUMBER?by=fuzz' },
  { method: 'GET', path: '/do-not-call?limit=3&after=1' },
  { method: 'GET', path: '/do-not-call/NUMBER' },
  { method: 'PUT', path: '/do-not-call/NUMBER', body: { reason: 'asked by letter' } },
  { method: 'POST', path: '/do-not-call', body: { number: '+14155550120' } },
  { method: 'GET', path: '/contacts?limit=3' },
  { method: 'GET', path: '/contacts/NUMBER' },
  {
    method: 'PUT',
    path: '/contacts/NUMBER',
    body: {
      timeZone: 'Europe/Berlin',
      consents: [{ purpose: 'marketing', source: 'form', givenAt: '2026-01-01T00:00:00Z' }],
    },
  },
  { method: 'DELETE', path: '/contacts/NUMBER' },
  { method: 'GET', path: '/phrases' },
  {
    method: 'POST',
    path: '/outbound-call',
    body: { to: 'nobody', scenario: 'x', context: { reason: 'x' }, greet: 'immediately' },
  },
  { method: 'GET', path: '/metrics' },
  { method: 'GET', path: '/readyz' },
  { method: 'GET', path: '/healthz' },
]

const admin = (random: Random): HostileRequest => {
  const { method, path, body } = random.pick(ADMIN)
  const number = random.chance(0.5) ? '%2B14155550120' : encodeURIComponent(words(random).toWellFormed())
  const id = random.chance(0.5) ? sidOf(random) : encodeURIComponent(words(random).toWellFormed())
  let target = path.replace('NUMBER', number).replace('ID', id)
  if (random.chance(0.15))
    target += `${target.includes('?') ? '&' : '?'}${random.pick(['limit', 'after', 'before', 'by', 'mode', '__proto__'])}=${encodeURIComponent(words(random).toWellFormed())}`
  const known = body ?? {}
  const text =
    body === undefined
      ? ''
      : random.pick([
          JSON.stringify(known),
          mutated(random, known),
          mutated(random, known),
          notJson(random, JSON.stringify(known)),
          oddValue(random),
        ])
  // Few wrong tokens, because the gateway delays clients that guess.
  const token = random.chance(0.98) ? ADMIN_TOKEN : 'guessed'
  const type = random.chance(0.9)
    ? 'application/json'
    : random.pick(['text/csv', 'application/json; charset=utf-16', 'application/json; charset=none', 'image/png'])
  const headers: Record<string, string> = {
    authorization: random.chance(0.97)
      ? `Bearer ${token}`
      : random.pick(['Bearer', 'Basic eDp4', '', `Bearer ${'x'.repeat(4_000)}`]),
    ...(text === '' ? {} : { 'content-type': type }),
    ...(random.chance(0.05) ? { 'idempotency-key': random.pick(['', 'x'.repeat(400), 'one']) } : {}),
    ...(random.chance(0.05) ? { accept: random.pick(['text/csv', '*/*;q=x', '']) } : {}),
  }
  return { method, target, headers, body: text, isRaw: false }
}

/** Requests that no HTTP client would send. */
const raw = (random: Random): HostileRequest => {
  const headers: Record<string, string> = random.pick<Record<string, string>>([
    {},
    { 'content-length': '-1' },
    { 'content-length': '5, 6' },
    { 'transfer-encoding': 'chunked', 'content-length': '3' },
    { 'transfer-encoding': 'xchunked' },
    { expect: '100-continue' },
    { expect: 'the unexpected' },
    { upgrade: 'websocket', connection: 'upgrade' },
    { upgrade: 'h2c', connection: 'upgrade', 'http2-settings': 'x' },
    {
      upgrade: 'websocket',
      connection: 'upgrade',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version': random.pick(['13', '8', 'x']),
      'x-twilio-signature': 'x',
    },
    { 'x-long': 'x'.repeat(20_000) },
    { 'bad header': 'x' },
    { cookie: '\u0001\u0002' },
  ])
  const target = random.pick([
    '/',
    '//',
    '/%',
    '/%00',
    '/%c0%af..%c0%af',
    '/../../etc/passwd',
    '*',
    'http://127.0.0.1/twiml',
    '/twiml?%',
    '/media/x',
    '/media/%2e%2e',
    '/media/' + 'x'.repeat(300),
    '/calls/%ff',
    '/numbers/%e0%a4%a',
    `/${'x/'.repeat(2_000)}`,
    '/calls/events',
    '/twiml#x',
    '/ twiml',
  ])
  return {
    method: random.pick(['GET', 'POST', 'CONNECT', 'get', 'G\u0000T', 'PRI', 'BREW']),
    target,
    headers,
    body: random.pick(['', 'x', '5\r\nhello\r\n0\r\n\r\n', 'zz\r\n']),
    isRaw: true,
  }
}

/** Request number `index` of a run. */
export const hostileRequest = (origin: string, random: Random): HostileRequest => {
  const luck = random.share()
  if (luck < 0.45) return webhook(origin, random)
  return luck < 0.85 ? admin(random) : raw(random)
}
