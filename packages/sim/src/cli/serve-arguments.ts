/** Reads the command line of `pnpm sim serve`. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ReachOptions } from '../tls/reach.ts'
import type { TlsOption } from '../tls/serve.ts'
import { UserError } from './user-error.ts'

/** How the stand-ins are to be, beyond what the environment says. */
export interface ServeOrder {
  tls: TlsOption
  reach: ReachOptions
}

const options = {
  tls: { type: 'boolean', default: false },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  ca: { type: 'string' },
  insecure: { type: 'boolean', default: false },
  'allow-host': { type: 'string', multiple: true },
} as const

/** Throws a `UserError` with exit code 2 that says what is wrong. Files count from `directory`. */
export function readServeArguments(args: string[], directory = process.cwd()): ServeOrder {
  const values = parse(args)
  const read = (path: string): string => readText(resolve(directory, path))
  const [cert, key] = [values['tls-cert'], values['tls-key']]
  if ((cert === undefined) !== (key === undefined)) throw wrong('--tls-cert and --tls-key belong together.')
  return {
    tls: cert !== undefined && key !== undefined ? { cert: read(cert), key: read(key) } : values.tls,
    reach: {
      insecure: values.insecure,
      ...(values.ca !== undefined && { ca: read(values.ca) }),
      allowHosts: values['allow-host'] ?? [],
    },
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw wrong(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const wrong = (message: string): UserError => new UserError(`${message}\nSee pnpm sim serve --help.`, 2)
