import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gatewayEnv } from '../process/gateway-env.ts'
import { cpuMsOf } from '../process/machine.ts'
import { freePort, sourceOf, stop } from '../process/processes.ts'

/** One start of the gateway. */
export interface Start {
  /** From the start of the process to the first `/readyz` that answers 200. */
  readonly readyMs: number
  /** CPU used by then, all threads. */
  readonly cpuMs: number
  /** Resident memory some seconds later. */
  readonly idleBytes: number
}

/** What `pnpm start` runs. */
const START = sourceOf('../../apps/gateway/build/start.js')

const START_LIMIT_MS = 20_000
const POLL_MS = 5
/** Long enough for the work that follows a start. */
const IDLE_MS = 4_000

/** No server is needed there: a gateway without calls sends nothing. */
const NOBODY = '127.0.0.1:9'
const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`

/** With {@link gatewayEnv}: all that can be switched on. */
const EVERYTHING = {
  MESSAGE_WEBHOOK_URL: `http://${NOBODY}/messages`,
  MESSAGE_WEBHOOK_SECRET: SECRET,
  MESSAGE_EMAIL_TO: 'desk@example.com',
  MESSAGE_EMAIL_FROM: 'phone@example.com',
  MESSAGE_EMAIL_SMTP_URL: `smtp://${NOBODY}`,
  OUTBOUND_WEBHOOK_URL: `http://${NOBODY}/outbound`,
  OUTBOUND_WEBHOOK_SECRET: SECRET,
  RECORD_PHRASES: 'off',
}

const isReady = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })

const residentBytesOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024

/** Starts the gateway with everything on, as `pnpm start` does with a build that is fresh, and stops it again. */
export const startOnce = async (): Promise<Start> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const port = await freePort()
  const env = { ...gatewayEnv(port, `ws://${NOBODY}/v1/realtime`, `http://${NOBODY}`, databaseDir), ...EVERYTHING }
  const startedAt = performance.now()
  const gateway = spawn(process.execPath, [START], { env, stdio: ['ignore', 2, 2] })
  try {
    while (!(await isReady(port))) {
      if (gateway.exitCode !== null) throw new Error(`The gateway ended as it started (exit code ${gateway.exitCode}).`)
      if (performance.now() - startedAt > START_LIMIT_MS) throw new Error('The gateway did not become ready.')
      await wait(POLL_MS)
    }
    const readyMs = performance.now() - startedAt
    const cpuMs = cpuMsOf(gateway.pid!)
    await wait(IDLE_MS)
    return { readyMs, cpuMs, idleBytes: residentBytesOf(gateway.pid!) }
  } finally {
    await stop(gateway)
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
