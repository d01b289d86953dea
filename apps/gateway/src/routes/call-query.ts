import { GatewayError } from '@llc-phone/core'
import type { CallFilter } from '@llc-phone/store'
import * as z from 'zod'
import { dispositions } from '../watching/why.ts'
import { maskNumbersIn } from '../watching/mask.ts'
import { pageShape } from './parse.ts'
import { revealQuery } from './reveal.ts'
import { mayDo, type Actor } from './roles.ts'

/** In an address `+` is a space; people write numbers with spaces and brackets. */
const cleanNumber = (text: string): string => {
  const digits = text.replaceAll(/\D/g, '')
  return /^[\s+]/.test(text) ? `+${digits}` : digits
}

const date = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a date, like 2026-11-30 or 2026-11-30T14:00:00Z')
  .transform((text) => new Date(text))

/** A yes or no in a query. */
export const yesOrNo = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')

/** The filters of `GET /calls` and of its exports. */
export const callQuery = z.object({
  q: z.string().min(1, 'is empty').max(200, 'is too long').optional(),
  number: z
    .string()
    .max(40, 'is too long')
    .transform(cleanNumber)
    .refine((number) => number.replace('+', '').length >= 3, 'must have at least three digits')
    .optional(),
  instance: z.string().max(80, 'is too long').optional(),
  direction: z.enum(['inbound', 'outbound'], 'must be inbound or outbound').optional(),
  outcome: z.enum(dispositions, `must be one of ${dispositions.join(', ')}`).optional(),
  problem: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be any, or a code of docs/reference/errors.md')
    .optional(),
  slowerThan: z.coerce.number('must be milliseconds').min(0, 'must be milliseconds').optional(),
  from: date.optional(),
  to: date.optional(),
  test: yesOrNo.optional(),
  settingsVersion: z.coerce.number('must be a number').int('must be a whole number').optional(),
  tuningProfile: z.string().max(80, 'is too long').optional(),
})

/** The same with a place in the list. */
export const callPage = callQuery.extend({
  limit: pageShape.shape.limit,
  after: z.string().max(128, 'is too long').optional(),
})

/** The same for an export: of everything that is found. */
export const exportQuery = callQuery.extend(revealQuery)

/** As many last digits of a number as are shown where it is masked. */
const SHOWN_DIGITS = 4

/** The filter of a query; `undefined` when it names none. Throws `forbidden` for what would tell a viewer hidden digits, one by one. */
export const filterOf = (query: z.output<typeof callQuery>, actor: Actor): CallFilter | undefined => {
  const { q, slowerThan, test } = query
  const isPart = query.number !== undefined && !query.number.startsWith('+') && query.number.length > SHOWN_DIGITS
  if (isPart && !mayDo(actor.role, 'operator'))
    throw new GatewayError(
      'forbidden',
      'Viewers find calls by a whole number, like +14155550100, or by its last four digits.',
    )
  const { number, instance, direction, outcome, problem, from, to, settingsVersion, tuningProfile } = query
  const filter = {
    words: q,
    number,
    instance,
    direction,
    outcome,
    problem,
    slowerThanMs: slowerThan,
    from,
    to,
    isTest: test,
    settingsVersion,
    tuningProfile,
  }
  return Object.values(filter).some((part) => part !== undefined) ? filter : undefined
}

/** A filter for the audit log: without the words that were looked for, and with numbers masked. */
export const filterForAudit = ({ words, number, ...rest }: CallFilter): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify({
      ...rest,
      ...(words === undefined ? {} : { words: true }),
      ...(number === undefined ? {} : { number: maskNumbersIn(number) }),
    }),
  ) as Record<string, unknown>
