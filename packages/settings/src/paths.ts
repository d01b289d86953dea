import { isSameText } from '@llc-phone/core'
import { listKey } from './keyed-lists.ts'

/** Where something stands in a document: keys and, in lists, indexes. */
export type Path = readonly (string | number)[]

/** Keys that need no quotes in a path. */
const PLAIN = /^[\w+-]+$/

/** A path in one line: `modes.frontDesk.greeting`, `answers.0.question`, `business.pronunciations."St. Mary"`. */
export const pathText = (path: Path): string =>
  path.map((part) => (PLAIN.test(String(part)) ? String(part) : JSON.stringify(String(part)))).join('.')

/** One step of a written path: in quotes, or up to the next dot. */
const STEP = /(?:"((?:[^"\\]|\\.)*)"|([^."]+))(?:\.(?!$)|$)/y

/** The steps of a path as {@link pathText} writes it; `undefined` when it is none. */
export const readPath = (text: string): readonly string[] | undefined => {
  const steps: string[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < text.length) {
    const [, quoted, plain] = STEP.exec(text) ?? []
    if (quoted === undefined && plain === undefined) return undefined
    steps.push(plain ?? quoted!.replaceAll(/\\(.)/g, '$1'))
  }
  return steps.length === 0 ? undefined : steps
}

/** Whether a value has fields: an object, no list. */
export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The key under which a step leads on from a value: that of a field, the index in a list, also of the entry with this name or
 * question. `undefined` when there is nothing.
 */
export const keyOf = (value: unknown, around: Path, step: string | number): string | number | undefined => {
  if (!Array.isArray(value)) return isFields(value) && Object.hasOwn(value, step) ? step : undefined
  if (/^\d+$/.test(String(step))) return Number(step) < value.length ? Number(step) : undefined
  const found = value.findIndex((entry) => isSameText(listKey(around, entry) ?? '', String(step)))
  return found < 0 ? undefined : found
}

/** The value of a document at a path; `undefined` when there is none. */
export const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step, depth) => {
    const key = keyOf(value, path.slice(0, depth), step)
    return key === undefined ? undefined : (value as Record<string | number, unknown>)[key]
  }, document)
