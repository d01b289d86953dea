import { didYouMean, GatewayError, issueSentences, plainText } from '@llc-phone/core'
import type * as z from 'zod'

/** Longest data: more would distract the model from the rules. */
const MAX_DATA_LENGTH = 500
/** Deepest nesting: no scenario needs more, and the sender must not choose how far we recurse. */
const MAX_DEPTH = 8
/** Most problems named in one error. */
const MAX_PROBLEMS = 5

/**
 * Cleans the operator's own words: keeps line breaks; removes control characters and sequences that models take for the
 * end of a text.
 */
const ownWords = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n)\p{C}/gu, '')
    .replaceAll(/<\|?|\|?>/g, '')
    .replaceAll(/^[^\S\n]*#+[^\S\n]*/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same value with every text in it cleaned for the prompt. */
const cleaned = (value: unknown): unknown => {
  if (typeof value === 'string') return plainText(value, Infinity)
  if (Array.isArray(value)) return value.map((item) => cleaned(item))
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleaned(inner)]))
  return value
}

const isTooDeep = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === MAX_DEPTH || Object.values(value).some((inner) => isTooDeep(inner, depth + 1)))

const isTooLong = (value: unknown): boolean => {
  if (typeof value === 'string') return value.length > MAX_DATA_LENGTH
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => isTooLong(inner))
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )

const refuse = (problems: readonly string[]): never => {
  throw new GatewayError('request_invalid', problems.slice(0, MAX_PROBLEMS).join('; '))
}

/** Throws `request_invalid` that names each field with its problem, if there is one. */
export const refuseContext = (problems: Readonly<Record<string, string>>): void => {
  const named = Object.entries(problems)
  if (named.length > 0) refuse(named.map(([field, problem]) => `context.${field}: ${problem}`))
}

/**
 * The context of a call as its scenario wants it. Foreign text becomes one plain line; `verbatim` names the fields that
 * are the operator's own words. Throws `request_invalid` that names each wrong field.
 */
export const readContext = <Context extends z.ZodObject>(
  schema: Context,
  verbatim: readonly string[],
  given: unknown = {},
): z.output<Context> => {
  if (!isRecord(given)) return refuse(['context: write an object, like {"reason": "a question about the invoice"}'])
  const fields = Object.keys(schema.shape)
  const unknown = Object.keys(given).filter((key) => !fields.includes(key))
  if (unknown.length > 0)
    refuse(
      unknown.map((key) => {
        const known = fields.length > 0 ? `the scenario knows ${fields.join(', ')}` : 'the scenario takes no context'
        return [`context.${plainText(key, 40)}: not known; ${known}.`, didYouMean(key, fields)].join(' ').trim()
      }),
    )
  const deep = fields.filter((key) => isTooDeep(given[key]))
  if (deep.length > 0) refuse(deep.map((key) => `context.${key}: is nested too deeply`))
  const long = fields.filter((key) => !verbatim.includes(key) && isTooLong(given[key]))
  if (long.length > 0) refuse(long.map((key) => `context.${key}: write at most ${MAX_DATA_LENGTH} characters`))

  const clean = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      verbatim.includes(key) && typeof value === 'string' ? ownWords(value) : cleaned(value),
    ]),
  )
  const parsed = schema.safeParse(clean)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) =>
    at(clean, issue.path) === undefined ? { ...issue, message: 'is required' } : issue,
  )
  return refuse(issueSentences({ issues }, { within: 'context' }))
}
