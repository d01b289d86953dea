import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@llc-phone/core/testing'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed, vi } from 'vitest'

// What somebody does who has just cloned this: an installation, a build, processes and whole calls, beside other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** What a clone does not have: all that git ignores, and git's own. */
const NOT_CLONED = new Set(['node_modules', 'dist', 'coverage', '.turbo', '.git', '.env', 'data'])

const folder = mkdtempSync(join(tmpdir(), 'llc-newcomer-'))
const clone = join(folder, 'llc-phone')

/** Where packages were fetched to for this checkout, so that the clone need not fetch them again. */
const packageStore = (): Record<string, string> => {
  const dir = /"storeDir": "([^"]+)"/.exec(readFileSync(join(root, 'node_modules/.modules.yaml'), 'utf8'))?.[1]
  // pnpm adds the version of the store's layout itself.
  return dir === undefined ? {} : { pnpm_config_store_dir: dir.replace(/[/\\]v\d+$/, '') }
}

/** A shell's: without the folders that pnpm puts before it, and with them the Node of this checkout. */
const PATH = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((each) => !each.includes('node_modules'))
  .join(delimiter)

/** As it is typed, because that is how hints name it. */
const COMMAND = ['.', 'phone'].join('/')

let variables: Record<string, string> = {}
/** What was typed and said, for whoever looks for what went wrong. */
let transcript = ''
let isBroken = false
const running = new Set<ChildProcess>()

interface Told {
  readonly code: number | null
  /** Standard output and standard error, in the order they came. */
  readonly text: string
}

const begin = (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
  const child = spawn(COMMAND, args, {
    cwd: clone,
    env: { PATH, HOME: homedir(), ...variables, ...more },
  })
  running.add(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = once(child, 'close').then(([code]): Told => {
    running.delete(child)
    transcript += `$ ./phone ${args.join(' ')}\n${text}[exit ${String(code)}]\n`
    return { code: code as number | null, text }
  })
  const says = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) {
      if (child.exitCode !== null) throw new Error(`./phone ${args.join(' ')} ended: ${text}`)
      // oxlint-disable-next-line no-await-in-loop -- looks again
      await sleep(50)
    }
  }
  return { child, ended, says }
}

/** Types a command and reads what it says. */
const phone = async (args: readonly string[], code = 0, more: Readonly<Record<string, string>> = {}) => {
  const told = await begin(args, more).ended
  expect([args.join(' '), told.code, told.text]).toEqual([args.join(' '), code, told.text])
  return told.text
}

const settings = (...args: readonly string[]) => phone(['settings', ...args])

/** Rings a number; the caller hangs up after 8 s of silence, so that even a busy machine has said what it has to say. */
const ring = (to: string, ...words: readonly string[]) =>
  phone([
    'call',
    '--to',
    to,
    '--out',
    join(folder, `${to}-${Date.now()}.wav`),
    ...words.flatMap((each) => ['--say', each]),
  ])

const idIn = (text: string): string => /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/.exec(text)?.[0] ?? `no id in: ${text}`

const isFree = async (port: string | undefined): Promise<boolean> => {
  const server = createServer().listen(Number(port), '127.0.0.1')
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  server.close()
  return free
}

const portsAreFree = () =>
  Promise.all(['PORT', 'SIM_TWILIO_PORT', 'SIM_REALTIME_PORT'].map((name) => isFree(variables[name])))

const killed = async (dev: ReturnType<typeof begin>): Promise<void> => {
  dev.child.kill('SIGKILL')
  await vi.waitFor(async () => expect(await portsAreFree()).toEqual([true, true, true]), 15_000)
}

let dev: ReturnType<typeof begin>

beforeAll(async () => {
  cpSync(root, clone, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !NOT_CLONED.has(basename(source)),
  })
  const [port, twilio, realtime] = [await freePort(), await freePort(), await freePort()]
  variables = {
    ...packageStore(),
    // What is here already is not asked for on the network.
    npm_config_prefer_offline: 'true',
    PORT: String(port),
    SIM_TWILIO_PORT: String(twilio),
    SIM_REALTIME_PORT: String(realtime),
  }
})
beforeEach((context) => {
  // Each step stands on the one before.
  context.skip(isBroken, 'a step before this one failed')
  transcript = ''
  onTestFailed(() => {
    isBroken = true
    console.error(transcript)
  })
})
afterAll(async () => {
  const gateway = await begin(['stop', '--now']).ended
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
  expect([0, 3]).toContain(gateway.code)
})

