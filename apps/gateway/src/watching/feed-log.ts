/** An event of the feed. Its text is made when somebody reads it, once. */
export interface FedEvent {
  readonly seq: number
  readonly callId: string
  /** `relay` is a latency of `relay_in` or `relay_out`. */
  readonly kind: string
  /** The event as it is sent; empty when it is too long to be sent. */
  text(): string
}

/** The newest events, for readers who come back. */
export interface FeedLog {
  /** Names the point after the newest event: `BOOT.SEQ`. */
  readonly id: string
  readonly isKeeping: boolean
  /** Adds an event, or only counts it while nothing is kept. */
  add(callId: string, kind: string, make: (id: string) => string): FedEvent
  /** From now on events are kept; those from before are not there. */
  keep(): void
  /** Drops everything, and keeps nothing from now on. */
  drop(): void
  /** The events after this id; `undefined` when some of them are gone: another process, too long ago, or nothing was kept. */
  since(id: string): readonly FedEvent[] | undefined
  forget(callIds: readonly string[]): void
}

/** About 2 MB. */
const MAX_EVENTS = 4_096

/** Creates an empty log; `boot` names this process, as letters and digits. */
export const createFeedLog = (boot: string, limit = MAX_EVENTS): FeedLog => {
  const kept = new Map<number, FedEvent>()
  let seq = 0
  /** Every event after this one is kept; undefined while nothing is. */
  let from: number | undefined
  const idOf = (at: number): string => `${boot}.${at}`

  const trim = (): void => {
    while (kept.size > limit) {
      const oldest = kept.keys().next().value!
      kept.delete(oldest)
      from = oldest
    }
  }

  return {
    get id() {
      return idOf(seq)
    },
    get isKeeping() {
      return from !== undefined
    },
    add(callId, kind, make) {
      const at = ++seq
      let made: string | undefined
      const event = { seq: at, callId, kind, text: () => (made ??= make(idOf(at))) }
      if (from !== undefined) {
        kept.set(at, event)
        trim()
      }
      return event
    },
    keep() {
      from ??= seq
    },
    drop() {
      kept.clear()
      from = undefined
    },
    since(id) {
      const [, of, digits = ''] = /^([A-Za-z\d]+)\.(\d{1,15})$/.exec(id) ?? []
      const at = Number(digits)
      if (of !== boot || at > seq) return undefined
      if (at === seq) return []
      if (from === undefined || at < from) return undefined
      return [...kept.values()].filter((event) => event.seq > at)
    },
    forget(callIds) {
      const theirs = new Set(callIds)
      for (const event of kept.values()) if (theirs.has(event.callId)) kept.delete(event.seq)
    },
  }
}
