import type { ModelEvent, TokenUsage } from '../model.ts'
import { recent } from '../recent.ts'
import { saneId } from './bounds.ts'
import type { WireResponse, WireTranscriptionUsage } from './protocol.ts'
import { responseUsage, transcriptionUsage } from './usage.ts'

/** Counts the usage of a session: each response and each transcript once, however often a server reports it. */
export interface Meter {
  /** The usage of a response, unless it was counted already. */
  response(response: WireResponse): TokenUsage | undefined
  /** Reports the usage of a response that nobody hears: it is billed all the same. */
  reportUnheard(usage: TokenUsage | undefined): void
  transcript(item: unknown, usage: WireTranscriptionUsage | null | undefined, model: unknown): void
}

/** Creates a meter. */
export const createMeter = (tell: (event: ModelEvent) => void): Meter => {
  const counted = recent<string>(1_000)
  const once = <Usage>(id: unknown, usage: Usage | undefined): Usage | undefined => {
    const key = saneId(id)
    if (usage === undefined || key === undefined) return usage
    if (counted.has(key)) return undefined
    counted.add(key)
    return usage
  }
  return {
    response: (response) => once(response.id, responseUsage(response)),
    reportUnheard(usage) {
      if (usage) tell({ type: 'primed', usage })
    },
    transcript(item, wire, model) {
      const usage = once(item, transcriptionUsage(wire, model))
      if (usage) tell({ type: 'transcribed', usage })
    },
  }
}
