import { GatewayError } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'

const complete = {
  PUBLIC_URL: 'https://phone.example.com/',
  OPENAI_API_KEY: 'sk-secret-value',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'first-token, second-token',
  TWILIO_PHONE_NUMBER: '+14155550100',
  ADMIN_TOKEN: 'an-admin-token-that-is-long-enough',
}

const problemsOf = (variables: Record<string, string>, mode: 'start' | 'dev' = 'start'): string => {
  try {
    parseEnv(variables, { mode })
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    expect((error as GatewayError).code).toBe('config_invalid')
    return (error as Error).message
  }
  throw new Error('nothing was wrong')
}

describe('in production', () => {
  it('fills in every default of the contract', () => {
    expect(parseEnv(complete, { mode: 'start' })).toEqual({
      PORT: 8081,
      HOST: '0.0.0.0',
      ADMIN_HOST: '127.0.0.1',
      PUBLIC_URL: 'https://phone.example.com',
      OPENAI_API_KEY: 'sk-secret-value',
      OPENAI_REALTIME_URL: 'wss://api.openai.com/v1/realtime',
      OPENAI_REALTIME_DIALECT: 'auto',
      OPENAI_MODEL: 'gpt-realtime-1.5',
      OPENAI_VOICE: 'cedar',
      TWILIO_ACCOUNT_SID: complete.TWILIO_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: ['first-token', 'second-token'],
      TWILIO_PHONE_NUMBER: '+14155550100',
      PREWARM_TIMEOUT_MS: 10_000,
      MODEL_POOL: 0,
      MODEL_SESSION_MINUTES: 60,
      PREWARM_PRIMING: true,
      RECORD_PHRASES: true,
      OUTBOUND_DAILY_SPEND_USD: 50,
      TEST_CALLS_DAILY_SPEND_USD: 5,
      OUTBOUND_CALLS_PER_SECOND: 1,
      OUTBOUND_MAX_CONCURRENT: 10,
      OUTBOUND_MAX_WAIT_S: 60,
      OUTBOUND_CALLING_HOURS: { from: '08:00', to: '21:00' },
      TWILIO_IS_SIMULATED: false,
      DATABASE_URL: 'file:data/llc-phone.db',
      DATABASE_POOL: 8,
      ADMIN_TOKEN: complete.ADMIN_TOKEN,
      MAX_STARTS_PER_SECOND: 20,
      MAX_LOOP_DELAY_MS: 60,
      MAX_CALLS_PER_CALLER: 5,
      MAX_STARTS_PER_CALLER: 30,
      KEEP_TRANSCRIPTS_DAYS: 365,
      KEEP_EVENTS_DAYS: 30,
      KEEP_RECORDINGS_DAYS: 30,
      KEEP_TOOL_DATA: 'redacted',
      INSTANCE_ROLES: ['calls', 'dial'],
      LOG_LEVEL: 'info',
    })
  })

  it('keeps logs of calls for as many days as it is told, or not at all', () => {
    const days = (KEEP_EVENTS_DAYS: string) =>
      parseEnv({ ...complete, KEEP_EVENTS_DAYS }, { mode: 'start' }).KEEP_EVENTS_DAYS
    expect(['7', '0', 'off'].map(days)).toEqual([7, 0, 0])
    expect(problemsOf({ ...complete, KEEP_EVENTS_DAYS: '-1' })).toContain(
      'KEEP_EVENTS_DAYS  must be a whole number of days, or off',
    )
  })

  it('names everything that is missing at once, one line each', () => {
    const message = problemsOf({})
    for (const name of Object.keys(complete)) expect(message).toMatch(new RegExp(`^ {2}${name} +is missing: `, 'm'))
    expect(message.split('\n')).toHaveLength(1 + Object.keys(complete).length)
  })

  it('takes an empty value for a missing one', () => {
    expect(problemsOf({ ...complete, OPENAI_API_KEY: ' ' })).toContain('OPENAI_API_KEY  is missing')
  })

  it.each([
    ['PORT', '80a', 'must be a whole number'],
    ['PORT', '70000', 'must be a whole number from 0 to 65535'],
    ['PUBLIC_URL', 'phone.example.com', 'must be a URL that starts with https://'],
    ['PUBLIC_URL', 'https://phone.example.com/twiml', 'must be an origin alone'],
    ['PUBLIC_URL', 'http://phone.example.com', 'must be https:'],
    ['OPENAI_REALTIME_URL', 'https://api.openai.com', 'must be a URL that starts with wss://'],
    ['OPENAI_REALTIME_DIALECT', 'beta', 'must be auto, ga or flat'],
    ['TWILIO_ACCOUNT_SID', `SK${'1'.repeat(32)}`, 'must be AC followed by'],
    ['TWILIO_AUTH_TOKEN', ' , ', 'holds no token'],
    ['TWILIO_PHONE_NUMBER', '415 555 0100', 'is not in E.164 form'],
    ['IVR_DID', '14155550101', 'is not in E.164 form'],
    ['TWILIO_EDGE', 'sydney', 'TWILIO_REGION  is missing'],
    ['TWILIO_REGION', 'au1', 'TWILIO_EDGE  is missing'],
    ['PREWARM_TIMEOUT_MS', '-1', 'must be a whole number'],
    [
      'DATABASE_URL',
      'mysql://localhost/x',
      'must be a SQLite file, like file:data/llc-phone.db, or a Postgres database',
    ],
    ['DATABASE_URL', 'postgres://llc:hidden@/', 'names no host'],
    ['DATABASE_URL', 'postgres://llc:hidden@db.example.com', 'names no database'],
    ['DATABASE_POOL', '1', 'must be a whole number from 2 to 1000'],
    ['ADMIN_TOKEN', 'short', 'is too short'],
    ['ADMIN_PORT', '8081', 'must be another port than PORT'],
    ['ADMIN_HOST', '0.0.0.0', 'ADMIN_PORT  is missing'],
    ['LOG_LEVEL', 'loud', 'must be trace'],
    ['OUTBOUND_CALLING_HOURS', '8-21', 'must be the hours of a day, like 08:00-21:00'],
    ['OUTBOUND_CALLING_HOURS', '21:00-21:00', 'ends as it begins'],
    ['OUTBOUND_CALLING_HOURS', '08:00-25:00', 'must be the hours of a day, like 08:00-21:00'],
    ['OUTBOUND_CALLING_HOURS', '08:00-13:00, 12:00-20:00', 'these hours overlap'],
    ['OUTBOUND_DAILY_SPEND_USD', '-1', 'must be a number from 0'],
    ['OUTBOUND_DAILY_SPEND_USD', 'much', 'must be a number from 0'],
    ['OUTBOUND_CALLS_PER_SECOND', '0', 'must be a number from 0.1'],
    ['OUTBOUND_MAX_CONCURRENT', '0', 'must be a whole number from 1'],
    ['OUTBOUND_WEBHOOK_URL', 'https://crm.example.com/calls', 'OUTBOUND_WEBHOOK_SECRET  is missing'],
    ['OUTBOUND_WEBHOOK_SECRET', 'whsec_x', 'OUTBOUND_WEBHOOK_URL  is missing'],
    ['PREWARM_PRIMING', 'yes', 'must be on or off'],
    ['RECORD_PHRASES', 'yes', 'must be on or off'],
  ])('%s=%s is a problem with its own line', (name, value, expected) => {
    const message = problemsOf({ ...complete, [name]: value })
    expect(message).toContain('One variable')
    expect(message).toContain(expected)
  })

  it('never repeats a value, so that no secret is printed', () => {
    const message = problemsOf({ ...complete, ADMIN_TOKEN: 'hush', TWILIO_PHONE_NUMBER: '5559999', PORT: 'x' })
    for (const value of ['hush', '5559999', 'sk-secret-value', 'first-token']) expect(message).not.toContain(value)
  })

  it('accepts edge and region together, and plain http on this machine', () => {
    const env = parseEnv(
      { ...complete, TWILIO_EDGE: 'sydney', TWILIO_REGION: 'au1', PUBLIC_URL: 'http://127.0.0.1:8081' },
      { mode: 'start' },
    )
    expect([env.TWILIO_EDGE, env.TWILIO_REGION, env.PUBLIC_URL]).toEqual(['sydney', 'au1', 'http://127.0.0.1:8081'])
  })
})

