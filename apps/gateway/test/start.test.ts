import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it, vi } from 'vitest'

// Each test starts processes, on a machine that runs other tests beside them.
vi.setConfig({ testTimeout: 30_000 })

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const ENV = {
  HOST: '127.0.0.1',
  PUBLIC_URL: 'http://127.0.0.1:9',
  OPENAI_API_KEY: 'sk-secret-value',
  OPENAI_REALTIME_URL: 'ws://127.0.0.1:9/v1/realtime',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'secret-auth-token',
  TWILIO_PHONE_NUMBER: '+14155550100',
  TWILIO_API_URL: 'http://127.0.0.1:9',
  ADMIN_TOKEN: 'secret-admin-token-of-tests',
  DATABASE_URL: 'file::memory:',
}

let child: ChildProcess | undefined
afterEach(() => child?.kill('SIGKILL'))

const start = (variables: Record<string, string>, args: string[] = []) => {
  let output = ''
  // Nothing of this machine's environment or .env may take part: empty means not set, and real variables win.
  const none = Object.fromEntries(
    [...Object.keys(ENV), 'IVR_DID', 'TWILIO_EDGE', 'TWILIO_REGION'].map((name) => [name, '']),
  )
  const running = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH, ...none, ...variables } })
  child = running
  running.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  running.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(running, 'exit').then(([code]) => code as number | null)
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(output)
      if (match) return match
      if (running.exitCode !== null) throw new Error(`it ended: ${output}`)
      await once(running.stdout, 'data')
    }
  }
  return { running, exited, says, output: () => output }
}

it('refuses to start with one message that lists everything missing, and exits with 1', async () => {
  const { exited, output } = start({ OPENAI_API_KEY: 'sk-secret-value' })
  expect(await exited).toBe(1)
  expect(output()).toMatch(/^The environment is not complete\. 5 variables to set/)
  for (const name of ['PUBLIC_URL', 'TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_PHONE_NUMBER', 'ADMIN_TOKEN'])
    expect(output()).toContain(name)
  expect(output()).not.toContain('sk-secret-value')
})

it('explains itself', async () => {
  const { exited, output } = start({}, ['--help'])
  expect(await exited).toBe(0)
  expect(output()).toContain('Usage: ./phone start')
  const wrong = start({}, ['--port'])
  expect(await wrong.exited).toBe(2)
  expect(wrong.output()).toContain("Unknown option '--port'")
})

it('names the process that holds the port', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const { exited, output } = start({ ...ENV, PORT: String(port) })
  expect(await exited).toBe(1)
  expect(output()).toMatch(
    new RegExp(`Port ${port} is held by (process ${process.pid} \\(.+\\)|another process)\\. Stop it, or set PORT`),
  )
  if (process.platform === 'linux') expect(output()).toContain(`process ${process.pid} (`)
  holder.close()
})

it('listens, and ends in order on SIGTERM', async () => {
  const { running, exited, says, output } = start({ ...ENV, PORT: '0', OPENAI_MODEL: 'gpt-4o-realtime-preview' })
  const [, port] = await says(/"port":(\d+).*"msg":"gateway listens"/)
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  expect(output()).toMatch(/"level":"warn".*gpt-4o-realtime-preview was switched off on 2026-05-07/)
  running.kill('SIGTERM')
  expect(await exited).toBe(0)
  expect(output()).toMatch(/draining.*\n.*gateway stopped/)
  for (const secret of [ENV.OPENAI_API_KEY, ENV.TWILIO_AUTH_TOKEN, ENV.ADMIN_TOKEN])
    expect(output()).not.toContain(secret)
})

it('ends on SIGTERM although nobody has ever read its standard output', async () => {
  const running = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...ENV, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = running
  const exited = once(running, 'exit')
  // Read until it says that it listens, and not any more after that.
  const port = await new Promise<string>((resolve) => {
    let text = ''
    running.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const [, listens] = /"port":(\d+)/.exec(text) ?? []
      if (listens === undefined) return
      running.stdout.pause()
      resolve(listens)
    })
  })
  // More refusals than a pipe and the buffers around it hold, each with a line of its own.
  const refused = () => fetch(`http://127.0.0.1:${port}/twiml`, { method: 'POST' }).then(({ status }) => status)
  for (let n = 0; n < 40; n++)
    expect(new Set(await Promise.all(Array.from({ length: 100 }, refused)))).toEqual(new Set([403]))
  running.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})
