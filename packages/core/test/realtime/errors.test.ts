import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { classify, errorIn, handshakeError, lostError, readError, refusal } from '../../src/realtime/server-errors.ts'
import { realtimeProvider } from '../../src/realtime/provider.ts'
import { config, connect, say, type Script } from './server.ts'

const MODEL = 'gpt-realtme-2.1'

describe.each([
  ['invalid_api_key', 'Check OPENAI_API_KEY'],
  ['incorrect_api_key', 'Check OPENAI_API_KEY'],
  ['authentication_error', 'Check OPENAI_API_KEY'],
  ['invalid_authentication', 'Check OPENAI_API_KEY'],
  ['Unauthorized', 'Check OPENAI_API_KEY'],
  ['missing_model', 'Check OPENAI_MODEL'],
  ['invalid_model', `the model "${MODEL}"`],
  ['model_not_found', `the model "${MODEL}"`],
  ['model_deprecated', `the model "${MODEL}"`],
  ['DeploymentNotFound', `the model "${MODEL}"`],
  ['insufficient_quota', 'Check the billing'],
  ['billing_hard_limit_reached', 'Check the billing'],
  ['billing_not_active', 'Check the billing'],
  ['account_deactivated', 'Check which one OPENAI_API_KEY belongs to'],
  ['invalid_organization', 'Check which one OPENAI_API_KEY belongs to'],
  ['mismatched_project', 'Check which one OPENAI_API_KEY belongs to'],
  ['project_archived', 'Check which one OPENAI_API_KEY belongs to'],
  ['organization_must_be_verified', 'Check which one OPENAI_API_KEY belongs to'],
  ['unsupported_country_region_territory', 'Run the gateway where it is served'],
  ['permission_denied', 'Check the permissions of OPENAI_API_KEY'],
  ['ip_not_authorized', 'Check the permissions of OPENAI_API_KEY'],
])('a server that refuses us with %s', (code, cure) => {
  const told = { retry: false, error: { code: 'model_unauthorized', message: expect.stringContaining(cure) as string } }

  it('says what to check, and is not tried again: in an error, in a close reason, in an answer to the handshake', () => {
    const error = readError({ type: 'invalid_request_error', code })
    expect(classify(error)).toBe('fatal')
    expect(refusal(error, MODEL)).toMatchObject(told)
    expect(lostError(undefined, 4000, `invalid_request_error.${code}`, MODEL)).toMatchObject(told)
    for (const status of [400, 401, 403, 404, 429]) expect(handshakeError(status, error, MODEL)).toMatchObject(told)
  })

  it('may have said it as the type only', () => {
    expect(refusal(readError({ type: code, code: null }), MODEL)).toMatchObject(told)
  })
})

describe('a server that says what it refuses in its own way', () => {
  const KEY = 'Check OPENAI_API_KEY'
  const INVALID = { message: 'Incorrect API key provided: sk-***.', type: 'invalid_request_error', code: null }
  it.each([
    [{ error: INVALID }, KEY],
    [{ error: { error: INVALID } }, KEY],
    [{ error: [INVALID] }, KEY],
    [{ errors: [{ code: 'invalid_api_key' }] }, KEY],
    [{ error: JSON.stringify({ error: INVALID }) }, KEY],
    [{ error: { message: JSON.stringify({ error: { code: 'invalid_api_key' } }) } }, KEY],
    [{ error: 'Your API key is not valid.' }, KEY],
    [{ message: 'No API key provided' }, KEY],
    [{ detail: 'Invalid API-Key' }, KEY],
    [{ error: { code: 401, message: 'x' } }, KEY],
    [{ error: { code: 16, status: 'UNAUTHENTICATED' } }, KEY],
    [{ error: { code: 404, message: 'The model `gpt-x` does not exist or you do not have access to it.' } }, MODEL],
    [{ error: { msg: 'unknown model' } }, MODEL],
    [{ detail: [{ loc: ['query', 'model'], msg: 'model not found' }] }, MODEL],
  ])('%j is told to the operator', (event, cure) => {
    const error = readError(errorIn(event as { error?: unknown }))
    expect(classify(error)).toBe('fatal')
    expect(refusal(error, MODEL).error.message).toContain(cure)
    expect(refusal(error, MODEL).error.message).not.toContain('sk-')
  })

  it('also where only the reason of the close says it', () => {
    const told = { error: { code: 'model_unauthorized', message: expect.stringContaining(KEY) as string } }
    expect(lostError(undefined, 1008, 'Incorrect API key provided', MODEL)).toMatchObject(told)
  })

  it.each([
    'The item of the model was not found.',
    'Error truncating: model output item not found',
    'The model is overloaded.',
    'Tool "find_api_key" failed',
  ])('does not say it with "%s"', (message) => expect(classify(readError({ message }))).toBe('warning'))

  it.each([null, 7, [], [[]], {}, { error: {} }, { error: [null] }, '[', '{"a":', Array(9).fill('x')])(
    'says nothing with %j',
    (error) => expect(classify(readError(errorIn({ error })))).toBe('warning'),
  )
})

