import { Readable } from 'node:stream'
import { GatewayError, messageKinds } from '@llc-phone/core'
import type { ListedMessage, MessageFilter, MessagePosition } from '@llc-phone/store'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { csvOf, jsonOf } from './export-pages.ts'
import { messageSchema, messageView } from './message-view.ts'
import { moment, pageShape, requireNumber } from './parse.ts'
import { revealQuery, wantsWhole } from './reveal.ts'

const flag = z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true')
const words = z.string().trim().min(1).max(200, 'is too long')

const filterShape = z.strictObject({
  done: flag.optional(),
  kind: z.enum(messageKinds).optional(),
  for: words.optional(),
  assignedTo: words.optional(),
  urgent: flag.optional(),
  q: words.optional(),
  call: words.optional(),
  number: words.optional(),
  from: moment.optional(),
  to: moment.optional(),
  delivery: z.enum(['failed', 'pending']).optional(),
})
const page = filterShape.extend({
  limit: pageShape.shape.limit,
  after: z.string().max(128, 'is too long').optional(),
})
const wanted = filterShape.extend({ ...revealQuery, format: z.enum(['json', 'csv']).default('json') })
const ofMessage = z.object({ id: z.string() })
const change = z
  .strictObject({ done: z.boolean().optional(), assignedTo: z.string().trim().min(1).max(80).nullable().optional() })
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change: done, assignedTo')

/** Rows read at once for an export: a millisecond or two of the thread that carries audio. */
const AT_ONCE = 100

const COLUMNS =
  'id createdAt kind urgency callerName callerNumber callerExtension recipient text doneAt doneBy assignedTo delivery callId recordingUrl'.split(
    ' ',
  )

const cursorOf = ({ createdAt, id }: MessagePosition): string => `${createdAt.getTime()}_${id}`

const positionOf = (cursor: string): MessagePosition => {
  const [, at, id] = /^(\d{1,15})_(.+)$/.exec(cursor) ?? []
  if (at === undefined || id === undefined)
    throw new GatewayError('request_invalid', 'after must be the value of next from an earlier answer.')
  return { createdAt: new Date(Number(at)), id }
}

const missing = (): GatewayError => new GatewayError('not_found', 'There is no such message.')

/**
 * `GET /messages`, `/messages/export`, `/messages/ID` and `/messages/ID/recording`; `PATCH /messages/ID` sees to one, `POST /messages/ID/deliver` sends it
 * again.
 */
export const addMessageRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { messageList, deliverAgain, openRecording, log } = deps

  const filterOf = ({
    for: recipient,
    q: text,
    call: callId,
    number,
    ...rest
  }: z.output<typeof filterShape>): MessageFilter => ({
    ...rest,
    recipient,
    text,
    callId,
    ...(number === undefined ? {} : { number: requireNumber(deps, number) }),
  })
  const view =
    (isWhole: boolean) =>
    (message: ListedMessage): object =>
      messageView(message, isWhole)

  const list = {
    summary: 'Messages callers left, the latest first',
    querystring: page,
    response: {
      200: z.object({
        messages: z.array(messageSchema),
        toDo: z.int(),
        urgent: z.int(),
        done: z.int(),
        next: z.string().optional(),
      }),
    },
  }
  scope.get('/messages', { config: { role: 'viewer' }, schema: list }, async ({ query }) => {
    const { limit, after, ...filter } = query
    const before = after === undefined ? undefined : positionOf(after)
    const [messages, counts] = await Promise.all([
      messageList.page(filterOf(filter), limit, before),
      messageList.counts(),
    ])
    const last = messages.length === limit ? messages.at(-1) : undefined
    return { messages: messages.map(view(false)), ...counts, ...(last ? { next: cursorOf(last) } : {}) }
  })

  const exported = {
    summary: 'All messages of a filter as one file',
    querystring: wanted,
    response: {
      200: { content: { 'application/json': { schema: z.array(messageSchema) }, 'text/csv': { schema: z.string() } } },
    },
  }
  scope.get('/messages/export', { config: { role: 'operator' }, schema: exported }, async (request, reply) => {
    const { format, reveal: _reveal, ...filter } = request.query
    const reveal = wantsWhole(request.query, request.actor, 'manager')
    const asked = filterOf(filter)
    const first = await messageList.page(asked, AT_ONCE)
    const pages = async function* () {
      for (let messages = first; ;) {
        yield messages.map(view(reveal))
        const last = messages.at(-1)
        if (messages.length < AT_ONCE || !last) break
        messages = await messageList.page(asked, AT_ONCE, last)
      }
    }
    await noteDeed(deps, request, {
      action: 'messages_exported',
      details: { format, reveal, filters: Object.keys(filter) },
    })
    return reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="messages.${format}"`)
      .send(Readable.from(format === 'csv' ? csvOf(pages(), COLUMNS) : jsonOf(pages())))
  })

  const one = { params: ofMessage, response: { 200: messageSchema } }
  const find = async (id: string): Promise<ListedMessage> => {
    const found = await messageList.find(id)
    if (!found) throw missing()
    return found
  }
  scope.get(
    '/messages/:id',
    {
      config: { role: 'viewer' },
      schema: { ...one, summary: 'A message', querystring: z.strictObject(revealQuery) },
    },
    async (request) => {
      const { params, query, actor } = request
      const reveal = wantsWhole(query, actor)
      const found = await find(params.id)
      if (reveal) await noteDeed(deps, request, { action: 'message_revealed', target: params.id })
      return view(reveal)(found)
    },
  )

  const patch = { ...one, summary: 'Says that somebody has seen to a message, or is to', body: change }
  scope.patch('/messages/:id', { config: { role: 'operator' }, schema: patch }, async (request) => {
    const { params, body, actor } = request
    if (!(await messageList.change(params.id, body, actor.name))) throw missing()
    await noteDeed(deps, request, { action: 'message_changed', target: params.id, details: body })
    return view(false)(await find(params.id))
  })

  const recording = {
    summary: 'What a caller has recorded, as it is kept by Twilio',
    params: ofMessage,
    response: { 200: { content: { 'audio/wav': { schema: z.string() } } } },
  }
  scope.get('/messages/:id/recording', { config: { role: 'operator' }, schema: recording }, async (request, reply) => {
    const { id } = request.params
    const { recordingId } = await find(id)
    if (recordingId === undefined) throw new GatewayError('not_found', 'Nothing was recorded with this message.')
    const opened = await openRecording(recordingId)
    if (!opened) throw new GatewayError('not_found', 'The recording is gone at Twilio.')
    await noteDeed(deps, request, { action: 'message_played', target: id })
    const { audio, sizeBytes } = opened
    if (sizeBytes !== undefined) reply.header('content-length', sizeBytes)
    return reply.type('audio/wav').send(audio)
  })

  const again = {
    summary: 'Sends a message again to where messages go now',
    params: ofMessage,
    response: { 202: z.object({ id: z.string(), destinations: z.array(z.string()) }) },
  }
  scope.post('/messages/:id/deliver', { config: { role: 'operator' }, schema: again }, async (request, reply) => {
    const { id } = request.params
    const destinations = await deliverAgain(await find(id))
    if (!destinations) throw missing()
    log.info({ messageId: id, destinations: destinations.length }, 'operator has a message sent again')
    await noteDeed(deps, request, { action: 'message_delivered', target: id, details: { destinations } })
    return reply.code(202).send({ id, destinations })
  })
}
