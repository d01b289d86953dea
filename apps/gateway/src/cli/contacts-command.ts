import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, Refused, runCommand, UsageError, type AdminClient } from './admin-client.ts'

const HELP = `Usage: ./phone contacts list
       ./phone contacts show NUMBER
       ./phone contacts set-zone NUMBER ZONE
       ./phone contacts consent NUMBER PURPOSE --source TEXT [--given DATE] [--expires DATE]
       ./phone contacts revoke NUMBER [PURPOSE]
       ./phone contacts remove NUMBER

What is known of people we call: the time zone they live in (calling hours are theirs; without it those of every zone the
number may be in hold), and what they have agreed to be called for. NUMBER is in E.164 form (+14155550120), ZONE an IANA name
(America/New_York; none forgets it), PURPOSE informational or marketing, DATE like 2026-03-09.

Options:
  --source TEXT   where it is on record that they have agreed
  --given DATE    when, if not today
  --expires DATE  until when
${REACHING}

Examples:
  ./phone contacts set-zone +14155550120 America/New_York
  ./phone contacts consent +14155550120 marketing --source "form of 9 March"`

interface Consent {
  readonly purpose: string
  readonly source: string
  readonly givenAt: string
  readonly expiresAt?: string
  readonly revokedAt?: string
}

interface Contact {
  readonly number: string
  readonly timeZone?: string
  readonly consents: readonly Consent[]
}

const dayOf = (moment: string): string => moment.slice(0, 10)

const consentLine = ({ purpose, source, givenAt, expiresAt, revokedAt }: Consent): string =>
  [
    `  consent: ${purpose}, given ${dayOf(givenAt)} (${source})`,
    ...(expiresAt === undefined ? [] : [`until ${dayOf(expiresAt)}`]),
    ...(revokedAt === undefined ? [] : [`revoked ${dayOf(revokedAt)}`]),
  ].join(', ')

const textOf = ({ number, timeZone, consents }: Contact): string =>
  [number, `  time zone: ${timeZone ?? 'not known'}`, ...consents.map(consentLine)].join('\n')

const PURPOSES = ['informational', 'marketing']

const PAGE = 1_000

const list = async (gateway: AdminClient): Promise<void> => {
  let after = ''
  for (let page = 1; ; page++) {
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const answer = await gateway.json({ path: `/contacts?reveal=true&limit=${PAGE}${after}` })
    const { contacts, next } = answer as { contacts: Contact[]; next?: string }
    if (contacts.length > 0) console.log(contacts.map(textOf).join('\n'))
    else if (page === 1) console.log('There are no contacts.')
    if (next === undefined) return
    after = `&after=${encodeURIComponent(next)}`
  }
}

/** Consents in force, as they can be sent back. */
const inForce = async (gateway: AdminClient, path: string): Promise<Omit<Consent, 'revokedAt'>[]> => {
  const contact = (await gateway.json({ path }).catch((error: unknown) => {
    if (error instanceof Refused && error.code === 'not_found') return { consents: [] }
    throw error
  })) as Contact
  return contact.consents
    .filter(({ revokedAt }) => revokedAt === undefined)
    .map(({ purpose, source, givenAt, expiresAt }) => ({
      purpose,
      source,
      givenAt,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }))
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      source: { type: 'string' },
      given: { type: 'string' },
      expires: { type: 'string' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, number, operand, ...rest] = positionals
  const gateway = createAdminClient(values.url)
  if (rest.length > 0) throw new UsageError(HELP)
  if (command === 'list' && number === undefined) return list(gateway)
  if (number === undefined) throw new UsageError(HELP)
  const path = `/contacts/${encodeURIComponent(number)}`
  const put = async (body: object): Promise<void> =>
    console.log(textOf((await gateway.json({ method: 'PUT', path, body })) as Contact))
  switch (command) {
    case 'show':
      return console.log(textOf((await gateway.json({ path })) as Contact))
    case 'set-zone':
      if (operand === undefined) throw new UsageError(HELP)
      return put({ timeZone: operand === 'none' ? null : operand })
    case 'consent': {
      if (operand === undefined || !PURPOSES.includes(operand)) throw new UsageError(HELP)
      if (values.source === undefined)
        throw new UsageError('Add --source TEXT: where it is on record that they have agreed.')
      const others = (await inForce(gateway, path)).filter(({ purpose }) => purpose !== operand)
      const { source, given, expires } = values
      const consent = {
        purpose: operand,
        ...(source === undefined ? {} : { source }),
        ...(given === undefined ? {} : { givenAt: given }),
        ...(expires === undefined ? {} : { expiresAt: expires }),
      }
      return put({ consents: [...others, consent] })
    }
    case 'revoke':
      if (operand !== undefined && !PURPOSES.includes(operand)) throw new UsageError(HELP)
      return put({
        consents:
          operand === undefined ? [] : (await inForce(gateway, path)).filter(({ purpose }) => purpose !== operand),
      })
    case 'remove':
      await gateway.json({ method: 'DELETE', path })
      return console.log(`${number} is forgotten. A number that must not be called belongs on the do-not-call list.`)
    default:
      throw new UsageError(HELP)
  }
})
