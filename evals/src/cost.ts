import type { CallUsage } from '@llc-phone/core'
import { costOf } from '@llc-phone/gateway/cost'
import { priceOf } from '@llc-phone/gateway/models'

/** The dearest that is known: what a model without a published price is taken to cost. */
const DEAREST = 'gpt-realtime-2.1'
/** Dollars for a million tokens of a judge: more than any text model that is fit for a yes or a no. */
const JUDGE_PRICE = { input: 5, output: 30 }
/** Before anything is known of what a reply costs: a long prompt and a long answer. */
const FIRST_REPLY_USD = 0.03

/** What has been spent, and whether more may be. */
export interface Budget {
  readonly maxUsd: number
  readonly spentUsd: number
  /** The model has no published price: what it costs is taken to be what the dearest one does. */
  readonly isEstimated: boolean
  /** Counts what one reply took; returns its price. */
  used(usage: CallUsage): number
  judged(tokens: { readonly input: number; readonly output: number }): number
  /** Why nothing more may be asked: the next replies, one for each run under way, could cost more than is left. */
  exhausted(running: number): string | undefined
}

/** A budget for replies of `model`; it is exhausted before it is exceeded. */
export const createBudget = (model: string, maxUsd: number): Budget => {
  const isEstimated = priceOf(model) === undefined
  let spentUsd = 0
  let dearestUsd = 0
  const spend = (usd: number): number => {
    spentUsd += usd
    return usd
  }
  return {
    maxUsd,
    isEstimated,
    get spentUsd() {
      return spentUsd
    },
    used(usage) {
      const usd = costOf(isEstimated ? DEAREST : model, usage) ?? 0
      dearestUsd = Math.max(dearestUsd, usd)
      return spend(usd)
    },
    judged: ({ input, output }) => spend((input * JUDGE_PRICE.input + output * JUDGE_PRICE.output) / 1_000_000),
    exhausted(running) {
      // A reply grows with its call, by less than half from one to the next.
      const nextUsd = dearestUsd === 0 ? FIRST_REPLY_USD : dearestUsd * 1.5
      return spentUsd + nextUsd * Math.max(1, running) > maxUsd
        ? `The budget of $${maxUsd.toFixed(2)} would be exceeded ($${spentUsd.toFixed(2)} are spent).`
        : undefined
    },
  }
}
