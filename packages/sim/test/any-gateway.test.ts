import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { developmentEnv } from '../src/dev.ts'
import type { CallReport } from '../src/report/measure.ts'
import { makeCertificate } from '../src/tls/certificate.ts'

// docs/guides/test-any-gateway.md, step by step: processes, TLS, and real time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'any-gateway-'))
const { env } = developmentEnv({})
const blank = { OPENAI_API_KEY: '', OPENAI_REALTIME_URL: '', TWILIO_ACCOUNT_SID: '', TWILIO_API_URL: '' }
const processes: ChildProcess[] = []

/** Starts a process and waits until it has said all of this. */
function start(args: string[], more: Record<string, string>, says: RegExp[]): Promise<string[]> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...blank, ...more } })
  processes.push(child)
  let out = ''
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      out += chunk.toString()
      const found = says.map((one) => one.exec(out)?.[1])
      if (found.every((one) => one !== undefined)) resolve(found)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('close', () => reject(new Error(`It ended: ${out}`)))
  })
}

function call(args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [here('../src/cli.ts'), 'call', ...args, '--out', join(folder, 'call.wav')], {
    env: { ...process.env, ...blank, PORT: '1', TWILIO_API_URL: twilioUrl },
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })))
}

let twilioUrl = ''
let securePort = ''
let plainPort = ''
let caFile = ''

beforeAll(async () => {
  const { cert, key, ca } = makeCertificate()
  for (const [name, text] of Object.entries({ cert, key, ca })) writeFileSync(join(folder, `${name}.pem`), text)
  const options = ['--tls', '--dialogue', here('fixtures/tiny-dialogue.json'), '--model-latency', 'firstAudioMs=400']
  const ports = { PORT: '1', SIM_TWILIO_PORT: '0', SIM_REALTIME_PORT: '0' }
  const said = await start([here('../src/cli.ts'), 'serve', ...options], ports, [
    /Simulated Twilio +(https:\S+)/,
    /Simulated Realtime API +(wss:\S+)/,
    /NODE_EXTRA_CA_CERTS=(\S+)/,
    /auth token +(\S+)/,
  ])
  const [url, model, file] = said as [string, string, string]
  twilioUrl = url
  caFile = file
  const common = { PORT: '0', OPENAI_REALTIME_URL: model, NODE_EXTRA_CA_CERTS: file }
  const tls = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') }
  const listens = [/listens on (\d+)/]
  const gateway = here('fixtures/tiny-gateway.ts')
  const [secure, plain] = await Promise.all([
    start([gateway], { ...common, ...tls }, listens),
    start([gateway], common, listens),
  ])
  securePort = secure[0]!
  plainPort = plain[0]!
})
afterAll(() => {
  for (const child of processes) child.kill()
})

test('a gateway that is not ours is rung over TLS at its own path, has a conversation, and is measured', async () => {
  const voiceUrl = `https://127.0.0.1:${securePort}/telephony/incoming?tenant=7`
  const path = join(folder, 'report.json')
  const { code, out } = await call([
    `--voice-url=${voiceUrl}`,
    '--voice-method=GET',
    `--ca=${join(folder, 'ca.pem')}`,
    '--say=please tell me a story',
    '--interrupt=what time is it over there',
    '--say=goodbye',
    '--hangup',
    `--report=${path}`,
  ])
  expect(out).toContain('At the caller’s ear')
  expect(out).not.toMatch(/\b(11|12|31)\d{3}:/)
  expect(code).toBe(0)
  const report = JSON.parse(readFileSync(path, 'utf8')) as CallReport
  expect(report.firstAudio.afterAnswerMs).toBeGreaterThan(400)
  expect(report.turns.map(({ text }) => text)).toEqual([
    'please tell me a story',
    'what time is it over there',
    'goodbye',
  ])
  expect(report.answers.count).toBe(3)
  // The model's own delay and the silence after which a turn is over are in it.
  expect(report.answers.p50).toBeGreaterThan(400)
  expect(report.interruptions).toHaveLength(1)
  expect(report.truncations).toHaveLength(1)
  const { toldMs, heardMs } = report.truncations![0]!
  expect(toldMs).toBeGreaterThan(300)
  expect(heardMs).toBeGreaterThan(300)
  expect(report.clears).toBe(1)
  expect(report.marks.sent).toBeGreaterThan(5)
})

test('a gateway that names itself by REST is rung where it said; and one that writes wss: as behind a proxy', async () => {
  const auth = `${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`
  const account = `${twilioUrl}/2010-04-01/Accounts/${env.TWILIO_ACCOUNT_SID}`
  const ask = (path: string, form?: Record<string, string>): Promise<{ incoming_phone_numbers: { sid: string }[] }> =>
    new Promise((resolve, reject) => {
      const headers = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
      const options = { method: form ? 'POST' : 'GET', auth, headers, ca: readFileSync(caFile) }
      const asking = request(`${account}${path}`, options, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve(JSON.parse(body) as { incoming_phone_numbers: { sid: string }[] }))
      })
      asking.on('error', reject)
      asking.end(form && new URLSearchParams(form).toString())
    })
  const found = await ask('/IncomingPhoneNumbers.json?PhoneNumber=%2B14155550100')
  const { sid } = found.incoming_phone_numbers[0]!
  await ask(`/IncomingPhoneNumbers/${sid}.json`, { VoiceUrl: `http://127.0.0.1:${plainPort}/telephony/incoming` })

  const refused = await call(['--to', '+14155550100', '--wait', '100', '--hangup'])
  expect(refused.out).toContain('--insecure takes it as done')
  expect(refused.code).toBe(1)
  const { code, out } = await call(['--to', '+14155550100', '--insecure', '--hangup'])
  expect(out).toMatch(/assistant +has spoken for/)
  expect(code).toBe(0)
})

test('nothing but this machine is contacted, and a wrong path is a failed call', async () => {
  const [away, wrongPath] = await Promise.all([
    call(['--voice-url', 'https://phone.example.com/telephony/incoming', '--hangup']),
    call(['--voice-url', `http://127.0.0.1:${plainPort}/twiml`, '--hangup']),
  ])
  expect(away.out).toContain('phone.example.com is not this machine')
  expect(wrongPath.out).toContain('answered 404')
  expect([away.code, wrongPath.code]).toEqual([1, 1])
})
