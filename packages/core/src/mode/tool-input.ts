import type * as z from 'zod'
import { ToolError } from '../tool-error.ts'

/** The parts of JSON Schema that tell which fields are optional, and their types. */
interface Schema {
  /** A list when `null` is allowed too. */
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly minItems?: number
}

/** Texts by which models say "no value" instead of leaving an argument out. */
const NOTHING = new RegExp(
  `^(?:${[
    'null|nil|none|nothing|undefined|unknown|unspecified|unclear|missing|n ?/ ?a|n\\.? ?a|nan|empty|blank|void|omitted|left out|tbd',
    '(?:not|none|nothing|never|to be) (?:yet )?(?:given|provided|specified|stated|mentioned|said|named|asked|known|sure|set|found|available|applicable|supplied|disclosed|determined|decided|needed|required)',
    'no (?:value|information|info|data|input)',
  ].join('|')})$`,
)
/** Texts by which models choose none of an enum's values. */
const NO_CHOICE = /^(?:any|any ?time|any of them|either|no preference|does not matter|doesn't matter)$/

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The bare words of a text, in small letters: of `<UNKNOWN>`, `"none".` or `notGiven`; empty for `- -` and `?`. */
const wordsOf = (text: string): string =>
  text
    .replaceAll(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .replaceAll(/[_\s]+/g, ' ')
    .replaceAll(/^[^\p{L}\p{N}+*#]+|[^\p{L}\p{N}*#]+$/gu, '')
    .toLowerCase()

const saysNothing = (text: string): boolean => NOTHING.test(wordsOf(text)) || /^[^\p{L}\p{N}+*#]*$/u.test(text)

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'string' && saysNothing(value)) ||
  (Array.isArray(value) ? value.every((each) => isEmpty(each)) : isRecord(value) && Object.keys(value).length === 0)

const choosesNone = ({ enum: choices }: Schema, value: unknown): boolean =>
  choices !== undefined && typeof value === 'string' && NO_CHOICE.test(wordsOf(value))

/** Whether the schema allows this empty value on purpose: "none" as a choice of an enum, an empty list, or a `null` that clears. */
const allowsEmptyValue = (schema: Schema, value: unknown): boolean => {
  const { type, enum: choices, const: only, anyOf = [], required = [], minItems = 0 } = schema
  if (anyOf.some((each) => allowsEmptyValue(each, value))) return true
  if (choices) return choices.includes(value)
  if (only !== undefined) return only === value
  if (type === undefined) return anyOf.length === 0
  if (value === null) return type.includes('null')
  if (typeof value !== 'object') return false
  return Array.isArray(value) ? type === 'array' && minItems === 0 : type === 'object' && required.length === 0
}

/** The schema without an alternative `null`. */
const withoutNull = (schema: Schema): Schema => {
  const [only, other] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null')
  if (only && !other) return only
  const [type, another] = [schema.type ?? []].flat().filter((each) => each !== 'null')
  return type === undefined || another !== undefined ? schema : { ...schema, type }
}

/** The value converted to the schema's type where that is unambiguous: "2" to 2, 4711 to "4711", a value to a list of one. */
const toSchemaType = (wanted: Schema, value: unknown): unknown => {
  const schema = withoutNull(wanted)
  const { type, items, enum: choices } = schema
  if (value === null || type === undefined) return value
  if (type === 'array')
    return (Array.isArray(value) ? value : [value])
      .filter((item) => item !== null || !items || allowsEmptyValue(items, item))
      .map((item) => (items ? toSchemaType(items, item) : item))
  if (Array.isArray(value)) return value.length === 1 ? toSchemaType(schema, value[0]) : value
  if (type === 'object') return isRecord(value) ? normaliseArguments(schema, value) : value
  if (type === 'string' && typeof value === 'number') return choices ? value : String(value)
  if (typeof value !== 'string') return value
  const text = value.trim()
  if ((type === 'number' || type === 'integer') && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return value
}

/** The arguments without empty optional values, converted to the types of the schema. */
const normaliseArguments = (
  { properties = {}, required = [] }: Schema,
  given: Readonly<Record<string, unknown>>,
): object =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
      // A required text stays: somebody may be called None.
      const isOptional = !schema || !required.includes(name)
      const isLeftOut = isEmpty(value) || (schema !== undefined && choosesNone(schema, value))
      if (isOptional && isLeftOut && !(schema && allowsEmptyValue(schema, value))) return []
      return [[name, schema ? toSchemaType(schema, value) : value]]
    }),
  )

const read = (argumentsJson: string): unknown => {
  const text = argumentsJson.trim()
  if (text === '' || NOTHING.test(text.toLowerCase())) return {}
  try {
    const value: unknown = JSON.parse(text)
    // Some models put their JSON into a JSON string.
    if (typeof value === 'string' && value.trim().startsWith('{')) return JSON.parse(value)
    return isRecord(value) || !isEmpty(value) ? value : {}
  } catch {
    throw new ToolError('The arguments were not valid JSON. Call the tool again.')
  }
}

/**
 * Parses the model's JSON into the tool's input. Throws a {@link ToolError} that tells the model what is wrong. `parameters` is
 * the JSON Schema the model was shown.
 */
export const readToolInput = <Input extends z.ZodObject>(
  input: Input,
  parameters: object,
  argumentsJson: string,
): z.output<Input> => {
  const given = read(argumentsJson)
  const parsed = input.safeParse(isRecord(given) ? normaliseArguments(parameters, given) : given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ToolError(
    `Invalid input${issue?.path.length ? ` for ${issue.path.join('.')}` : ''}: ${issue?.message ?? 'wrong shape'}.`,
  )
}
