/** Where something stands in a document: keys and, in lists, indexes. */
export type Path = readonly (string | number)[]

/** What is to be said about a place of a document. */
export interface Finding {
  readonly path: string
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** A path in one line, as findings have it: `modes.frontDesk.greeting`, `business.pronunciations."St. Mary"`. */
export const pathText = (path: Path): string =>
  path.map((part) => (/^[\w+-]+$/.test(String(part)) ? String(part) : JSON.stringify(String(part)))).join('.')

const STEP = /(?:"((?:[^"\\]|\\.)*)"|([^."]+))(?:\.(?!$)|$)/y

/** The steps of a path that {@link pathText} or the gateway has written. */
export const readPath = (text: string): string[] => {
  const steps: string[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < text.length) {
    const [, quoted, plain] = STEP.exec(text) ?? []
    if (quoted === undefined && plain === undefined) return steps
    steps.push(plain ?? quoted!.replaceAll(/\\(.)/g, '$1'))
  }
  return steps
}

/** Whether a value has fields: an object, no list. */
export const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields by which the gateway names the entries of a list. */
const NAMES = ['name', 'question', 'to', 'from', 'route']

/** The key of a step: entries of lists are also found by their name. -1 or the step itself when there is none. */
const keyOf = (value: unknown, step: string | number): string | number => {
  if (!Array.isArray(value)) return step
  if (/^\d+$/.test(String(step))) return Number(step)
  return value.findIndex((entry) => isFields(entry) && NAMES.some((name) => entry[name] === step))
}

/** The value at a path; `undefined` when there is none. */
export const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined
    const key = keyOf(value, step)
    return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined
  }, document)

/** The document with a value at a path; `undefined` takes the field, or the entry of a list, away. */
export const withValue = (document: unknown, path: Path, value: unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(document)) {
    const at = Number(keyOf(document, step))
    const inner = withValue(document[at], rest, value)
    if (at < 0 || at >= document.length) return inner === undefined ? document : [...document, inner]
    return inner === undefined ? document.toSpliced(at, 1) : document.with(at, inner)
  }
  const fields = isFields(document) ? { ...document } : {}
  const inner = withValue(Object.hasOwn(fields, step) ? fields[step] : undefined, rest, value)
  if (inner === undefined) Reflect.deleteProperty(fields, step)
  // Defined, because a key "__proto__" is a key like any other.
  else Object.defineProperty(fields, step, { value: inner, enumerable: true, configurable: true, writable: true })
  return fields
}

/** Whether two documents say the same; the order of fields counts, because callers hear it. */
export const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other)

/** A list with one entry at another place. */
export const moved = <Entry>(list: readonly Entry[], from: number, to: number): Entry[] => {
  if (to < 0 || to >= list.length) return [...list]
  return list.toSpliced(from, 1).toSpliced(to, 0, list[from]!)
}

/** A key made of what people call something: "the billing desk" is `billingDesk`, another one `billingDesk2`. */
export const keyFrom = (text: string, taken: readonly string[]): string => {
  const words = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && word !== 'the')
  const joined = words.map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('')
  const base = (/^[a-z]/.test(joined) ? joined : `line${joined}`).slice(0, 28)
  let key = base
  for (let count = 2; taken.includes(key); count++) key = `${base}${count}`
  return key
}
