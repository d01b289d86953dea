import { describe, expect, it } from 'vitest'
import { parseEnv } from '../src/configuration/env.ts'

const complete = {
  PUBLIC_URL: 'https://phone.example.com/',
  OPENAI_API_KEY: 'sk-secret-value',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'first-token',
  TWILIO_PHONE_NUMBER: '+14155550100',
  ADMIN_TOKEN: 'an-admin-token-that-is-long-enough',
  MESSAGE_WEBHOOK_SECRET: 'whsec_x',
  MESSAGE_WEBHOOK_URL: 'https://crm.example.com',
  OUTBOUND_WEBHOOK_SECRET: 'whsec_x',
  OUTBOUND_WEBHOOK_URL: 'https://crm.example.com',
}
const start = (variables: Record<string, string>, mode: 'start' | 'dev' = 'start') =>
  parseEnv({ ...complete, ...variables }, { mode })

const NAMES = ['PUBLIC_URL', 'OPENAI_REALTIME_URL', 'TWILIO_API_URL', 'MESSAGE_WEBHOOK_URL', 'OUTBOUND_WEBHOOK_URL']
const plainOf = (name: string) => (name === 'OPENAI_REALTIME_URL' ? 'ws:' : 'http:')

describe.each(NAMES)('%s', (name) => {
  it.each([
    '//model.example.com',
    '//10.0.0.5:8080',
    '//model',
    '//127.0.0.1.example.com',
    '//localhost.example.com',
    '//[2001:db8::1]',
    '//0.0.0.0',
    '//user:pw@example.com',
    '//127.0.0.1@example.com',
  ])('without encryption to %s is refused by start', (host) => {
    const address = `${plainOf(name)}${host}`
    // Credentials in the public origin are refused for themselves.
    expect(() => start({ [name]: address })).toThrow(new RegExp(`^  ${name}  `, 'm'))
    expect(() => start({ [name]: address.toUpperCase() })).toThrow(new RegExp(`^  ${name}  `, 'm'))
  })

  it.each(['//127.0.0.1:8082', '//localhost', '//127.9.8.7:1', '//[::1]:8080', '//LocalHost:81', '//127.1'])(
    'without encryption to %s, this machine, is accepted',
    (host) => expect(() => start({ [name]: `${plainOf(name)}${host}` })).not.toThrow(),
  )
})

it('development may speak plainly to a stand-in elsewhere', () => {
  const env = start({ OPENAI_REALTIME_URL: 'ws://model:9000/v1/realtime', TWILIO_API_URL: 'http://twilio:8082' }, 'dev')
  expect([env.OPENAI_REALTIME_URL, env.TWILIO_IS_SIMULATED]).toEqual(['ws://model:9000/v1/realtime', false])
})
