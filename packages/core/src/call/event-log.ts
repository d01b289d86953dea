import { GatewayError } from '../errors.ts'
import { cut } from './cut.ts'
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

/** The same value with no text in it too long to keep; an error loses what caused it. */
const shortened = (value: unknown): unknown => {
  if (typeof value === 'string') return cut(value, MAX_TEXT_LENGTH)
  if (value instanceof GatewayError) return new GatewayError(value.code, cut(value.message, MAX_TEXT_LENGTH))
  if (Array.isArray(value)) return value.slice(0, MAX_LIST_LENGTH).map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]))
}

/** Without these a story does not tell where its caller has been. */
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

/** What happened to a call, in few bytes: the beginning, every transfer, and the latest. */
export const createEventLog = (): Excerpt<LoggedEvent> =>
  createExcerpt<LoggedEvent>({
    ...LIMITS,
    bytesOf: (entry) => Buffer.byteLength(JSON.stringify(entry)),
    matters: isTransferEvent,
  })

/** The event as a log may know it. */
export const forLog = (event: CallEvent): CallEvent =>
  // Keys can be a PIN: that one was pressed is all a log may know.
  shortened(event.type === 'digitPressed' ? { ...event, digit: '•' } : event) as CallEvent
