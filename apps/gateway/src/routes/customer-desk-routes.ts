import { Readable } from 'node:stream'
import { GatewayError, readTelephone, telephoneText } from '@llc-phone/core'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import { textOfList } from '../cli/do-not-call-file.ts'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { charsetOf } from './body.ts'
import { masked } from './call-view.ts'
import { customerFile } from './customers.ts'
import { ListRefused } from './http-errors.ts'
import { maskNumbersIn } from '../watching/mask.ts'
import { ourNumbers, requireNumber } from './parse.ts'
import { revealQuery, wantsWhole } from './reveal.ts'

/** Some ten thousand customers. */
const FILE_LIMIT_BYTES = 5 * 1_048_576

const name = z.string().trim().max(80, 'is too long')
const perhaps = (shape: z.ZodString | z.ZodEmail) => shape.nullable().optional()
const fields = {
  email: perhaps(z.email('is not an e-mail address').max(120, 'is too long')),
  address: perhaps(z.string().trim().min(1, 'is empty').max(200, 'is too long')),
  postcode: perhaps(z.string().trim().min(3, 'is too short').max(12, 'is too long')),
}
const phone = z.string('must be a number').min(1).max(64, 'is too long')
const newCustomer = z
  .strictObject({
    firstName: name.default(''),
    lastName: name.default(''),
    ...fields,
    phones: z.array(phone).max(10, 'has more than ten').default([]),
  })
  .refine(({ firstName, lastName }) => firstName !== '' || lastName !== '', 'needs a name')
const change = z
  .strictObject({ firstName: name.optional(), lastName: name.optional(), ...fields })
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change')
const ofCustomer = z.object({ id: z.string() })
const gone = z.object({ id: z.string(), removed: z.literal(true) })
const importAnswer = z
  .object({
    added: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    lines: z.array(
      z.object({
        line: z.int(),
        name: z.string(),
        does: z.enum(['new', 'changed']),
        keptForContact: z.array(z.string()),
      }),
    ),
    problems: z.array(z.object({ line: z.int(), message: z.string() })),
  })
  .meta({ id: 'CustomerImport' })
const flag = z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true')

const missing = (): GatewayError => new GatewayError('not_found', 'There is no such customer.')

