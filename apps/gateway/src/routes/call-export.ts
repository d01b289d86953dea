import { Readable } from 'node:stream'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { maskNumbersIn } from '../watching/mask.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import type { createCallList } from './call-list.ts'
import { csvOf, jsonOf } from './export-pages.ts'
import { exportQuery, filterForAudit, filterOf } from './call-query.ts'
import { readLog } from './call-replay.ts'
import { headOf } from './call-view.ts'
import { wantsWhole } from './reveal.ts'

/** Calls of a page: some milliseconds of work in several steps. */
const PAGE = 100
/** Lines of an event log that are masked in one go. */
const LINES_AT_ONCE = 50

const COLUMNS = [
  'callId',
  'callSid',
  'startedAt',
  'endedAt',
  'assistantEndedAt',
  'direction',
  'caller',
  'dialled',
  'mode',
  'instance',
  'settingsVersion',
  'tuningProfile',
  'language',
  'test',
  'disposition',
  'why',
  'whatToDo',
  'outcome',
  'problems',
  'turns',
  'firstWordsMs',
  'costUsd',
  'costEstimated',
] as const

const answer = (type: string) => ({ 200: { content: { [type]: { schema: z.string() } } } })

/** `GET /calls.csv` and `/calls.json`: every call that a filter finds, in pages; `GET /calls/ID/events`: a call's log. */
export const addCallExports = (scope: AdminScope, deps: GatewayDeps, list: ReturnType<typeof createCallList>): void => {
  const send = async (
    request: Pick<FastifyRequest, 'actor' | 'ip'>,
    query: z.output<typeof exportQuery>,
    reply: FastifyReply,
    as: 'csv' | 'json',
  ) => {
    const reveal = wantsWhole(query, request.actor, 'manager')
    const filter = filterOf(query, request.actor)
    await noteDeed(deps, request, {
      action: 'calls_exported',
      details: { as, reveal, ...filterForAudit(filter ?? {}) },
    })
    const pages = async function* () {
      for (let after: string | undefined; ;) {
        // oxlint-disable-next-line no-await-in-loop -- a page starts where the one before ended
        const { calls, next } = await list(PAGE, after, filter)
        yield calls.map(({ call, placed }) => headOf(call, placed, reveal))
        if (next === undefined) return
        after = next
      }
    }
    const rows = async function* () {
      for await (const heads of pages()) yield heads.map((head) => ({ ...head, problems: head.problems?.join(' ') }))
    }
    return reply
      .type(as === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="calls.${as}"`)
      .send(Readable.from(as === 'csv' ? csvOf(rows(), COLUMNS) : jsonOf(pages())))
  }

  const viewer = { config: { role: 'viewer' } } as const
  const csv = { summary: 'Calls as CSV', querystring: exportQuery, response: answer('text/csv') }
  scope.get('/calls.csv', { ...viewer, schema: csv }, (request, reply) => send(request, request.query, reply, 'csv'))
  const json = { summary: 'Calls as one JSON list', querystring: exportQuery, response: answer('application/json') }
  scope.get('/calls.json', { ...viewer, schema: json }, (request, reply) => send(request, request.query, reply, 'json'))

  const events = {
    summary: "A call's log: what its decisions depended on",
    params: z.object({ id: z.string() }),
    response: answer('application/json'),
  }
  scope.get('/calls/:id/events', { ...viewer, schema: events }, async ({ params: { id } }, reply) => {
    const text = await readLog(deps.events, id)
    const lines = text.split(/(?<=\n)/)
    const inParts = async function* (): AsyncGenerator<string> {
      for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
        yield maskNumbersIn(lines.slice(from, from + LINES_AT_ONCE).join(''))
        // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
        await letOthersRun()
      }
    }
    return reply.type('application/json; charset=utf-8').send(Readable.from(inParts()))
  })
}
