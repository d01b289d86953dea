import { shortenText } from './shorten-text.ts'
import { createExcerpt, type Excerpt } from './excerpt.ts'
import type { CallEvent } from './events.ts'

/** An event of a call as it is kept. */
export interface LoggedEvent {
  readonly atMs: number
  readonly event: CallEvent
}

/** Enough to see what a tool was asked and what it said. */
const MAX_TEXT_LENGTH = 2_000
const MAX_LIST_LENGTH = 20
const LIMITS = { entries: 500, bytes: 131_072, first: 50 }

/** The value with its texts and lists shortened. */
const shortened = (value: unknown): unknown => {
  if (typeof value === 'string') return shortenText(value, MAX_TEXT_LENGTH)
  if (Array.isArray(value)) return value.slice(0, MAX_LIST_LENGTH).map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]))
}

/** Whether an event is about a transfer; without these a story does not say where its caller has been. */
const isTransferEvent = ({ event }: LoggedEvent): boolean => {
  switch (event.type) {
    case 'toolSettled':
      return event.request !== undefined
    case 'transferEnded':
    case 'voicemailEnded':
    case 'personAccepted':
    case 'personGone':
      return true
    default:
      return false
  }
}

/** The events of a call in limited space: the first ones, every transfer, and the latest. */
export const createEventLog = (): Excerpt<LoggedEvent> =>
  createExcerpt<LoggedEvent>({
    ...LIMITS,
    bytesOf: (entry) => Buffer.byteLength(JSON.stringify(entry)),
    matters: isTransferEvent,
  })

/** The value of a JSON text with its texts and lists shortened; text that is no JSON stays text. */
export const shortenedData = (json: string): unknown => {
  try {
    return shortened(JSON.parse(json))
  } catch {
    return shortenText(json, MAX_TEXT_LENGTH)
  }
}

/** The event as it may be logged. */
export const forLog = (event: CallEvent): CallEvent =>
  // Keys can be a PIN, so the digit is masked.
  shortened(event.type === 'digitPressed' ? { ...event, digit: '•' } : event) as CallEvent
