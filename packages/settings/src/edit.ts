/** Changes of one place in a document, as people write them in a command line. */
import { didYouMean, GatewayError } from '@llc-phone/core'
import { documentSchema } from './document.ts'
import { listKey } from './keyed-lists.ts'
import { isFields, keyOf, pathText, readPath, type Path } from './paths.ts'
import { fieldsAt, takesAnyField, typesAt } from './schema-at.ts'
import { readValue } from './text.ts'

/** What becomes of the value at the end of a path; `undefined` removes it. */
type Edit = (there: unknown, path: Path) => unknown

const refuse = (path: Path, why: string): never => {
  throw new GatewayError('request_invalid', `${pathText(path)}: ${why}`)
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

/** What there is at a place, for somebody who has named something else. */
const whatThereIs = (value: unknown, path: Path): string => {
  if (Array.isArray(value)) {
    const names = value.flatMap((entry) => listKey(path, entry) ?? [])
    if (value.length === 0) return 'The list is empty.'
    return names.length > 0 ? `There are ${quoted(names)}.` : `The list has the entries 0 to ${value.length - 1}.`
  }
  const names = isFields(value) ? Object.keys(value) : []
  return names.length > 0 ? `There are ${names.join(', ')}.` : 'Nothing is set there.'
}

/** The key to go on with, of a field that may be new; refuses what the document cannot have. */
const stepKey = (value: unknown, around: Path, step: string): string | number => {
  const known = keyOf(value, around, step)
  if (known !== undefined) return known
  const path = [...around, step]
  if (Array.isArray(value)) return refuse(path, `there is no such entry. ${whatThereIs(value, around)}`)
  if (!isFields(value)) return refuse(path, `${pathText(around)} is a single value, with nothing inside.`)
  const fields = fieldsAt(documentSchema, around)
  const types = typesAt(documentSchema, around)
  // What no schema knows here belongs to a kind.
  if (types.length === 0 || fields.includes(step) || takesAnyField(documentSchema, around)) return step
  if (types.includes('array')) return refuse(path, 'the list is empty: add an entry instead.')
  const place = around.length === 0 ? 'a settings document' : pathText(around)
  return refuse(
    path,
    `${place} has no field "${step}". ${didYouMean(step, fields) ?? `It can have ${fields.join(', ')}.`}`,
  )
}

const withKey = (holder: unknown, key: string | number, value: unknown): unknown => {
  if (Array.isArray(holder))
    return value === undefined ? holder.toSpliced(Number(key), 1) : holder.with(Number(key), value)
  const fields = { ...(holder as Record<string, unknown>) }
  if (value === undefined) Reflect.deleteProperty(fields, key)
  // Defined, because a key "__proto__" is a key like any other.
  else Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true })
  return fields
}

const editWithin = (value: unknown, around: Path, [step, ...rest]: readonly string[], edit: Edit): unknown => {
  if (step === undefined) return edit(value, around)
  const holder = value ?? {}
  const key = stepKey(holder, around, step)
  const there = (holder as Record<string | number, unknown>)[key]
  return withKey(holder, key, editWithin(there, [...around, key], rest, edit))
}

const editAt = (document: unknown, path: string, edit: Edit): unknown => {
  const steps = readPath(path)
  if (!steps)
    throw new GatewayError(
      'request_invalid',
      `"${path}" is no path: write it like business.hours.sat or answers."Where can I park?".answer`,
    )
  return editWithin(document, [], steps, edit)
}

const TEXT = ['string', 'enum']

/** A value as it stands in a command line: text where only text can stand, otherwise as it would be read from a file. */
const valueFor = (path: Path, text: string): unknown => {
  const types = typesAt(documentSchema, path)
  if (types.length > 0 && types.every((type) => TEXT.includes(type))) return text
  // Text with a colon or a dash is no list and no fields, unless it is written in brackets.
  if (!/^\s*[[{"']|^\s*(?:true|false|null|-?\d+(?:\.\d+)?)\s*$/.test(text)) return text
  try {
    return readValue(text)
  } catch (error) {
    return refuse(path, `the value cannot be read: ${(error as Error).message}`)
  }
}

/** What stands at a path; throws `request_invalid` when nothing does. */
export const getAt = (document: unknown, path: string): unknown => {
  let found: unknown
  editAt(document, path, (there, at) => (found = there ?? refuse(at, 'is not set.')))
  return found
}

/**
 * The document with a value at a path: `setAt(document, 'business.hours.sat', '10:00-14:00')`. Throws `request_invalid`, which
 * names the path and what there is. What the document may be is checked when it is built.
 */
export const setAt = (document: unknown, path: string, value: string): unknown =>
  editAt(document, path, (_there, at) => valueFor(at, value))

/** The document without what stands at a path; throws `request_invalid` when nothing does. */
export const removeAt = (document: unknown, path: string): unknown =>
  editAt(document, path, (there, at) => (there === undefined ? refuse(at, 'is not set.') : undefined))

/** The document with one more entry in the list at a path; throws `request_invalid` when there is none, or the entry is there. */
export const addAt = (document: unknown, path: string, value: string): unknown =>
  editAt(document, path, (there, at) => {
    const isList = there === undefined ? typesAt(documentSchema, at).includes('array') : Array.isArray(there)
    if (!isList && !(there === undefined && takesAnyField(documentSchema, at.slice(0, -1))))
      return refuse(at, 'is no list: set it instead.')
    const entry = valueFor([...at, 0], value)
    const name = listKey(at, entry)
    if (name !== undefined && keyOf(there, at, name) !== undefined)
      return refuse(at, `there is "${name}" already: set ${pathText([...at, name])} instead.`)
    return [...((there as readonly unknown[] | undefined) ?? []), entry]
  })
