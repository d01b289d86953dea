import { LineCounter, parseDocument, stringify, type ScalarTag, type Tags } from 'yaml'
import { documentSchema } from './document.ts'
import { mistake, type Finding } from './findings.ts'
import { isFields, keyOf, readPath, type Path } from './paths.ts'
import { fieldsAt } from './schema-at.ts'

/** Far more than 200 numbers, 50 people and 40 answers take. */
const MAX_CHARS = 250_000

/** Far deeper than any setting; a parser would take seconds for thousands. */
const MAX_DEPTH = 50

/** Lists in lists in one line: `- - - x`. */
const MANY_DASHES = new RegExp(`(?:[-?] +){${MAX_DEPTH}}`)

/** Whether lists and objects are deeper within each other than that; brackets in text count too. */
const nestsTooDeep = (text: string): boolean => {
  let depth = 0
  for (const letter of text) {
    if (letter === '[' || letter === '{') depth++
    else if (letter === ']' || letter === '}') depth--
    if (depth > MAX_DEPTH) return true
  }
  return MANY_DASHES.test(text)
}

/** What anchors may be repeated in all; more is a file that only looks small. */
const MAX_ALIASES = 100

/** Whole numbers without a plus or a leading zero: `+14155550100` and `0815` are telephone numbers, so text. */
const INTEGER = /^-?(?:0|[1-9]\d*)$/

const withTelephones = (tags: Tags): Tags =>
  tags.map((tag) =>
    typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:int' && tag.format === undefined
      ? { ...(tag as ScalarTag), test: INTEGER }
      : tag,
  )

/** A file that was read. */
export interface ReadText {
  /** Absent when the text is neither JSON nor YAML. */
  readonly document?: unknown
  /** What is wrong with the text, with line and column. */
  readonly findings: readonly Finding[]
  /** The line (from 1) of a path as findings have it, or of the nearest part around it. */
  lineOf(path: string): number | undefined
}

const TOO_MUCH = 'cannot be read: it repeats or nests too much'

const unread = (message: string): ReadText => ({ findings: [mistake([], message)], lineOf: () => undefined })

/** Reads a settings document from JSON or YAML: comments are allowed, keys that stand there twice are not. Never throws. */
export const readText = (text: string): ReadText => {
  if (text.length > MAX_CHARS) return unread(`has more than ${MAX_CHARS} characters`)
  if (nestsTooDeep(text)) return unread(TOO_MUCH)
  try {
    return parsed(text)
  } catch {
    return unread(TOO_MUCH)
  }
}

/** Reads one value as it would stand in a file: `[callback, visit]`, `"22"`, `{ from: 2026-12-24 }`. Throws a sentence with the place. */
export const readValue = (text: string): unknown => {
  const { document, findings } = readText(`value: ${text}`)
  if (!isFields(document)) throw new Error(findings[0]?.message.replace(/^line \d+, column \d+: /, ''))
  return document.value
}

const parsed = (text: string): ReadText => {
  const lines = new LineCounter()
  // JSON is YAML, so that one reader names lines and double keys in both.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, customTags: withTelephones })
  const problems = [...document.errors, ...document.warnings].map(({ pos: [at], message }) => {
    const { line, col } = lines.linePos(at)
    return mistake([], `line ${line}, column ${col}: ${message}`)
  })
  if (problems.length > 0) return { findings: problems, lineOf: () => undefined }
  const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
  if (value === null || value === undefined) return unread('is empty')
  // What an anchor repeats is written out: changing one place must not change another.
  const plain: unknown = JSON.parse(JSON.stringify(value))
  return {
    document: plain,
    findings: [],
    lineOf: (path) => {
      const steps = path === '' ? [] : (readPath(path) ?? [])
      for (let length = steps.length; length > 0; length--) {
        const at = keysOf(plain, steps.slice(0, length))
        const node: unknown = at && document.getIn(at, true)
        const range = isFields(node) ? node.range : undefined
        if (Array.isArray(range)) return lines.linePos(Number(range[0])).line
      }
      return undefined
    },
  }
}

const keysOf = (document: unknown, steps: readonly string[]): Path | undefined => {
  const keys: (string | number)[] = []
  let value = document
  for (const step of steps) {
    const key = keyOf(value, keys, step)
    if (key === undefined) return undefined
    keys.push(key)
    value = (value as Record<string | number, unknown>)[key]
  }
  return keys
}

/** Fields in the order of the schema, then all others as they stand; lists and named entries keep their order. */
const inOrder = (value: unknown, path: Path): unknown => {
  if (Array.isArray(value)) return value.map((entry: unknown, index) => inOrder(entry, [...path, index]))
  if (!isFields(value)) return value
  const known = fieldsAt(documentSchema, path)
  const names = [...new Set([...known.filter((name) => Object.hasOwn(value, name)), ...Object.keys(value)])]
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name], [...path, name])]))
}

/** A settings document as YAML, with its fields always in the same order. */
export const writeText = (document: unknown): string => stringify(inOrder(document, []), { lineWidth: 120 })
