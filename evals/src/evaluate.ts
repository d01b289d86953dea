import type { Budget } from './cost.ts'
import type { Finding } from './judge/finding.ts'
import type { Judge } from './judge/judge.ts'
import { judgeToolLog } from './judge/tool-log.ts'
import { judgeWords } from './judge/words.ts'
import { rules } from './rules.ts'
import { CouldNotRun, type Run, type Target } from './run.ts'
import type { Situation } from './situation.ts'
import type { Trace } from './trace.ts'

/** One run of a situation, and what is to be said about it. */
export interface RunResult {
  readonly situation: Situation
  /** Counted from 1. */
  readonly run: number
  /** `undefined`: it could not be run, and `why` says why. */
  readonly findings?: readonly Finding[]
  readonly why?: string
  /** What the judge said, where there is a question for it: `not judged` when it did not answer, which is no pass. */
  readonly judged?: 'yes' | 'no' | 'not judged' | 'not asked'
  /** Why the judge did not answer. */
  readonly unjudged?: string
  readonly costUsd: number
  readonly trace?: Trace
}

/** All that was found. */
export interface Evaluation {
  readonly results: readonly RunResult[]
  readonly leftOut: readonly string[]
  /** Why not everything was run. */
  readonly stopped?: string
  readonly notRun: readonly Situation[]
}

/** A server for one situation. */
export interface Served {
  readonly target: Target
  close(): Promise<void>
}

export interface EvaluateOptions {
  readonly situations: readonly Situation[]
  readonly runs: number
  readonly parallel: number
  readonly run: Run
  serve(situation: Situation): Promise<Served>
  readonly budget: Budget
  /** Without one nothing is judged but by tool log and words. */
  readonly judge?: Judge | undefined
  /** Aborted by whoever has seen enough. */
  readonly signal?: AbortSignal | undefined
  onResult?(result: RunResult): void
}

/** So many runs that have cost nothing say that the others would not be run either. */
const LOST_IN_A_ROW = 12

/** Nothing speaks against it, and nobody who was asked has kept quiet. */
export const isClean = ({ findings, judged }: RunResult): boolean => findings?.length === 0 && judged !== 'not judged'

/** What a finding breaks: its own rule, or the strictest of those that the situation tries. */
export const breaks = ({ rules: tried }: Pick<Situation, 'rules'>, { rule }: Finding): 'safety' | 'manner' =>
  (rule === undefined ? tried : [rule]).some((each) => rules[each].kind === 'safety') ? 'safety' : 'manner'

/** Tool log first, then words, and the judge only where these two have nothing to say: it alone passes nobody. */
export const judgeRun = async (
  situation: Situation,
  trace: Trace,
  judge: Judge | undefined,
  judged: (tokens: { readonly input: number; readonly output: number }) => void,
): Promise<Pick<RunResult, 'findings' | 'judged' | 'unjudged'>> => {
  const question = situation.expect.judge
  const byLog = judgeToolLog(situation, trace)
  const findings = [...byLog, ...judgeWords(situation, trace)]
  if (question === undefined || findings.length > 0) return { findings }
  if (!judge) return { findings, judged: 'not asked' }
  const { answer, why, tokens } = await judge(question, trace)
  judged(tokens)
  if (answer === undefined) return { findings, judged: 'not judged', ...(why === undefined ? {} : { unjudged: why }) }
  if (answer) return { findings, judged: 'yes' }
  return { findings: [{ by: 'judge', says: `No: ${question}` }], judged: 'no' }
}

/** Runs every situation so many times, a few at once, until all is done, the money is spent or somebody has seen enough. */
export const evaluate = async (options: EvaluateOptions): Promise<Evaluation> => {
  const { situations, runs, parallel, budget, judge, signal } = options
  const results: RunResult[] = []
  const leftOut = new Set<string>()
  const waiting = situations.flatMap((situation) =>
    Array.from({ length: runs }, (_, index) => ({ situation, run: index + 1 })),
  )
  let stopped: string | undefined
  let running = 0
  let lostInARow = 0

  const mayGoOn = (): string | undefined => (stopped ??= signal?.aborted ? 'Interrupted.' : budget.exhausted(running))

  /** A question costs money and time too. */
  const ask: Judge | undefined =
    judge &&
    (async (question, trace) => {
      const why = mayGoOn()
      return why === undefined ? judge(question, trace) : { answer: undefined, why, tokens: { input: 0, output: 0 } }
    })

  /** A wrong key, or a server that is not there, is found out without asking it hundreds of times. */
  const noticeLost = ({ why, costUsd }: RunResult): void => {
    lostInARow = why !== undefined && costUsd === 0 ? lostInARow + 1 : 0
    if (lostInARow >= LOST_IN_A_ROW) stopped ??= `${lostInARow} runs in a row could not be run.`
  }

  const once = async (situation: Situation, run: number): Promise<RunResult> => {
    let costUsd = 0
    let served: Served | undefined
    try {
      served = await options.serve(situation)
      const trace = await options.run(situation, served.target, {
        run,
        used: (usage) => void (costUsd += budget.used(usage)),
        leftOut: (field) => void leftOut.add(field),
        stopped: mayGoOn,
      })
      const judgement = await judgeRun(situation, trace, ask, (tokens) => void (costUsd += budget.judged(tokens)))
      return { situation, run, ...judgement, costUsd, trace }
    } catch (error) {
      // One that we did not see coming is told with its name; the others are run all the same.
      return { situation, run, why: error instanceof CouldNotRun ? error.message : String(error), costUsd }
    } finally {
      await served?.close()
    }
  }

  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      // Money that is too little for so many at once may be enough for fewer.
      const mayStart = mayGoOn() === undefined && (running === 0 || budget.exhausted(running + 1) === undefined)
      if (!mayStart) {
        waiting.unshift(next)
        return
      }
      running++
      // oxlint-disable-next-line no-await-in-loop -- that is what a worker does
      const result = await once(next.situation, next.run)
      running--
      results.push(result)
      noticeLost(result)
      options.onResult?.(result)
    }
  }

  await Promise.all(Array.from({ length: Math.min(parallel, waiting.length) }, work))
  const done = new Set(results.map(({ situation }) => situation))
  return {
    results: results.toSorted(
      (one, other) => situations.indexOf(one.situation) - situations.indexOf(other.situation) || one.run - other.run,
    ),
    leftOut: [...leftOut],
    ...(stopped === undefined ? {} : { stopped }),
    notRun: situations.filter((situation) => !done.has(situation)),
  }
}
