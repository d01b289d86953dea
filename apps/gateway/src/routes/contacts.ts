import { Readable } from 'node:stream'
import { consentPurposes, GatewayError, maskNumber, type E164 } from '@llc-phone/core'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { CONTACT_COLUMNS, readContactsFile } from '../cli/contacts-file.ts'
import { textOfList } from '../cli/do-not-call-file.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { charsetOf } from './body.ts'
import { consentSchema, timeZoneSchema } from './consent-shape.ts'
import { csvOf } from './export-pages.ts'
import { masked } from './call-view.ts'
import { ofNumber, removed, requireNumber } from './parse.ts'
import { countedPage, nextPlace, revealQuery, wantsWhole } from './reveal.ts'

/** Some ten thousand lines. */
const LIST_LIMIT_BYTES = 5 * 1_048_576
/** Rows read at once: a millisecond or two of the thread that carries audio. */
const EXPORTED_AT_ONCE = 200

const change = z.strictObject({
  timeZone: timeZoneSchema.nullable().optional(),
  consents: z
    .array(consentSchema)
    .max(consentPurposes.length, 'has one for each purpose at most')
    .refine((all) => new Set(all.map(({ purpose }) => purpose)).size === all.length, 'names a purpose twice')
    .optional(),
})

const contact = z
  .object({
    number: z.string(),
    timeZone: z.string().optional(),
    consents: z.array(
      z.object({
        purpose: z.enum(consentPurposes),
        source: z.string(),
        givenAt: z.iso.datetime(),
        expiresAt: z.iso.datetime().optional(),
        revokedAt: z.iso.datetime().optional(),
      }),
    ),
  })
  .meta({ id: 'Contact' })
const contactPage = z.object({ contacts: z.array(contact), next: z.string().optional() })

/**
 * `GET /contacts`, `/contacts/export`, `POST /contacts/import`, and `GET`, `PUT`, `DELETE /contacts/NUMBER`: time zones and consents of people we call. `PUT` changes the
 * fields it names: `timeZone` (`null` deletes it), and `consents`, the whole list in force from now on.
 */
