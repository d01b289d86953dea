import { createBudget, type Budget } from '../src/cost.ts'
import { evaluate, type EvaluateOptions, type Evaluation } from '../src/evaluate.ts'
import { serveSimulated } from '../src/simulated.ts'
import { situations } from '../src/situations/index.ts'
import type { Situation } from '../src/situation.ts'
import { runText } from '../src/text/run-text.ts'
import type { Entry, Trace } from '../src/trace.ts'

export const MODEL = 'gpt-realtime-2.1'

/** The situation of this id. */
export const situation = (id: string): Situation => {
  const found = situations.find((one) => one.id === id)
  if (!found) throw new Error(`There is no situation ${id}.`)
  return found
}

export const budgetOf = (maxUsd = Infinity): Budget => createBudget(MODEL, maxUsd)

/** Runs these situations in writing against the simulated model. */
export const play = (
  ids: readonly string[],
  changes: Partial<EvaluateOptions> & { readonly server?: Parameters<typeof serveSimulated>[1] } = {},
): Promise<Evaluation> => {
  const { server, ...options } = changes
  return evaluate({
    situations: ids.map(situation),
    runs: 1,
    parallel: 2,
    run: runText,
    serve: serveSimulated(MODEL, server),
    budget: budgetOf(),
    ...options,
  })
}

/** What was found of each run, in order. */
export const findingsOf = ({ results }: Evaluation): string[] =>
  results.flatMap(({ situation: { id }, findings = [], why }) => [
    ...findings.map(({ says }) => `${id}: ${says}`),
    ...(why === undefined ? [] : [`${id} could not be run: ${why}`]),
  ])

/** A call as if it had been played: every step was done. */
export const traceOf = (entries: readonly Entry[], rest: Partial<Trace> = {}): Trace => ({
  promptVersion: 'made-up',
  entries,
  end: 'caller',
  firstWordsMs: [],
  ...rest,
})
