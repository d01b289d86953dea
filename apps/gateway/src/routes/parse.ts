import { GatewayError, issueSentences, meantE164, tryE164, type E164 } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { Actor } from './roles.ts'

/** Messages in words of a request; zod's own for the rest, unless a schema has some. */
const inWords: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' ? `has no field ${issue.keys.map((key) => `"${key}"`).join(', ')}` : undefined

/** Parses a part of an operator's request. Throws `request_invalid` that names every wrong field. */
export const parseRequest = <Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  whole = 'body',
): z.output<Shape> => {
  const parsed = shape.safeParse(value ?? {}, { error: inWords })
  if (parsed.success) return parsed.data
  throw new GatewayError('request_invalid', issueSentences(parsed.error, { whole, mark: ' ' }).join('; '))
}

/** Our own numbers, the one we call from first; a number written without a country code is read in one of their countries. */
export const ourNumbers = ({ outbound, numbers }: Pick<GatewayDeps, 'outbound' | 'numbers'>): E164[] => [
  outbound.from,
  ...numbers.list().map(({ number }) => number),
]

/** Parses a number from an operator. Throws `request_invalid` with a suggestion. */
export const requireNumber = (
  deps: Pick<GatewayDeps, 'outbound' | 'numbers'>,
  text: string,
  what = 'The number',
): E164 => {
  const number = tryE164(text)
  if (number !== undefined) return number
  const meant = meantE164(text, ourNumbers(deps))
  throw new GatewayError(
    'request_invalid',
    `${what} is not in E.164 form. ${meant ? `Did you mean ${meant}?` : 'Write it like +14155550100.'}`,
  )
}

/** The name of the person or program that makes a change. */
export const changedBySchema = z.string().trim().min(1).max(80, 'is too long')

/** Who makes a change: a person is who they are, and only ADMIN_TOKEN, which several may have, says who it is. */
export const changedByOf = ({ personId, name }: Pick<Actor, 'personId' | 'name'>, says: string | undefined): string =>
  personId === undefined ? (says ?? name) : name

/** The number in the address of a route, as it was written. */
export const ofNumber = z.object({ number: z.string() })

/** The answer to taking a number off a list. */
export const removed = z.object({ number: z.string(), removed: z.literal(true) }).meta({ id: 'Removed' })

/** A page of a list that is sorted by number. */
export const pageShape = z.object({
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(1_000, 'must be at most 1000')
    .default(100),
  after: z.string('must be a number').max(64, 'is too long').optional(),
})

/** A date, in UTC, or a moment. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date or a moment, like 2026-03-09')
  .transform((text) => new Date(text))

/** A day of the business, or a moment. */
export const momentOrDay = z.union(
  [z.iso.date(), z.iso.datetime({ offset: true })],
  'must be a day or a moment, like 2026-03-09 or 2026-03-09T14:00:00Z',
)
