import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { GATEWAYS, haproxyVersion, startHaproxy, type GatewayName } from './haproxy.ts'
import { freeAddress, startSmallProxy } from './small-proxy.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const GATEWAY_PROGRAM = join(ROOT, 'apps/gateway/src/main.ts')
const READY_WITHIN_MS = 60_000

/** What the gateways of a fleet are given. */
export interface FleetOptions {
  readonly databaseUrl: string
  /** Environment of every gateway, beside what makes it one of the fleet. */
  readonly env: Readonly<Record<string, string>>
  /** Gets a folder and a log for each gateway. */
  readonly folder: string
}

/** A gateway of the fleet. */
export interface FleetGateway {
  readonly name: GatewayName
  readonly address: string
  readonly process: ChildProcess
  readonly logFile: string
  /** Its environment: what a command beside it needs, too. */
  readonly env: NodeJS.ProcessEnv
}

/** Three gateways and the proxy before them. */
export interface Fleet {
  /** The proxy's origin: what Twilio calls. */
  readonly publicUrl: string
  /** The version of HAProxy, when that is the proxy. */
  readonly haproxy: string | undefined
  readonly gateways: Readonly<Record<GatewayName, FleetGateway>>
  stop(): Promise<void>
}

const untilReady = async ({ name, address, process: child, logFile }: FleetGateway): Promise<void> => {
  for (const begun = Date.now(); ; await wait(100)) {
    if (child.exitCode !== null) throw new Error(`Gateway ${name} ended as it started. Its log: ${logFile}`)
    try {
      if ((await fetch(`http://${address}/readyz`)).ok) return
    } catch {
      // Not listening yet.
    }
    if (Date.now() - begun > READY_WITHIN_MS)
      throw new Error(`Gateway ${name} was not ready within ${READY_WITHIN_MS / 1_000} s. Its log: ${logFile}`)
  }
}

/** Empties what somebody's own `.env` would set: a real variable wins, and an empty one counts as not set. */
const withoutDotEnv = (): Record<string, string> => {
  const file = join(ROOT, '.env')
  if (!existsSync(file)) return {}
  return Object.fromEntries(Object.keys(parseEnv(readFileSync(file, 'utf8'))).map((name) => [name, '']))
}

/** Two signals: the first drains, the second does not wait. */
const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  for (const signal of ['SIGTERM', 'SIGTERM', 'SIGKILL'] as const) {
    child.kill(signal)
    const isGone = await Promise.race([gone.then(() => true), wait(3_000, false)])
    if (isGone) return
  }
}

/** Starts three gateways on one database, and HAProxy before them, or a small proxy of ours where it is not installed. */
export const startFleet = async ({ databaseUrl, env, folder }: FleetOptions): Promise<Fleet> => {
  const listen = await freeAddress()
  const publicUrl = `http://${listen}`
  const FLEET_SECRET = randomBytes(32).toString('hex')
  const started: FleetGateway[] = []
  const closers: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ process: child }) => end(child)))
    for (const close of closers.splice(0)) await close()
    // Who was killed has left the note that it runs.
    for (const { address } of started)
      rmSync(join(ROOT, `data/llc-phone-${address.split(':')[1]}.json`), { force: true })
  }
  try {
    for (const name of GATEWAYS) {
      const address = await freeAddress()
      const home = join(folder, name)
      mkdirSync(home, { recursive: true })
      const logFile = join(folder, `${name}.log`)
      const all = {
        ...withoutDotEnv(),
        ...env,
        ...(process.env.PATH === undefined ? {} : { PATH: process.env.PATH }),
        PORT: address.split(':')[1],
        HOST: '127.0.0.1',
        PUBLIC_URL: publicUrl,
        DATABASE_URL: databaseUrl,
        INSTANCE_ID: name,
        FLEET_SECRET,
      }
      const child = spawn(process.execPath, [GATEWAY_PROGRAM], {
        stdio: ['ignore', 'pipe', 'pipe'],
        cwd: home,
        env: all,
      })
      const log = createWriteStream(logFile)
      child.stdout.pipe(log, { end: false })
      child.stderr.pipe(log, { end: false })
      started.push({ name, address, process: child, logFile, env: all })
    }
    const [a, b, c] = started as [FleetGateway, FleetGateway, FleetGateway]
    await Promise.all(started.map(untilReady))
    const addresses = { listen, gateways: { a: a.address, b: b.address, c: c.address } }
    const haproxy = haproxyVersion()
    const proxy = await (haproxy === undefined ? startSmallProxy(addresses) : startHaproxy(addresses))
    closers.push(() => proxy.stop())
    return { publicUrl, haproxy, gateways: { a, b, c }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