it('a clone installs what it needs and answers calls as the example', async () => {
  dev = begin(['dev'])
  await dev.says(/The gateway answers at/)
  expect(await settings('show')).toMatch(/version 0 \(the example\)[^]*Harbor Dental/)
})

it('a restaurant is set up from nothing by commands, looked at, and published', async () => {
  await settings('new', 'empty')
  await settings('set', 'business', '{ name: Salt and Fig, timeZone: America/Los_Angeles }')
  await settings('set', 'business.hours', '{ mon: closed, tue-sat: [11:30-14:30, 17:30-01:00], sun: 10:00-16:00 }')
  await settings('add', 'business.closures', '{ from: 2099-12-24, to: 2099-12-26, reason: Christmas }')
  await settings('add', 'answers', '{ question: "Where can I park?", answer: "In the garage on Pier Street." }')
  await settings('add', 'answers', '{ question: "Are dogs allowed?", answer: "On the terrace, yes." }')
  await settings('add', 'answers', '{ question: "Do you have vegan dishes?", answer: "About a third of the menu." }')
  await settings('set', 'routes.host', '{ label: the host, when: tables for today, number: +14155552671 }')
  await settings('add', 'directory', '{ name: Luisa Ferro, role: chef, route: host, transfer: warm }')
  await settings(
    'set',
    'modes',
    '{ frontDesk: { kind: receptionist }, menu: { kind: ivr, operator: host }, service: { kind: csr } }',
  )
  await settings(
    'set',
    'numbers',
    '{ unknown: frontDesk, fallback: host, list: { +14155550101: { mode: menu }, +14155550103: { mode: service } } }',
  )
  await settings('set', 'modes.frontDesk.greeting', 'Welcome to {business}. This is the AI assistant.')

  expect(await settings('check')).toMatch(/^Nothing is wrong with it\.\n[^]*frontDesk: [\d,]+ tokens of prompt/)
  const diff = await settings('diff')
  for (const words of [
    'Harbor Dental → Salt and Fig',
    'Saturday: closed → 11:30–14:30, 17:30–01:00',
    'closed 24 Dec – 26 Dec 2099 (Christmas) added',
    'Luisa Ferro added to the directory',
    'answer "Are dogs allowed?" added',
    'Anna Meyer removed',
  ])
    expect(diff).toContain(words)
  expect(await settings('publish', '--note', 'Opening day')).toMatch(/^Published: version 1, .*: Opening day\./)
  expect(await settings('list')).toMatch(/^VERSION .*\n1 .*Opening day\n$/)
  expect(await phone(['numbers', 'list'])).toMatch(/^\+14155550101 +menu [^]*\+14155550103 +service /)
})

