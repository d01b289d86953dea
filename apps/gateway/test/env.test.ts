import { GatewayError } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { parseEnv } from '../src/env.ts'

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
      DATABASE_URL: 'file:data/llc-phone.db',
      ADMIN_TOKEN: complete.ADMIN_TOKEN,
      LOG_LEVEL: 'info',
    })
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
    ['DATABASE_URL', 'postgres://localhost/x', 'must be a SQLite file'],
    ['ADMIN_TOKEN', 'short', 'is too short'],
    ['LOG_LEVEL', 'loud', 'must be trace'],
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
