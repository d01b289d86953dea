import { createHash, randomUUID } from 'node:crypto'
import { readTelephone, telephoneText, type Message, type MessageBook, type StoredMessage } from '@llc-phone/core'
import { and, asc, eq, isNotNull, lte, or, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { messages } from '../schema.ts'

/** A message that is still to be sent. */
export interface PendingDelivery extends StoredMessage {
  readonly deliverTo: string
  /** Failed attempts to send it. */
  readonly attempts: number
  readonly nextAttemptAt: Date
}

/**
 * Messages to send. A message and its pending delivery are one row, so that neither outlives the other. A message that was
 * sent but not yet marked as sent when the process died is sent again, with the same id.
 */
export interface MessageOutbox {
  /** Messages due by `until` (default: now), the longest due first; a hundred at most. */
  pendingDeliveries(until?: Date): Promise<readonly PendingDelivery[]>
  delivered(id: string): Promise<void>
  /** Counts the attempt; `null` gives up, the message itself stays. */
  deliveryFailed(id: string, nextAttemptAt: Date | null): Promise<void>
}

/** Most messages read at once, the rest comes next time: rows are decoded on the thread that carries audio. */
const PENDING_MAX = 100

type Row = typeof messages.$inferSelect

/** Number and extension in one column, so that a reader of the table can call back. */
const telephoneOf = ({ callerNumber, callerExtension }: Pick<Message, 'callerNumber' | 'callerExtension'>) =>
  callerNumber && telephoneText({ number: callerNumber, extension: callerExtension })

const callerOf = (column: string | null): Pick<Message, 'callerNumber' | 'callerExtension'> => {
  const { number, extension } = column?.includes(' ') ? (readTelephone(column) ?? {}) : {}
  return { callerNumber: number ?? column, ...(extension === undefined ? {} : { callerExtension: extension }) }
}

const messageOf = (row: Row): StoredMessage => ({
  id: row.id,
  createdAt: row.createdAt,
  callId: row.callId,
  callerName: row.callerName,
  ...callerOf(row.callerNumber),
  text: row.text,
  urgency: row.urgency,
  ...(row.route === null ? {} : { route: row.route }),
  ...(row.recordingUrl === null ? {} : { recordingUrl: row.recordingUrl }),
  ...(row.recordingId === null ? {} : { recordingId: row.recordingId }),
  ...(row.idempotencyKey === null ? {} : { idempotencyKey: row.idempotencyKey }),
  ...(row.deliverTo === null ? {} : { deliverTo: row.deliverTo }),
})

/** Two messages of one call with the same content are the same message, whatever their keys. */
const hashOf = (message: Message): string => {
  const { callerName, text, urgency, route, recordingId, deliverTo } = message
  return createHash('sha256')
    .update(JSON.stringify([callerName, telephoneOf(message), text, urgency, route, recordingId, deliverTo]))
    .digest('hex')
}

/** Messages kept in the database; `take` resolves once the message would survive power loss. */
export const openMessageBook = (database: Database): MessageBook & MessageOutbox => ({
  async take(message) {
    const id = randomUUID()
    const { callId, idempotencyKey } = message
    const contentHash = hashOf(message)
    const createdAt = new Date()
    const sameContent = eq(messages.contentHash, contentHash)
    const [, [kept]] = await runQuery(
      database.batch([
        database
          .insert(messages)
          .values({
            ...message,
            callerNumber: telephoneOf(message),
            id,
            createdAt,
            contentHash,
            nextAttemptAt: message.deliverTo === undefined ? null : createdAt,
          })
          .onConflictDoNothing(),
        database
          .select({ id: messages.id })
          .from(messages)
          .where(
            and(
              eq(messages.callId, callId),
              idempotencyKey === undefined ? sameContent : or(eq(messages.idempotencyKey, idempotencyKey), sameContent),
            ),
          )
          // The same key wins over the same content.
          .orderBy(sql`${messages.idempotencyKey} IS ${idempotencyKey ?? null} DESC`)
          .limit(1),
      ]),
    )
    return { id: kept!.id }
  },
  async list() {
    // Within one millisecond, in the order in which they were taken.
    const rows = await runQuery(
      database
        .select()
        .from(messages)
        .orderBy(asc(messages.createdAt), sql`rowid`),
    )
    return rows.map(messageOf)
  },
  async pendingDeliveries(until = new Date()) {
    const rows = await runQuery(
      database
        .select()
        .from(messages)
        .where(and(isNotNull(messages.deliverTo), lte(messages.nextAttemptAt, until)))
        .orderBy(asc(messages.nextAttemptAt), asc(messages.id))
        .limit(PENDING_MAX),
    )
    return rows.map((row) => ({
      ...messageOf(row),
      deliverTo: row.deliverTo!,
      attempts: row.attempts,
      nextAttemptAt: row.nextAttemptAt!,
    }))
  },
  async delivered(id) {
    await runQuery(
      database
        .update(messages)
        .set({ deliveredAt: new Date(), nextAttemptAt: null, attempts: sql`${messages.attempts} + 1` })
        .where(eq(messages.id, id)),
    )
  },
  async deliveryFailed(id, nextAttemptAt) {
    await runQuery(
      database
        .update(messages)
        .set({ nextAttemptAt, attempts: sql`${messages.attempts} + 1` })
        .where(eq(messages.id, id)),
    )
  },
})
