import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { phraseKeys } from '@llc-phone/core'
import { shippedIn } from '@llc-phone/phrases'
import { createRealtimeServer, type RealtimeServerOptions } from '@llc-phone/sim'
import { openStore } from '@llc-phone/database'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import type { configureGateway } from '../gateway.config.ts'
import { examine } from '../src/doctor/doctor.ts'
import { readConfiguration } from '../src/configuration/configured.ts'
import { parseEnv } from '../src/configuration/env.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { readyModes } from './support/ready-modes.ts'
import { quietMode } from './support/fake-calls.ts'
import { startWorld, type World } from './support/whole-call.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'flat' })
}, 30_000)
afterAll(() => world.close())

const listOf = async (
  variables: Readonly<Record<string, string>>,
  configure?: typeof configureGateway,
): Promise<Finding[]> => {
  const env = parseEnv(variables, { mode: 'dev' })
  const findings: Finding[] = []
  const configured = () => readConfiguration(env, configure)
  for await (const finding of examine({ env, configured })) findings.push(finding)
  return findings
}

const look = (changes: Record<string, string> = {}) => listOf({ ...world.variables, ...changes })
const outcomes = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ name, outcome }) => [name, outcome]))

it('finds nothing wrong with a gateway that can take calls', async () => {
  const findings = await look()
  expect(findings.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(findings.find(({ name }) => name === 'model')?.detail).toContain('dialect flat')
})

it('the gateway tells the same of itself, and what it says fits what is promised', async () => {
  const outside = await look()
  const { status, body } = await world.admin('GET', '/doctor')
  expect(status).toBe(200)
  const { isWell, findings } = body as { isWell: boolean; findings: Finding[] }
  expect(isWell).toBe(true)
  // Who holds its port, it does not look.
  const names = (of: readonly Finding[]) => [...new Set(of.map(({ name }) => name))].filter((name) => name !== 'port')
  expect(names(findings)).toEqual(names(outside))
  const again = await world.admin('GET', '/doctor')
  expect(again.body).toEqual(body)
})

it('sets a number of ours right at Twilio, and writes down who has done it', async () => {
  const path = `/numbers/${encodeURIComponent(world.numbers.csr)}/twilio`
  const account = `${world.twilio.url}/2010-04-01/Accounts/${world.variables['TWILIO_ACCOUNT_SID']}`
  const authorization = `Basic ${Buffer.from(`${world.variables['TWILIO_ACCOUNT_SID']}:${world.variables['TWILIO_AUTH_TOKEN']}`).toString('base64')}`
  expect(await world.admin('GET', path)).toMatchObject({
    status: 200,
    body: { changes: [], finding: { outcome: 'ok' } },
  })
  const list = await fetch(
    `${account}/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(world.numbers.csr)}`,
    {
      headers: { authorization },
    },
  )
  const { incoming_phone_numbers: found } = (await list.json()) as { incoming_phone_numbers: { sid: string }[] }
  await fetch(`${account}/IncomingPhoneNumbers/${found[0]!.sid}.json`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ VoiceUrl: 'https://demo.twilio.com/' }),
  })
  expect(await world.admin('GET', path)).toMatchObject({
    status: 200,
    body: { changes: [expect.stringContaining('voice URL')], finding: { outcome: 'failed' } },
  })
  expect(await world.admin('POST', path)).toMatchObject({
    status: 200,
    body: {
      changes: [`voice URL: https://demo.twilio.com/ → ${world.publicUrl}/twiml`],
      finding: { outcome: 'ok' },
    },
  })
  expect(await world.admin('GET', '/audit?action=number_webhook_set')).toMatchObject({
    body: { lines: [{ target: world.numbers.csr }] },
  })
})

it('shows whom callers are connected with, and the keys that lead to them', async () => {
  const findings = await look({ SALES_NUMBER: '+14155550111 ext 22', BILLING_EXTENSION: 'w1w305#' })
  const detail = findings.find(({ name }) => name === 'people')?.detail
  expect(detail).toContain('sales +1415•••0111 ext. 22')
  expect(detail).toContain('billing +1415•••0113 ext. w1w305#')
  expect(detail).toMatch(/support \+1415•••0112(;|$)/)
})

it('tells a wrong key, a wrong account and a wrong origin apart', async () => {
  const findings = await look({
    OPENAI_API_KEY: 'sk-wrong',
    TWILIO_AUTH_TOKEN: 'f'.repeat(32),
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  })
  expect(outcomes(findings)).toMatchObject({ database: 'ok', model: 'failed', twilio: 'failed', signature: 'failed' })
  expect(JSON.stringify(findings)).not.toMatch(/sk-wrong|ffffffff/)
})