it('takes what is said about calls we place', () => {
  const env = parseEnv(
    {
      ...complete,
      OUTBOUND_CALLING_HOURS: '09:30-24:00',
      OUTBOUND_DAILY_SPEND_USD: '12.50',
      OUTBOUND_CALLS_PER_SECOND: '2.5',
      PREWARM_PRIMING: 'off',
    },
    { mode: 'start' },
  )
  expect(env).toMatchObject({
    OUTBOUND_CALLING_HOURS: { from: '09:30', to: '24:00' },
    OUTBOUND_DAILY_SPEND_USD: 12.5,
    OUTBOUND_CALLS_PER_SECOND: 2.5,
    PREWARM_PRIMING: false,
  })
})

it('calls people all day only where nobody real is rung', () => {
  const hoursOf = (variables: Record<string, string>, mode: 'start' | 'dev') =>
    parseEnv({ ...complete, ...variables }, { mode }).OUTBOUND_CALLING_HOURS
  const simulated = { TWILIO_API_URL: 'http://127.0.0.1:8082' }
  expect(hoursOf(simulated, 'dev')).toEqual({ from: '00:00', to: '24:00' })
  expect(hoursOf({ OUTBOUND_CALLING_HOURS: '18:00-02:00' }, 'start')).toEqual({ from: '18:00', to: '02:00' })
  const lunch = '09:00-12:00, 14:00-20:00'
  expect(hoursOf({ OUTBOUND_CALLING_HOURS: lunch }, 'start')).toBe(lunch)
  expect(hoursOf({ OUTBOUND_CALLING_HOURS: '9:00–20:00' }, 'start')).toBe('9:00–20:00')
  expect(hoursOf({ ...simulated, OUTBOUND_CALLING_HOURS: '10:00-11:00' }, 'dev')).toEqual({
    from: '10:00',
    to: '11:00',
  })
  for (const [variables, mode] of [
    [{}, 'dev'],
    [{ TWILIO_API_URL: 'https://proxy.example.com' }, 'dev'],
    [simulated, 'start'],
  ] as const)
    expect(hoursOf(variables, mode)).toEqual({ from: '08:00', to: '21:00' })
})

