import { Readable } from 'node:stream'
import { GatewayError, maskNumber, type E164 } from '@llc-phone/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { readDoNotCallFile, textOfList, writeDoNotCallFile } from '../cli/do-not-call-file.ts'
import { charsetOf } from './body.ts'
import { ourNumbers, pageShape, parseRequest, requireNumber, UNNAMED, changedBySchema } from './parse.ts'
import { requireAdmin } from './require-admin.ts'

interface OfNumber {
  Params: { number: string }
}

/** Enough for some hundred thousand numbers. */
const LIST_LIMIT_BYTES = 5 * 1_048_576

const addition = z.strictObject({
  reason: z.string('must be a text').trim().min(1, 'is empty').max(200, 'is too long').optional(),
  source: z.enum(['api', 'cli'], 'must be api or cli').default('api'),
})
const removal = z.object({ by: changedBySchema.optional() })

/**
 * `GET /do-not-call` (JSON, or CSV when asked for), `GET`, `PUT`, `DELETE /do-not-call/NUMBER`, and `POST /do-not-call` with
 * a list as CSV: numbers that are never called. A change applies from the next check on; every call is checked twice.
 */
export const addDoNotCallRoutes = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  const { doNotCall, log } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))
  const numberIn = ({ number }: OfNumber['Params']): E164 => requireNumber(deps, number)
  scope.removeContentTypeParser('text/plain')
  scope.addContentTypeParser(
    ['text/csv', 'text/plain'],
    { parseAs: 'buffer', bodyLimit: LIST_LIMIT_BYTES },
    async (request: FastifyRequest, body: Buffer) => textOfList(body, charsetOf(request)),
  )

  const entryOf = async (number: E164) => {
    const entry = await doNotCall.find(number)
    if (!entry) throw new GatewayError('not_found', `${number} is not on the do-not-call list.`)
    return entry
  }

  scope.get('/do-not-call', async (request, reply) => {
    if (request.headers.accept?.includes('text/csv'))
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="do-not-call.csv"')
        .send(Readable.from(writeDoNotCallFile(doNotCall)))
    const { limit, after } = parseRequest(pageShape, request.query)
    const entries = await doNotCall.list({ limit, ...(after === undefined ? {} : { after }) })
    return { entries, ...(entries.length === limit ? { next: entries.at(-1)?.number } : {}) }
  })

  scope.post('/do-not-call', { bodyLimit: LIST_LIMIT_BYTES }, async (request) => {
    if (typeof request.body !== 'string')
      throw new GatewayError('request_invalid', 'Send the list with the header "Content-Type: text/csv".')
    const result = await doNotCall.addAll(await readDoNotCallFile(request.body, ourNumbers(deps)))
    log.info(result, 'do-not-call list imported')
    return result
  })

  scope.get<OfNumber>('/do-not-call/:number', (request) => entryOf(numberIn(request.params)))

  scope.put<OfNumber>('/do-not-call/:number', async (request) => {
    const number = numberIn(request.params)
    const { reason, source } = parseRequest(addition, request.body)
    await doNotCall.add({ number, source, ...(reason === undefined ? {} : { reason }) })
    log.info({ number: maskNumber(number), source }, 'number is not to be called')
    return entryOf(number)
  })

  scope.delete<OfNumber>('/do-not-call/:number', async (request) => {
    const number = numberIn(request.params)
    const { by = UNNAMED } = parseRequest(removal, request.query)
    if (!(await doNotCall.remove(number, by)))
      throw new GatewayError('not_found', `${number} is not on the do-not-call list.`)
    log.info({ number: maskNumber(number), pii: { by } }, 'number may be called again')
    return { number, removed: true }
  })
}
