import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { encodeUlaw, ulawRms } from '@llc-phone/virtual-carrier/ulaw'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import { startGateway, streamTwiml, tone } from './twilio-gateway.ts'
import { developmentEnv } from '../src/dev.ts'

// Each test starts a process, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 20_000 })

const { env } = developmentEnv({})
const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
let gateway: Awaited<ReturnType<typeof startGateway>>
let stand: SimTwilio

beforeAll(async () => {
  gateway = await startGateway(
    ({ path }, { wsUrl }) => (path === '/twiml' ? streamTwiml(`${wsUrl}/media`) : '<Response/>'),
    // Greets, then hangs up when the caller has spoken and been silent for a while.
    (stream) => {
      stream.play(tone(200))
      let quietFrames = 0
      let spoke = false
      stream.socket.on('message', (data) => {
        const { media } = JSON.parse((data as Buffer).toString()) as { media?: { payload: string } }
        if (!media) return
        const loud = ulawRms(Buffer.from(media.payload, 'base64')) > 0.008
        spoke ||= loud
        quietFrames = loud ? 0 : quietFrames + 1
        if (spoke && quietFrames === 25) stream.socket.close()
      })
    },
  )
  stand = await createTwilio({
    accountSid: env.TWILIO_ACCOUNT_SID!,
    authToken: env.TWILIO_AUTH_TOKEN!,
    anyNumber: { voiceUrl: `${gateway.url}/twiml` },
  })
})
afterAll(async () => {
  await stand.close()
  await gateway.close()
})

/** Runs the command line as a user would, away from the values of this machine. */
function run(
  args: string[],
  more: Record<string, string> = {},
  onOutput: (child: ChildProcess, out: string) => void = () => {},
): Promise<{ code: number | null; out: string; err: string }> {
  const blank = { OPENAI_API_KEY: '', TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '', TWILIO_PHONE_NUMBER: '' }
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...blank, PORT: '1', PHONE_AS: './phone', TWILIO_API_URL: stand.url, ...more },
    // As `./phone dev` starts it.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let out = ''
  let err = ''
  child.stdout!.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    onOutput(child, out)
  })
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

test('a call from another process: told as it happens, timed, and kept as a WAV', async () => {
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  const { code, out, err } = await run(['call', '--say', 'Hello there', '--out', wav])
  expect(err).toBe('')
  expect(out).toMatch(/caller +rings \+14155550101 from \+14155550199/)
  expect(out).toMatch(/assistant +has spoken for 0\.2 s/)
  expect(out).toMatch(/caller +Hello there/)
  expect(out).toMatch(/webhook → TwiML +\d+ ms/)
  expect(out).toMatch(/"Hello there" → first audio heard +–/)
  expect(out).toContain('completed after')
  // No colours where nobody looks.
  expect(out).not.toContain('\u001B')
  expect(code).toBe(0)

  const file = readFileSync(wav)
  const [left, right] = [0, 1].map((channel) =>
    encodeUlaw(
      Int16Array.from({ length: (file.length - 44) / 4 }, (_, i) => file.readInt16LE(44 + i * 4 + channel * 2)),
    ),
  )
  expect(ulawRms(left!)).toBeGreaterThan(0.005)
  expect(ulawRms(right!)).toBeGreaterThan(0.005)
})

test('as JSON, for machines', async () => {
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  const { code, out } = await run(['call', '--json', '--wait', '300', '--hangup', '--out', wav])
  const result = JSON.parse(out) as { status: string; timeline: { type: string }[]; wav: string; warnings: unknown[] }
  expect(result).toMatchObject({ status: 'completed', warnings: [], wav, turns: [] })
  expect(result.timeline.map(({ type }) => type)).toContain('media-start')
  expect(code).toBe(0)
})

test('when nothing listens, it says what to do', async () => {
  const { code, err } = await run(['call', '--say', 'Hello'], { TWILIO_API_URL: 'http://127.0.0.1:9' })
  expect(err).toBe('Nothing listens on 127.0.0.1:9. Start `PORT=1 ./phone dev` in another terminal first.\n')
  expect(code).toBe(1)
})

test('every command has help; a wrong one is refused', async () => {
  const [call, serve, top, wrong] = await Promise.all([
    run(['call', '--help']),
    run(['serve', '--help']),
    run(['--help']),
    run(['ring']),
  ])
  expect(call.out).toMatch(/--interrupt "TEXT"/)
  expect(serve.out).toMatch(/SIM_TWILIO_PORT/)
  expect(top.out).toMatch(/\.\/phone sim COMMAND/)
  expect([call.code, serve.code, top.code, wrong.code]).toEqual([0, 0, 0, 2])
  expect(wrong.err).toContain('There is no command "ring": write serve or call.')
})

