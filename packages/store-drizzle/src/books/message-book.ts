import { type DeliveryRef, type MessageOutbox } from '@llc-phone/store'
import { createHash, randomUUID } from 'node:crypto'
import type { Message, MessageBook } from '@llc-phone/core'
import { and, asc, eq, isNotNull, lte, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { whole } from './whole.ts'
import { messageOf, telephoneOf } from './message-rows.ts'

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
  const { messageDeliveries, messages } = database.tables

  /** Plans deliveries of the messages that `which` finds, due at once. */
  const plan = (destinations: readonly string[], which: SQL, at: Date, onConflict: SQL) =>
    database.run(
      sql`INSERT INTO message_deliveries (message_id, destination, next_attempt_at)
        SELECT messages.id, destination, ${whole(at.getTime())}
        FROM messages, ${database.engine.rows(
          // Each once: a statement may change a row once.
          [...new Set(destinations)].map((destination) => ({ destination })),
          { destination: 'text' },
          'wanted',
        )}
        WHERE ${which} ON CONFLICT (message_id, destination) DO ${onConflict}`,
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
            .orderBy(sql`${messages.idempotencyKey} IS NOT DISTINCT FROM ${idempotencyKey ?? null} DESC`)
            .limit(1),
        ]),
      )
      return { id: found!.id }
    },
    async list() {
      // Within one millisecond, in the order in which they were taken.
      const rows = await runQuery(
        database.select().from(messages).orderBy(asc(messages.createdAt), database.engine.rowid),
      )
      return rows.map(messageOf)
    },
    async adoptDeliveries() {
      await runQuery(
        database.batch([
          database.run(
            sql`INSERT INTO message_deliveries (message_id, destination, attempts, next_attempt_at, delivered_at, gave_up_at)
              SELECT messages.id, kind.name, attempts, next_attempt_at, delivered_at,
                CASE WHEN next_attempt_at IS NULL AND delivered_at IS NULL THEN created_at END
              FROM messages JOIN (SELECT 'webhook' AS name UNION ALL SELECT 'email') AS kind
                ON '+' || deliver_to || '+' LIKE '%+' || kind.name || '+%'
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
    async claimDelivery({ nextAttemptAt, ...delivery }, until) {
      const claimed = await runQuery(
        database
          .update(messageDeliveries)
          .set({ nextAttemptAt: until })
          .where(and(isDelivery(delivery), eq(messageDeliveries.nextAttemptAt, nextAttemptAt)))
          .returning({ messageId: messageDeliveries.messageId }),
      )
      return claimed.length > 0
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
