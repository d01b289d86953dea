import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@llc-phone/core/testing'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { copyCheckout } from './support/copied-checkout.ts'

// Starts processes and whole calls, on a machine that runs other tests beside them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let checkout = ''
let dev: ChildProcess | undefined
const folder = mkdtempSync(join(tmpdir(), 'llc-dev-'))
beforeAll(() => {
  checkout = copyCheckout()
})
afterEach(() => dev?.kill('SIGKILL'))
afterAll(() => {
  for (const each of [checkout, folder]) rmSync(each, { recursive: true, force: true })
})

const NONE = { PUBLIC_URL: '', OPENAI_API_KEY: '', OPENAI_REALTIME_URL: '', TWILIO_ACCOUNT_SID: '', TWILIO_API_URL: '' }

const variablesOf = async () => {
  const [port, twilio, realtime] = [await freePort(), await freePort(), await freePort()]
  return {
    PATH: process.env['PATH'],
    ...NONE,
    PORT: String(port),
    SIM_TWILIO_PORT: String(twilio),
    SIM_REALTIME_PORT: String(realtime),
    DATABASE_URL: `file:${join(folder, `${port}.db`)}`,
  }
}

const startDev = (variables: object) => {
  const child = spawn(join(checkout, 'phone'), ['dev'], { env: { ...variables } })
  dev = child
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const says = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(output)) {
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`)
      // oxlint-disable-next-line no-await-in-loop -- looks again
      await sleep(50)
    }
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  return { child, says, exited, output: () => output }
}

const isTaken = async (port: string): Promise<boolean> => {
  const server: Server = createServer()
  server.listen(Number(port), '127.0.0.1')
  const taken = await once(server, 'listening').then(
    () => false,
    () => true,
  )
  server.close()
  return taken
}

it('lets a call finish across a save, goes on when the new sources do not start, and leaves no port held when it is killed', async () => {
  const variables = await variablesOf()
  const { child, says, output } = startDev({ ...variables, OPENAI_MODLE: 'gpt-realtime' })
  await says(/The gateway answers at/)
  expect(output()).toContain('Did you mean "OPENAI_MODEL"?')
  expect(output()).toContain('Simulated, because their credentials are not in .env')
  // A fresh clone: nobody has built the console.
  await says(/The console is built/)
  expect(await (await fetch(`http://127.0.0.1:${variables.PORT}/console/`)).text()).toContain('<div id="root">')
  const call = spawn(
    join(checkout, 'phone'),
    [
      ...'call --json --to +14155550101 --out'.split(' '),
      join(folder, 'call.wav'),
      '--say',
      'what are your opening hours',
      '--say',
      'goodbye',
    ],
    { env: variables },
  )
  const told = text(call.stdout)
  await says(/call opened|call answered|INFO: .*call/)
  await sleep(4_000)
  const file = join(checkout, 'apps/gateway/src/listen.ts')
  const source = readFileSync(file, 'utf8')
  writeFileSync(file, `${source}\n`)
  await says(/1 call goes on with the sources as they were/)
  const result = JSON.parse(await told) as Record<string, unknown>
  expect(result).toMatchObject({ status: 'completed', errors: [], warnings: [] })
  // What the call is about was answered by the gateway that had it, the operator's routes included.
  expect(JSON.stringify(result['turns'])).toMatch(/open from Monday.*Goodbye/)
  await says(/gateway stopped/)

  writeFileSync(file, `${source}\nthrow new Error('half written')\n`)
  await says(/did not start; the one before goes on/)
  expect((await fetch(`http://127.0.0.1:${variables.PORT}/readyz`)).status).toBe(200)

  const ports = [variables.PORT, variables.SIM_TWILIO_PORT, variables.SIM_REALTIME_PORT]
  expect(await Promise.all(ports.map(isTaken))).toEqual([true, true, true])
  child.kill('SIGKILL')
  await vi.waitFor(async () => expect(await Promise.all(ports.map(isTaken))).toEqual([false, false, false]), 15_000)
  // The others start the same checkout.
  writeFileSync(file, source)
})

it('names who holds a port, of the gateway or of a simulator, and ends with 4', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const taken = String((holder.address() as AddressInfo).port)
  const variables = await variablesOf()
  const [own, simulated] = [startDev({ ...variables, PORT: taken }), startDev({ ...variables, SIM_TWILIO_PORT: taken })]
  expect(await own.exited).toBe(4)
  expect(own.output()).toMatch(new RegExp(`Port ${taken} is held by process ${process.pid} `))
  expect(await simulated.exited).toBe(4)
  expect(simulated.output()).toMatch(new RegExp(`Port ${taken} is taken by process ${process.pid} .*SIM_TWILIO_PORT`))
  holder.close()
})

it('does not open the token of development to the internet', async () => {
  const started = startDev({
    ...(await variablesOf()),
    PUBLIC_URL: 'https://phone.example.com',
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'a-token-of-twilio',
    TWILIO_PHONE_NUMBER: '+14155550100',
  })
  await started.says(/set ADMIN_TOKEN in \.env/)
  await started.says(/The gateway did not start/)
})
