import { Readable } from 'node:stream'
import { GatewayError, maskNumber, type E164 } from '@llc-phone/core'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { readDoNotCallFile, textOfList, writeDoNotCallFile } from '../cli/do-not-call-file.ts'
import { noteDeed } from './note-deed.ts'
import { charsetOf } from './body.ts'
import { masked } from './call-view.ts'
import { maskNumbersIn } from '../watching/mask.ts'
import { changedByOf, changedBySchema, ofNumber, ourNumbers, removed, requireNumber } from './parse.ts'
import { countedPage, nextPlace, revealQuery, wantsWhole } from './reveal.ts'

/** Enough for some hundred thousand numbers. */
const LIST_LIMIT_BYTES = 5 * 1_048_576

const addition = z.strictObject({
  reason: z.string('must be a text').trim().min(1, 'is empty').max(200, 'is too long').optional(),
  source: z.enum(['api', 'cli'], 'must be api or cli').default('api'),
})
const removal = z.object({ by: changedBySchema.optional() })

const entry = z
  .object({
    number: z.string(),
    source: z.enum(['api', 'cli', 'csv', 'call']),
    reason: z.string().optional(),
    callId: z.string().optional(),
    addedAt: z.iso.datetime(),
  })
  .meta({ id: 'DoNotCallEntry' })
const list = {
  summary: 'Numbers that are never called; as CSV when `Accept: text/csv` asks for it',
  querystring: countedPage.extend(revealQuery),
  response: {
    200: {
      content: {
        'application/json': { schema: z.object({ entries: z.array(entry), next: z.string().optional() }) },
        'text/csv': { schema: z.string() },
      },
    },
  },
}
const importing = {
  summary: 'Adds the numbers of a list in CSV',
  consumes: ['text/csv'],
  body: z.string('is missing: send the list with the header "Content-Type: text/csv"'),
  response: { 200: z.object({ added: z.int(), known: z.int() }).meta({ id: 'Imported' }) },
}

/**
 * `GET /do-not-call` (JSON, or CSV when asked for), `GET`, `PUT`, `DELETE /do-not-call/NUMBER`, and `POST /do-not-call` with
 * a list as CSV: numbers that are never called. A change applies from the next check on; every call is checked twice.
 */
export const addDoNotCallRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { doNotCall, log } = deps
  const numberIn = ({ number }: { readonly number: string }): E164 => requireNumber(deps, number)
  scope.removeContentTypeParser('text/plain')
  scope.addContentTypeParser(
    ['text/csv', 'text/plain'],
    { parseAs: 'buffer', bodyLimit: LIST_LIMIT_BYTES },
    async (request: FastifyRequest, body: Buffer) => textOfList(body, charsetOf(request)),
  )

  const entryOf = async (number: E164) => {
    const found = await doNotCall.find(number)
    if (!found) throw new GatewayError('not_found', `${number} is not on the do-not-call list.`)
    return found
  }

  scope.get('/do-not-call', { config: { role: 'viewer' }, schema: list }, async (request, reply) => {
    const { query, actor } = request
    if (request.headers.accept?.includes('text/csv')) {
      const reveal = wantsWhole(query, actor, 'manager')
      await noteDeed(deps, request, { action: 'do_not_call_exported', details: { reveal } })
      const texts = async function* () {
        for await (const text of writeDoNotCallFile(doNotCall)) yield reveal ? text : maskNumbersIn(text)
      }
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="do-not-call.csv"')
        .send(Readable.from(texts()))
    }
    const isWhole = wantsWhole(query, actor)
    const entries = await doNotCall.list({ limit: query.limit, skip: query.after })
    if (isWhole) await noteDeed(deps, request, { action: 'do_not_call_revealed', details: { entries: entries.length } })
    return { entries: isWhole ? entries : masked(entries), ...nextPlace(query, entries) }
  })

  scope.post(
    '/do-not-call',
    { config: { role: 'operator' }, schema: importing, bodyLimit: LIST_LIMIT_BYTES },
    async (request) => {
      const result = await doNotCall.addAll(await readDoNotCallFile(request.body, ourNumbers(deps)))
      log.info(result, 'do-not-call list imported')
      await noteDeed(deps, request, { action: 'do_not_call_imported', details: { ...result } })
      return result
    },
  )

  const one = { summary: 'An entry of the list', params: ofNumber, response: { 200: entry } }
  scope.get('/do-not-call/:number', { config: { role: 'viewer' }, schema: one }, (request) =>
    entryOf(numberIn(request.params)),
  )

  const put = { summary: 'Has a number never be called', params: ofNumber, body: addition, response: { 200: entry } }
  scope.put('/do-not-call/:number', { config: { role: 'operator' }, schema: put }, async (request) => {
    const number = numberIn(request.params)
    const { reason, source } = request.body
    await doNotCall.add({ number, source, ...(reason === undefined ? {} : { reason }) })
    log.info({ number: maskNumber(number), source }, 'number is not to be called')
    await noteDeed(deps, request, { action: 'do_not_call_added', target: maskNumber(number) })
    return entryOf(number)
  })

  const remove = {
    summary: 'Takes a number off the list',
    params: ofNumber,
    querystring: removal,
    response: { 200: removed },
  }
  scope.delete('/do-not-call/:number', { config: { role: 'manager' }, schema: remove }, async (request) => {
    const number = numberIn(request.params)
    const by = changedByOf(request.actor, request.query.by)
    if (!(await doNotCall.remove(number, by)))
      throw new GatewayError('not_found', `${number} is not on the do-not-call list.`)
    log.info({ number: maskNumber(number), pii: { by } }, 'number may be called again')
    await noteDeed(deps, request, { action: 'do_not_call_removed', target: maskNumber(number), details: { by } })
    return { number, removed: true }
  })
}
