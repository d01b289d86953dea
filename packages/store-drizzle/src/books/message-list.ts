import { type DeliveryState, type ListedMessage, type MessageFilter, type MessageList } from '@llc-phone/store'
import type { StoredMessage } from '@llc-phone/core'
import { and, desc, eq, gte, isNull, isNotNull, lt, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { whole } from './whole.ts'
import { messageOf, type MessageRow } from './message-rows.ts'
import type { StoreTables } from '../schema/store-tables.ts'

const stateOf = (row: StoreTables['messageDeliveries']['$inferSelect']): DeliveryState => ({
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
  states: readonly StoreTables['messageDeliveries']['$inferSelect'][],
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

/** The messages in the database. */
export const openMessageList = (database: Database): MessageList => {
  const { messageDeliveries, messages, outboundCalls } = database.tables
  const { among, contains } = database.engine

  const hasDelivery = (state: SQL): SQL =>
    sql`EXISTS (SELECT 1 FROM message_deliveries WHERE message_id = ${messages.id} AND ${state})`

  const conditionsOf = (filter: MessageFilter) => {
    const { done, kind, recipient, assignedTo, urgent, text, callId, number, from, to, delivery } = filter
    return [
      done === undefined ? undefined : done ? isNotNull(messages.doneAt) : isNull(messages.doneAt),
      kind && eq(messages.kind, kind),
      recipient === undefined ? undefined : contains(sql`${messages.recipient}`, recipient),
      assignedTo === undefined ? undefined : eq(messages.assignedTo, assignedTo),
      urgent === undefined ? undefined : eq(messages.urgency, urgent ? 'urgent' : 'normal'),
      text === undefined
        ? undefined
        : or(
            contains(sql`${messages.text}`, text),
            contains(sql`${messages.callerName}`, text),
            contains(sql`${messages.recipient}`, text),
          ),
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

  const read = async (which: SQL | undefined, limit: number): Promise<ListedMessage[]> => {
    const chosen = database
      .select()
      .from(messages)
      .where(which)
      .orderBy(desc(messages.createdAt), desc(messages.id))
      .limit(limit)
    const rows = await runQuery(chosen)
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const numbers = rows.flatMap((row) => {
      const number = row.kind === 'callback' ? messageOf(row).callerNumber : null
      return number === null ? [] : [number]
    })
    const { callId, to, state, requestedAt } = outboundCalls
    const [states, placed] = await runQuery(
      database.batch([
        database
          .select()
          .from(messageDeliveries)
          .where(sql`${messageDeliveries.messageId} IN ${among(ids)}`)
          .orderBy(messageDeliveries.destination),
        database
          .select({ callId, to, state, requestedAt })
          .from(outboundCalls)
          .where(sql`${to} IN ${among(numbers)} AND ${requestedAt} >= ${rows.at(-1)!.createdAt.getTime()}`)
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
                  doneAt: sql`coalesce(${messages.doneAt}, ${whole(Date.now())})`,
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
