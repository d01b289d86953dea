import type { Clock, Timer } from '../clock.ts'
import { recent } from './bounds.ts'

/** A request that has had no answer for this long is sent again the next time the call asks. */
const UNANSWERED_MS = 2_000
/** A response that we were told of and have not seen is waited for no longer. */
const UNSEEN_MS = 1_500
/** A server that stops by itself when the caller speaks has done so by then; otherwise we cancel. */
const STOPS_BY_ITSELF_MS = 1_000
/** A response that was cancelled is over by then, whether we are told or not. */
const CANCELLED_MS = 2_000

/** Whose response has begun: one we asked for, one of the server's own, or none that is new. */
export type Beginning = 'ours' | 'theirs' | 'known'

/**
 * Keeps at most one response in flight: a second `response.create` would be refused, a lost one would be silence. Every
 * state that only the server can end has a limit, or is looked at again when the call asks again.
 */
export interface ResponseQueue {
  /** Asks for a response now, or as soon as the running one is done. Requests coalesce; `again`: for the one that is awaited already. */
  request(again?: boolean): void
  /** A response began. */
  started(responseId: string | undefined): Beginning
  /** A response is over. `false`: it is not the one in flight. */
  ended(responseId: string | undefined, wasCancelled: boolean): boolean
  /** Sends the request that waits, if nothing is in flight. */
  flush(): void
  /** Refused: a response is running. `true` when that is the one that was taken for ours. */
  refusedAsBusy(eventId: string | undefined): boolean
  /** Refused for good; without an id it is the request that is open. `false`: that was none. */
  refused(eventId: string | undefined): boolean
  /** Something was refused, and it may have been our request: it is sent again when the call asks again. */
  doubt(): void
  /** There was nothing to cancel. */
  nothingToCancel(eventId: string | undefined): void
  /** Stops what is in flight; `byItself`: the server has heard the reason. */
  cut(byItself: boolean): void
  /** Forgets a request that waits. */
  forget(): void
  stop(): void
  /** A response is being generated, or was asked for. */
  readonly busy: boolean
  /** A response was asked for, and nothing has come of it yet. */
  readonly asking: boolean
  /** What is in flight is not wanted any more. */
  readonly isCut: boolean
  /** The response being generated, when its id is known. */
  readonly activeId: string | undefined
}

export interface ResponseQueueOptions {
  readonly clock: Clock
  /** Sends one `response.create`, and tells its event id. */
  create(): string
  /** Sends one `response.cancel`, and tells its event id. */
  cancel(responseId: string | undefined): string
  /** What was in flight is not waited for any longer. */
  gaveUp(): void
}

type Flight =
  | { readonly kind: 'asked'; readonly atMs: number; readonly doubted: boolean }
  | { readonly kind: 'active'; readonly id: string | undefined; readonly seen: boolean }

/** Creates an empty queue. */
export const createResponseQueue = ({ clock, create, cancel, gaveUp }: ResponseQueueOptions): ResponseQueue => {
  let flight: Flight | undefined
  let request: { readonly eventId: string; readonly isRepeat: boolean } | undefined
  /** What the open request is about is answered by no response but its own. */
  let isNew = false
  let waiting = false
  let isCut = false
  let cancelEventId: string | undefined
  let limit: Timer | undefined
  const over = recent<string>(64)

  const send = (asksForNews: boolean): void => {
    const isRepeat = flight !== undefined
    isNew = asksForNews
    waiting = false
    isCut = false
    limit?.stop()
    flight = { kind: 'asked', atMs: clock.now(), doubted: false }
    request = { eventId: create(), isRepeat }
  }
  const free = (): void => {
    if (flight?.kind === 'active' && flight.id !== undefined) over.add(flight.id)
    flight = undefined
    request = undefined
    isCut = false
    limit?.stop()
  }
  const giveUp = (): void => {
    free()
    gaveUp()
  }
  const limitTo = (afterMs: number, then: () => void): void => {
    limit?.stop()
    limit = clock.after(afterMs, then)
  }
  const activeId = (): string | undefined => (flight?.kind === 'active' ? flight.id : undefined)
  const cancelNow = (): void => {
    cancelEventId = cancel(activeId())
    limitTo(CANCELLED_MS, giveUp)
  }

  const cut = (byItself: boolean): void => {
    if (!flight) return
    const wasToldBefore = isCut && cancelEventId !== undefined
    if (!isCut) cancelEventId = undefined
    isCut = true
    if (wasToldBefore) return
    if (byItself) limitTo(STOPS_BY_ITSELF_MS, cancelNow)
    else cancelNow()
  }

  return {
    request(again = false) {
      if (!flight) return send(!again)
      if (flight.kind === 'active') {
        // What we were told of, and have not seen, is what is asked for again.
        if (!again || flight.seen) waiting = true
        // The call has long heard the last of it: that it is over was not said.
        if (again && flight.seen && !isCut) cut(false)
      } else if (flight.doubted || clock.now() - flight.atMs >= UNANSWERED_MS) send(waiting || !again)
      else {
        waiting ||= !again
        if (!isCut) limitTo(flight.atMs + UNANSWERED_MS - clock.now(), () => send(waiting))
      }
    },
    started(id) {
      if (id !== undefined && over.has(id)) return 'known'
      const before = flight
      if (before?.kind === 'active' && before.seen) {
        if (before.id === id || id === undefined) return 'known'
        if (before.id === undefined) {
          flight = { ...before, id }
          return 'known'
        }
        // The end of the one before has been lost: a server has one at a time.
        free()
      }
      flight = { kind: 'active', id, seen: true }
      if (!isCut) limit?.stop()
      else if (cancelEventId === undefined) cancelNow()
      return before?.kind === 'asked' ? 'ours' : 'theirs'
    },
    ended(id, wasCancelled) {
      if (id !== undefined && over.has(id)) return false
      if (flight?.kind === 'active') {
        // A server has one at a time: whichever is over, ours is. But one may be cancelled before we hear of it.
        if (wasCancelled && flight.id !== undefined && id !== undefined && flight.id !== id) return false
      } else if (wasCancelled) return false
      if (id !== undefined) over.add(id)
      free()
      return true
    },
    flush() {
      if (waiting && !flight) send(true)
    },
    refusedAsBusy(eventId) {
      if (!request || (eventId !== undefined && eventId !== request.eventId)) return false
      const { isRepeat } = request
      request = undefined
      // Of two requests for one answer the first has been heard after all, or the server has answered by itself, however late.
      if (isNew && !isCut) waiting = true
      if (flight?.kind === 'active' && flight.seen) return !isRepeat
      flight = { kind: 'active', id: undefined, seen: false }
      limitTo(UNSEEN_MS, giveUp)
      return false
    },
    refused(eventId) {
      if (flight?.kind !== 'asked' || (eventId !== undefined && request?.eventId !== eventId)) return false
      free()
      return true
    },
    doubt() {
      if (flight?.kind === 'asked') flight = { ...flight, doubted: true }
    },
    nothingToCancel(eventId) {
      if (flight && isCut && eventId !== undefined && eventId === cancelEventId) giveUp()
    },
    forget() {
      waiting = false
    },
    cut,
    stop: () => limit?.stop(),
    get busy() {
      return flight !== undefined
    },
    get asking() {
      return flight?.kind === 'asked'
    },
    get isCut() {
      return isCut
    },
    get activeId() {
      return activeId()
    },
  }
}
