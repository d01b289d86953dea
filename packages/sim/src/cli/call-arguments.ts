/** Reads the command line of `./phone call`: the steps stay in the order they were typed. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readWav } from '@llc-phone/virtual-carrier/wav'
import { voices, type Voice } from '@llc-phone/virtual-carrier/voice'
import type { CallerStep } from '@llc-phone/virtual-carrier/types'
import { meantNumber } from './meant-number.ts'
import { gatewayOptions, readGateway, readTrust, type GatewayAddress, type Trust } from './urls.ts'
import { UserError } from './user-error.ts'

/** A call as it was ordered. */
export interface CallOrder {
  to: string
  from: string
  voice: Voice
  steps: CallerStep[]
  /** Where the WAV goes; undefined for the usual place. */
  out: string | undefined
  json: boolean
  /** Not rung when a line will not be understood. */
  strict: boolean
  /** Only list what is understood, of all modes or of this one. */
  phrases: true | string | undefined
  /** Measure the call; a path writes the figures there, too. */
  report: true | string | undefined
  /** Another gateway than the number's own. */
  gateway: GatewayAddress
  reach: Trust
}

const options = {
  to: { type: 'string', default: '+14155550101' },
  from: { type: 'string', default: '+14155550199' },
  voice: { type: 'string', default: 'rms' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  phrases: { type: 'string' },
  report: { type: 'string' },
  ...gatewayOptions,
  say: { type: 'string', multiple: true },
  dtmf: { type: 'string', multiple: true },
  audio: { type: 'string', multiple: true },
  interrupt: { type: 'string', multiple: true },
  wait: { type: 'string', multiple: true },
  hangup: { type: 'boolean', multiple: true },
} as const

/** Throws a `UserError` with exit code 2 that says what is wrong. */
export function readCallArguments(args: string[], directory = process.cwd()): CallOrder {
  const { values, tokens } = parse(args)
  const voice = voices.find((name) => name === values.voice)
  if (!voice) throw wrong(`There is no voice "${values.voice}": choose one of ${voices.join(', ')}.`)
  for (const number of [values.to, values.from]) {
    if (!/^\+[1-9]\d{6,14}$/.test(number)) {
      const meant = meantNumber(number)
      throw wrong(
        `"${number}" is no telephone number: ${meant ? `did you mean ${meant}?` : 'write a plus, the country code and the number, like +14155550101.'}`,
      )
    }
  }
  const steps: CallerStep[] = []
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { value = '' } = token
    if (token.name === 'say') steps.push({ say: value })
    if (token.name === 'interrupt') steps.push({ interrupt: value })
    if (token.name === 'audio') steps.push({ audio: readAudio(resolve(directory, value)) })
    if (token.name === 'hangup') steps.push({ hangup: true })
    if (token.name === 'dtmf') {
      if (!/^[0-9*#A-D]+$/.test(value)) throw wrong(`"${value}" is no DTMF: use digits, * and #.`)
      steps.push({ dtmf: value })
    }
    if (token.name === 'wait') {
      if (!/^\d+$/.test(value)) throw wrong(`"${value}" is no time to wait: give milliseconds, like --wait 1500.`)
      steps.push({ wait: Number(value) })
    }
  }
  const at = (path: string): string => resolve(directory, path)
  const { to, from, json, strict, phrases, out, report } = values
  return {
    to,
    from,
    voice,
    steps,
    out: out === undefined ? undefined : at(out),
    json,
    strict,
    phrases: phrases === undefined ? undefined : phrases === '' || phrases,
    report: report === undefined ? undefined : report === '' || at(report),
    gateway: readGateway(values, wrong),
    reach: readTrust(values, at, wrong),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args: withValues(args), options, tokens: true })
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

const MAY_STAND_ALONE = new Set(['--report', '--phrases'])

/** `--report` and `--phrases` may stand alone or before a value, which `parseArgs` does not know: they always get one here. */
const withValues = (args: readonly string[]): string[] =>
  args.flatMap((argument, index) => {
    if (MAY_STAND_ALONE.has(args[index - 1] ?? '') && !argument.startsWith('-')) return []
    if (!MAY_STAND_ALONE.has(argument)) return [argument]
    const next = args[index + 1] ?? '-'
    return [`${argument}=${next.startsWith('-') ? '' : next}`]
  })

function readAudio(path: string): Buffer {
  try {
    return readWav(readFileSync(path))
  } catch (error) {
    throw wrong(`Cannot use ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const wrong = (message: string): UserError => new UserError(`${message}\nSee ./phone call --help.`, 2)
