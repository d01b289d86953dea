import { GatewayError } from '../../errors.ts'
import type { CallEffect } from '../events.ts'
import { initialState } from '../initial-state.ts'
import { reduce } from '../reduce.ts'
import type { CallPhase, CallState } from '../state.ts'
import { decisionsOf } from './decisions.ts'
import type { LogEntry } from './event-recorder.ts'
import { settingsOf, type EventLog } from './log-file.ts'

/** One event of a log, and the present reducer's decisions about it. */
export interface ReplayedStep {
  /** Counts from 1. */
  readonly number: number
  readonly entry: LogEntry
  readonly before: CallState
  readonly after: CallState
  readonly effects: readonly CallEffect[]
  readonly does: readonly string[]
}

/** Runs the events of a log through the present reducer. Throws `log_invalid` at an event that it cannot process. */
export function* replay(log: Pick<EventLog, 'entries'>): Generator<ReplayedStep, CallState> {
  let state = initialState(settingsOf(log))
  for (const [index, entry] of log.entries.entries()) {
    const before = state
    let effects: readonly CallEffect[]
    let does: readonly string[]
    try {
      ;[state, effects] = reduce(before, entry.event)
      does = decisionsOf(before, entry.event, effects)
    } catch (cause) {
      const which = `event ${index + 1} (${entry.event.type})`
      throw new GatewayError('log_invalid', `This version cannot process ${which} of the log.`, { cause })
    }
    yield { number: index + 1, entry, before, after: state, effects, does }
  }
  return state
}

/** The decisions about an event, and the phase after it. */
export interface Decided {
  readonly does: readonly string[]
  readonly phase: CallPhase
}

/** An event for which the present reducer decides differently than the call did. */
export interface Difference {
  readonly number: number
  readonly entry: LogEntry
  readonly recorded: Decided
  readonly today: Decided
}

/**
 * The events for which the present reducer decides differently, in order; later ones may follow from the first. Compares the
 * effects and the phase of each event, not texts or fields of the state. Throws `log_invalid`.
 */
export const differencesIn = (log: Pick<EventLog, 'entries'>): readonly Difference[] => {
  const found: Difference[] = []
  let phase: CallPhase = 'warming'
  for (const { number, entry, after, does } of replay(log)) {
    phase = entry.phase ?? phase
    const recorded = { does: entry.does ?? [], phase }
    const today = { does, phase: after.phase }
    if (today.phase !== phase || JSON.stringify(recorded.does) !== JSON.stringify(does))
      found.push({ number, entry, recorded, today })
  }
  return found
}

/** The log with its decisions replaced by those of the present reducer. Throws `log_invalid`. */
export const redecided = (log: EventLog): EventLog => ({
  ...log,
  entries: [...replay(log)].map(({ entry: { atMs, event }, before, after, does }) => ({
    atMs,
    event,
    ...(does.length > 0 ? { does } : {}),
    ...(after.phase === before.phase ? {} : { phase: after.phase }),
  })),
})

/** A value of the state that an event has changed; `undefined` where it is absent. */
export interface Change {
  /** The path of the value, such as `patience.silenceMs`. */
  readonly path: string
  readonly from: unknown
  readonly to: unknown
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The differences between two states, value by value. */
export const changesBetween = (from: object, to: object, prefix = ''): readonly Change[] => {
  const one = from as Readonly<Record<string, unknown>>
  const other = to as Readonly<Record<string, unknown>>
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => {
    const [before, after] = [one[key], other[key]]
    if (before === after || JSON.stringify(before) === JSON.stringify(after)) return []
    const path = `${prefix}${key}`
    return isRecord(before) && isRecord(after)
      ? changesBetween(before, after, `${path}.`)
      : [{ path, from: before, to: after }]
  })
}
