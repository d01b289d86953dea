import type { Clock, Timer } from '../clock.ts'
import { recent } from './bounds.ts'
import type { WireItem } from './protocol.ts'

/** A server answers a turn at once when it is over; what it begins later is no answer to that one. */
const ANSWER_COMES_WITHIN_MS = 3_000

/** A turn that was noise: its item, and the answer that the server makes of it by itself, are unwanted. Nothing else is. */
export interface Dismissal {
  speechStarted(itemId: string | undefined): void
  /** The turn is an item now. */
  committed(itemId: string | undefined): void
  /** The turn that is ending was noise. Returns its item when that is in the conversation already. */
  dismiss(): string | undefined
  /** Whether this item is the unwanted turn. */
  takesItem(item: WireItem & { readonly id: string }): boolean
  /** Whether a response that nobody here asked for is the answer to it; there is one at most. */
  takesResponse(): boolean
  has(itemId: string): boolean
  stop(): void
}

/** `wrote` says whether we have made an item ourselves. */
export const createDismissal = (clock: Clock, wrote: (item: WireItem) => boolean): Dismissal => {
  const dismissed = recent<string>(64)
  let turn: { readonly itemId: string | undefined; readonly isPlaced: boolean } = { itemId: undefined, isPlaced: false }
  // A server that does not say which item a turn becomes: it is the next one of the caller's.
  let isNextItem = false
  let awaitsAnswer = false
  let limit: Timer | undefined

  const settle = (): void => {
    awaitsAnswer = false
    isNextItem = false
    limit?.stop()
  }

  return {
    speechStarted(itemId) {
      settle()
      turn = { itemId, isPlaced: false }
      // Speech that goes on was no noise after all.
      if (itemId !== undefined) dismissed.delete(itemId)
    },
    committed(itemId) {
      if (itemId === undefined) return
      if (isNextItem) dismissed.add(itemId)
      isNextItem = false
      if (turn.itemId === undefined) turn = { itemId, isPlaced: false }
    },
    dismiss() {
      settle()
      awaitsAnswer = true
      limit = clock.after(ANSWER_COMES_WITHIN_MS, settle)
      if (turn.itemId === undefined) {
        isNextItem = true
        return undefined
      }
      dismissed.add(turn.itemId)
      return turn.isPlaced ? turn.itemId : undefined
    },
    takesItem(item) {
      if (item.role !== 'user' || wrote(item)) return false
      if (item.id === turn.itemId) turn = { ...turn, isPlaced: true }
      if (isNextItem) dismissed.add(item.id)
      isNextItem = false
      return dismissed.has(item.id)
    },
    takesResponse() {
      if (!awaitsAnswer) return false
      settle()
      return true
    },
    has: (itemId) => dismissed.has(itemId),
    stop: () => limit?.stop(),
  }
}
