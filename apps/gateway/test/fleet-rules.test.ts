import { expect, it } from 'vitest'
import { callUrlOf, fleetDefaults, fleetEnvProblems, instanceIdOf } from '../src/configuration/fleet-env.ts'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { instanceIn, withoutInstance } from '../src/fleet/instance-path.ts'
import { lbzStatusOf, stateOf } from '../src/fleet/instance-state.ts'
import { checkEachOther, secretMarkOf } from '../src/fleet/secret-mark.ts'

const SECRET = 'x'.repeat(32)
const PUBLIC_URL = 'https://phone.example.com'
const required = {
  PUBLIC_URL,
  OPENAI_API_KEY: 'sk-secret-value',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'a-token',
  TWILIO_PHONE_NUMBER: '+14155550100',
  ADMIN_TOKEN: 'an-admin-token-that-is-long-enough',
}
const envOf = (variables: Record<string, string>) => parseEnv({ ...required, ...variables }, { mode: 'start' })

it('an instance has the first label of its host as its id, but alone on a file none', () => {
  expect(['B-1.internal.example.com', 'web_3', '-x-', 'ü'].map(instanceIdOf)).toEqual(['b-1', 'web-3', 'x', undefined])
  expect(fleetDefaults({ DATABASE_URL: 'file:data/llc-phone.db' }).INSTANCE_ID).toBeUndefined()
  expect(fleetDefaults({ DATABASE_URL: 'postgres://db/llc' })).toMatchObject({
    INSTANCE_ID: expect.stringMatching(/^[a-z0-9-]{1,32}$/) as string,
    MAX_CALLS: 100,
  })
  expect(fleetDefaults({ DATABASE_URL: 'postgres://db/llc', MAX_CALLS: 7, INSTANCE_MAX_CALLS: 5 }).MAX_CALLS).toBe(5)
})

it('URLs of calls have the path of the instance, or its own origin', () => {
  expect(callUrlOf({ PUBLIC_URL })).toBe(PUBLIC_URL)
  expect(callUrlOf({ PUBLIC_URL, INSTANCE_ID: 'b' })).toBe(`${PUBLIC_URL}/i/b`)
  const own = 'https://b.example.com'
  expect(callUrlOf({ PUBLIC_URL, INSTANCE_ID: 'b', INSTANCE_URL: own })).toBe(own)
})

it('reads the variables of an instance, and keeps their secrets out of the log', () => {
  const other = 'y'.repeat(32)
  const env = envOf({
    INSTANCE_ID: 'b',
    FLEET_SECRET: `${SECRET}, ${other}`,
    INSTANCE_ROLES: 'dial',
    DATABASE_URL: 'postgres://db/llc',
    FLEET_MAX_CALLS: '9',
  })
  expect(env).toMatchObject({ INSTANCE_ID: 'b', FLEET_SECRET: [SECRET, other], INSTANCE_ROLES: ['dial'] })
  expect(secretsOf(env)).toEqual(expect.arrayContaining([SECRET, other]))
})

it.each([
  ['INSTANCE_ID', 'B 1', '1 to 32 of a-z'],
  ['INSTANCE_ID', 'a'.repeat(33), '1 to 32 of a-z'],
  ['INSTANCE_URL', 'http://b.example.com', 'must be https:'],
  ['INSTANCE_URL', 'https://b.example.com/path', 'an origin alone'],
  ['FLEET_SECRET', `${SECRET},short`, 'at least 32 characters'],
  ['INSTANCE_ROLES', 'calls,answer', 'must be calls, dial'],
  ['INSTANCE_ROLES', 'calls', 'no other instance does the rest'],
  ['FLEET_MAX_CALLS', 'many', 'a whole number'],
])('refuses %s=%s', (name, value, why) => {
  expect(() => envOf({ [name]: value })).toThrow(why)
})

it('wants a secret where a second instance would, and says where to get one', () => {
  const problems = (database: string, INSTANCE_ID?: string, FLEET_SECRET?: string[]) =>
    fleetEnvProblems(
      { INSTANCE_ID, FLEET_SECRET, INSTANCE_URL: undefined, INSTANCE_ROLES: ['calls', 'dial'] },
      { database, isInProduction: true },
    )
  expect(problems('postgres://db/llc', 'a').get('FLEET_SECRET')).toContain('openssl rand -hex 32')
  for (const none of [
    problems('postgres://db/llc'),
    problems('postgres://db/llc', 'a', [SECRET]),
    problems('file:data/llc-phone.db', 'a'),
  ])
    expect(none.size).toBe(0)
})

it('tells a proxy by the state what to send', () => {
  const fine = { serves: true, isFenced: false, isDraining: false, isClosing: false, isFull: false }
  const states = [
    stateOf(fine),
    stateOf({ ...fine, isFull: true }),
    stateOf({ ...fine, isFull: true, isDraining: true }),
    stateOf({ ...fine, serves: false, isFull: true }),
    stateOf({ ...fine, isDraining: true, isClosing: true }),
    stateOf({ ...fine, isDraining: true, isClosing: true, isFenced: true }),
  ]
  expect(states).toEqual(['ready', 'full', 'draining', 'starting', 'closing', 'fenced'])
  expect(states.map(lbzStatusOf)).toEqual([200, 404, 404, 503, 503, 503])
})

it('reads the instance that a path names, and nothing else', () => {
  expect(
    ['/i/a/twiml', '/i/a?x=1', '/i/a', '/i/A/twiml', '/i//twiml', '/in/a/twiml', '/twiml'].map(instanceIn),
  ).toEqual(['a', 'a', 'a', undefined, undefined, undefined, undefined])
  expect(['/i/a/twiml?x=1', '/i/a', '/i/a?x=1', '/twiml', '*'].map(withoutInstance)).toEqual([
    '/twiml?x=1',
    '/',
    '/?x=1',
    '/twiml',
    '*',
  ])
})

it('tells by marks whether two instances can check each other’s tokens, and a mark gives nothing away', () => {
  const [one, rotating, rotated] = [[SECRET], [SECRET, 'n'.repeat(32)], ['n'.repeat(32), SECRET]].map(secretMarkOf)
  expect(one).toMatch(/^[0-9a-f]{8}$/)
  expect(checkEachOther(one, rotating)).toBe(true)
  expect(checkEachOther(rotating, rotated)).toBe(true)
  expect(checkEachOther(one, rotated)).toBe(false)
  expect(checkEachOther(one, undefined)).toBe(false)
})
