import type { WireError } from './protocol.ts'
import { keywordsIn, withoutKeyword } from './schema-keywords.ts'

/** A body as it is sent, in the names of its dialect. */
export type Body = Readonly<Record<string, unknown>>

/** Fields a telephone call needs: if refused, the refusal is reported and they are not left out. */
const required: ReadonlySet<string> = new Set(
  [
    'type model instructions tools conversation input',
    'output_modalities audio audio.input audio.input.format audio.input.format.type',
    'audio.output audio.output.format audio.output.format.type audio.output.voice',
    'modalities input_audio_format output_audio_format voice',
  ].flatMap((names) => names.split(' ')),
)

/** Field names that are ordinary words: in a sentence they do not count as the field. */
const common: ReadonlySet<string> = new Set(
  'type model input output audio format voice tools instructions conversation'.split(' '),
)

/** The same for words of sentences about something else: "schema keywords", "in your language". */
const vague: ReadonlySet<string> = new Set('keywords language languages'.split(' '))

const TOOL_KEYWORD = 'tools[].parameters.'
/** The kind of turn detection; it is replaced by `server_vad` rather than left out. */
const TURN_KIND = 'turn_detection.type'
/** Silence that ends a turn with the substitute, by the eagerness of the semantic kind. */
const SILENCE_MS: Readonly<Record<string, number>> = { high: 500, medium: 700, low: 900 }

const isTurnDetection = (path: string): boolean => path === 'turn_detection' || path.endsWith('.turn_detection')

const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)

type Field = readonly [path: string, value: unknown]

/** Every field of a body with its value: `audio.input.turn_detection`, `audio.input.turn_detection.type` and so on. */
const fieldsOf = (body: Body, above = ''): Field[] =>
  Object.entries(body).flatMap(([key, value]) => {
    const path = `${above}${key}`
    return [[path, value] as const, ...(isObject(value) ? fieldsOf(value, `${path}.`) : [])]
  })

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** The field to leave out for a refused one: an object whose `type` or `model` is refused goes as a whole. */
const fieldToLeaveOut = (path: string): string => {
  if (path.endsWith(TURN_KIND) || (lastOf(path) !== 'type' && lastOf(path) !== 'model')) return path
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : path
}

