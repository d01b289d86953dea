import type { MessageKind, StoredMessage } from '@llc-phone/core'
import { and, desc, eq, gte, isNull, isNotNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { messageDeliveries, messages } from '../schema/message-tables.ts'
import { outboundCalls } from '../schema/outbound-tables.ts'
import { messageOf, type MessageRow } from './message-rows.ts'
import type { OutboundState } from './outbound-states.ts'

/** How far the delivery of a message to one destination is: delivered, tried again, or given up. */
export interface DeliveryState {
  /** The `to` of the destination. */
  readonly destination: string
  /** Attempts made. */
  readonly attempts: number
  /** Absent when it was sent or given up. */
  readonly nextAttemptAt?: Date
  readonly deliveredAt?: Date
  readonly gaveUpAt?: Date
  /** Why the last attempt failed, such as `HTTP 503`. */
  readonly problem?: string
}

/** A message as those read it who see to it. */
export interface ListedMessage extends StoredMessage {
  /** Absent while somebody has to see to it. */
  readonly doneAt?: Date
  readonly doneBy?: string
  readonly assignedTo?: string
  /** None: it was not to be sent anywhere. */
  readonly deliveries: readonly DeliveryState[]
  /** Of a wish to be called back: the last call that we have placed to its number since. */
  readonly calledBack?: { readonly callId: string; readonly state: OutboundState; readonly requestedAt: Date }
}

/** Which messages: those to which everything given applies. */
export interface MessageFilter {
  readonly done?: boolean | undefined
  readonly kind?: MessageKind | undefined
  /** A part of the recipient's name. */
  readonly recipient?: string | undefined
  readonly assignedTo?: string | undefined
  readonly urgent?: boolean | undefined
  /** Words in text or name. */
  readonly text?: string | undefined
  readonly callId?: string | undefined
  /** E.164; also those with an extension of it. */
  readonly number?: string | undefined
  /** The moment included. */
  readonly from?: Date | undefined
  /** The moment not included. */
  readonly to?: Date | undefined
  /** `failed`: given up at some destination; `pending`: still tried at some. */
  readonly delivery?: 'failed' | 'pending' | undefined
}

/** A place in the list. */
export interface MessagePosition {
  readonly createdAt: Date
  readonly id: string
}

/** What may change about a message; `null` takes it away. */
export interface MessageChange {
  readonly done?: boolean | undefined
  readonly assignedTo?: string | null | undefined
}

/** How many messages there are. */
export interface MessageCounts {
  /** Nobody has seen to them. */
  readonly toDo: number
  /** Of those to do, the urgent ones. */
  readonly urgent: number
  readonly done: number
}

/** The messages, for those who read them and see to them. */
export interface MessageList {
  /** The latest first, beginning behind `before`. Rows are read on the thread that carries audio: some hundred at a time. */
  page(filter: MessageFilter, limit: number, before?: MessagePosition): Promise<readonly ListedMessage[]>
  find(id: string): Promise<ListedMessage | undefined>
  /** Resolves to whether there is such a message. */
  change(id: string, change: MessageChange, by: string): Promise<boolean>
  counts(): Promise<MessageCounts>
}

const stateOf = (row: typeof messageDeliveries.$inferSelect): DeliveryState => ({
  destination: row.destination,
  attempts: row.attempts,
  ...(row.nextAttemptAt === null ? {} : { nextAttemptAt: row.nextAttemptAt }),
  ...(row.deliveredAt === null ? {} : { deliveredAt: row.deliveredAt }),
  ...(row.gaveUpAt === null ? {} : { gaveUpAt: row.gaveUpAt }),
  ...(row.problem === null ? {} : { problem: row.problem }),
})

/** A call that we have placed. */
type PlacedCall = NonNullable<ListedMessage['calledBack']> & { readonly to: string }

const calledBackIn = ({ kind, callerNumber, createdAt }: StoredMessage, placed: readonly PlacedCall[]) => {
  if (kind !== 'callback') return {}
  const call = placed.find(({ to, requestedAt }) => to === callerNumber && requestedAt >= createdAt)
  if (!call) return {}
  const { to: _to, ...calledBack } = call
  return { calledBack }
}

const listed = (
  row: MessageRow,
  states: readonly (typeof messageDeliveries.$inferSelect)[],
  placed: readonly PlacedCall[],
): ListedMessage => ({
  ...messageOf(row),
  ...calledBackIn(messageOf(row), placed),
  ...(row.doneAt === null ? {} : { doneAt: row.doneAt }),
  ...(row.doneBy === null ? {} : { doneBy: row.doneBy }),
  ...(row.assignedTo === null ? {} : { assignedTo: row.assignedTo }),
  deliveries: states.filter(({ messageId }) => messageId === row.id).map(stateOf),
})

/** Calls that are looked through for answers to wishes; more are placed to the numbers of one page by a mistake only. */
const CALLS_MAX = 500

/** Contains the text, in whatever case; `%` and `_` in it mean themselves. */
const contains = (
  column: typeof messages.text | typeof messages.callerName | typeof messages.recipient,
  text: string,
) => sql`${column} LIKE ${`%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`} ESCAPE '\\'`

const hasDelivery = (state: SQL): SQL =>
  sql`EXISTS (SELECT 1 FROM message_deliveries WHERE message_id = ${messages.id} AND ${state})`

const conditionsOf = (filter: MessageFilter) => {
  const { done, kind, recipient, assignedTo, urgent, text, callId, number, from, to, delivery } = filter
  return [
    done === undefined ? undefined : done ? isNotNull(messages.doneAt) : isNull(messages.doneAt),
    kind && eq(messages.kind, kind),
    recipient === undefined ? undefined : contains(messages.recipient, recipient),
    assignedTo === undefined ? undefined : eq(messages.assignedTo, assignedTo),
    urgent === undefined ? undefined : eq(messages.urgency, urgent ? 'urgent' : 'normal'),
    text === undefined
      ? undefined
      : or(contains(messages.text, text), contains(messages.callerName, text), contains(messages.recipient, text)),
    callId === undefined ? undefined : eq(messages.callId, callId),
    number === undefined
      ? undefined
      : sql`(${messages.callerNumber} = ${number} OR ${messages.callerNumber} LIKE ${`${number} ext. %`})`,
    from && gte(messages.createdAt, from),
    to && lt(messages.createdAt, to),
    delivery === 'failed' ? hasDelivery(sql`gave_up_at IS NOT NULL`) : undefined,
    delivery === 'pending' ? hasDelivery(sql`next_attempt_at IS NOT NULL`) : undefined,
  ]
}

/** The messages in the database. */
export const openMessageList = (database: Database): MessageList => {
  const read = async (which: SQL | undefined, limit: number): Promise<ListedMessage[]> => {
    const chosen = database
      .select()
      .from(messages)
      .where(which)
      .orderBy(desc(messages.createdAt), desc(messages.id))
      .limit(limit)
    const rows = await runQuery(chosen)
    if (rows.length === 0) return []
    const ids = JSON.stringify(rows.map(({ id }) => id))
    const numbers = JSON.stringify(
      rows.flatMap((row) => (row.kind === 'callback' ? [messageOf(row).callerNumber] : [])),
    )
    const { callId, to, state, requestedAt } = outboundCalls
    const [states, placed] = await runQuery(
      database.batch([
        database
          .select()
          .from(messageDeliveries)
          .where(sql`${messageDeliveries.messageId} IN (SELECT value FROM json_each(${ids}))`)
          .orderBy(messageDeliveries.destination),
        database
          .select({ callId, to, state, requestedAt })
          .from(outboundCalls)
          .where(
            sql`${to} IN (SELECT value FROM json_each(${numbers})) AND ${requestedAt} >= ${rows.at(-1)!.createdAt.getTime()}`,
          )
          .orderBy(desc(requestedAt))
          .limit(CALLS_MAX),
      ]),
    )
    return rows.map((row) => listed(row, states, placed))
  }

  return {
    page: (filter, limit, before) =>
      read(
        and(
          ...conditionsOf(filter),
          before && sql`(${messages.createdAt}, ${messages.id}) < (${before.createdAt.getTime()}, ${before.id})`,
        ),
        limit,
      ),
    async find(id) {
      const [found] = await read(eq(messages.id, id), 1)
      return found
    },
    async change(id, { done, assignedTo }, by) {
      const changed = await runQuery(
        database
          .update(messages)
          .set({
            // What is done stays done by whom it was.
            ...(done === true
              ? {
                  doneAt: sql`coalesce(${messages.doneAt}, ${Date.now()})`,
                  doneBy: sql`CASE WHEN ${messages.doneAt} IS NULL THEN ${by} ELSE ${messages.doneBy} END`,
                }
              : {}),
            ...(done === false ? { doneAt: null, doneBy: null } : {}),
            ...(assignedTo === undefined ? {} : { assignedTo }),
            // A change of nothing only asks whether there is such a message.
            id,
          })
          .where(eq(messages.id, id))
          .returning({ id: messages.id }),
      )
      return changed.length > 0
    },
    async counts() {
      const [row] = await runQuery(
        database
          .select({
            toDo: sql<number>`count(*) FILTER (WHERE ${isNull(messages.doneAt)})`,
            urgent: sql<number>`count(*) FILTER (WHERE ${isNull(messages.doneAt)} AND ${eq(messages.urgency, 'urgent')})`,
            done: sql<number>`count(${messages.doneAt})`,
          })
          .from(messages),
      )
      return row!
    },
  }
}
