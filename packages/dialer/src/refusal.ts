import type { Gate } from '@llc-phone/core'

/** Which gate is closed, what a person is told about it, and until when if time opens it. */
export interface Refusal {
  readonly gate: Gate
  readonly sentence: string
  readonly until?: Date
}

export const refusal = (gate: Gate, sentence: string, until?: Date): Refusal => ({
  gate,
  sentence,
  ...(until ? { until } : {}),
})
