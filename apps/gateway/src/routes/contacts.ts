import { consentPurposes, GatewayError, isTimeZone, maskNumber, nearestName, type E164 } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { ofNumber, pageShape, removed, requireNumber } from './parse.ts'

/** Tolerated difference between the clocks of the gateway and the operator. */
const CLOCK_TOLERANCE_MS = 60_000

const zones = Intl.supportedValuesOf('timeZone')

/** Only named zones: offsets (+05:00) have no daylight saving time. */
const isNamedZone = (name: string): boolean => /^[a-z]/i.test(name) && isTimeZone(name)

const timeZone = z
  .string('must be an IANA time zone, like America/New_York, or null')
  .max(64, 'is too long')
  .superRefine((name, check) => {
    if (isNamedZone(name)) return
    const meant = nearestName(name, zones)
    const message = `is not an IANA time zone${meant ? `; did you mean ${meant}?` : ', like America/New_York'}`
    check.addIssue({ code: 'custom', message })
  })

const moment = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    'must be a date or a moment, like 2026-03-09 or 2026-03-09T14:30:00Z',
  )
  .transform((text) => new Date(text))

const consent = z
  .strictObject({
    purpose: z.enum(consentPurposes, 'must be informational or marketing'),
    source: z.string('is missing: where it is on record').trim().min(1, 'is empty').max(200, 'is too long'),
    givenAt: moment.refine((at) => at.getTime() <= Date.now() + CLOCK_TOLERANCE_MS, 'lies in the future').optional(),
    expiresAt: moment.optional(),
  })
  .refine(({ givenAt = new Date(), expiresAt }) => expiresAt === undefined || expiresAt > givenAt, {
    path: ['expiresAt'],
    message: 'must be after givenAt',
  })

const change = z.strictObject({
  timeZone: timeZone.nullable().optional(),
  consents: z
    .array(consent)
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
 * `GET /contacts` and `GET`, `PUT`, `DELETE /contacts/NUMBER`: time zones and consents of people we call. `PUT` changes the
 * fields it names: `timeZone` (`null` deletes it), and `consents`, the whole list in force from now on.
 */
export const addContactRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { contacts, log } = deps
  const numberIn = ({ number }: { readonly number: string }): E164 => requireNumber(deps, number)

  const contactOf = async (number: E164) => {
    const found = await contacts.find(number)
    if (!found) throw new GatewayError('not_found', `Nothing is known of ${number}.`)
    return found
  }

  const list = { summary: 'Contacts, by number', querystring: pageShape, response: { 200: contactPage } }
  scope.get('/contacts', { config: { role: 'viewer' }, schema: list }, async (request) => {
    const { limit, after } = request.query
    const known = await contacts.list({ limit, ...(after === undefined ? {} : { after }) })
    return { contacts: known, ...(known.length === limit ? { next: known.at(-1)?.number } : {}) }
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
    return (await contacts.find(number)) ?? { number, consents: [] }
  })

  const forget = { summary: 'Forgets a contact', params: ofNumber, response: { 200: removed } }
  scope.delete('/contacts/:number', { config: { role: 'manager' }, schema: forget }, async (request) => {
    const number = numberIn(request.params)
    if (!(await contacts.remove(number))) throw new GatewayError('not_found', `Nothing is known of ${number}.`)
    log.info({ number: maskNumber(number) }, 'contact forgotten')
    return { number, removed: true }
  })
}
