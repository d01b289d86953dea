import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { e164 } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { createTwilio } from '@llc-phone/sim'
import { expect, it, onTestFinished, vi } from 'vitest'
import { judgeDisk } from '../src/doctor/doctor-database.ts'
import { examineEnvironment } from '../src/doctor/doctor-environment.ts'
import { kept } from '../src/doctor/doctor-inside.ts'
import { examineLog } from '../src/doctor/doctor-log.ts'
import { judgeNumber } from '../src/doctor/doctor-numbers.ts'
import { clockOf, examineCertificate, examineStatusPage } from '../src/doctor/doctor-outside.ts'
import { describeDestinations, describeSettings } from '../src/doctor/doctor-settings.ts'
import { runChecks } from '../src/doctor/checks.ts'
import { ok, type Finding } from '../src/doctor/finding.ts'

const serving = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const all = async (findings: AsyncIterable<Finding>): Promise<Finding[]> => {
  const found: Finding[] = []
  for await (const finding of findings) found.push(finding)
  return found
}

it('checks run beside each other, are told in order, and one that throws or hangs keeps none from being told', async () => {
  const hanging = Promise.withResolvers<Finding[]>()
  const findings = await all(
    runChecks([
      { name: 'late', limitMs: 5_000, run: () => hanging.promise },
      {
        name: 'frees',
        limitMs: 5_000,
        run() {
          hanging.resolve([ok('late', 'after all')])
          return []
        },
      },
      { name: 'throws', limitMs: 5_000, run: () => Promise.reject(new Error('no such thing')) },
      { name: 'hangs', limitMs: 5, run: () => new Promise<never>(() => undefined) },
    ]),
  )
  expect(findings.map(({ name, outcome, detail }) => [name, outcome, detail])).toEqual([
    ['late', 'ok', 'after all'],
    ['throws', 'failed', 'no such thing'],
    ['hangs', 'warning', 'was not found out within 0.005 s'],
  ])
  expect(findings.slice(1).every(({ action }) => action !== undefined)).toBe(true)
})

it('names each variable that start misses, without a value, and goes on with the rest', () => {
  const { findings, env } = examineEnvironment({ OPENAI_API_KEY: 'sk-mine', ADMIN_TOKEN: 'short' }, 'start', [
    'MODEL_POOl in .env is not read by llc-phone. Did you mean MODEL_POOL?',
  ])
  const details = findings.map(({ outcome, detail }) => `${outcome} ${detail}`)
  expect(details).toContainEqual(expect.stringMatching(/^failed PUBLIC_URL is missing/))
  expect(details).toContainEqual(expect.stringMatching(/^failed ADMIN_TOKEN is too short/))
  expect(details.at(-1)).toBe('warning MODEL_POOl in .env is not read by llc-phone. Did you mean MODEL_POOL?')
  expect(details.join()).not.toMatch(/sk-mine|"short"/)
  expect(env).toMatchObject({ OPENAI_API_KEY: 'sk-mine', TWILIO_IS_SIMULATED: true })
})

it('says of ./phone dev what is simulated, and finds nothing wrong with that', () => {
  const { findings } = examineEnvironment({}, 'dev', [])
  expect(findings).toEqual([
    ok('environment', 'complete for ./phone dev; simulated, for lack of credentials: the Realtime API and Twilio'),
  ])
})

const statusOf = async (answer: RequestListener) =>
  examineStatusPage({
    OPENAI_REALTIME_URL: 'wss://api.openai.com/v1/realtime',
    OPENAI_STATUS_URL: await serving(answer),
  })

it('says what the status page of the model server says', async () => {
  const page =
    (indicator: string, description: string): RequestListener =>
    (request, response) =>
      response.end(request.url === '/api/v2/status.json' ? JSON.stringify({ status: { indicator, description } }) : '')
  expect(await statusOf(page('none', 'All Systems Operational'))).toMatchObject([
    { outcome: 'ok', detail: expect.stringContaining('All Systems Operational') as string },
  ])
  expect(await statusOf(page('major', 'Partial System Outage'))).toMatchObject([
    { outcome: 'warning', detail: expect.stringContaining('Partial System Outage') as string },
  ])
  expect(await statusOf((_request, response) => void response.end('<html>'))).toMatchObject([
    { outcome: 'ok', detail: expect.stringContaining('not asked') as string },
  ])
  expect(await examineStatusPage({ OPENAI_REALTIME_URL: 'ws://127.0.0.1:1' })).toMatchObject([
    { outcome: 'ok', detail: expect.stringContaining('not asked') as string },
  ])
})

it('finds a clock that is more than a minute off', async () => {
  const origin = await serving((_request, response) =>
    response.writeHead(404, { date: 'Mon, 30 Nov 2026 12:00:00 GMT' }).end(),
  )
  const at = (time: string) => clockOf(origin, () => Date.parse(`2026-11-30T${time}Z`))
  expect(await at('12:00:40')).toMatchObject({ outcome: 'ok' })
  expect(await at('12:02:00')).toMatchObject({
    outcome: 'failed',
    detail: expect.stringContaining('120 s ahead of') as string,
  })
  expect(await at('11:58:00')).toMatchObject({ detail: expect.stringContaining('120 s behind') as string })
})

