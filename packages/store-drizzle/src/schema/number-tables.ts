import type { E164 } from '@llc-phone/core'
import type { Kit } from '../kit.ts'

/** The tables of our numbers. */
export const numberTables = ({ table, text, integer, counter, index, primaryKey }: Kit) => {
  /** Numbers assigned to a mode at run time; they win over gateway.config.ts. */
  const numberAssignments = table('number_assignments', {
    number: text().$type<E164>().primaryKey(),
    mode: text().notNull(),
    setBy: text('set_by').notNull(),
    setAt: integer('set_at', { mode: 'timestamp_ms' }).notNull(),
  })

  /** Every change of an assignment: who, what, when. Rows are only added. */
  const numberChanges = table(
    'number_changes',
    {
      id: counter(),
      number: text().$type<E164>().notNull(),
      /** Null: the assignment was removed. */
      mode: text(),
      /** Null: there was none before. */
      previousMode: text('previous_mode'),
      changedBy: text('changed_by').notNull(),
      changedAt: integer('changed_at', { mode: 'timestamp_ms' }).notNull(),
    },
    (columns) => [index('number_changes_by_number').on(columns.number)],
  )

  /** Callers who got no assistant: how many in each minute, so that a flood of them is a row and not a thousand. */
  const turnedAway = table(
    'turned_away',
    {
      minute: integer({ mode: 'timestamp_ms' }).notNull(),
      /** Our number that was called; empty for another destination. */
      dialled: text().notNull(),
      reason: text().notNull(),
      calls: integer().notNull(),
    },
    (columns) => [primaryKey({ columns: [columns.minute, columns.dialled, columns.reason] })],
  )
  return { numberAssignments, numberChanges, turnedAway }
}
