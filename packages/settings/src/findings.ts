import { didYouMean } from '@llc-phone/core'
import type * as z from 'zod'
import { pathText, valueAt, type Path } from './paths.ts'
import { fieldsAt } from './schema-at.ts'

/** Something about a document that somebody should know. */
export interface Finding {
  /** Where: `modes.frontDesk.greeting`. */
  readonly path: string
  readonly message: string
  /** An error keeps the document from being published. */
  readonly severity: 'error' | 'warning'
}

/** More help nobody, and to look for the nearest name each time takes long. */
export const MOST_FINDINGS = 100

/** How many names a sentence lists. */
const NAMES_TOLD = 30

/** A finding that keeps the document from being published. */
export const mistake = (path: Path, message: string): Finding => ({
  path: pathText(path),
  message,
  severity: 'error',
})

/** A finding that somebody should look at. */
export const warning = (path: Path, message: string): Finding => ({
  path: pathText(path),
  message,
  severity: 'warning',
})

/** The sentence about a name that does not exist, with the nearest one, or with all there are. */
export const noSuch = (what: string, name: string, names: readonly string[]): string => {
  const some = names.slice(0, NAMES_TOLD)
  const told =
    names.length > some.length ? `${some.join(', ')} and ${names.length - some.length} more` : some.join(', ')
  return `there is no ${what} "${name}". ${didYouMean(name, names) ?? `There are ${told || 'none'}.`}`
}

type Issue = z.core.$ZodIssue

/** The alternative of a choice that the value comes closest to: with the fewest issues, and the fewest unknown fields. */
const nearestAlternative = (alternatives: readonly (readonly Issue[])[]): readonly Issue[] =>
  alternatives
    .map((issues) => ({
      issues,
      faults: issues.length + issues.filter(({ code }) => code === 'unrecognized_keys').length,
    }))
    .toSorted((one, other) => one.faults - other.faults)[0]?.issues ?? []

const KINDS_OF_VALUE: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must have fields',
  record: 'must have fields',
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' }

/** A sentence in place of the one that zod says by itself; its own when a schema has one. */
const sentenceOf = (issue: Issue, value: unknown): string => {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return value === undefined ? 'is missing' : (KINDS_OF_VALUE[issue.expected] ?? `must be of type ${issue.expected}`)
  if (issue.code === 'invalid_value' && /^Invalid (?:option|input)/.test(issue.message)) {
    const values = issue.values.map(String)
    const meant = typeof value === 'string' ? didYouMean(value, values) : undefined
    const text = value === undefined ? 'is missing: one of' : 'must be one of'
    return `${values.length === 1 ? 'must be' : text} ${values.join(', ')}${meant ? `. ${meant}` : ''}`
  }
  const unit = 'origin' in issue ? (UNITS[String(issue.origin)] ?? '') : ''
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) {
    const isEmpty = unit !== '' && Number(issue.minimum) === 1
    return isEmpty ? 'must not be empty' : `must be at least ${issue.minimum}${unit}`
  }
  if (issue.code === 'too_big' && issue.message.startsWith('Too big'))
    return unit === '' ? `must be at most ${issue.maximum}` : `has more than ${issue.maximum}${unit}`
  return issue.message
}

/** Where an issue was found. */
interface Within {
  readonly schema: z.ZodType
  /** The checked value. */
  readonly value: unknown
  /** Where that value stands in the document. */
  readonly path?: Path
  /** Fields beside those of the schema that may stand in the value itself. */
  readonly fields?: readonly string[]
}

const explained = (issue: Issue, around: Path, within: Within): readonly Finding[] => {
  const { schema, value, path: base = [], fields = [] } = within
  const path = [...around, ...(issue.path as Path)]
  const at = [...base, ...path]
  if (issue.code === 'unrecognized_keys') {
    const known = [...fieldsAt(schema, path), ...(path.length === 0 ? fields : [])]
    return issue.keys
      .slice(0, MOST_FINDINGS)
      .map((key) => mistake([...at, key], `is not a field here. ${fieldHint(key, known)}`.trim()))
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input' && issue.errors.length > 0)
    return nearestAlternative(issue.errors).flatMap((one) => explained(one, path, within))
  if (issue.code === 'invalid_key') return [mistake(at, issue.issues[0]?.message ?? issue.message)]
  return [mistake(at, sentenceOf(issue, valueAt(value, path)))]
}

const fieldHint = (key: string, known: readonly string[]): string =>
  didYouMean(key, known) ?? (known.length > 0 ? `There are ${known.join(', ')}.` : '')

/** The issues that a schema has with a value, as errors; unknown fields with the nearest known one. */
export const findingsOf = (error: { readonly issues: readonly Issue[] } | undefined, within: Within): Finding[] =>
  (error?.issues ?? []).slice(0, MOST_FINDINGS).flatMap((issue) => explained(issue, [], within))