it('shows whose certificate it is, how long it holds, and that nobody trusts it', async () => {
  // The stand-in makes a certificate for this machine, of an authority that nobody knows.
  const twilio = await createTwilio({ accountSid: 'AC1', authToken: 'token', tls: true })
  onTestFinished(() => twilio.close())
  const [finding] = await examineCertificate(twilio.url, new Date())
  expect(finding).toMatchObject({
    outcome: 'failed',
    detail: expect.stringMatching(/^for localhost, .*, (?:89|90) days left, not trusted: /) as string,
  })
  const [late] = await examineCertificate(twilio.url, new Date(Date.now() + 91 * 86_400_000))
  expect(late).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('has run out') as string })
  expect(await examineCertificate('http://127.0.0.1:8081', new Date())).toEqual([])
})

it('says that no certificate can be read where nobody speaks TLS', async () => {
  const server = createSecureServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  expect(await examineCertificate(`https://127.0.0.1:${port}`, new Date())).toMatchObject([{ outcome: 'warning' }])
})

it('shows the last errors of the log, and nothing of callers in them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a.log')
  const line = (time: string, level: string, msg: string) =>
    JSON.stringify({ level, time: `${time}.000Z`, msg, code: 'database_failed', pii: { caller: '+14155550199' } })
  writeFileSync(
    file,
    [
      line('2026-11-28T12:00:00', 'error', 'long ago'),
      'Error: no JSON',
      line('2026-11-30T11:00:00', 'info', 'gateway listens'),
      line('2026-11-30T11:30:00', 'error', 'storage unavailable'),
    ].join('\n'),
  )
  const now = new Date('2026-11-30T12:00:00Z')
  expect(await examineLog(now, file)).toMatchObject([
    {
      outcome: 'warning',
      detail: `${file}, 1 error in the last 24 hours, the last: 2026-11-30T11:30:00Z storage unavailable (database_failed)`,
    },
  ])
  expect(await examineLog(new Date('2026-12-02T12:00:00Z'), file)).toMatchObject([{ outcome: 'ok' }])
  expect(await examineLog(now, join(folder, 'none.log'))).toMatchObject([{ outcome: 'ok' }])
})

it('says what is left on the disk', () => {
  expect(judgeDisk('/data', 50e9)).toMatchObject({ outcome: 'ok', detail: '50.0 GB are free in /data' })
  expect(judgeDisk('/data', 500e6)).toMatchObject({ outcome: 'warning', detail: '500 MB are free in /data' })
  expect(judgeDisk('/data', 50e6)).toMatchObject({ outcome: 'failed' })
})

it('says which settings are in force, and what is wrong with them', () => {
  const settings = {
    version: 7,
    source: 'stored',
    business: 'Pier Bistro',
    isExample: false,
    notBuilt: [],
    findings: [],
  } as const
  expect(describeSettings(settings, false)).toEqual([
    ok('settings', 'version 7, published'),
    ok('business', 'Pier Bistro'),
  ])
  const findings = [{ path: 'business.hours', message: 'sunday is not listed', severity: 'warning' }] as const
  expect(describeSettings({ ...settings, notBuilt: ['menu'], findings }, false)).toMatchObject([
    { outcome: 'ok' },
    { outcome: 'failed', detail: expect.stringContaining('menu cannot be built') as string },
    { outcome: 'warning', action: expect.stringContaining('./phone settings set business.hours') as string },
    { outcome: 'ok' },
  ])
  const example = { ...settings, version: 0, source: 'seed', business: 'Harbor Dental', isExample: true } as const
  expect(describeSettings(example, false).at(-1)).toMatchObject({ outcome: 'warning' })
  expect(describeSettings(example, true).at(-1)).toMatchObject({ outcome: 'ok' })
})

it('shows where messages go, and no path of a webhook, which may be its secret', () => {
  const { detail } = describeDestinations(['https://hooks.example.com/services/T0/secret', 'office@pierbistro.example'])
  expect(detail).toBe('are kept, and sent to https://hooks.example.com, office@pierbistro.example')
})

it('tells a number that leads elsewhere from one that leads nowhere of ours', () => {
  const number = e164('+14155550101')
  const at = {
    sid: 'PN1',
    voiceUrl: 'https://phone.example.com/twiml',
    voiceMethod: 'POST',
    statusCallback: '',
    statusCallbackMethod: 'POST',
    voiceApplicationSid: '',
    trunkSid: '',
  }
  expect(judgeNumber({ number, at }, 'https://phone.example.com')).toMatchObject({
    outcome: 'warning',
    detail: '+1415•••0101: status callback: not set → https://phone.example.com/twilio/status',
  })
  expect(judgeNumber({ number, at }, 'https://new.example.com')).toMatchObject({
    outcome: 'failed',
    action: './phone doctor --fix sets it at Twilio.',
  })
  expect(judgeNumber({ number, at: { ...at, trunkSid: 'TK1' } }, 'https://phone.example.com')).toMatchObject({
    outcome: 'failed',
    action: expect.stringContaining('SIP trunk') as string,
  })
  expect(judgeNumber({ number }, 'https://phone.example.com')).toMatchObject({ outcome: 'warning' })
})

it('a list is kept for half a minute, and one is made at a time', async () => {
  const clock = fakeClock()
  let made = Promise.withResolvers<number>()
  const task = vi.fn(() => made.promise)
  const list = kept(task, clock)
  const both = [list(), list()]
  made.resolve(1)
  expect(await Promise.all(both)).toEqual([1, 1])
  await clock.advance(29_000)
  expect(await list()).toBe(1)
  expect(task).toHaveBeenCalledTimes(1)
  await clock.advance(2_000)
  made = Promise.withResolvers()
  made.resolve(2)
  expect(await list()).toBe(2)
})
