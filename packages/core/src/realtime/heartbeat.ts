import type { Clock, Timer } from '../clock.ts'

const PING_EVERY_MS = 5_000
const ANSWER_WITHIN_MS = 2_500
/** A timer that fires this late means that our process was blocked: the server's answer may be waiting in our socket. */
const OVERSLEPT_MS = 500

/** Pings the model's socket until stopped. */
export interface Heartbeat {
  /** Anything was received from the server. */
  heard(atMs: number): void
  stop(): void
}

/** Detects a connection that died without a close, by pings; anything received counts as an answer. */
export const startHeartbeat = ({
  clock,
  ping,
  dead,
}: {
  readonly clock: Clock
  ping(): void
  dead(): void
}): Heartbeat => {
  let heardAt = clock.now()
  let timer: Timer

  const check = (pingedAt: number, dueAt: number): void => {
    if (heardAt >= pingedAt) timer = clock.after(PING_EVERY_MS - ANSWER_WITHIN_MS, beat)
    else if (clock.now() - dueAt > OVERSLEPT_MS) watch(pingedAt)
    else dead()
  }
  const watch = (pingedAt: number): void => {
    const dueAt = clock.now() + ANSWER_WITHIN_MS
    timer = clock.after(ANSWER_WITHIN_MS, () => check(pingedAt, dueAt))
  }
  const beat = (): void => {
    const pingedAt = clock.now()
    ping()
    watch(pingedAt)
  }
  timer = clock.after(PING_EVERY_MS, beat)

  return {
    heard(atMs) {
      heardAt = atMs
    },
    stop: () => timer.stop(),
  }
}

/** Servers answer a session update within tens of milliseconds. */
const PROBE_ANSWERED_WITHIN_MS = 1_200

/** Checks that a server which answers pings also processes events. */
export interface Probe {
  ask(): void
  /** A message was received. */
  heard(atMs: number): void
  stop(): void
}

/** Creates it. `ask` sends an event that every server answers; `deaf` is called when no message follows. */
export const createProbe = ({ clock, ask, deaf }: { readonly clock: Clock; ask(): void; deaf(): void }): Probe => {
  let heardAt = 0
  let limit: Timer | undefined
  return {
    ask() {
      const askedAt = clock.now()
      ask()
      limit?.stop()
      limit = clock.after(PROBE_ANSWERED_WITHIN_MS, () => {
        if (heardAt < askedAt) deaf()
      })
    },
    heard(atMs) {
      heardAt = atMs
    },
    stop: () => limit?.stop(),
  }
}
