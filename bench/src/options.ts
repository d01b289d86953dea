import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { MAX_CALLEES } from './outbound/callee-numbers.ts'
import type { Options, Part } from './part.ts'

/** A fourth as many outbound calls again come to nothing. */
const MAX_CALLS = MAX_CALLEES * 0.8
const NAME_WIDTH = 26
const WIDTH = 104

const wholeNumber = (flag: string, text: string, most: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${flag}: "${text}" is not a whole number from 1 to ${most}. See pnpm bench --help.`)
  return value
}

/** Whoever gives a part's own number means that part. */
const partsOf = (
  parts: readonly Part[],
  only: string | undefined,
  isGiven: (flag: string) => boolean,
): readonly Part[] => {
  if (only === undefined) {
    const meant = parts.filter(({ numbers = [] }) => numbers.some(({ name }) => isGiven(name)))
    return meant.length > 0 ? meant : parts.filter(({ byDefault }) => byDefault)
  }
  const names = only.split(',')
  /** `fleet` means every part whose name begins with `fleet-`. */
  const isMeant = (meant: string, name: string): boolean => name === meant || name.startsWith(`${meant}-`)
  for (const meant of names)
    if (!parts.some(({ name }) => isMeant(meant, name)))
      throw new Error(`--only: there is no "${meant}", only ${parts.map(({ name }) => name).join(', ')}.`)
  return parts.filter(({ name }) => names.some((meant) => isMeant(meant, name)))
}

const wrap = (text: string): string[] => {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line.length + word.length + 1 > WIDTH) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
const entry = (name: string, text: string): string =>
  wrap(text)
    .map((line, index) => `  ${(index === 0 ? name : '').padEnd(NAME_WIDTH)}${line}`)
    .join('\n')

/** What `pnpm bench --help` says. */
export const helpOf = (parts: readonly Part[]): string => {
  const describe = ({ name, describe: text }: Part): string => entry(name, text)
  const numbers = parts.flatMap((part) => (part.numbers ?? []).map((number) => ({ part, ...number })))
  return [
    'Usage: pnpm bench [options]',
    '',
    'Measured by default:',
    ...parts.filter(({ byDefault }) => byDefault).map(describe),
    '',
    'Only by name (--only), because it takes long or breaks something:',
    ...parts.filter(({ byDefault }) => !byDefault).map(describe),
    '',
    'A number of one part, like --viewers 5, measures that part alone where no --only is given.',
    'Needs Linux. What other programs disturb is measured once more, which takes up to twice as long.',
    '',
    'Options:',
    entry('--only A,B', 'these parts and no others; fleet means all that begin with fleet-'),
    entry(
      '--calls 50,200,400',
      'how many calls at once: one relay measurement for each; the most of them, up to 200, are held outbound',
    ),
    entry('--seconds 25', 'how long each measurement lasts, and how long outbound calls are held'),
    ...numbers.map(({ part, name, describe: text, usual, quick }) =>
      entry(`--${name} ${usual}`, `${part.name}: ${text} (--quick: ${quick})`),
    ),
    entry('--quick', '--calls 50 --seconds 8 and less of the rest: whether it works, not how well'),
    entry('--json', 'prints the results as JSON'),
    entry('--cpu-prof DIR', 'writes a CPU profile of gateway and floor for each measurement (which itself costs CPU)'),
    entry('--help', 'shows this'),
    '',
    'Exit code 1 when a target of docs/reference/performance.md is missed, 2 when it could not be measured.',
  ].join('\n')
}

const flags = {
  only: { type: 'string' },
  calls: { type: 'string' },
  seconds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  'cpu-prof': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig

/** Reads the command line. Throws an error whose message is for the person who typed it. */
export const parseOptions = (parts: readonly Part[], args: readonly string[]): Options => {
  const numbers = parts.flatMap((part) => part.numbers ?? [])
  const numberFlags: ParseArgsOptionsConfig = Object.fromEntries(numbers.map(({ name }) => [name, { type: 'string' }]))
  const { values } = parseArgs({
    // `pnpm bench -- --quick` hands the dashes on.
    args: args.filter((each) => each !== '--'),
    options: { ...numberFlags, ...flags },
  })
  const profileDir = values['cpu-prof']
  const given: Readonly<Record<string, string | boolean | undefined>> = values
  const valueOf = new Map(
    numbers.map(({ name, usual, quick, most }) => {
      const text = String(given[name] ?? (values.quick ? quick : usual))
      return [name, wholeNumber(`--${name}`, text, most)]
    }),
  )
  return {
    parts: partsOf(parts, values.only, (flag) => given[flag] !== undefined),
    calls: (values.calls ?? (values.quick ? '50' : '50,200,400'))
      .split(',')
      .map((text) => wholeNumber('--calls', text, MAX_CALLS)),
    seconds: wholeNumber('--seconds', values.seconds ?? (values.quick ? '8' : '25'), 600),
    json: values.json,
    help: values.help,
    ...(profileDir === undefined ? {} : { profileDir }),
    numberOf(name) {
      const value = valueOf.get(name)
      if (value === undefined) throw new Error(`No part of the bench has a number "${name}".`)
      return value
    },
  }
}
