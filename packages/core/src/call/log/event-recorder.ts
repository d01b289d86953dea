import { shortenText } from '../shorten-text.ts'
import type { CallEffect, CallEvent } from '../events.ts'
import type { CallPhase, CallState } from '../state.ts'
import { decisionsOf } from './decisions.ts'

/** One event of a call's log. */
export interface LogEntry {
  /** Milliseconds since the call began. */
  readonly atMs: number
  readonly event: CallEvent
  /** The decisions about it, see `decisionsOf`; absent when there were none. */
  readonly does?: readonly string[]
  /** The phase after it, if it changed. */
  readonly phase?: CallPhase
}

/** The recorded log of a call: entries as JSON, without gaps from the first one on. */
export interface RecordedEvents {
  readonly lines: readonly string[]
  /** The log was full before the call ended. */
  readonly truncated: boolean
}

/** Records every event that reaches the reducer, until the log is full. */
export interface EventRecorder {
  /** `effects`: the reducer's effects for the event in the state `before`. */
  add(atMs: number, event: CallEvent, before: CallState, after: CallState, effects: readonly CallEffect[]): void
  /** Hands the log over and forgets it. */
  take(): RecordedEvents
}

/** A lively minute takes some 14 kB; half an hour, the default limit of a call, 420 kB. */
const MAX_BYTES = 524_288
/** Tool arguments and outputs may be shortened: no decision depends on them. */
const MAX_TEXT_LENGTH = 2_000

const shortenEvent = (event: CallEvent): CallEvent => {
  switch (event.type) {
    case 'toolCalled':
      return {
        ...event,
        name: shortenText(event.name, MAX_TEXT_LENGTH),
        argumentsJson: shortenText(event.argumentsJson, MAX_TEXT_LENGTH),
      }
    case 'toolSettled':
      return { ...event, output: shortenText(event.output, MAX_TEXT_LENGTH) }
    default:
      return event
  }
}

/** Creates an empty log. Events are kept as JSON, as they will be stored: text takes less memory than objects. */
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
