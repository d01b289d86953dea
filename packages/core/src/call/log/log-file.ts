import { GatewayError } from '../../errors.ts'
import type { CallSettings } from '../settings.ts'
import type { LogEntry } from './event-recorder.ts'

/** Version of the log format; incremented with every change that older versions cannot read. */
export const LOG_VERSION = 1

/** Identifies the call of a log; all absent in a log made for sharing. */
export interface LogHead {
  readonly callId?: string
  readonly mode?: string
  readonly promptVersion?: string
  /** ISO 8601. */
  readonly startedAt?: string
}

/** The log of a call: everything its decisions depended on, and the decisions. */
export interface EventLog extends LogHead {
  readonly version: number
  /** The log was full before the call ended. */
  readonly truncated?: true
  /** Without gaps, from `opened` on. */
  readonly entries: readonly LogEntry[]
}

/** The text of a log file. Each entry is one line, so that two logs can be compared with diff. */
export const logText = (head: LogHead, lines: readonly string[], truncated: boolean): string => {
  const fields = { version: LOG_VERSION, ...head, ...(truncated ? { truncated } : {}) }
  return `${JSON.stringify(fields).slice(0, -1)},"entries":[\n${lines.join(',\n')}\n]}\n`
}

/** The text of a log file, from the parsed log. */
export const formatLog = ({ version: _version, truncated, entries, ...head }: EventLog): string =>
  logText(
    head,
    entries.map((entry) => JSON.stringify(entry)),
    truncated === true,
  )

const invalid = (why: string, cause?: unknown): GatewayError =>
  new GatewayError('log_invalid', `This is not a log of a call: ${why}.`, cause === undefined ? {} : { cause })

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null

const isEntry = (value: unknown): value is LogEntry => {
  const { atMs, event, does = [] } = (value ?? {}) as Partial<LogEntry>
  return typeof atMs === 'number' && typeof event?.type === 'string' && Array.isArray(does)
}

/** Parses the text of a log file. Throws `log_invalid`, or `log_version` for a format that this version cannot read. */
export const parseLog = (text: string): EventLog => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid('it is not JSON', cause)
  }
  if (typeof value !== 'object' || value === null) throw invalid('it is not an object')
  const log = value as Partial<EventLog>
  if (typeof log.version !== 'number') throw invalid('it has no version')
  if (log.version !== LOG_VERSION)
    throw new GatewayError(
      'log_version',
      `The log has version ${log.version}, and this gateway reads version ${LOG_VERSION}. Read it with the version that wrote it.`,
    )
  if (!Array.isArray(log.entries) || log.entries.length === 0) throw invalid('it has no entries')
  const wrong = log.entries.findIndex((entry) => !isEntry(entry))
  if (wrong >= 0) throw invalid(`entry ${wrong + 1} has no time or no event`)
  settingsOf(log as EventLog)
  return log as EventLog
}

/**
 * The settings of a logged call. A setting added later must be filled in here, with the behaviour that calls had before it.
 * Throws `log_invalid` when the first entry has no settings.
 */
export const settingsOf = ({ entries: [first] }: Pick<EventLog, 'entries'>): CallSettings => {
  if (first?.event.type !== 'opened' || !isRecord(first.event.settings) || !isRecord(first.event.settings.keypad))
    throw invalid('its first event is not "opened" with the settings of the call')
  return first.event.settings
}
