import { GatewayError, pause, systemClock, type CallChanges, type CallSession, type Clock } from '@llc-phone/core'
import type { LiveJournal } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from './describe-cause.ts'

/** Writes what live calls note, so that another process can go on with them. */
export interface LiveLog {
  start(): void
  /**
   * Writes what has been noted so far; gives up waiting after {@link PERSIST_LIMIT_MS}. Never rejects. `false`: another process
   * has the call now, which is asked even if there is nothing new. A process that was stopped for a while learns it so.
   */
  persist(call: CallSession): Promise<boolean>
  /**
   * Writes the call down and ends its session here without a word, so that another process can go on with it. `false`: it could
   * not be written, and goes on here.
   */
  release(call: CallSession): Promise<boolean>
  /** Another process has the call now: this one writes nothing more about it. */
  isLost(call: CallSession): boolean
  /** How long the oldest note has been waiting to be written, in seconds. */
  lagSeconds(): number
  stop(): Promise<void>
}

/** Every call is written this often; a crash loses at most this much. */
const WRITE_EVERY_MS = 250
/** While the database fails it is asked this often: gathering what is new costs time, which calls would hear. */
const AGAIN_MS = 1_000
/** Calls in one transaction. Two hundred at once take ten milliseconds to gather, which all of them would hear. */
const MOST_AT_ONCE = 32
/** Callers wait for these writes in silence; a disk that stalls must not be heard. */
const PERSIST_LIMIT_MS = 300

/**
 * Where processes on other machines may take calls over: after so long without an answer of the database this one may have been
 * frozen, and waits longer for the answer before it does anything.
 */
const MAY_BE_LOST_AFTER_MS = 3_000
const CERTAIN_LIMIT_MS = 2_000
/** This process has not run for so long: every call asks whether it still has its owner. */
const FROZEN_MS = 2_000

/** A call that we place is in the journal from its beginning; before that there is nothing to go on with. */
const isTalking = ({ facts, state: { phase } }: CallSession): boolean =>
  phase !== 'ended' && (facts.direction === 'inbound' || (phase !== 'warming' && phase !== 'ready'))

/** Of calls that cannot be resumed only the story is written. */
const withoutPlan = ({ plan: _plan, ...changes }: CallChanges): CallChanges => ({ ...changes, steps: [] })

/** Written only to learn whether another process has the call. */
const nothingNew = ({ facts, mode }: CallSession): CallChanges => ({
  facts,
  mode: mode.name,
  replaces: false,
  turns: [],
  tools: [],
  latency: [],
  steps: [],
})

