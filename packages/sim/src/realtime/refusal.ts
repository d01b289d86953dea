/** Why a client event was refused, in the words of the real server. */
import type { z } from 'zod'
import type { Json } from './protocol.ts'

/** The `error` part of an error event; thrown by whatever refuses, sent by the session. */
export class Refusal extends Error {
  readonly code: string | null
  readonly param: string | null
  readonly kind: string

  constructor(code: string | null, message: string, param: string | null = null, kind = 'invalid_request_error') {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.param = param
    this.kind = kind
  }

  /** The payload on the wire; `eventId` is the client's own, when it gave one. */
  toError(eventId: string | null): Json {
    return { type: this.kind, code: this.code, message: this.message, param: this.param, event_id: eventId }
  }
}

interface Found {
  rank: number
  refusal: Refusal
}

/** Turns what zod found into the one refusal the real server would have sent: missing first, then unknown keys, then the rest. */
export function refusalFor(error: z.ZodError, input: unknown): Refusal {
  const found = error.issues.flatMap((issue) => describe(issue as Issue, [], input))
  const [first] = found.toSorted((a, b) => a.rank - b.rank)
  return first?.refusal ?? new Refusal('invalid_value', 'The event is not valid.')
}

/** The parts of a zod issue that are read here. */
interface Issue {
  code: string
  path: PropertyKey[]
  message: string
  expected?: string
  keys?: string[]
  values?: unknown[]
  options?: unknown[]
  errors?: Issue[][]
  origin?: string
  minimum?: number
  maximum?: number
}

function describe(issue: Issue, above: PropertyKey[], input: unknown): Found[] {
  const path = [...above, ...issue.path]
  const param = nameOf(path)
  const value = valueAt(input, path)
  const isMissing = value === undefined && path.length > 0
  if (issue.code === 'unrecognized_keys') {
    // The real server of the flat shape names `type` when it is sent the nested one.
    const key = issue.keys?.includes('type') ? 'type' : (issue.keys?.[0] ?? '')
    const unknown = nameOf([...path, key])
    return [{ rank: 1, refusal: new Refusal('unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown) }]
  }
  if (isMissing) {
    return [
      { rank: 0, refusal: new Refusal('missing_required_parameter', `Missing required parameter: '${param}'.`, param) },
    ]
  }
  if (issue.code === 'invalid_union' && issue.errors && issue.errors.length > 0) {
    const branches = issue.errors.map((branch) => branch.flatMap((inner) => describe(inner, path, input)))
    // The branch meant is the one that got the kind of value right: it complains about something else than the type.
    const meant = branches.find((branch) =>
      branch.every((one) => one.refusal.code !== 'invalid_type' || one.refusal.param !== param),
    )
    return meant ?? branches[0] ?? []
  }
  return [{ rank: 2, refusal: describeValue(issue, param, value) }]
}

function describeValue(issue: Issue, param: string, value: unknown): Refusal {
  const options = issue.values ?? issue.options
  if ((issue.code === 'invalid_value' || issue.code === 'invalid_union') && options) {
    if (typeof value !== 'string')
      return wrongType(param, options.length > 1 ? 'one of a list of strings' : 'a string', value)
    const supported = options.map((option) => `'${String(option)}'`)
    const list = supported.length > 1 ? `${supported.slice(0, -1).join(', ')}, and ${supported.at(-1)}` : supported[0]
    return new Refusal('invalid_value', `Invalid value: '${value}'. Supported values are: ${list}.`, param)
  }
  if (issue.code === 'invalid_type') return wrongType(param, withArticle(issue.expected ?? 'value'), value)
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const kind = sizeKind(issue, value)
    const [side, sign, limit] =
      issue.code === 'too_small' ? ['below minimum', '>=', issue.minimum] : ['above maximum', '<=', issue.maximum]
    const what = kind === 'integer' || kind === 'decimal' ? 'value' : 'length'
    return new Refusal(
      `${kind}_${side === 'below minimum' ? 'below_min' : 'above_max'}_${what}`,
      `Invalid '${param}': ${kind} ${side} ${what}. Expected a ${what} ${sign} ${limit}, but got ${what === 'value' ? String(value) : (value as string | unknown[]).length} instead.`,
      param,
    )
  }
  return new Refusal('invalid_value', `Invalid '${param}': ${issue.message}.`, param)
}

const sizeKind = (issue: Issue, value: unknown) => {
  if (issue.origin === 'string' || issue.origin === 'array') return issue.origin
  return Number.isInteger(value) && Number.isInteger(issue.minimum ?? issue.maximum) ? 'integer' : 'decimal'
}

const wrongType = (param: string, expected: string, value: unknown) =>
  new Refusal(
    'invalid_type',
    `Invalid type for '${param}': expected ${expected}, but got ${withArticle(typeName(value))} instead.`,
    param,
  )

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'decimal'
  return typeof value
}

const withArticle = (name: string) => {
  const plain = name === 'int' ? 'integer' : name
  if (plain === 'null') return plain
  return /^[aeiou]/.test(plain) ? `an ${plain}` : `a ${plain}`
}

/** `['session', 'tools', 2, 'meta']` → `session.tools[2].meta`. */
const nameOf = (path: PropertyKey[]) =>
  path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`
    return name === '' ? String(part) : `${name}.${String(part)}`
  }, '')

/** Refuses an event that has one of these fields, by the first. */
export function refuseFields(fields: readonly string[], event: Json): void {
  const field = fields.find((name) => valueAt(event, name.split('.')) !== undefined)
  if (field !== undefined) throw new Refusal('unknown_parameter', `Unknown parameter: '${field}'.`, field)
}

const valueAt = (input: unknown, path: PropertyKey[]): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part], input)
