import { recent } from '../recent.ts'
import { saneId } from './bounds.ts'
import type { ServerEvent, WireResponse } from './protocol.ts'

/** Responses outside the conversation (`conversation: none`). Nobody hears them, and they are not replies. */
export interface SideResponses {
  /** Whether an event belongs to such a response. */
  takes(event: ServerEvent): boolean
  has(responseId: unknown): boolean
}

/**
 * We request none, but another client of the session may. Their `conversation_id` is null, which tells nothing on servers
 * that never send one. They are billed, so `over` gets each one that has ended.
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
