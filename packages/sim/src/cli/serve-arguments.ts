/** Reads the command line of `./phone sim serve`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Dialogue } from '../realtime/dialogue.ts'
import type { Latency } from '../realtime/faults.ts'
import { readDialogue } from '../realtime/find-dialogues.ts'
import { readLatency } from './model-options.ts'
import type { ReachOptions } from '@llc-phone/virtual-carrier/reach'
import type { TlsOption } from '../tls/serve-tls.ts'
import { gatewayOptions, readGateway, readText, readTrust, type GatewayAddress } from './urls.ts'
import { UserError } from './user-error.ts'

/** How the stand-ins are to be, beyond what the environment says. */
export interface ServeOrder {
  tls: TlsOption
  reach: ReachOptions
  /** Where the numbers point, unless the gateway says otherwise by REST. */
  gateway: GatewayAddress
  /** What the model says, and how long it takes. */
  dialogues: Dialogue[]
  latency: Partial<Latency>
  /** Of chance; undefined: always the same one. */
  seed: number | undefined
}

const options = {
  tls: { type: 'boolean', default: false },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  ...gatewayOptions,
  dialogue: { type: 'string', multiple: true },
  'model-latency': { type: 'string' },
  seed: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
} as const

/** Throws a `UserError` with exit code 2 that says what is wrong. Files count from `directory`. */
export function readServeArguments(args: string[], directory = process.cwd()): ServeOrder {
  const values = parse(args)
  const at = (path: string): string => resolve(directory, path)
  const read = (path: string): string => readText(at(path), wrong)
  const [cert, key] = [values['tls-cert'], values['tls-key']]
  if ((cert === undefined) !== (key === undefined)) throw wrong('--tls-cert and --tls-key belong together.')
  const { seed } = values
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) throw wrong(`--seed "${seed}" is no whole number.`)
  return {
    tls: cert !== undefined && key !== undefined ? { cert: read(cert), key: read(key) } : values.tls,
    reach: { ...readTrust(values, at, wrong), allowHosts: values['allow-host'] ?? [] },
    gateway: readGateway(values, wrong),
    dialogues: (values.dialogue ?? []).map((path) => readDialogue(path, read(path), wrong)),
    latency: values['model-latency'] === undefined ? {} : readLatency(values['model-latency'], wrong),
    seed: seed === undefined ? undefined : Number(seed),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

const wrong = (message: string): UserError => new UserError(`${message}\nSee ./phone sim serve --help.`, 2)
