import type { Message, MessageBook, StoredMessage } from '../mode/messages.ts'

/** A message book that forgets when the test is over. */
export interface MemoryMessages extends MessageBook {
  /** What it keeps, as it was taken, the oldest first. */
  readonly taken: readonly Message[]
}

/** What makes two messages of one call the same, whatever the wish was called. */
const contentOf = (message: Message): string => {
  const { callId, callerName, callerNumber, callerExtension, text, urgency, route, recordingId, deliverTo } = message
  return JSON.stringify([
    callId,
    callerName,
    callerNumber,
    callerExtension,
    text,
    urgency,
    route,
    recordingId,
    deliverTo,
  ])
}

/** Keeps messages in memory as the database does (`testMessageBook`). */
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