it('it answers in each way, and takes a message, which is read and seen to', async () => {
  const [menu, desk, service] = await Promise.all([
    ring('+14155550101'),
    ring('+14155550102', 'it is urgent, please call me back'),
    ring('+14155550103'),
  ])
  expect(menu).toContain('Thank you for calling Salt and Fig.')
  expect(desk).toContain('Welcome to Salt and Fig.')
  expect(desk).toContain('I have taken your message and marked it as urgent.')
  expect(service).toContain('thank you for calling Salt and Fig.')

  const waiting = await phone(['messages', 'list'])
  expect(waiting).toMatch(/John Miller \+1415•••0199 .*URGENT[^]*Urgent: please call back at once\./)
  const id = idIn(waiting)
  const call = /call: (\S+)/.exec(await phone(['messages', 'show', id]))?.[1] ?? ''
  expect(await phone(['calls', 'show', call])).toMatch(/settings version 1,[^]*take_message done/)
  expect(await phone(['messages', 'done', id])).toMatch(/\[done, URGENT/)
  expect(await phone(['messages', 'list'])).toBe('There is no message to see to.\n')
})

it('a wrong setting is refused with its path, and an earlier version is restored', async () => {
  expect(await settings('set', 'business.hours.sat', '25:00-26:00')).toMatch(
    /cannot be published yet:\n {2}business\.hours\.sat: write "closed" or the hours of one day, like "10:00-17:00"\n$/,
  )
  expect(await phone(['settings', 'publish'], 1)).toMatch(/nothing was changed:\n {2}business\.hours\.sat: /)
  await settings('discard')
  expect(await phone(['settings', 'set', 'business.hourz', 'x'], 1)).toMatch(/Did you mean "hours"\?/)

  await settings('set', 'modes.frontDesk.greeting', 'Good day, this is the AI assistant of {business}.')
  expect(await settings('diff')).toMatch(/greeting of frontDesk/)
  await settings('publish', '--note', 'A shorter greeting')
  expect(await ring('+14155550102')).toContain('Good day, this is the AI assistant of Salt and Fig.')
  expect(await settings('restore', '1', '--publish', '--note', 'The one before')).toMatch(/^Published: version 3, /)
  expect(await ring('+14155550102')).toContain('Welcome to Salt and Fig.')

  const calls = await phone(['calls', 'list', '--number', '+14155550102'])
  const versions = await Promise.all(
    calls
      .trim()
      .split('\n')
      .map(async (line) => /settings version (\d+)/.exec(await phone(['calls', 'show', idIn(line)]))?.[1]),
  )
  expect(versions).toEqual(['3', '2', '1'])
})

it('dev that is killed leaves nothing on its ports; a call that the model failed is explained, with what to do', async () => {
  await killed(dev)
  dev = begin(['dev'], { SIM_MODEL_FAULTS: '{"handshakeStatus":401}' })
  await dev.says(/The gateway answers at/)
  expect(await ring('+14155550102')).toMatch(/dials \+14155552671/)
  const failed = await phone(['calls', 'list', '--problem', 'any'])
  const why = await phone(['why', idIn(failed)])
  expect(why).toContain('The model server refused our key; the caller was sent to the host.')
  expect(why).toContain('Check OPENAI_API_KEY')
  await killed(dev)
})

it('in production it starts in the background, is killed, and starts again in order; who holds its port is named', async () => {
  const sim = begin(['sim', 'serve'])
  await sim.says(/Simulated Twilio/)
  Object.assign(variables, {
    PUBLIC_URL: `http://127.0.0.1:${variables['PORT']}`,
    OPENAI_API_KEY: 'sk-simulated',
    OPENAI_REALTIME_URL: `ws://127.0.0.1:${variables['SIM_REALTIME_PORT']}/v1/realtime`,
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'development-token-for-signatures',
    TWILIO_PHONE_NUMBER: '+14155550100',
    TWILIO_API_URL: `http://127.0.0.1:${variables['SIM_TWILIO_PORT']}`,
    ADMIN_TOKEN: 'a-long-random-string-of-a-newcomer',
  })
  expect(await phone(['status'], 3)).toMatch(/^No gateway of this folder runs/)
  expect(await phone(['start', '--background'])).toMatch(/It takes calls: process \d+/)
  const first = /process +(\d+)/.exec(await phone(['status']))?.[1]
  process.kill(Number(first), 'SIGKILL')
  await vi.waitFor(async () => expect(await isFree(variables['PORT'])).toBe(true), 15_000)
  expect(await phone(['status'], 3)).toMatch(/^No gateway of this folder runs/)

  const holder = createServer((socket) => socket.destroy()).listen(Number(variables['PORT']), '127.0.0.1')
  await once(holder, 'listening')
  expect((holder.address() as AddressInfo).port).toBe(Number(variables['PORT']))
  for (const typed of [['status'], ['restart'], ['start', '--background']])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect(await phone(typed, 4)).toContain(`process ${process.pid}`)
  holder.close()
  await once(holder, 'close')

  expect(await phone(['restart'])).toMatch(/^Started: process \d+ takes calls/)
  const [, second] = /process +(\d+)/.exec(await phone(['status'])) ?? []
  expect(second).not.toBe(first)
  expect(await ring('+14155550102')).toContain('Welcome to Salt and Fig.')
  expect(await phone(['restart'])).toMatch(/^Stopped\.\nStarted: process \d+ takes calls/)
  expect(await phone(['stop'])).toBe('Stopped.\n')
  expect(await isFree(variables['PORT'])).toBe(true)
  sim.child.kill()
  await sim.ended
})
