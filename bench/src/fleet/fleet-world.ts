import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  freeAddress,
  GATEWAYS,
  haproxyVersion,
  startHaproxy,
  type GatewayName,
  type Proxy,
} from '@llc-phone/example-fleet'
import { postgresPrograms, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { gatewayEnv } from '../process/gateway-env.ts'
import { gatewayProgram, start, stop, untilReady } from '../process/processes.ts'

/** The same on every gateway of a measurement. */
const FLEET_SECRET = 'a-secret-of-the-bench-that-is-long-enough'

/** Runs `work` with a Postgres of its own, which is gone afterwards. Rejects where none is installed. */
export const withCluster = async <Result>(work: (cluster: Cluster) => Promise<Result>): Promise<Result> => {
  if (postgresPrograms() === undefined)
    throw new Error('No Postgres server is installed: initdb was not found. On Debian: apt-get install postgresql.')
  const cluster = await startCluster()
  try {
    return await work(cluster)
  } finally {
    await cluster.stop()
  }
}

/** Where a gateway of the bench finds what it needs. */
export interface BenchGateway {
  readonly modelUrl: string
  readonly restUrl: string
  readonly databaseUrl: string
  readonly name: GatewayName
  /** `host:port`. */
  readonly address: string
  /** What Twilio calls; absent: the gateway itself. */
  readonly publicUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts one gateway, and does not wait for it. */
export const startGateway = (gateway: BenchGateway, on: 'relay' | 'anywhere' = 'anywhere'): ChildProcess => {
  const { modelUrl, restUrl, databaseUrl, name, address, publicUrl, env = {} } = gateway
  return start(on, gatewayProgram(), {
    ...gatewayEnv(Number(address.split(':')[1]), modelUrl, restUrl, tmpdir()),
    DATABASE_URL: databaseUrl,
    // With SQLite it is alone, and its URLs name nobody.
    ...(databaseUrl.startsWith('file:') ? {} : { INSTANCE_ID: name, FLEET_SECRET }),
    ...(publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl }),
    ...env,
  })
}

/** Three gateways behind HAProxy. */
export interface BenchFleet {
  readonly publicUrl: string
  readonly processes: Record<GatewayName, ChildProcess>
  readonly proxy: Proxy
  /** Starts a gateway again that has ended, at its old address. */
  again(name: GatewayName): Promise<void>
}

/** What three gateways have around them. */
export interface FleetSurroundings extends Pick<BenchGateway, 'modelUrl' | 'restUrl' | 'env'> {
  /** Where the proxy listens, if that is decided before. */
  readonly listen?: string
}

/** Runs `work` with three gateways on a database of their own, behind HAProxy. Rejects where HAProxy is not installed. */
export const withFleet = async <Result>(
  surroundings: FleetSurroundings,
  work: (fleet: BenchFleet, cluster: Cluster, databaseUrl: string) => Promise<Result>,
): Promise<Result> => {
  if (haproxyVersion() === undefined) throw new Error('HAProxy is not installed. On Debian: apt-get install haproxy.')
  return withCluster(async (cluster) => {
    await cluster.create('fleet')
    const databaseUrl = cluster.url('fleet')
    const { listen = await freeAddress(), ...around } = surroundings
    const publicUrl = `http://${listen}`
    const addresses = {} as Record<GatewayName, string>
    for (const name of GATEWAYS) addresses[name] = await freeAddress()
    const processes = {} as Record<GatewayName, ChildProcess>
    const again = async (name: GatewayName): Promise<void> => {
      const address = addresses[name]
      processes[name] = startGateway({ ...around, databaseUrl, publicUrl, name, address })
      await untilReady(processes[name], `http://${address}`)
    }
    let proxy: Proxy | undefined
    try {
      await Promise.all(GATEWAYS.map(again))
      proxy = await startHaproxy({ listen, gateways: addresses })
      return await work({ publicUrl, processes, proxy, again }, cluster, databaseUrl)
    } finally {
      await Promise.all(Object.values(processes).map(stop))
      await proxy?.stop()
    }
  })
}

/** A folder that is gone after `work`. */
export const inFolder = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
