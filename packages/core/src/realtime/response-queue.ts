import type { Clock, Timer } from '../clock.ts'
import { recent } from '../recent.ts'

/** A request unanswered for this long is sent again the next time the call asks. */
const UNANSWERED_MS = 2_000
/** How long to wait for a response that the server says is running but has not announced. */
const UNSEEN_MS = 1_500
/** How long to wait for a server that interrupts by itself before we cancel. */
const STOPS_BY_ITSELF_MS = 1_000
/** A cancelled response counts as over after this, whether or not its end was reported. */
const CANCELLED_MS = 2_000

/** A response has begun: one we requested, one of the server's own, or one that is known already. */
export type Beginning = 'ours' | 'theirs' | 'known'

/**
 * Keeps at most one response in flight: a second `response.create` would be refused, and a lost one would mean silence. Every
 * state that only the server can end has a time limit, or is checked when the call asks again.
 */
export interface ResponseQueue {
  /** Requests a response now, or after the running one. Requests coalesce. `again`: repeats the request for an awaited one. */
  request(again?: boolean): void
  /** A response has begun. */
  started(responseId: string | undefined): Beginning
  /** A response has ended. `false`: it is not the one in flight. */
  ended(responseId: string | undefined, wasCancelled: boolean): boolean
  /** Sends a waiting request if nothing is in flight. */
  flush(): void
  /** A request was refused because a response is running. `true` when that was mistaken for the requested one. */
  refusedAsBusy(eventId: string | undefined): boolean
  /** A request was refused; without an id it is the open one. `false`: there was no such request. */
  refused(eventId: string | undefined): boolean
  /** An error may have been about our request: it is sent again when the call asks again. */
  doubt(): void
  /** The server had nothing to cancel. */
  nothingToCancel(eventId: string | undefined): void
  /** Cancels what is in flight. `byItself`: the server heard the speech and interrupts by itself. */
  cut(byItself: boolean): void
  /** Drops a waiting request. */
  forget(): void
  stop(): void
  /** A response is being generated, or was requested. */
  readonly busy: boolean
  /** A response was requested and has not begun. */
  readonly asking: boolean
  /** The response in flight was cut. */
  readonly isCut: boolean
  /** The id of the response being generated, if known. */
  readonly activeId: string | undefined
}

export interface ResponseQueueOptions {
  readonly clock: Clock
  /** Sends one `response.create` and returns its event id. */
  create(): string
  /** Sends one `response.cancel` and returns its event id. */
  cancel(responseId: string | undefined): string
  /** The response in flight is not waited for any longer. */
  gaveUp(): void
}

type Flight =
  | { readonly kind: 'asked'; readonly atMs: number; readonly doubted: boolean }
  | { readonly kind: 'active'; readonly id: string | undefined; readonly seen: boolean }

/** Creates an empty queue. */
export const createResponseQueue = ({ clock, create, cancel, gaveUp }: ResponseQueueOptions): ResponseQueue => {
  let flight: Flight | undefined
  let request: { readonly eventId: string; readonly isRepeat: boolean } | undefined
  /** The open request is about something new, which an older response does not answer. */
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
        // A running response that was not announced yet is the one the call is asking for again.
        if (!again || flight.seen) waiting = true
        // The call has heard all of this response, so its end was lost: cancel it.
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
        // Servers run one response at a time, so the end of the one before was lost.
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
        // Servers run one response at a time, so any end is the end of ours, unless another was cancelled before it was announced.
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
      // The first of two requests was answered after all, or the server answers by itself: keep a request about something new.
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
