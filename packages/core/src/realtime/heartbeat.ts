import type { Clock, Timer } from '../clock.ts'

const PING_EVERY_MS = 5_000
const ANSWER_WITHIN_MS = 2_500
/** When our own timer fires this late, our process was held up, not the server: its answer may be waiting in our socket. */
const OVERSLEPT_MS = 500

/** Pings the model's socket until stopped. */
export interface Heartbeat {
  /** Something has come from the server, whatever it was. */
  heard(atMs: number): void
  stop(): void
}

/** Notices a connection that is dead although nobody has said so; any sign of life counts. */
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

/** An update of a session is answered within tens of milliseconds. */
const PROBE_ANSWERED_WITHIN_MS = 1_200

/** Finds out whether a server that answers pings does anything else. */
export interface Probe {
  ask(): void
  /** A message has come. */
  heard(atMs: number): void
  stop(): void
}

/** `ask` sends what every server answers; `deaf` is told when nothing has come of it. */
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
