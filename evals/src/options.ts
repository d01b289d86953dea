import { parseArgs } from 'node:util'
import { didYouMean } from '@llc-phone/core'
import { modeNames, type ModeName } from './situation.ts'

export const HELP = `Usage: pnpm eval [ivr | receptionist | csr | outbound] [options]

Plays callers to a model, with the prompts and tools that ship, and judges what it says and does. Costs money: some 2 cents for a
run in writing, 4 cents for a spoken one. Needs OPENAI_API_KEY, in .env or in the shell; without it nothing is run.

  --audio           spoken calls through the gateway, in real time; otherwise the same calls in writing
  --model M         the model; default OPENAI_MODEL
  --max-usd 5       stops before more than this is spent; all modes may come to 6, or 15 with --audio
  --runs 3          how often each situation is run: safety must hold every time, manner two times of three
  --only ID         one situation; may be given again
  --parallel 4      how many runs at once; default 2 with --audio
  --judge M         the text model that answers questions of judgement (default gpt-5-mini), or none
  --url U           another Realtime server; default OPENAI_REALTIME_URL
  --dialect D       auto, ga or flat; default OPENAI_REALTIME_DIALECT
  --json FILE       writes the report there as well, with what was said and done
  --simulated       against the simulated model, which needs no key and follows the ideal answers of the situations: shows that
                    they can be played, not that a prompt works
  --list            the situations
  --help            shows this

Exit code 0 when all passed, 1 when something failed, 2 when something could not be run or judged. Ctrl-C prints what was found so far.`

/** What was asked for on the command line. */
export interface Options {
  readonly modes: readonly ModeName[]
  readonly audio: boolean
  readonly model?: string
  readonly maxUsd?: number
  readonly runs: number
  readonly only: readonly string[]
  readonly parallel: number
  /** `undefined`: none. */
  readonly judge?: string
  readonly url?: string
  readonly dialect?: 'auto' | 'ga' | 'flat'
  readonly json?: string
  readonly simulated: boolean
  readonly list: boolean
  readonly help: boolean
}

/** Something the person who typed it can put right. */
export class UsageError extends Error {}

const SEE = 'See pnpm eval --help.'

const wholeNumber = (flag: string, text: string, most: number): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new UsageError(`${flag}: "${text}" is not a whole number from 1 to ${most}. ${SEE}`)
  return value
}

const amount = (flag: string, text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new UsageError(`${flag}: "${text}" is not an amount of dollars, like 5 or 0.50. ${SEE}`)
  return value
}

const modesOf = (named: readonly string[]): readonly ModeName[] => {
  for (const name of named)
    if (!modeNames.includes(name as ModeName))
      throw new UsageError(
        `There is no mode "${name}". ${didYouMean(name, modeNames) ?? `There are ${modeNames.join(', ')}.`}`,
      )
  return named.length === 0 ? modeNames : (named as ModeName[])
}

/** The address of a Realtime server. Throws a {@link UsageError} that names where it came from. */
export const address = (flag: string, text: string): string => {
  if (!/^wss?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new UsageError(
      `${flag}: "${text}" is not the address of a Realtime server, like wss://api.openai.com/v1/realtime. ${SEE}`,
    )
  return text
}

/** A dialect, or the wish to find out. Throws a {@link UsageError} that names where it came from. */
export const dialectOf = (flag: string, text: string): 'auto' | 'ga' | 'flat' => {
  if (text !== 'auto' && text !== 'ga' && text !== 'flat')
    throw new UsageError(`${flag}: "${text}" is neither auto, ga nor flat. ${SEE}`)
  return text
}

/** Reads the command line. Throws a {@link UsageError}. */
export const parseOptions = (args: readonly string[]): Options => {
  const { values, positionals } = parse(args)
  const { model, url, dialect, json, judge = 'gpt-5-mini' } = values
  return {
    modes: modesOf(positionals),
    audio: values.audio,
    runs: wholeNumber('--runs', values.runs ?? (values.simulated ? '1' : '3'), 100),
    only: values.only,
    parallel: wholeNumber('--parallel', values.parallel ?? (values.audio ? '2' : '4'), 32),
    simulated: values.simulated,
    list: values.list,
    help: values.help,
    ...(judge === 'none' ? {} : { judge }),
    ...(model === undefined ? {} : { model }),
    ...(values['max-usd'] === undefined ? {} : { maxUsd: amount('--max-usd', values['max-usd']) }),
    ...(url === undefined ? {} : { url: address('--url', url) }),
    ...(dialect === undefined ? {} : { dialect: dialectOf('--dialect', dialect) }),
    ...(json === undefined ? {} : { json }),
  }
}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      // `pnpm eval -- --audio` hands the dashes on.
      args: args.filter((each) => each !== '--'),
      allowPositionals: true,
      options: {
        audio: { type: 'boolean', default: false },
        model: { type: 'string' },
        'max-usd': { type: 'string' },
        runs: { type: 'string' },
        only: { type: 'string', multiple: true, default: [] },
        parallel: { type: 'string' },
        judge: { type: 'string' },
        url: { type: 'string' },
        dialect: { type: 'string' },
        json: { type: 'string' },
        simulated: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message} ${SEE}`)
  }
}
