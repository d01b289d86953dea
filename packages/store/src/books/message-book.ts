import { createHash, randomUUID } from 'node:crypto'
import type { Message, MessageBook, StoredMessage } from '@llc-phone/core'
import { and, asc, eq, isNotNull, lte, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { messageDeliveries, messages } from '../schema/message-tables.ts'
import { messageOf, telephoneOf } from './message-rows.ts'

/** A message that is still to be sent to one destination. */
export interface PendingDelivery {
  readonly message: StoredMessage
  /** The `to` of the destination. Of messages from before there were several: `webhook` or `email`. */
  readonly destination: string
  /** Failed attempts to send it there. */
  readonly attempts: number
  readonly nextAttemptAt: Date
}

/** Which delivery: of this message, to this destination. */
export interface DeliveryRef {
  readonly messageId: string
  readonly destination: string
}

/**
 * Messages to send. A message and its pending deliveries are written together, so that neither outlives the other. A message
 * that was sent but not yet marked as sent when the process died is sent again, with the same id.
 */
export interface MessageOutbox {
  /** Takes over what an earlier version of the gateway has left to send. */
  adoptDeliveries(): Promise<void>
  /** Deliveries due by `until` (default: now), the longest due first; a hundred at most. */
  pendingDeliveries(until?: Date): Promise<readonly PendingDelivery[]>
  delivered(delivery: DeliveryRef): Promise<void>
  /** Counts the attempt; `null` gives up, the message itself stays. `problem` is why, such as `HTTP 503`. */
  deliveryFailed(delivery: DeliveryRef, nextAttemptAt: Date | null, problem: string): Promise<void>
  /** Gives up a delivery in favour of these, unless the message has one to them already. */
  redirectDelivery(delivery: DeliveryRef, destinations: readonly string[], problem: string): Promise<void>
  /** Sends the message to these, whatever came of it before; `false`: there is no such message. */
  deliverAgain(messageId: string, destinations: readonly string[]): Promise<boolean>
}

/** Most messages read at once, the rest comes next time: rows are decoded on the thread that carries audio. */
const PENDING_MAX = 100

/** Where the message goes does not make it another one. */
const hashOf = (message: Message): string => {
  const { callerName, text, urgency, recipient, route, recordingId } = message
  return createHash('sha256')
    .update(JSON.stringify([callerName, telephoneOf(message), text, urgency, recipient, route, recordingId]))
    .digest('hex')
}

/** Messages kept in the database; `take` resolves once the message would survive power loss. */
export const openMessageBook = (database: Database): MessageBook & MessageOutbox => {
  /** Plans deliveries of the messages that `which` finds, due at once. */
  const plan = (destinations: readonly string[], which: SQL, at: Date, onConflict: SQL) =>
    database.run(
      sql`INSERT INTO message_deliveries (message_id, destination, next_attempt_at)
        SELECT messages.id, value, ${at.getTime()} FROM messages, json_each(${JSON.stringify(destinations)})
        WHERE ${which} ON CONFLICT DO ${onConflict}`,
    )
  const isDelivery = ({ messageId, destination }: DeliveryRef) =>
    and(eq(messageDeliveries.messageId, messageId), eq(messageDeliveries.destination, destination))

  return {
    async take(message) {
      const id = randomUUID()
      const { deliverTo = [], ...kept } = message
      const { callId, idempotencyKey } = message
      const contentHash = hashOf(message)
      const createdAt = new Date()
      const sameContent = eq(messages.contentHash, contentHash)
      const [, , [found]] = await runQuery(
        database.batch([
          database
            .insert(messages)
            .values({ ...kept, callerNumber: telephoneOf(message), id, createdAt, contentHash })
            .onConflictDoNothing(),
          // Nothing, when the message was known already.
          plan(deliverTo, sql`messages.id = ${id}`, createdAt, sql`NOTHING`),
          database
            .select({ id: messages.id })
            .from(messages)
            .where(
              and(
                eq(messages.callId, callId),
                idempotencyKey === undefined
                  ? sameContent
                  : or(eq(messages.idempotencyKey, idempotencyKey), sameContent),
              ),
            )
            // The same key wins over the same content.
            .orderBy(sql`${messages.idempotencyKey} IS ${idempotencyKey ?? null} DESC`)
            .limit(1),
        ]),
      )
      return { id: found!.id }
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
    async adoptDeliveries() {
      await runQuery(
        database.batch([
          database.run(
            sql`INSERT INTO message_deliveries (message_id, destination, attempts, next_attempt_at, delivered_at, gave_up_at)
              SELECT messages.id, value, attempts, next_attempt_at, delivered_at,
                CASE WHEN next_attempt_at IS NULL AND delivered_at IS NULL THEN created_at END
              FROM messages JOIN json_each('["webhook","email"]') ON instr('+' || deliver_to || '+', '+' || value || '+')
              WHERE deliver_to IS NOT NULL ON CONFLICT DO NOTHING`,
          ),
          database.run(
            sql`UPDATE messages SET deliver_to = NULL, next_attempt_at = NULL, delivered_at = NULL WHERE deliver_to IS NOT NULL`,
          ),
        ]),
      )
    },
    async pendingDeliveries(until = new Date()) {
      const rows = await runQuery(
        database
          .select({ message: messages, delivery: messageDeliveries })
          .from(messageDeliveries)
          .innerJoin(messages, eq(messages.id, messageDeliveries.messageId))
          .where(and(isNotNull(messageDeliveries.nextAttemptAt), lte(messageDeliveries.nextAttemptAt, until)))
          .orderBy(
            asc(messageDeliveries.nextAttemptAt),
            asc(messageDeliveries.messageId),
            asc(messageDeliveries.destination),
          )
          .limit(PENDING_MAX),
      )
      return rows.map(({ message, delivery: { destination, attempts, nextAttemptAt } }) => ({
        message: messageOf(message),
        destination,
        attempts,
        nextAttemptAt: nextAttemptAt!,
      }))
    },
    async delivered(delivery) {
      await runQuery(
        database
          .update(messageDeliveries)
          .set({
            deliveredAt: new Date(),
            nextAttemptAt: null,
            problem: null,
            attempts: sql`${messageDeliveries.attempts} + 1`,
          })
          .where(isDelivery(delivery)),
      )
    },
    async deliveryFailed(delivery, nextAttemptAt, problem) {
      await runQuery(
        database
          .update(messageDeliveries)
          .set({
            nextAttemptAt,
            gaveUpAt: nextAttemptAt === null ? new Date() : null,
            problem,
            attempts: sql`${messageDeliveries.attempts} + 1`,
          })
          .where(isDelivery(delivery)),
      )
    },
    async redirectDelivery(delivery, destinations, problem) {
      const now = new Date()
      await runQuery(
        database.batch([
          plan(destinations, sql`messages.id = ${delivery.messageId}`, now, sql`NOTHING`),
          database
            .update(messageDeliveries)
            .set({ nextAttemptAt: null, gaveUpAt: now, problem })
            .where(isDelivery(delivery)),
        ]),
      )
    },
    async deliverAgain(messageId, destinations) {
      const [, [known]] = await runQuery(
        database.batch([
          plan(
            destinations,
            sql`messages.id = ${messageId}`,
            new Date(),
            sql`UPDATE SET attempts = 0, next_attempt_at = excluded.next_attempt_at, delivered_at = NULL, gave_up_at = NULL`,
          ),
          database.select({ id: messages.id }).from(messages).where(eq(messages.id, messageId)),
        ]),
      )
      return known !== undefined
    },
  }
}