export const addContactRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { contacts, log } = deps
  scope.removeContentTypeParser('text/plain')
  scope.addContentTypeParser(
    ['text/csv', 'text/plain'],
    { parseAs: 'buffer', bodyLimit: LIST_LIMIT_BYTES },
    async (request: FastifyRequest, body: Buffer) => textOfList(body, charsetOf(request)),
  )
  const numberIn = ({ number }: { readonly number: string }): E164 => requireNumber(deps, number)

  const contactOf = async (number: E164) => {
    const found = await contacts.find(number)
    if (!found) throw new GatewayError('not_found', `Nothing is known of ${number}.`)
    return found
  }

  const list = {
    summary: 'Contacts, by number',
    querystring: countedPage.extend(revealQuery),
    response: { 200: contactPage },
  }
  scope.get('/contacts', { config: { role: 'viewer' }, schema: list }, async (request) => {
    const { query, actor } = request
    const isWhole = wantsWhole(query, actor)
    const known = await contacts.list({ limit: query.limit, skip: query.after })
    if (isWhole) await noteDeed(deps, request, { action: 'contacts_revealed', details: { contacts: known.length } })
    return { contacts: isWhole ? known : masked(known), ...nextPlace(query, known) }
  })

  const importing = {
    summary: 'Adds and changes contacts by a list in CSV, all of it or nothing; `dryRun` only reads it',
    consumes: ['text/csv'],
    querystring: z.strictObject({ dryRun: z.enum(['true', 'false']).optional() }),
    body: z.string('is missing: send the list with the header "Content-Type: text/csv"'),
    response: { 200: z.object({ lines: z.int(), contacts: z.int() }).meta({ id: 'ContactImport' }) },
  }
  scope.post(
    '/contacts/import',
    { config: { role: 'operator' }, schema: importing, bodyLimit: LIST_LIMIT_BYTES },
    async (request) => {
      const lines = await readContactsFile(request.body)
      const answer = { lines: lines.length, contacts: new Set(lines.map(({ number }) => number)).size }
      if (request.query.dryRun === 'true') return answer
      for (const { number, timeZone: zone, consent: given, revokes } of lines) {
        // oxlint-disable-next-line no-await-in-loop -- one line after the other, so that audio runs in between
        if (zone !== undefined) await contacts.setTimeZone(number, zone)
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (revokes) await contacts.revokeConsent(number, revokes)
        if (!given) continue
        const { purpose, source, givenAt = new Date(), expiresAt } = given
        // oxlint-disable-next-line no-await-in-loop -- as above
        await contacts.giveConsent(number, { purpose, source, givenAt, ...(expiresAt ? { expiresAt } : {}) })
      }
      log.info(answer, 'contacts imported')
      await noteDeed(deps, request, { action: 'contacts_imported', details: answer })
      return answer
    },
  )

  const exporting = {
    summary: 'All contacts as CSV, a line for each consent; to be imported again it needs whole numbers',
    querystring: z.strictObject(revealQuery),
    response: { 200: { content: { 'text/csv': { schema: z.string() } } } },
  }
  scope.get('/contacts/export', { config: { role: 'operator' }, schema: exporting }, async (request, reply) => {
    const reveal = wantsWhole(request.query, request.actor, 'manager')
    await noteDeed(deps, request, { action: 'contacts_exported', details: { reveal } })
    const pages = async function* () {
      for (let after = ''; ;) {
        // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
        const known = await contacts.list({ limit: EXPORTED_AT_ONCE, after })
        yield known.flatMap(({ number, timeZone: zone, consents }) =>
          (consents.length > 0 ? consents : [{}]).map((given) => {
            const row = { number, timeZone: zone, ...given }
            return reveal ? row : (masked(row) as typeof row)
          }),
        )
        const last = known.at(-1)
        if (known.length < EXPORTED_AT_ONCE || !last) return
        after = last.number
      }
    }
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="contacts.csv"')
      .send(Readable.from(csvOf(pages(), CONTACT_COLUMNS)))
  })

  const one = { summary: 'What is known of a number', params: ofNumber, response: { 200: contact } }
  scope.get('/contacts/:number', { config: { role: 'viewer' }, schema: one }, (request) =>
    contactOf(numberIn(request.params)),
  )

  const put = {
    summary: 'Changes what is known of a number',
    params: ofNumber,
    body: change,
    response: { 200: contact },
  }
  scope.put('/contacts/:number', { config: { role: 'operator' }, schema: put }, async (request) => {
    const number = numberIn(request.params)
    const { timeZone: zone, consents } = request.body
    if (zone !== undefined) await contacts.setTimeZone(number, zone)
    for (const purpose of consents ? consentPurposes : []) {
      const given = consents?.find((each) => each.purpose === purpose)
      // oxlint-disable-next-line no-await-in-loop -- two at most, and a failure of the second must not lose the first
      if (!given) await contacts.revokeConsent(number, purpose)
      else {
        const { source, givenAt = new Date(), expiresAt } = given
        // oxlint-disable-next-line no-await-in-loop -- as above
        await contacts.giveConsent(number, { purpose, source, givenAt, ...(expiresAt ? { expiresAt } : {}) })
      }
    }
    log.info(
      { number: maskNumber(number), timeZone: zone, consents: consents?.map(({ purpose }) => purpose) },
      'contact changed',
    )
    await noteDeed(deps, request, { action: 'contact_changed', target: maskNumber(number) })
    return (await contacts.find(number)) ?? { number, consents: [] }
  })

  const forget = { summary: 'Forgets a contact', params: ofNumber, response: { 200: removed } }
  scope.delete('/contacts/:number', { config: { role: 'manager' }, schema: forget }, async (request) => {
    const number = numberIn(request.params)
    if (!(await contacts.remove(number))) throw new GatewayError('not_found', `Nothing is known of ${number}.`)
    log.info({ number: maskNumber(number) }, 'contact forgotten')
    await noteDeed(deps, request, { action: 'contact_removed', target: maskNumber(number) })
    return { number, removed: true }
  })
}
