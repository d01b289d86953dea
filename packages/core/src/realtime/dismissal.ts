import type { Clock, Timer } from '../clock.ts'
import { recent } from '../recent.ts'
import type { WireItem } from './protocol.ts'

/** A server answers a turn as soon as it is over; a response that begins later is not the answer to it. */
const ANSWER_COMES_WITHIN_MS = 3_000

/** Removes a turn that was noise: its item, and the response that the server generates for it by itself. */
export interface Dismissal {
  speechStarted(itemId: string | undefined): void
  /** The server has made the turn an item. */
  committed(itemId: string | undefined): void
  /** The turn that is ending was noise. Returns its item if that is in the conversation already. */
  dismiss(): string | undefined
  /** Whether this item is a dismissed turn. */
  takesItem(item: WireItem & { readonly id: string }): boolean
  /** Whether a response that we did not request is the answer to the dismissed turn; `true` at most once. */
  takesResponse(): boolean
  has(itemId: string): boolean
  stop(): void
}

/** Creates it. `wrote`: whether we wrote an item ourselves. */
export const createDismissal = (clock: Clock, wrote: (item: WireItem) => boolean): Dismissal => {
  const dismissed = recent<string>(64)
  let turn: { readonly itemId: string | undefined; readonly isPlaced: boolean } = { itemId: undefined, isPlaced: false }
  // The server did not say which item the turn becomes: it is the caller's next one.
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
      // Speech that continues in the same item was not noise after all.
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