const modelOn = async (server: RealtimeServerOptions, changes: Record<string, string> = {}, handshakes = 1) => {
  const real = await createRealtimeServer({ apiKey: 'sk-for-tests', ...server })
  onTestFinished(() => real.close())
  const findings = await look({ OPENAI_REALTIME_URL: real.url, ...changes })
  expect(real.handshakes).toBe(handshakes)
  return findings.filter(({ name }) => name === 'model')
}

it('says what to check when a key or a model is refused behind an open socket', async () => {
  expect(await modelOn({}, { OPENAI_API_KEY: 'sk-wrong' })).toMatchObject([
    { outcome: 'failed', detail: expect.stringContaining('Check OPENAI_API_KEY') as string },
  ])
  expect(await modelOn({}, { OPENAI_MODEL: 'gpt-realtme-2.1' })).toMatchObject([
    { outcome: 'failed', detail: expect.stringMatching(/"gpt-realtme-2\.1".*Check OPENAI_MODEL/) as string },
  ])
})

it('names the settings that calls go without', async () => {
  const server = { dialect: 'flat', faults: { refuseFields: ['session.prompt_cache_key'] } } as const
  // Two voices, so two ways in which calls set a session up.
  expect(await modelOn(server, { OPENAI_REALTIME_DIALECT: 'flat' }, 2)).toMatchObject([
    { outcome: 'ok' },
    { outcome: 'warning', detail: 'The server refuses session.prompt_cache_key: calls go without it.' },
  ])
})

const profileOn = async (
  server: RealtimeServerOptions,
  changes: Record<string, string>,
  configure?: typeof configureGateway,
) => {
  const real = await createRealtimeServer({ apiKey: 'sk-for-tests', ...server })
  onTestFinished(() => real.close())
  const findings = await listOf({ ...world.variables, OPENAI_REALTIME_URL: real.url, ...changes }, configure)
  return { findings, profiles: findings.filter(({ name }) => name === 'profile'), sessions: real.sessions }
}

it('shows what is sent for each number, and why the rest is not', async () => {
  const { profiles } = await profileOn({}, {})
  expect(profiles.map(({ outcome }) => outcome)).toEqual(profiles.map(() => 'ok'))
  const [menu, frontDesk] = profiles.map(({ detail }) => detail)
  expect(menu).toBe(
    'menu on +1415•••0101: gpt-realtime 1.5 and older: replies up to 1000 tokens, keeps 80 % when full, ' +
      'transcription gpt-transcribe in en with 6 keywords, noise reduction not set, ' +
      'effort is not sent: models of the family gpt-realtime 1.5 and older refuse it',
  )
  expect(frontDesk).toMatch(/^frontDesk on \+1415•••0102; frontDesk on any other number: /)
  expect(profiles.map(({ detail }) => detail).join()).toContain('calls of outbound: ')
})

it('opens a session for each way in which calls set one up, as a call does', async () => {
  const { findings, profiles, sessions } = await profileOn({}, { OPENAI_MODEL: 'gpt-realtime-2.1' })
  expect(findings.filter(({ name }) => name === 'model')).toMatchObject([{ outcome: 'ok' }])
  const told = sessions.map(({ config, headers }) => ({
    effort: config.reasoning?.['effort'],
    voice: config.audio.output.voice,
    isKnown: headers['openai-safety-identifier'] !== undefined,
  }))
  expect(told).toEqual([
    { effort: 'minimal', voice: 'cedar', isKnown: true },
    { effort: 'low', voice: 'marin', isKnown: true },
    { effort: 'low', voice: 'cedar', isKnown: true },
  ])
  expect(profiles[0]?.detail).toContain(
    'effort minimal, replies up to 1500 tokens, keeps 80 % when full, remembers up to 16000 tokens',
  )
})

it('finds what the server has against a single number, and what its model does not take', async () => {
  const configure: typeof configureGateway = async ({ store }) => ({
    messages: store.messages,
    ...readyModes({
      modes: { quiet: quietMode('quiet') },
      numbers: [
        ['+14155550101', 'quiet'],
        ['+14155550102', 'quiet', { voice: 'nobody' }],
        ['+14155550103', 'quiet', { tuning: { effort: 'low', transcription: { model: 'our-own' } } }],
      ],
      unknown: 'quiet',
    }),
  })
  const { findings, profiles } = await profileOn({}, {}, configure)
  expect(findings.filter(({ name }) => name === 'model')).toMatchObject([
    { outcome: 'ok' },
    {
      outcome: 'failed',
      detail: expect.stringMatching(/^quiet on \+1415•••0102: .*session\.audio\.output\.voice/) as string,
    },
  ])
  expect(profiles.map(({ outcome }) => outcome)).toEqual(['ok', 'warning'])
  expect(profiles[1]?.detail).toMatch(
    /^quiet on \+1415•••0103: .*transcription our-own in en, .*effort is not sent: .*\(what our-own costs is estimated\)$/,
  )
})

