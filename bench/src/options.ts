import { parseArgs } from 'node:util'
import { MAX_CALLEES } from './callee-numbers.ts'

export const HELP = `Usage: pnpm bench [options]

relay     measures the gateway beside the least that can join the same two sockets (the floor): the same load, one after
          the other, each as its own process on a core of its own. Three minutes on an otherwise idle machine.
outbound  measures calls we place: how long callees wait for the first word, pre-warmed and cold, for models that start
          slower and slower, and whether anything is left of many calls at once. Six minutes.

Needs Linux. What other programs disturb is measured once more, which takes up to twice as long.

  --only relay     or outbound: one of the two
  --calls 50,200   how many calls at once: one relay measurement for each; the most of them are held outbound
  --seconds 25     how long each measurement lasts, and how long outbound calls are held
  --pickups 200    how many people are called for each start-up of the model
  --quick          --calls 50 --seconds 8 --pickups 40: whether it works, not how well
  --json           prints the results as JSON
  --cpu-prof DIR   writes a CPU profile of gateway and floor for each measurement (which itself costs CPU)
  --help           shows this

Exit code 1 when a target of docs/reference/performance.md is missed, 2 when it could not be measured.`

const parts = ['relay', 'outbound'] as const
/** What can be measured on its own. */
export type Part = (typeof parts)[number]

export interface Options {
  readonly parts: readonly Part[]
  readonly calls: readonly number[]
  readonly seconds: number
  /** Calls for each start-up of the model. */
  readonly pickups: number
  readonly json: boolean
  readonly help: boolean
  readonly profileDir?: string
}

/** A fourth as many outbound calls again come to nothing. */
const MAX_CALLS = MAX_CALLEES * 0.8

const wholeNumber = (flag: string, text: string, most: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${flag}: "${text}" is not a whole number from 1 to ${most}. See pnpm bench --help.`)
  return value
}

const partsOf = (only: string | undefined): readonly Part[] => {
  if (only === undefined) return parts
  const part = parts.find((each) => each === only)
  if (!part) throw new Error(`--only: "${only}" is neither ${parts.join(' nor ')}. See pnpm bench --help.`)
  return [part]
}

/** Reads the command line. Throws an error whose message is for the person who typed it. */
export const parseOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` hands the dashes on.
    args: args.filter((each) => each !== '--'),
    options: {
      only: { type: 'string' },
      calls: { type: 'string' },
      seconds: { type: 'string' },
      pickups: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      'cpu-prof': { type: 'string' },
    },
  })
  const profileDir = values['cpu-prof']
  return {
    parts: partsOf(values.only),
    calls: (values.calls ?? (values.quick ? '50' : '50,200'))
      .split(',')
      .map((text) => wholeNumber('--calls', text, MAX_CALLS)),
    seconds: wholeNumber('--seconds', values.seconds ?? (values.quick ? '8' : '25'), 600),
    pickups: wholeNumber('--pickups', values['pickups'] ?? (values.quick ? '40' : '200'), MAX_CALLEES),
    json: values.json,
    help: values.help,
    ...(profileDir === undefined ? {} : { profileDir }),
  }
}