it.each([
  [{ code: 'rate_limit_exceeded' }, 'retry'],
  [{ type: 'server_error', code: null }, 'retry'],
  [{ code: 'session_expired' }, 'retry'],
  [{ code: 'invalid_value', param: 'item.id' }, 'warning'],
  [{ code: 'model_overloaded' }, 'warning'],
  [{ code: 'project_note_missing' }, 'warning'],
  [{ type: 'invalid_request_error', code: null }, 'warning'],
])('%j is no reason to give a server up for good', (error, kind) => {
  expect(classify(readError(error))).toBe(kind)
})

it.each([
  [408, true],
  [425, true],
  [500, true],
  [520, true],
  [522, true],
  [524, true],
  [529, true],
  [400, false],
  [404, false],
])('a handshake answered with HTTP %d is tried again: %s', (status, retry) => {
  expect(handshakeError(status)).toMatchObject({ retry, error: { code: 'model_unreachable' } })
})

/** What a call is told when the handshake is answered with this. */
const refusedUpgrade = async (status: number, body: string) => {
  const http = createServer()
  onTestFinished(() => void http.close())
  http.on('upgrade', (_request, socket) =>
    socket
      .on('error', () => {})
      .end(`HTTP/1.1 ${status} X\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
  )
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/realtime`
  return new Promise((resolve) =>
    realtimeProvider({ url, apiKey: 'sk', model: MODEL, dialect: 'auto' }).connect(config, {
      audio() {},
      event: (event) => event.type === 'lost' && resolve(event),
    }),
  )
}

const body = (error: object | string) => JSON.stringify({ error })

it.each([
  [404, body({ code: 'model_not_found' }), false, 'model_unauthorized', `"${MODEL}"`],
  [
    403,
    body({ type: 'request_forbidden', code: 'unsupported_country_region_territory' }),
    false,
    'model_unauthorized',
    'country or region',
  ],
  [429, body({ type: 'insufficient_quota', code: 'insufficient_quota' }), false, 'model_unauthorized', 'billing'],
  [429, body({ code: 'rate_limit_exceeded' }), true, 'model_limited', 'HTTP 429'],
  [401, body('Unauthorized'), false, 'model_unauthorized', 'OPENAI_API_KEY'],
  [401, '<html>', false, 'model_unauthorized', 'HTTP 401'],
  [403, 'null', false, 'model_unauthorized', 'HTTP 403'],
  [404, '', false, 'model_unreachable', 'Check OPENAI_REALTIME_URL'],
  [503, 'x'.repeat(100_000), true, 'model_unreachable', 'HTTP 503'],
])('a handshake answered with %i and a body says why', async (status, text, retry, code, hint) => {
  expect(await refusedUpgrade(status, text)).toMatchObject({
    retry,
    error: { code, message: expect.stringContaining(hint) as string },
  })
})

describe('behind an open socket', () => {
  const refusing =
    (error: object, code: number, reason: string): Script =>
    (socket) => {
      say(socket, { type: 'error', error })
      socket.close(code, reason)
    }

  it('an error with a code that nobody knows waits for what the close says', async () => {
    const { until } = await connect(
      refusing({ type: 'invalid_request_error', code: 'e1' }, 3000, 'invalid_request_error'),
    )
    expect(await until('lost')).toMatchObject({ retry: false, error: { code: 'model_unauthorized' } })
  })

  it('a model that is refused is named', async () => {
    const { until } = await connect(
      refusing({ type: 'invalid_request_error', code: 'invalid_model' }, 4000, 'invalid_request_error.invalid_model'),
    )
    expect(await until('lost')).toMatchObject({
      error: { message: 'The model server refused the model "m" (invalid_model). Check OPENAI_MODEL.' },
    })
  })
})
