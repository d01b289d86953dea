import { pause, systemClock } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'

/** A disk that does not answer: the page is told what is known without it. */
const DISK_LIMIT_MS = 2_000

const system = z
  .object({
    node: z.string(),
    pid: z.int(),
    startedAt: z.iso.datetime(),
    memoryBytes: z.int(),
    liveCalls: z.int(),
    /** How long what is kept; 0: not at all. */
    keeps: z.object({
      transcriptDays: z.int(),
      eventDays: z.int(),
      toolData: z.enum(['off', 'redacted', 'full']),
      /** When what is old was last deleted. */
      deletedAt: z.iso.datetime().optional(),
    }),
    /** What the database is; backups of Postgres are made there. */
    database: z.enum(['sqlite', 'postgres']),
    /** The newest one in the usual folder. */
    backup: z.object({ file: z.string(), at: z.iso.datetime(), sizeBytes: z.int() }).optional(),
    /** Why nothing can be stored now. */
    storageProblem: z.string().optional(),
  })
  .meta({ id: 'System' })

/** `GET /system`: the process that answers, what it keeps for how long, and the newest backup. */
export const addSystemRoutes = (scope: AdminScope, { registry, keeping, storage }: GatewayDeps): void => {
  const schema = {
    summary: 'The process that answers, what is kept for how long, and the newest backup',
    response: { 200: system },
  }
  scope.get('/system', { config: { role: 'operator' }, schema }, async () => {
    const [backup, deletedAt] = await Promise.all([
      pause(systemClock, DISK_LIMIT_MS, keeping.newestBackup()),
      keeping.deletedAt().catch(() => undefined),
    ])
    return {
      node: process.version,
      pid: process.pid,
      startedAt: new Date(performance.timeOrigin),
      memoryBytes: process.memoryUsage.rss(),
      liveCalls: registry.active().length,
      keeps: { ...keeping.keeps, deletedAt },
      database: keeping.engine,
      backup,
      storageProblem: storage?.problem()?.message,
    }
  })
}
