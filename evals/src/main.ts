import { accessSync, constants, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { didYouMean } from '@llc-phone/core'
import { agentFor } from '@llc-phone/gateway/proxy'
import { runAudio } from './audio/run-audio.ts'
import { createBudget } from './cost.ts'
import { evaluate, type EvaluateOptions, type RunResult, type Served } from './evaluate.ts'
import { createJudge, responsesUrl, type Judge } from './judge/judge.ts'
import { address, dialectOf, HELP, parseOptions, UsageError, type Options } from './options.ts'
import { exitCodeOf, reportOf } from './report.ts'
import { renderReport } from './render.ts'
import { serveSimulated } from './simulated.ts'
import { situations as everySituation } from './situations/index.ts'
import type { Situation } from './situation.ts'
import { runText } from './text/run-text.ts'
import { told } from './trace.ts'

const MAX_USD = 5
const MODEL = 'gpt-realtime-1.5'
const OPENAI_URL = 'wss://api.openai.com/v1/realtime'
/** A reply in writing comes within seconds; a server that is silent for longer is not going to answer. */
const ANSWER_WITHIN_MS = 30_000

const PROXY = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const

const NO_KEY =
  'OPENAI_API_KEY is not set, so no model was asked; pnpm eval --simulated plays the situations to the simulated one.'

/** What the command needs of the world. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  print(line: string): void
  readonly signal: AbortSignal
}

const chosen = ({ modes, only }: Options): readonly Situation[] => {
  const ids = everySituation.map(({ id }) => id)
  for (const id of only)
    if (!ids.includes(id))
      throw new UsageError(`There is no situation "${id}". ${didYouMean(id, ids) ?? 'See pnpm eval --list.'}`)
  const found = everySituation.filter(
    ({ id, mode }) => modes.includes(mode) && (only.length === 0 || only.includes(id)),
  )
  if (found.length === 0) throw new UsageError(`None of ${only.join(', ')} is a situation of ${modes.join(', ')}.`)
  return found
}

const progress = ({ situation, run, findings, why, costUsd }: RunResult): string => {
  const how = findings === undefined ? `could not be run: ${why}` : findings.length === 0 ? 'passed' : 'FAILED'
  return `${situation.id} run ${run}: ${how} ($${costUsd.toFixed(3)})`
}

const urlOf = ({ url }: Options, env: Surroundings['env']): string =>
  url ?? address('OPENAI_REALTIME_URL', env['OPENAI_REALTIME_URL'] || OPENAI_URL)

const realServer = (
  options: Options,
  { env }: Surroundings,
  apiKey: string,
  model: string,
): ((situation: Situation) => Promise<Served>) => {
  const url = urlOf(options, env)
  const dialect = options.dialect ?? dialectOf('OPENAI_REALTIME_DIALECT', env['OPENAI_REALTIME_DIALECT'] || 'auto')
  const proxy = Object.fromEntries(PROXY.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const agent = agentFor(url, proxy)
  const target = { url, apiKey, model, dialect, agent, proxy, answerWithinMs: ANSWER_WITHIN_MS }
  return async () => ({ target, close: async () => {} })
}

const judgeOf = (options: Options, { env, signal }: Surroundings, apiKey: string): Judge | undefined => {
  const url = responsesUrl(urlOf(options, env))
  return options.judge === undefined || url === undefined
    ? undefined
    : createJudge({ url, apiKey, model: options.judge, signal })
}

/** Where the report is to be written; not being able to is said before anything has been paid for. */
const fileOf = (json: string, env: Surroundings['env']): string => {
  const file = resolve(env['INIT_CWD'] ?? '.', json)
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch {
    throw new UsageError(`--json: nothing can be written in ${dirname(file)}. Name a file in a folder that is there.`)
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--json: ${file} is a folder. Name a file.`)
  return file
}

/** The report for programs: with every call as it was. */
const withCalls = (report: object, results: readonly RunResult[]): string =>
  `${JSON.stringify(
    {
      ...report,
      calls: results.map(({ situation, run, findings, why, judged, unjudged, costUsd, trace }) => ({
        id: situation.id,
        run,
        ...(findings ? { findings } : {}),
        ...(why === undefined ? {} : { why }),
        ...(judged === undefined ? {} : { judged }),
        ...(unjudged === undefined ? {} : { unjudged }),
        costUsd,
        ...(trace ? { call: told(trace).split('\n'), firstWordsMs: trace.firstWordsMs } : {}),
      })),
    },
    undefined,
    2,
  )}\n`

/** `pnpm eval`: returns its exit code. Throws a {@link UsageError} for what was typed wrong. */
export const main = async (args: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { env, print, signal } = surroundings
  const options = parseOptions(args)
  if (options.help) {
    print(HELP)
    return 0
  }
  const situations = chosen(options)
  if (options.list) {
    for (const { id, about, rules } of situations) print(`${id.padEnd(26)}  ${about} [${rules.join(', ')}]`)
    return 0
  }
  const played = options.audio ? situations.filter(({ textOnly }) => textOnly === undefined) : situations
  if (played.length === 0)
    throw new UsageError(`${situations[0]!.id} cannot be spoken: ${situations[0]!.textOnly} Leave --audio out.`)
  const apiKey = env['OPENAI_API_KEY']
  if (!options.simulated && !apiKey) {
    print(NO_KEY)
    return 0
  }
  const file = options.json === undefined ? undefined : fileOf(options.json, env)
  const model = options.model ?? (env['OPENAI_MODEL'] || MODEL)
  // What is not paid for has no limit, unless one is asked for.
  const budget = createBudget(model, options.maxUsd ?? (options.simulated ? Infinity : MAX_USD))
  const { dialect } = options
  const how: Pick<EvaluateOptions, 'serve' | 'judge'> = options.simulated
    ? {
        serve: serveSimulated(model, {
          dialect: dialect === 'flat' ? 'flat' : 'ga',
          ...(options.audio ? { latency: {} } : {}),
        }),
      }
    : { serve: realServer(options, surroundings, apiKey!, model), judge: judgeOf(options, surroundings, apiKey!) }
  const evaluation = await evaluate({
    situations: played,
    runs: options.runs,
    parallel: options.parallel,
    // The ear of the simulated model was not made for noise.
    run: options.audio ? runAudio({ noise: !options.simulated }) : runText,
    budget,
    signal,
    onResult: (result) => print(progress(result)),
    ...how,
  })
  const report = reportOf(evaluation, {
    mode: options.modes.join(', '),
    model,
    speed: options.audio ? 'audio' : 'text',
    simulated: options.simulated,
    situations: played,
    runs: options.runs,
    budget,
  })
  print(`\n${renderReport(report)}`)
  if (file !== undefined) writeFileSync(file, withCalls(report, evaluation.results))
  return exitCodeOf(report)
}
