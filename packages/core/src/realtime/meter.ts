import type { ModelEvent, TokenUsage } from '../model.ts'
import { recent, saneId } from './bounds.ts'
import type { WireResponse, WireTranscriptionUsage } from './protocol.ts'
import { responseUsage, transcriptionUsage } from './usage.ts'

/** Counts what a session has taken: each response and each transcript once, however often a server tells of it. */
export interface Meter {
  /** What a response took that has not been counted yet. */
  response(response: WireResponse): TokenUsage | undefined
  /** Tells what a response took of which the call hears nothing else: it is paid for all the same. */
  unheard(usage: TokenUsage | undefined): void
  transcript(item: unknown, usage: WireTranscriptionUsage | null | undefined, model: unknown): void
}

/** Creates a meter that has counted nothing. */
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
    unheard(usage) {
      if (usage) tell({ type: 'primed', usage })
    },
    transcript(item, wire, model) {
      const usage = once(item, transcriptionUsage(wire, model))
      if (usage) tell({ type: 'transcribed', usage })
    },
  }
}
