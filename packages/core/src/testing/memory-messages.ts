import type { Message, MessageBook, StoredMessage } from '../mode/messages.ts'

/** A message book in memory, for tests. */
export interface MemoryMessages extends MessageBook {
  /** The stored messages as they were taken, oldest first. */
  readonly taken: readonly Message[]
}

/** The content by which two messages of one call are the same, whatever their idempotency keys. */
const contentOf = (message: Message): string => {
  const { callId, callerName, callerNumber, callerExtension, text, urgency, recipient, route, recordingId } = message
  return JSON.stringify([
    callId,
    callerName,
    callerNumber,
    callerExtension,
    text,
    urgency,
    recipient,
    route,
    recordingId,
  ])
}

/** Creates a book that behaves as the database does (`testMessageBook`). */
export const memoryMessages = (now: () => Date = () => new Date()): MemoryMessages => {
  const taken: Message[] = []
  const stored: StoredMessage[] = []

  const sameAs = (message: Message): StoredMessage | undefined => {
    const { callId, idempotencyKey: key } = message
    const sameKey = stored.find((one) => key !== undefined && one.callId === callId && one.idempotencyKey === key)
    return sameKey ?? stored.find((one) => contentOf(one) === contentOf(message))
  }

  return {
    taken,
    async take(message) {
      const known = sameAs(message)
      if (known) return { id: known.id }
      const id = `message-${taken.push(message)}`
      stored.push({ ...message, id, createdAt: now() })
      return { id }
    },
    list: async () => [...stored],
  }
}
