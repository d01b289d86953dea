import type { Gate } from '@llc-phone/core'

/** A closed gate: its name, the message for a person, and when it opens if time opens it. */
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
