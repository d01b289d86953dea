import { recent, saneId } from './bounds.ts'
import type { ServerEvent, WireResponse } from './protocol.ts'

/** Responses beside the conversation: nobody hears them, and none of them is a reply. */
export interface SideResponses {
  /** Whether an event is of such a response. */
  takes(event: ServerEvent): boolean
  has(responseId: unknown): boolean
}

/**
 * We ask for none, but the session may have another client. Its conversation is null then; servers that never name one
 * say nothing by it. What one took is paid for all the same: `over` is told of its end.
 */
export const createSideResponses = (over: (response: WireResponse) => void): SideResponses => {
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
        if (event.type === 'response.done') over(response)
        return true
      }
      return 'response_id' in event && ids.has(event.response_id)
    },
    has: ids.has,
  }
}