it('says which voices have recorded phrases, and that the voice of the calls has not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const DATABASE_URL = `file:${join(folder, 'a.db')}`
  const phrasesOf = async (OPENAI_VOICE: string) =>
    (await look({ DATABASE_URL, OPENAI_VOICE })).find(({ name }) => name === 'phrases')
  expect(await phrasesOf('cedar')).toMatchObject({
    outcome: 'warning',
    detail:
      'what callers hear when the model is silent is not spoken by cedar, but by a voice that comes with the gateway (not recorded)',
    action: expect.stringContaining('./phone phrases record --voice cedar') as string,
  })
  const store = await openStore({ url: DATABASE_URL })
  for (const key of phraseKeys) {
    const phrase = { key, voice: 'cedar', language: 'en', model: 'gpt-realtime-1.5', recordedAt: new Date(0) }
    await store.phrases.keep({ ...phrase, ...shippedIn('en')!.phrases[key] })
    await store.phrases.keep({ ...phrase, voice: 'ash', text: 'Words we say no more.', payload: '/w==' })
  }
  await store.close()
  expect(await phrasesOf('cedar')).toMatchObject({ outcome: 'ok', detail: 'recorded by cedar (en)' })
  expect(await phrasesOf('ash')).toMatchObject({
    outcome: 'warning',
    detail: expect.stringMatching(/not spoken by ash, .*\(recorded by cedar \(en\)\)$/),
  })
})

it('says that nobody answers at the public URL', async () => {
  const findings = await look({ PUBLIC_URL: 'http://127.0.0.1:9' })
  expect(outcomes(findings)).toMatchObject({ 'public url': 'failed' })
})

/** A database as a gateway left it. */
const aDatabase = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-gateway-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a.db')
  const store = await openStore({ url: `file:${file}` })
  for (let n = 0; n < 100; n++)
    await store.messages.take({
      callId: `${n}`,
      callerName: 'Anna',
      callerNumber: null,
      text: 'x'.repeat(1_000),
      urgency: 'normal',
    })
  await store.close()
  return file
}

const onDatabase = async (file: string) =>
  (await look({ DATABASE_URL: `file:${file}` })).filter(({ name }) => name === 'database')

it('names a database that other users can read, and what to run', async () => {
  const file = await aDatabase()
  expect(await onDatabase(file)).toMatchObject([{ outcome: 'ok' }])
  chmodSync(file, 0o644)
  expect(await onDatabase(file)).toMatchObject([
    { outcome: 'ok' },
    { outcome: 'warning', action: expect.stringContaining(`chmod 600 '${file}'`) as string },
  ])
})

it('finds damage that no caller has come across yet', async () => {
  const file = await aDatabase()
  const writable = openSync(file, 'r+')
  for (let page = 40; page < 60; page++) writeSync(writable, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096)
  closeSync(writable)
  expect(await onDatabase(file)).toMatchObject([
    {
      outcome: 'failed',
      detail: expect.stringContaining('damaged') as string,
      action: expect.stringContaining('restore a backup') as string,
    },
  ])
})

it('says that a file is no database, and makes none where there is none', async () => {
  const file = await aDatabase()
  writeFileSync(file, 'Dear diary, '.repeat(1_000))
  expect(await onDatabase(file)).toMatchObject([
    { outcome: 'failed', detail: expect.stringMatching(/not a SQLite database/) as string },
  ])
  rmSync(file)
  expect(await onDatabase(file)).toMatchObject([{ outcome: 'warning' }])
  expect(existsSync(file)).toBe(false)
})

it('says that the running gateway stores nothing because its database was deleted', { timeout: 60_000 }, async () => {
  const file = await aDatabase()
  const other = await startWorld({ dialect: 'ga', variables: { DATABASE_URL: `file:${file}` } })
  onTestFinished(() => other.close())
  rmSync(file)
  // The gateway looks for its file every few seconds.
  await vi.waitFor(
    async () => {
      const response = await fetch(`${other.publicUrl}/readyz`)
      expect(await response.json()).toMatchObject({ storage: 'unavailable' })
    },
    { timeout: 30_000, interval: 200 },
  )
  expect(outcomes(await listOf(other.variables))).toMatchObject({ database: 'warning', storage: 'failed' })
  expect(existsSync(file)).toBe(false)
})