/** The names in a path such as `session.tools[2].meta`, `/session/tools/2/meta` or `body.session.tools.2.meta`. */
const namesOf = (param: string): { readonly names: readonly string[]; readonly isWhole: boolean } => {
  const names = param.split(/[.[\]/"'$]+/).filter((name) => name !== '')
  const start = names.findIndex((name) => !['body', 'event', 'session', 'response'].includes(name))
  return { names: start < 0 ? [] : names.slice(start), isWhole: start !== 0 }
}

const inSnakeCase = (name: string): string => name.replaceAll(/[a-z](?=[A-Z])/g, '$&_').toLowerCase()

/** The field that a path means: the field itself, its nearest parent, or the only field with that ending. */
const fieldNamed = (names: readonly string[], isWhole: boolean, fields: readonly string[]): string | undefined => {
  for (let count = names.length; count > 0; count--) {
    const path = names.slice(0, count).join('.')
    if (fields.includes(path)) return path
  }
  if (isWhole || common.has(names.at(-1) ?? '')) return undefined
  const ending = fields.filter((path) => path.endsWith(`.${names.join('.')}`))
  return ending.length === 1 ? ending[0] : undefined
}

const escaped = (text: string): string => text.replaceAll(/[^\w]/g, String.raw`\$&`)

/** Matches a name as sentences write it: `noise_reduction`, "Noise reduction", `noiseReduction`. */
const namePattern = (name: string): RegExp =>
  new RegExp(String.raw`(?<![\w-])${escaped(name).replaceAll(/_|\\-/g, '[_ -]?')}(?![\w-])`, 'i')

/** Matches the value of a field, if it is distinctive: `semantic_vad`. */
const valuePatterns = (path: string, value: unknown): RegExp[] =>
  typeof value === 'string' && value.length <= 64 && /[_-]/.test(value) && !required.has(path)
    ? [namePattern(value)]
    : []

/** Matches a field in a sentence: by its path, its name or its value. */
const fieldPatterns = (path: string, value: unknown): RegExp[] => {
  const name = lastOf(path)
  const names = common.has(name) || vague.has(name) ? [] : [name, name.replace(/^input_audio_/, '')]
  const quoted =
    path === name ? [new RegExp(String.raw`["'\`](?:session\.)?${escaped(name)}["'\`]`, 'i')] : [namePattern(path)]
  return [...names.map(namePattern), ...quoted, ...valuePatterns(path, value)]
}

/** The field that a sentence mentions first; of two at the same position, the longer name. */
const fieldMentioned = (message: string, fields: readonly Field[], ways: typeof fieldPatterns): string | undefined => {
  let first: { readonly path: string; readonly at: number; readonly length: number } | undefined
  for (const [path, value] of fields)
    for (const way of ways(path, value)) {
      const match = way.exec(message)
      if (!match) continue
      const { index: at } = match
      const { length } = match[0]
      if (!first || at < first.at || (at === first.at && length > first.length)) first = { path, at, length }
    }
  return first?.path
}

/** The refused keyword of a tool's schema, by the path or in the sentence. */
const toolKeyword = (names: readonly string[], message: string, tools: unknown): string | undefined => {
  const keywords = keywordsIn(tools)
  const said = (keyword: string): boolean => new RegExp(String.raw`["'\`]${escaped(keyword)}["'\`]`).test(message)
  const keyword =
    names.findLast((name) => keywords.has(name)) ??
    [...keywords].find((one) => said(one) || (/[A-Z]/.test(one) && message.includes(one)))
  return keyword === undefined ? undefined : `${TOOL_KEYWORD}${keyword}`
}

const MAX_MESSAGE_CHARS = 2_000

/** How an error is to be read. */
export interface Reading {
  /** The code is about our key or model: believe only an explicit path, or a value that we sent. */
  readonly isAboutUs?: boolean
  /** The refused body changes a session that is already configured. */
  readonly isChange?: boolean
}

/** The field of a body that an error refuses by name, if a call can do without it. */
export const refusedField = (
  error: WireError,
  body: Body,
  { isAboutUs = false, isChange = false }: Reading = {},
): string | undefined => {
  const where: unknown = error.param
  const param = typeof where === 'string' ? where : Array.isArray(where) ? where.join('.') : ''
  const message = typeof error.message === 'string' ? error.message.slice(0, MAX_MESSAGE_CHARS) : ''
  const { names, isWhole } = namesOf(param)
  if (names[0] === 'tools')
    return names.length > 2 && names[2] !== 'parameters' ? undefined : toolKeyword(names, message, body['tools'])
  const fields = fieldsOf(body)
  // Some servers send a `param` that is not a path: ignore it.
  const path =
    names.length > 0 && /^[\w.[\]/"'$-]+$/.test(param)
      ? fieldNamed(
          names.map(inSnakeCase),
          isWhole,
          fields.map(([one]) => one),
        )
      : fieldMentioned(message, fields, isAboutUs ? valuePatterns : fieldPatterns)
  if (path === undefined) return names.length > 0 || isAboutUs ? undefined : toolKeyword([], message, body['tools'])
  const field = fieldToLeaveOut(path)
  if (!isTurnDetection(field)) return required.has(field) ? undefined : field
  const [, turns] = fields.find(([one]) => one === field) ?? []
  const isSemantic = isObject(turns) && turns['type'] === 'semantic_vad'
  if (isSemantic && (!isChange || namePattern('semantic_vad').test(message))) return `${field}.type`
  // Turn detection is not left out of a change: the call keeps the old one when it is told of the refusal.
  return isChange ? undefined : field
}

/** The body without a field, and without parents that are empty then. */
const without = (body: Body, names: readonly string[]): Body => {
  const [name = '', ...rest] = names
  const inner = body[name]
  if (!(name in body)) return body
  const { [name]: _, ...others } = body
  if (rest.length === 0) return others
  if (!isObject(inner)) return body
  const left = without(inner, rest)
  return Object.keys(left).length === 0 ? others : { ...body, [name]: left }
}

/** The body with `server_vad` in place of `semantic_vad`. */
const withoutTurnKind = (body: Body, names: readonly string[]): Body => {
  const [name = '', ...rest] = names
  const inner = body[name]
  if (!isObject(inner)) return body
  if (rest.length > 1) return { ...body, [name]: withoutTurnKind(inner, rest) }
  if (inner['type'] !== 'semantic_vad') return body
  const { eagerness, ...others } = inner
  const silence_duration_ms = SILENCE_MS[String(eagerness)] ?? SILENCE_MS['medium']
  return { ...body, [name]: { ...others, type: 'server_vad', silence_duration_ms } }
}

/** A body without a field that its server refuses. */
export const bodyWithout = (body: Body, field: string): Body => {
  if (field.startsWith(TOOL_KEYWORD))
    return body['tools'] === undefined
      ? body
      : { ...body, tools: withoutKeyword(body['tools'], field.slice(TOOL_KEYWORD.length)) }
  const names = field.split('.')
  return field.endsWith(TURN_KIND) ? withoutTurnKind(body, names) : without(body, names)
}

/** The field to leave out when its substitute is refused as well. */
export const fieldAfterSubstitute = (field: string): string | undefined =>
  field.endsWith(TURN_KIND) ? field.slice(0, -'.type'.length) : undefined
