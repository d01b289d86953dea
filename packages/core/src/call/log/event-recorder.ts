import { cut } from '../cut.ts'
import type { CallEffect, CallEvent } from '../events.ts'
import type { CallPhase, CallState } from '../state.ts'
import { decisionsOf } from './decisions.ts'

/** One event of a call's log. */
export interface LogEntry {
  /** Milliseconds since the call began. */
  readonly atMs: number
  readonly event: CallEvent
  /** What was decided about it, see `decisionsOf`; absent for nothing. */
  readonly does?: readonly string[]
  /** The phase after it, where that is another one. */
  readonly phase?: CallPhase
}

/** The log of one call as it grows: entries as JSON, from the first on without a gap. */
export interface RecordedEvents {
  readonly lines: readonly string[]
  /** The call went on after the last entry, and there was no room for it. */
  readonly truncated: boolean
}

/** Keeps every event that reaches the reducer, until it is full. */
export interface EventRecorder {
  /** `effects`: what the reducer has made of the event in the state `before`. */
  add(atMs: number, event: CallEvent, before: CallState, after: CallState, effects: readonly CallEffect[]): void
  /** Hands the log over: the call forgets it. */
  take(): RecordedEvents
}

/** A lively minute comes to some 14 kB, half an hour, which is the longest call where nothing else is set, to 420 kB. */
const MAX_BYTES = 524_288
/** No decision depends on what a tool is called with or says. */
const MAX_TEXT_LENGTH = 2_000

const shortenEvent = (event: CallEvent): CallEvent => {
  switch (event.type) {
    case 'toolCalled':
      return {
        ...event,
        name: cut(event.name, MAX_TEXT_LENGTH),
        argumentsJson: cut(event.argumentsJson, MAX_TEXT_LENGTH),
      }
    case 'toolSettled':
      return { ...event, output: cut(event.output, MAX_TEXT_LENGTH) }
    default:
      return event
  }
}

/** Creates an empty log. Each event is written down once, as it will be stored: a text takes less room than objects. */
export const createEventRecorder = (maxBytes = MAX_BYTES): EventRecorder => {
  let lines: string[] = []
  let bytes = 0
  let truncated = false

  return {
    add(atMs, event, before, after, effects) {
      if (truncated) return
      const does = decisionsOf(before, event, effects)
      const entry: LogEntry = {
        atMs: Math.round(atMs),
        event: shortenEvent(event),
        ...(does.length > 0 ? { does } : {}),
        ...(after.phase === before.phase ? {} : { phase: after.phase }),
      }
      const line = JSON.stringify(entry)
      bytes += Buffer.byteLength(line)
      truncated = bytes > maxBytes
      if (!truncated) lines.push(line)
    },
    take() {
      const taken = { lines, truncated }
      lines = []
      return taken
    },
  }
}
