import { type AuditBook, type AuditLine } from '@llc-phone/store'
import { and, desc, eq, gte, lt, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { withoutNulls } from './without-nulls.ts'

/** The audit log in the database. */
export const openAuditBook = (database: Database): AuditBook => {
  const { auditLog } = database.tables
  return {
    async add(entry) {
      await runQuery(database.insert(auditLog).values({ ...entry, at: new Date() }))
    },
    async list(limit, { who, action, target, from, to, before } = {}) {
      const wanted: (SQL | undefined)[] = [
        who === undefined ? undefined : eq(auditLog.who, who),
        action === undefined ? undefined : eq(auditLog.action, action),
        target === undefined ? undefined : eq(auditLog.target, target),
        from && gte(auditLog.at, from),
        to && lt(auditLog.at, to),
        before === undefined ? undefined : lt(auditLog.id, before),
      ]
      const rows = await runQuery(
        database
          .select()
          .from(auditLog)
          .where(and(...wanted))
          .orderBy(desc(auditLog.id))
          .limit(limit),
      )
      return rows.map((row) => withoutNulls(row) as AuditLine)
    },
  }
}
