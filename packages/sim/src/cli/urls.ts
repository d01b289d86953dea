/** Options that `./phone call` and `./phone sim serve` share: where the gateway is, and whose certificate it may show. */
import { readFileSync } from 'node:fs'
import type { ReachOptions } from '@llc-phone/virtual-carrier/reach'

/** For `parseArgs`. */
export const gatewayOptions = {
  'voice-url': { type: 'string' },
  'voice-method': { type: 'string' },
  'status-url': { type: 'string' },
  ca: { type: 'string' },
  insecure: { type: 'boolean', default: false },
} as const

/** What was typed of them. */
interface GatewayValues {
  'voice-url'?: string | undefined
  'voice-method'?: string | undefined
  'status-url'?: string | undefined
  ca?: string | undefined
  insecure: boolean
}

/** Where the gateway is; absent: as it was. A `statusCallback` of null is for none. */
export interface GatewayAddress {
  voiceUrl?: string
  method?: 'GET' | 'POST'
  statusCallback?: string | null
}

/** Whose certificates are taken. */
export type Trust = Pick<ReachOptions, 'ca' | 'insecure'>

/** Reads the addresses; throws what `wrong` makes of the reason. */
export function readGateway(values: GatewayValues, wrong: (message: string) => Error): GatewayAddress {
  const url = (name: 'voice-url' | 'status-url', value: string): string => {
    if (!/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value))
      throw wrong(`--${name} "${value}" is no address: write it out, like http://127.0.0.1:5050/voice.`)
    return value
  }
  const { 'voice-url': voice, 'voice-method': method, 'status-url': status } = values
  const upper = method?.toUpperCase()
  if (upper !== undefined && upper !== 'GET' && upper !== 'POST')
    throw wrong(`--voice-method "${method}" is neither GET nor POST.`)
  return {
    ...(voice !== undefined && { voiceUrl: url('voice-url', voice) }),
    ...(upper && { method: upper }),
    ...(status !== undefined && { statusCallback: status === 'none' ? null : url('status-url', status) }),
  }
}

/** Reads whom to trust; `resolve` makes a path of what was typed. */
export function readTrust(
  { ca, insecure }: GatewayValues,
  resolve: (path: string) => string,
  wrong: (message: string) => Error,
): Trust {
  return {
    ...(insecure && { insecure }),
    ...(ca !== undefined && { ca: readText(resolve(ca), wrong) }),
  }
}

/** A file's text; throws what `wrong` makes of the reason. */
export function readText(path: string, wrong: (message: string) => Error): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw wrong(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
