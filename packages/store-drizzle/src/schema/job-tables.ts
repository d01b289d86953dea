import type { Kit } from '../kit.ts'

/** The table of nightly jobs. */
export const jobTables = ({ table, text, integer }: Kit) => {
  /** When each job that runs once a night has run last. */
  const jobs = table('jobs', {
    name: text().primaryKey(),
    ranAt: integer('ran_at', { mode: 'timestamp_ms' }).notNull(),
  })
  return { jobs }
}
