import { parseArgs } from 'node:util'

export const HELP = `Usage: pnpm bench [options]

Measures the gateway beside the least that can join the same two sockets (the floor): the same load, one after the other,
each as its own process on a core of its own. Needs Linux; three minutes on an otherwise idle machine,
up to six on a busy one: what other programs disturb is measured once more.

  --calls 50,200   how many calls at once, one measurement for each
  --seconds 25     how long each measurement lasts
  --quick          --calls 50 --seconds 8: whether it works, not how well
  --json           prints the results as JSON
  --cpu-prof DIR   writes a CPU profile of gateway and floor for each measurement (which itself costs CPU)
  --help           shows this

Exit code 1 when a target of docs/reference/performance.md is missed, 2 when it could not be measured.`

export interface Options {
  readonly calls: readonly number[]
  readonly seconds: number
  readonly json: boolean
  readonly help: boolean
  readonly profileDir?: string
}

const wholeNumber = (flag: string, text: string, most: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${flag}: "${text}" is not a whole number from 1 to ${most}. See pnpm bench --help.`)
  return value
}

/** Reads the command line. Throws an error whose message is for the person who typed it. */
export const parseOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    // `pnpm bench -- --quick` hands the dashes on.
    args: args.filter((each) => each !== '--'),
    options: {
      calls: { type: 'string' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      'cpu-prof': { type: 'string' },
    },
  })
  const profileDir = values['cpu-prof']
  return {
    calls: (values.calls ?? (values.quick ? '50' : '50,200'))
      .split(',')
      .map((text) => wholeNumber('--calls', text, 2_000)),
    seconds: wholeNumber('--seconds', values.seconds ?? (values.quick ? '8' : '25'), 600),
    json: values.json,
    help: values.help,
    ...(profileDir === undefined ? {} : { profileDir }),
  }
}
