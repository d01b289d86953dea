import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { moment, pageShape } from './parse.ts'

const line = z
  .object({
    id: z.int(),
    at: z.iso.datetime(),
    who: z.string(),
    action: z.string(),
    target: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
    address: z.string().optional(),
  })
  .meta({ id: 'AuditLine' })

const word = z.string().max(128, 'is too long').optional()

const page = pageShape.extend({
  who: word,
  action: word,
  target: word,
  from: moment.optional(),
  to: moment.optional(),
  after: z.coerce.number('must be the value of next from an earlier answer').int().positive().optional(),
})

/** `GET /audit`: what people did, the latest first. */
export const addAuditRoutes = (scope: AdminScope, { audit }: GatewayDeps): void => {
  const schema = {
    summary: 'What people did that others may have to know, the latest first',
    querystring: page,
    response: { 200: z.object({ lines: z.array(line), next: z.int().optional() }) },
  }
  scope.get('/audit', { config: { role: 'manager' }, schema }, async ({ query: { limit, after, ...filter } }) => {
    const lines = await audit.list(limit, { ...filter, before: after })
    return { lines, ...(lines.length === limit ? { next: lines.at(-1)?.id } : {}) }
  })
}
