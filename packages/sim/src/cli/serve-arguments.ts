/** Reads the command line of `pnpm sim serve`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ReachOptions } from '../tls/reach.ts'
import type { TlsOption } from '../tls/serve.ts'
import { gatewayOptions, readGateway, readText, readTrust, type GatewayAddress } from './urls.ts'
import { UserError } from './user-error.ts'

/** How the stand-ins are to be, beyond what the environment says. */
export interface ServeOrder {
  tls: TlsOption
  reach: ReachOptions
  /** Where the numbers point, unless the gateway says otherwise by REST. */
  gateway: GatewayAddress
}

const options = {
  tls: { type: 'boolean', default: false },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  ...gatewayOptions,
  'allow-host': { type: 'string', multiple: true },
} as const

/** Throws a `UserError` with exit code 2 that says what is wrong. Files count from `directory`. */
export function readServeArguments(args: string[], directory = process.cwd()): ServeOrder {
  const values = parse(args)
  const at = (path: string): string => resolve(directory, path)
  const read = (path: string): string => readText(at(path), wrong)
  const [cert, key] = [values['tls-cert'], values['tls-key']]
  if ((cert === undefined) !== (key === undefined)) throw wrong('--tls-cert and --tls-key belong together.')
  return {
    tls: cert !== undefined && key !== undefined ? { cert: read(cert), key: read(key) } : values.tls,
    reach: { ...readTrust(values, at, wrong), allowHosts: values['allow-host'] ?? [] },
    gateway: readGateway(values, wrong),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

const wrong = (message: string): UserError => new UserError(`${message}\nSee pnpm sim serve --help.`, 2)
