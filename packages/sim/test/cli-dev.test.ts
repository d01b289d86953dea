import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { developmentEnv, loadDotEnv } from '../src/dev.ts'

const real = {
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'real',
  TWILIO_PHONE_NUMBER: '+14155550177',
}

test('with nothing set, both services are simulated on the ports after the gateway', () => {
  const { env, simulated } = developmentEnv({})
  expect(simulated).toEqual(['openai', 'twilio'])
  expect(env).toMatchObject({
    PORT: '8081',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://127.0.0.1:8081',
    OPENAI_REALTIME_URL: 'ws://127.0.0.1:8083/v1/realtime',
    TWILIO_API_URL: 'http://127.0.0.1:8082',
    IVR_DID: '+14155550101',
    ADMIN_TOKEN: 'development',
  })
  expect(env.TWILIO_ACCOUNT_SID).toMatch(/^AC[0-9a-f]{32}$/)
})

test('the ports follow PORT and can be set one by one', () => {
  const { env } = developmentEnv({ PORT: '9000', SIM_TWILIO_PORT: '9500' })
  expect(env).toMatchObject({
    PUBLIC_URL: 'http://127.0.0.1:9000',
    OPENAI_REALTIME_URL: 'ws://127.0.0.1:9002/v1/realtime',
    TWILIO_API_URL: 'http://127.0.0.1:9500',
  })
})

test('with an OpenAI key the real model is used, and only Twilio is simulated', () => {
  const { env, simulated } = developmentEnv({ OPENAI_API_KEY: 'sk-real' })
  expect(simulated).toEqual(['twilio'])
  expect(env.OPENAI_API_KEY).toBe('sk-real')
  expect(env).not.toHaveProperty('OPENAI_REALTIME_URL')
})

test('real values win, and an empty one counts as missing', () => {
  const { env, simulated } = developmentEnv({ ...real, OPENAI_API_KEY: '', ADMIN_TOKEN: 'mine' })
  expect(simulated).toEqual(['openai'])
  expect(env).toMatchObject({ ...real, ADMIN_TOKEN: 'mine' })
  expect(env).not.toHaveProperty('TWILIO_API_URL')
})

test('one missing value of Twilio means that Twilio is simulated', () => {
  expect(developmentEnv({ ...real, TWILIO_PHONE_NUMBER: undefined, OPENAI_API_KEY: 'sk' }).simulated).toEqual([
    'twilio',
  ])
})

test('an address of its own is used, not simulated', () => {
  const given = { OPENAI_REALTIME_URL: 'ws://127.0.0.1:1/v1/realtime', TWILIO_API_URL: 'http://127.0.0.1:2' }
  const { env, simulated } = developmentEnv(given)
  expect(simulated).toEqual([])
  expect(env).toMatchObject(given)
})

test('.env is read when it is there, and real variables win', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'env-')), '.env')
  loadDotEnv(path)
  writeFileSync(path, 'LLC_TEST_FROM_FILE=file\nLLC_TEST_REAL=file\n')
  process.env.LLC_TEST_REAL = 'real'
  loadDotEnv(path)
  expect([process.env.LLC_TEST_FROM_FILE, process.env.LLC_TEST_REAL]).toEqual(['file', 'real'])
  delete process.env.LLC_TEST_FROM_FILE
  delete process.env.LLC_TEST_REAL
})
