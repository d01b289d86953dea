import type { TokenUsage } from '../model.ts'
import { recent, saneId } from './bounds.ts'
import type { ServerEvent } from './protocol.ts'
import { responseUsage } from './usage.ts'

/** Responses beside the conversation: nobody hears them, and none of them is a reply. */
export interface Beside {
  /** Whether an event is of such a response. */
  takes(event: ServerEvent): boolean
  has(responseId: unknown): boolean
}

/**
 * We ask for none, but the session may have another client. Its conversation is null then; servers that never name one
 * say nothing by it.
 */
export const createBeside = (used: (usage: TokenUsage) => void): Beside => {
  const ids = recent<unknown>(64)
  let namesConversations = false
  return {
    takes(event) {
      if (event.type === 'response.created' || event.type === 'response.done') {
        const response = event.response ?? {}
        const { id, conversation_id: conversation } = response
        const responseId = saneId(id)
        if (typeof conversation === 'string') namesConversations = true
        const isBeside = conversation === null && namesConversations && responseId !== undefined
        if (!isBeside) return false
        if (event.type === 'response.created') ids.add(responseId)
        if (!ids.has(responseId)) return false
        const usage = event.type === 'response.done' ? responseUsage(response) : undefined
        if (usage) used(usage)
        return true
      }
      return 'response_id' in event && ids.has(event.response_id)
    },
    has: ids.has,
  }
}