/** Adding, changing and deleting customers, their telephones and notes; `/customers/import` and `/customers/export`. */
export const addCustomerDeskRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { customerList, customerDesk: desk, customerTransfer: transfer } = deps
  const operator = { config: { role: 'operator' } } as const
  const manager = { config: { role: 'manager' } } as const
  scope.removeContentTypeParser('text/plain')
  scope.addContentTypeParser(
    ['text/csv', 'text/plain'],
    { parseAs: 'buffer', bodyLimit: FILE_LIMIT_BYTES },
    async (request: FastifyRequest, body: Buffer) => textOfList(body, charsetOf(request)),
  )

  const telephone = (text: string): string => {
    const read = readTelephone(text)
    return read ? telephoneText(read) : requireNumber(deps, text, 'The telephone')
  }
  const answerOf = async (id: string) => {
    const found = await customerList.customer(id)
    if (!found) throw missing()
    return masked(found)
  }
  const insist = (isThere: boolean): void => {
    if (!isThere) throw missing()
  }
  const one = { params: ofCustomer, response: { 200: customerFile } }

  const create = { summary: 'Adds a customer', body: newCustomer, response: { 201: customerFile } }
  scope.post('/customers', { ...operator, schema: create }, async (request, reply) => {
    const { phones, ...rest } = request.body
    const id = await desk.create(rest, phones.map(telephone))
    await noteDeed(deps, request, { action: 'customer_added', target: id })
    return reply.code(201).send(await answerOf(id))
  })

  const patch = { ...one, summary: 'Changes what is on record of a customer', body: change }
  scope.patch('/customers/:id', { ...operator, schema: patch }, async (request) => {
    const { id } = request.params
    insist(await desk.change(id, request.body))
    await noteDeed(deps, request, {
      action: 'customer_changed',
      target: id,
      details: { fields: Object.keys(request.body) },
    })
    return answerOf(id)
  })

  const remove = {
    summary: 'Deletes a customer with appointments and notes',
    params: ofCustomer,
    response: { 200: gone },
  }
  scope.delete('/customers/:id', { ...manager, schema: remove }, async (request) => {
    const { id } = request.params
    insist(await desk.remove(id))
    await noteDeed(deps, request, { action: 'customer_deleted', target: id })
    return { id, removed: true }
  })

  const addPhone = { ...one, summary: 'Adds a telephone to a customer', body: z.strictObject({ phone }) }
  scope.post('/customers/:id/phones', { ...operator, schema: addPhone }, async (request) => {
    const { id } = request.params
    insist(await desk.addPhone(id, telephone(request.body.phone)))
    await noteDeed(deps, request, { action: 'customer_changed', target: id, details: { fields: ['phones'] } })
    return answerOf(id)
  })
  const removePhone = {
    ...one,
    summary: 'Takes a telephone from a customer',
    params: ofCustomer.extend({ phone: z.string() }),
  }
  scope.delete('/customers/:id/phones/:phone', { ...operator, schema: removePhone }, async (request) => {
    const { id, phone: text } = request.params
    insist(await desk.removePhone(id, text))
    await noteDeed(deps, request, { action: 'customer_changed', target: id, details: { fields: ['phones'] } })
    return answerOf(id)
  })

  const text = z.string('must be a text').trim().min(1, 'is empty').max(1_000, 'is too long')
  const addNote = { ...one, summary: 'Notes something of a customer', body: z.strictObject({ text }) }
  scope.post('/customers/:id/notes', { ...operator, schema: addNote }, async (request) => {
    const { id } = request.params
    insist(await desk.addNote(id, request.body.text))
    await noteDeed(deps, request, { action: 'customer_changed', target: id, details: { fields: ['notes'] } })
    return answerOf(id)
  })
  const removeNote = { ...one, summary: 'Deletes a note', params: ofCustomer.extend({ note: z.string() }) }
  scope.delete('/customers/:id/notes/:note', { ...operator, schema: removeNote }, async (request) => {
    const { id, note } = request.params
    insist(await desk.removeNote(id, note))
    await noteDeed(deps, request, { action: 'customer_changed', target: id, details: { fields: ['notes'] } })
    return answerOf(id)
  })

  const importing = {
    summary: 'Adds and changes customers by a list in CSV, all of it or nothing; `dryRun` says what it would do',
    consumes: ['text/csv'],
    querystring: z.strictObject({ dryRun: flag.default(false), share: flag.default(false) }),
    body: z.string('is missing: send the list with the header "Content-Type: text/csv"'),
    response: { 200: importAnswer },
  }
  scope.post('/customers/import', { ...manager, schema: importing, bodyLimit: FILE_LIMIT_BYTES }, async (request) => {
    const { dryRun: isDry, share: shares } = request.query
    const answer = await transfer.import(request.body, { ours: ourNumbers(deps), isDry, shares })
    if (isDry) return answer
    const wrong = answer.problems.map(({ line, message }) => ({ line, problem: message }))
    if (wrong.length > 0) throw new ListRefused(wrong, false)
    const { added, changed } = answer
    await noteDeed(deps, request, { action: 'customers_imported', details: { added, changed } })
    return answer
  })

  const exporting = {
    summary: 'All customers as CSV; with whole numbers it can be imported again; PINs are not in it',
    querystring: z.strictObject(revealQuery),
    response: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  }
  scope.get('/customers/export', { ...manager, schema: exporting }, async (request, reply) => {
    const reveal = wantsWhole(request.query, request.actor, 'manager')
    await noteDeed(deps, request, { action: 'customers_exported', details: { reveal } })
    const texts = async function* () {
      for await (const { text: part } of transfer.export()) yield reveal ? part : maskNumbersIn(part)
    }
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="customers.csv"')
      .send(Readable.from(texts()))
  })
}