/** Creates the writer of live calls: one write at a time, later notes wait for the next one. */
export const createLiveLog = (options: {
  readonly journal: Pick<LiveJournal, 'write'> & Partial<Pick<LiveJournal, 'release'>>
  readonly active: () => readonly CallSession[]
  readonly log: Logger
  readonly clock?: Clock
  /** Processes on other machines use the database too. */
  readonly spansMachines?: boolean
  /** Whether calls that we place can be resumed: their requests are kept where another process reads them. */
  readonly resumesPlaced?: boolean
  /** Another process has taken a call over. */
  fenced?(call: CallSession): void
  /** A call whose session has ended here goes on elsewhere, and may come back. */
  forget?(callId: string): void
}): LiveLog => {
  const { journal, active, log, clock = systemClock, spansMachines = false, resumesPlaced = false } = options
  const isResumable = ({ facts }: CallSession): boolean => facts.direction === 'inbound' || resumesPlaced
  const lost = new WeakSet<CallSession>()
  const defective = new WeakSet<CallSession>()
  /** How often each call was written. Nobody can take one over that never was. */
  const writes = new WeakMap<CallSession, number>()
  /** Calls whose turn it is to be written. */
  const due = new Set<CallSession>()
  /** The rest of the calls of these 250 ms, and the time between two writes. */
  let round: CallSession[] = []
  let pauseMs = WRITE_EVERY_MS
  /** Calls that wait for the next write. */
  const asking = new Set<CallSession>()
  let writing: Promise<void> | undefined
  /** When the last write has failed; absent when it has succeeded. */
  let failedAt: number | undefined
  let waitingSince: number | undefined
  /** When the last write that has succeeded was begun: by then no other process had these calls. */
  let confirmedAt = clock.now()
  let tickedAt = clock.now()
  let isOver = false

  /** Ends the session without a word: another process tells how the call ends. */
  const leave = (call: CallSession): void => {
    lost.add(call)
    call.end('cut_off')
    options.forget?.(call.facts.callId)
  }

  const giveUp = (call: CallSession): void => {
    const { callId, legId } = call.facts
    log.warn({ callId, legId }, 'another process has taken this call over: it ends here')
    options.fenced?.(call)
    leave(call)
  }

  /** A defect of one call must not keep the others from being written. */
  const takeOf = (call: CallSession): CallChanges | undefined => {
    try {
      return call.takeChanges()
    } catch (error) {
      if (!defective.has(call)) log.error({ callId: call.facts.callId, ...describeCause(error) }, 'live call not read')
      defective.add(call)
      return undefined
    }
  }

  const writeAll = async (): Promise<void> => {
    const noted = new Map<string, { readonly call: CallSession; readonly changes: CallChanges }>()
    for (const call of new Set([...due, ...asking])) {
      if (!isTalking(call)) continue
      const changes = takeOf(call) ?? (asking.has(call) ? nothingNew(call) : undefined)
      if (changes) noted.set(call.facts.callId, { call, changes })
    }
    due.clear()
    asking.clear()
    if (noted.size === 0) return
    const begunAt = clock.now()
    waitingSince ??= begunAt
    try {
      const taken = await journal.write(
        [...noted.values()].map(({ changes }) =>
          changes.facts.direction === 'outbound' && !resumesPlaced ? withoutPlan(changes) : changes,
        ),
        clock.date(),
      )
      waitingSince = undefined
      failedAt = undefined
      confirmedAt = begunAt
      for (const { call } of noted.values()) writes.set(call, (writes.get(call) ?? 0) + 1)
      for (const callId of taken) giveUp(noted.get(callId)!.call)
    } catch (error) {
      for (const { call, changes } of noted.values()) call.returnChanges(changes)
      // The store reports its own failures; a defect is told once.
      if (failedAt === undefined && !(error instanceof GatewayError))
        log.error(describeCause(error), 'live calls not written')
      failedAt = clock.now()
    }
  }

  const write = (): Promise<void> =>
    (writing ??= writeAll().finally(() => {
      writing = undefined
    }))

  const tick = (): void => {
    if (isOver) return
    const now = clock.now()
    if (spansMachines && now - tickedAt > FROZEN_MS) for (const call of active()) asking.add(call)
    tickedAt = now
    if (failedAt !== undefined && now - failedAt < AGAIN_MS) {
      clock.after(WRITE_EVERY_MS, tick)
      return
    }
    if (round.length === 0) {
      round = [...active()]
      pauseMs = WRITE_EVERY_MS / Math.max(1, Math.ceil(round.length / MOST_AT_ONCE))
    }
    for (const call of round.splice(0, MOST_AT_ONCE)) due.add(call)
    void write()
    clock.after(pauseMs, tick)
  }

  /** A write that is under way may not have the notes of this call. */
  const writeNow = async (call: CallSession): Promise<void> => {
    asking.add(call)
    await writing
    await write()
  }

  return {
    start() {
      tickedAt = clock.now()
      tick()
    },
    async persist(call) {
      if (call.state.phase === 'ended') return !lost.has(call)
      const mayBeLost = spansMachines && writes.has(call) && clock.now() - confirmedAt > MAY_BE_LOST_AFTER_MS
      await pause(clock, mayBeLost ? CERTAIN_LIMIT_MS : PERSIST_LIMIT_MS, writeNow(call))
      return !lost.has(call)
    },
    async release(call) {
      if (!isResumable(call)) return false
      const before = writes.get(call)
      await pause(clock, CERTAIN_LIMIT_MS, writeNow(call))
      if (lost.has(call)) return true
      if (writes.get(call) === before || call.state.phase === 'ended') return false
      await journal.release?.(call.facts.callId).catch(() => {})
      leave(call)
      return true
    },
    isLost: (call) => lost.has(call),
    lagSeconds: () => (waitingSince === undefined ? 0 : (clock.now() - waitingSince) / 1_000),
    async stop() {
      isOver = true
      await writing
    },
  }
}