test('simulators that are told to stop end, although whoever has started them goes on', async () => {
  const order = { TWILIO_API_URL: '', SIM_TWILIO_PORT: '0', OPENAI_API_KEY: 'sk' }
  let asked: Promise<unknown> | undefined
  const { code } = await run(['serve'], order, (child, out) => {
    const [, url] = /Simulated Twilio +(\S+)[^]*numbers point to/.exec(out) ?? []
    // One that answers listens to signals too.
    if (url) asked ??= fetch(url, { headers: { connection: 'close' } }).finally(() => child.kill('SIGTERM'))
  })
  await asked
  expect(code).toBe(0)
})

test('a taken port is named with its process', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const { code, err } = await run(['serve'], {
    TWILIO_API_URL: '',
    SIM_TWILIO_PORT: String(port),
    OPENAI_API_KEY: 'sk',
  })
  other.close()
  expect(err).toContain(`Port ${port} is taken by`)
  expect(err).toContain('SIM_TWILIO_PORT')
  expect(err.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(4)
})

test('the door is closed to strangers and to nonsense', async () => {
  const url = `${stand.url.replace('http', 'ws')}/sim/call`
  const stranger = new WebSocket(url)
  const status = await new Promise((resolve) =>
    stranger.on('unexpected-response', (_, response) => resolve(response.statusCode)),
  )
  expect(status).toBe(401)
  const token = Buffer.from(`${env.TWILIO_ACCOUNT_SID}:${env.TWILIO_AUTH_TOKEN}`).toString('base64')
  const known = new WebSocket(url, { headers: { authorization: `Basic ${token}` } })
  known.on('open', () => known.send('{"to":1}'))
  const answer = await new Promise<string>((resolve) =>
    known.on('message', (data) => resolve((data as Buffer).toString())),
  )
  expect(JSON.parse(answer)).toMatchObject({ event: 'refused' })
})

test('the first Ctrl-C hangs up and still gives the result', async () => {
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  let pressed = false
  const running = run(['call', '--wait', '60000', '--out', wav], {}, (child, soFar) => {
    if (!pressed && soFar.includes('has spoken for')) pressed = child.kill('SIGINT')
  })
  const { code, out } = await running
  expect(out).toContain('completed: the caller hung up')
  expect(readFileSync(wav).length).toBeGreaterThan(44)
  expect(code).toBe(0)
})

test('a stand-in that speaks TLS is rung through without a word about it', async () => {
  const secure = await createTwilio({
    accountSid: env.TWILIO_ACCOUNT_SID!,
    authToken: env.TWILIO_AUTH_TOKEN!,
    anyNumber: { voiceUrl: `${gateway.url}/twiml` },
    tls: true,
  })
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  const more = { TWILIO_API_URL: secure.url.replace('https:', 'http:') }
  const { code, out, err } = await run(['call', '--wait', '300', '--hangup', '--out', wav], more)
  await secure.close()
  expect(err).toBe('')
  expect(out).toContain('completed after')
  expect(code).toBe(0)
})

test('--hangup: the caller hears the assistant out first, and the command waits for what the gateway still answers', async () => {
  const slow = await startGateway(
    async ({ path }, { wsUrl }) => {
      if (path === '/status') await new Promise((resolve) => setTimeout(resolve, 2500))
      return path === '/twiml' ? streamTwiml(`${wsUrl}/media`) : '<Response/>'
    },
    (stream) => stream.play(tone(300)),
  )
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  const args = ['--voice-url', `${slow.url}/twiml`, '--status-url', `${slow.url}/status`, '--hangup', '--out', wav]
  const { code, out } = await run(['call', ...args])
  await slow.close()
  expect(out).toMatch(/assistant +has spoken for 0\.3 s/)
  expect(out).toContain('completed: the caller hung up')
  expect(out).toContain('waits for the last answers of the gateway')
  expect(code).toBe(0)
})

test('a call in which the caller hears nothing is not a good one', async () => {
  const silent = await startGateway(() => '<Response><Hangup/></Response>')
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  const { code, out } = await run(['call', '--voice-url', `${silent.url}/x`, '--say', 'Hello', '--out', wav])
  await silent.close()
  expect(out).toContain('The caller heard nothing.')
  expect(code).toBe(1)
})

test('a status address that was asked for and is missing makes a failed call; one that was not does not', async () => {
  const none = await startGateway(
    ({ path }, { wsUrl }) => (path === '/twiml' ? streamTwiml(`${wsUrl}/media`) : { status: 404, body: '' }),
    (stream) => stream.play(tone(300)),
  )
  const wav = join(mkdtempSync(join(tmpdir(), 'call-')), 'call.wav')
  const args = ['call', '--voice-url', `${none.url}/twiml`, '--hangup', '--out', wav]
  const [without, asked] = await Promise.all([run(args), run([...args, '--status-url', `${none.url}/told`])])
  await none.close()
  expect(without.code).toBe(0)
  expect(asked.out).toContain('/told answered 404')
  expect(asked.code).toBe(1)
})
