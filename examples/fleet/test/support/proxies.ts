import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  GATEWAYS,
  haproxyVersion,
  startHaproxy,
  untilListening,
  type Proxy,
  type ProxyAddresses,
} from '../../src/haproxy.ts'
import { freeAddress } from '../../src/small-proxy.ts'

/** A proxy of this folder, and where it falls short of the others. */
export interface Product {
  readonly name: string
  /** Undefined where it is not installed. */
  readonly version: string | undefined
  start(addresses: ProxyAddresses): Promise<Proxy>
  /** Asks `/lbz`, so that a gateway that drains or is full gets no new calls. */
  readonly asksLbz: boolean
  /** Takes a POST whose connection was refused to the next gateway at once; if not, the next time. */
  readonly repeatsRefused: boolean
  /** Takes a request that was answered with 503, or not at all, to the next gateway. */
  readonly repeats: boolean
  /** Open streams outlast a reload. */
  readonly keepsStreams: boolean
  /** Hands a call to a gateway that is full when all are, so that the caller hears it in words. */
  readonly asksWhoeverLives: boolean
}

const folderOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url))

const versionOf = (program: string, argument: string): string | undefined => {
  try {
    // nginx says it on stderr.
    const said = execFileSync('sh', ['-c', `${program} ${argument} 2>&1`], { encoding: 'utf8', stdio: 'pipe' })
    return /\d+\.\d+\.\d+/.exec(said)?.[0]
  } catch {
    return undefined
  }
}

/** The shipped configuration with addresses of this test. */
const configFor = (file: string, { gateways }: ProxyAddresses): string =>
  GATEWAYS.reduce(
    (text, name) => text.replaceAll(new RegExp(`(?<= )${name}:8081\\b`, 'g'), gateways[name]),
    readFileSync(folderOf(file), 'utf8'),
  )

const run = async (
  command: readonly string[],
  { listen }: ProxyAddresses,
  { env = {}, reload, cleanUp }: { env?: NodeJS.ProcessEnv; reload(pid: number): Promise<void>; cleanUp(): void },
): Promise<Proxy> => {
  const [program = '', ...rest] = command
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  const gone = once(child, 'exit')
  const early = gone.then(() => {
    throw new Error(`${program} ended: ${said}`)
  })
  early.catch(() => {})
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await gone
    cleanUp()
  }
  try {
    await Promise.race([untilListening(listen), early])
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: child.pid!, log: () => said, reload: () => reload(child.pid!), stop }
}

const startNginx = async (addresses: ProxyAddresses): Promise<Proxy> => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-nginx-'))
  const file = join(folder, 'nginx.conf')
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/${name};\n`)
    .join('')
  writeFileSync(
    file,
    configFor('nginx.conf', addresses)
      .replace('http {\n', `http {\n${places}`)
      .replace('listen 8080;', `listen ${addresses.listen};`),
  )
  // Whoever is not root is asked to ignore `user`, with a warning.
  const main = `daemon off; pid ${folder}/pid; user root root;`
  return run(['nginx', '-p', folder, '-c', file, '-e', 'stderr', '-g', main], addresses, {
    reload: async (pid) => {
      process.kill(pid, 'SIGHUP')
      await wait(300)
    },
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  })
}

const caddyVersion = versionOf('caddy', 'version')
const caddyIsNew = caddyVersion !== undefined && !/^2\.[0-7]\./.test(caddyVersion)

const startCaddy = async (addresses: ProxyAddresses): Promise<Proxy> => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-caddy-'))
  const file = join(folder, 'Caddyfile')
  const admin = await freeAddress()
  const text = configFor('Caddyfile', addresses)
    .replace('localhost:2019', admin)
    .replace('\n:8080 {', `\nhttp://${addresses.listen} {`)
  // The older one has no word for the first, and mixes bodies up when it keeps them.
  const older = text.replaceAll(/.*(stream_close_delay|request_buffers).*\n/g, '')
  writeFileSync(file, caddyIsNew ? text : older)
  const args = ['--adapter', 'caddyfile', '--config', file]
  return run(['caddy', 'run', ...args], addresses, {
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    reload: async () => void (await promisify(execFile)('caddy', ['reload', '--force', '--address', admin, ...args])),
    cleanUp: () => rmSync(folder, { recursive: true, force: true }),
  })
}

const products: readonly Product[] = [
  {
    name: 'haproxy',
    version: haproxyVersion(),
    start: startHaproxy,
    asksLbz: true,
    repeatsRefused: true,
    repeats: true,
    keepsStreams: true,
    asksWhoeverLives: true,
  },
  {
    name: 'nginx',
    version: versionOf('nginx', '-v'),
    start: startNginx,
    asksLbz: false,
    repeatsRefused: true,
    repeats: true,
    keepsStreams: true,
    asksWhoeverLives: true,
  },
  {
    name: 'caddy',
    version: caddyVersion,
    start: startCaddy,
    asksLbz: true,
    repeatsRefused: caddyIsNew,
    repeats: false,
    keepsStreams: caddyIsNew,
    asksWhoeverLives: false,
  },
]

/** The proxies to try. Where they must be there (`REQUIRE_PROXIES`, and `REQUIRE_HAPROXY` for that one), the absence of one throws. */
export const proxies = (): readonly Product[] => {
  const { REQUIRE_PROXIES: all, REQUIRE_HAPROXY: one } = process.env
  const missing = products
    .filter(({ name, version }) => version === undefined && (all || (one && name === 'haproxy')))
    .map(({ name }) => name)
  if (missing.length > 0) throw new Error(`Not on the PATH: ${missing.join(', ')}.`)
  return products
}