it('has phrases recorded by OpenAI, by another server only when told, and never in development', () => {
  const recordsWith = (variables: Record<string, string>, mode: 'start' | 'dev' = 'start') =>
    parseEnv({ ...complete, ...variables }, { mode }).RECORD_PHRASES
  const elsewhere = { OPENAI_REALTIME_URL: 'wss://models.example.com/v1/realtime' }
  expect(recordsWith({})).toBe(true)
  expect(recordsWith({ RECORD_PHRASES: 'off' })).toBe(false)
  expect(recordsWith(elsewhere)).toBe(false)
  expect(recordsWith({ ...elsewhere, RECORD_PHRASES: 'on' })).toBe(true)
  for (const RECORD_PHRASES of ['', 'on']) expect(recordsWith({ RECORD_PHRASES }, 'dev')).toBe(false)
})

it('counts the webhook secret of outbound calls among the secrets', () => {
  const OUTBOUND_WEBHOOK_SECRET = 'whsec_c2VjcmV0'
  const env = parseEnv(
    { ...complete, OUTBOUND_WEBHOOK_URL: 'https://crm.example.com', OUTBOUND_WEBHOOK_SECRET },
    { mode: 'start' },
  )
  expect(secretsOf(env)).toContain(OUTBOUND_WEBHOOK_SECRET)
})

it('takes a Postgres database, and keeps its password out of every log line', () => {
  const DATABASE_URL = 'postgres://llc:s%40crets@db.example.com/calls?sslmode=verify-full'
  const env = parseEnv({ ...complete, DATABASE_URL, DATABASE_POOL: '20' }, { mode: 'start' })
  expect(env).toMatchObject({ DATABASE_URL, DATABASE_POOL: 20 })
  expect(secretsOf(env)).toEqual(expect.arrayContaining(['s%40crets', 's@crets']))
  expect(problemsOf({ ...complete, DATABASE_URL: 'postgres://llc:hidden@db.example.com' })).not.toContain('hidden')
})

it('in development the fictional numbers and a loopback address stand in', () => {
  const env = parseEnv({ ...complete, PUBLIC_URL: '', PORT: '9000' }, { mode: 'dev' })
  expect(env).toMatchObject({
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://127.0.0.1:9000',
    IVR_DID: '+14155550101',
    RECEPTIONIST_DID: '+14155550102',
    CSR_DID: '+14155550103',
    SALES_NUMBER: '+14155550111',
    SCHEDULING_NUMBER: '+14155550114',
  })
})

it.each<[boolean, Record<string, string>]>([
  [true, {}],
  [true, { HOST: '::1' }],
  [true, { HOST: 'localhost', PUBLIC_URL: 'http://localhost:8081' }],
  [false, { PUBLIC_URL: 'https://a.tunnel.example' }],
  [false, { HOST: '0.0.0.0' }],
  [false, { HOST: '192.168.1.4' }],
  [false, { HOST: '::' }],
])('in development a token that everybody knows is enough: %s for %j', (isEnough, variables) => {
  const parse = (token: string) =>
    parseEnv({ ...complete, PUBLIC_URL: '', ADMIN_TOKEN: token, ...variables }, { mode: 'dev' })
  if (isEnough) expect(parse('development').ADMIN_TOKEN).toBe('development')
  else expect(() => parse('development')).toThrow(/ADMIN_TOKEN +is known to everybody/)
  expect(parse(complete.ADMIN_TOKEN).ADMIN_TOKEN).toBe(complete.ADMIN_TOKEN)
})

it('lets one number ring more often only where callers are simulated', () => {
  const startsOf = (variables: Record<string, string>, mode: 'start' | 'dev') =>
    parseEnv({ ...complete, ...variables }, { mode }).MAX_STARTS_PER_CALLER
  const simulated = { TWILIO_API_URL: 'http://127.0.0.1:8082' }
  expect(startsOf(simulated, 'dev')).toBe(120)
  expect(startsOf(simulated, 'start')).toBe(30)
  expect(startsOf({ ...simulated, MAX_STARTS_PER_CALLER: '7' }, 'dev')).toBe(7)
})
