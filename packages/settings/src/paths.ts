/** Where something stands in a document: keys and, in lists, indexes. */
export type Path = readonly (string | number)[]

/** Keys that need no quotes in a path. */
const PLAIN = /^[\w+-]+$/

/** A path in one line: `modes.frontDesk.greeting`, `answers.0.question`, `business.pronunciations."St. Mary"`. */
export const pathText = (path: Path): string =>
  path.map((part) => (PLAIN.test(String(part)) ? String(part) : JSON.stringify(String(part)))).join('.')

/** Whether a value has fields: an object, no list. */
export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a document at a path; `undefined` when there is none. */
export const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    document,
  )
