import type { Disposition, LatencyMeasure } from '@llc-phone/core'

/** Which calls are counted: those that began in this span of time and are over, without those of tests. */
export interface CountedCalls {
  /** Milliseconds since 1970; `toMs` is not part of the span. */
  readonly fromMs: number
  readonly toMs: number
  readonly instance?: string | undefined
  readonly model?: string | undefined
  /** Figures apart for each instance or model. */
  readonly split?: 'instance' | 'model' | undefined
}

/** A value of the split; absent without one, and for calls that have none. */
interface Named {
  readonly name?: string
  readonly calls: number
}

/** How long a stage took, as counts: bin `n` holds from {@link BIN_RATIO} to the power of `n` ms up to the next one. */
export interface DurationFigures extends Named {
  /** Calls in which the stage was measured. */
  readonly measured: number
  readonly bins: readonly (readonly [bin: number, count: number])[]
}

/** Calls by how they ended. */
export interface OutcomeFigures extends Named {
  readonly outcomes: Readonly<Partial<Record<Disposition, number>>>
}

/** Calls that had a problem, and in how many calls each code was. */
export interface ProblemFigures extends Named {
  readonly troubled: number
  readonly problems: Readonly<Record<string, number>>
}

/** What calls of one model have used: tokens, and US dollars of those whose cost is known. */
export interface CostFigures extends Named {
  readonly model?: string
  readonly priced: number
  readonly usd: number
  readonly input: {
    readonly text: number
    readonly audio: number
    readonly cachedText: number
    readonly cachedAudio: number
  }
  readonly output: { readonly text: number; readonly audio: number }
}

/** A stage whose duration can be asked for: one that stories have, or the wait for the first words. */
export type Stage = LatencyMeasure | 'first_words'

/** Counts over many calls, worked out in the thread of the database. Ask for a day at a time: other queries wait meanwhile. */
export interface FiguresBook {
  durations(calls: CountedCalls, stage: Stage): Promise<readonly DurationFigures[]>
  outcomes(calls: CountedCalls): Promise<readonly OutcomeFigures[]>
  problems(calls: CountedCalls): Promise<readonly ProblemFigures[]>
  /** An entry for each name and model. */
  costs(calls: CountedCalls): Promise<readonly CostFigures[]>
}

/** Bins 2 % wide: percentiles read from them are right to 1 %. */
export const BIN_RATIO = 1.02
