import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** The configuration for three gateways. */
export const HAPROXY_CONFIG = fileURLToPath(new URL('../haproxy.cfg', import.meta.url))

/** The names of the gateways in the configurations of this folder. */
export const GATEWAYS = ['a', 'b', 'c'] as const
export type GatewayName = (typeof GATEWAYS)[number]

/** Where the proxy and its gateways listen: `host:port`. */
export interface ProxyAddresses {
  readonly listen: string
  readonly gateways: Readonly<Record<GatewayName, string>>
}

/** A proxy that runs. */
export interface Proxy {
  readonly pid: number
  /** What it has said so far, for whoever looks for the cause of a failure. */
  log(): string
  /** Has it read its configuration again, as after an edit. Open streams go on. */
  reload(): Promise<void>
  /** Ends it at once, with every stream. */
  stop(): Promise<void>
}

/** Whether HAProxy is on the PATH and says its version. */
export const haproxyVersion = (): string | undefined => {
  try {
    return /version (\S+)/.exec(execFileSync('haproxy', ['-v'], { encoding: 'utf8', stdio: 'pipe' }))?.[1]
  } catch {
    return undefined
  }
}

const LISTENS_WITHIN_MS = 5_000
const RELOADED_WITHIN_MS = 5_000

/** Resolves when somebody accepts connections at `host:port`; rejects after five seconds. */
export const untilListening = async (address: string): Promise<void> => {
  const [host = '', port = ''] = address.split(':')
  for (const begun = Date.now(); ;) {
    const socket = connect(Number(port), host)
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (Date.now() - begun > LISTENS_WITHIN_MS) throw error
      await wait(20)
    } finally {
      socket.destroy()
    }
  }
}

/** Starts HAProxy with the configuration of this folder. Rejects with what it said when it does not start. */
export const startHaproxy = async ({ listen, gateways: { a, b, c } }: ProxyAddresses): Promise<Proxy> => {
  // -W: a master that keeps old workers over a reload, as the service of every distribution runs it.
  const child = spawn('haproxy', ['-W', '-f', HAPROXY_CONFIG], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LLC_LISTEN: listen, LLC_A: a, LLC_B: b, LLC_C: c },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  const gone = once(child, 'exit')
  const early = gone.then(() => {
    throw new Error(`HAProxy ended: ${said}`)
  })
  early.catch(() => {})
  try {
    await Promise.race([untilListening(listen), early])
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  return {
    pid: child.pid!,
    log: () => said,
    async reload() {
      const begins = (): number => said.split('New worker').length
      const before = begins()
      child.kill('SIGUSR2')
      for (const begun = Date.now(); begins() === before; await wait(20))
        if (Date.now() - begun > RELOADED_WITHIN_MS) throw new Error(`HAProxy did not reload: ${said}`)
    },
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}
