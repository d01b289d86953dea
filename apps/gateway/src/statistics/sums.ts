import type { Disposition } from '@llc-phone/core'
import type { CostFigures, DurationFigures, OutcomeFigures, ProblemFigures } from '@llc-phone/store'
import { priceOf } from '../configuration/models.ts'
import { partsOf, type CostParts } from './cost-parts.ts'
import { addBins, LEAST_CALLS, percentilesOf, type Percentiles } from './percentiles.ts'

/** How long a stage took in these calls. */
export interface Durations extends Partial<Percentiles> {
  readonly calls: number
  readonly measured: number
  /** Too few calls were measured for percentiles. */
  readonly tooFew?: true
}

/** What these calls have cost. */
export interface Costs extends CostParts {
  readonly calls: number
  /** Calls whose cost is known. */
  readonly priced: number
  readonly usd: number
  readonly usdPerCall?: number
  readonly cachedShare?: number
}

/** How these calls ended. */
export interface Outcomes {
  readonly calls: number
  readonly toTheEnd: number
  readonly handedOver: number
  readonly wentWrong: number
  readonly notReached: number
  readonly outcomes: Readonly<Partial<Record<Disposition, number>>>
}

/** What went wrong in these calls: in how many, and in how many each code. */
export interface Problems {
  readonly calls: number
  readonly troubled: number
  readonly problems: Readonly<Record<string, number>>
}

const GROUPS: Readonly<Record<Disposition, 'toTheEnd' | 'handedOver' | 'wentWrong' | 'notReached'>> = {
  caller_hung_up: 'toTheEnd',
  assistant_hung_up: 'toTheEnd',
  operator_hung_up: 'toTheEnd',
  voicemail: 'toTheEnd',
  transferred: 'handedOver',
  fallback: 'wentWrong',
  failed: 'wentWrong',
  cut_off: 'wentWrong',
  drained: 'wentWrong',
  never_connected: 'notReached',
  answering_machine: 'notReached',
  busy: 'notReached',
  no_answer: 'notReached',
  canceled: 'notReached',
}

const addCounts = <Code extends string>(
  into: Partial<Record<Code, number>>,
  counts: Readonly<Partial<Record<Code, number>>>,
): void => {
  for (const [code, count] of Object.entries<number | undefined>(counts))
    into[code as Code] = (into[code as Code] ?? 0) + (count ?? 0)
}

/** Puts figures together: `add` takes those of one period, `read` tells the sum. */
export interface Sum<Row, Figures> {
  add(row: Row): void
  read(): Figures
}

/** Sum of durations. */
export const sumDurations = () => {
  const bins = new Map<number, number>()
  let calls = 0
  let measured = 0
  return {
    bins,
    add(row: DurationFigures) {
      calls += row.calls
      measured += row.measured
      addBins(bins, row.bins)
    },
    read: (): Durations => ({
      calls,
      measured,
      ...(measured < LEAST_CALLS ? { tooFew: true } : percentilesOf(bins)),
    }),
  }
}

/** Sum of outcomes. */
export const sumOutcomes = (): Sum<OutcomeFigures, Outcomes> => {
  const outcomes: Partial<Record<Disposition, number>> = {}
  let calls = 0
  return {
    add(row) {
      calls += row.calls
      addCounts(outcomes, row.outcomes)
    },
    read() {
      const groups = { toTheEnd: 0, handedOver: 0, wentWrong: 0, notReached: 0 }
      for (const [code, count] of Object.entries(outcomes)) groups[GROUPS[code as Disposition] ?? 'wentWrong'] += count
      return { calls, ...groups, outcomes: { ...outcomes } }
    },
  }
}

/** Sum of problems. */
export const sumProblems = (): Sum<ProblemFigures, Problems> => {
  const problems: Record<string, number> = {}
  let calls = 0
  let troubled = 0
  return {
    add(row) {
      calls += row.calls
      troubled += row.troubled
      addCounts(problems, row.problems)
    },
    read: () => ({ calls, troubled, problems: { ...problems } }),
  }
}

/** Sum of costs. */
export const sumCosts = (): Sum<CostFigures, Costs> => {
  const parts = { audioIn: 0, textIn: 0, cachedIn: 0, audioOut: 0, textOut: 0, transcripts: 0 }
  let [calls, priced, usd, input, cached] = [0, 0, 0, 0, 0]
  const micro = (value: number): number => Math.round(value * 1e6) / 1e6
  return {
    add(row) {
      calls += row.calls
      priced += row.priced
      usd += row.usd
      input += row.input.text + row.input.audio
      cached += row.input.cachedText + row.input.cachedAudio
      addCounts(parts, partsOf(row, row.model === undefined ? undefined : priceOf(row.model)))
    },
    read: () => ({
      calls,
      priced,
      usd: micro(usd),
      ...(priced === 0 ? {} : { usdPerCall: micro(usd / priced) }),
      ...(input === 0 ? {} : { cachedShare: Math.round((Math.min(cached, input) / input) * 1_000) / 1_000 }),
      parts: Object.fromEntries(Object.entries(parts).map(([part, cost]) => [part, micro(cost)])) as typeof parts,
    }),
  }
}
