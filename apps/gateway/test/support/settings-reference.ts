/** docs/reference/settings.md, written from the schema of the document. */
import type { JsonSchema, SettingsSchema } from '@llc-phone/settings/schema'

/** A field as a row tells it. */
export interface Field {
  readonly path: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
}

/** The alternatives of a schema; itself when it is no choice. */
const alternativesOf = (schema: JsonSchema): readonly JsonSchema[] => {
  const choices = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined
  return choices?.flatMap((choice) => alternativesOf(choice)) ?? [schema]
}

/** What an entry of a named section is called in a path. */
const ENTRIES: Readonly<Record<string, string>> = { 'numbers.list': 'NUMBER', routes: 'KEY' }

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null

/** The fields below a schema, each once, in the order of the schema. `skip`: names that are told elsewhere. */
export const fieldsOf = (schema: JsonSchema, path: string, skip: ReadonlySet<string> = new Set()): Field[] => {
  const fields = new Map<string, Field>()
  const add = (field: Field): void => void (fields.has(field.path) || fields.set(field.path, field))
  const alternatives = alternativesOf(schema)
  for (const one of alternatives) {
    for (const [name, property] of Object.entries(one.properties ?? {})) {
      if (!isSchema(property) || skip.has(name)) continue
      const at = path === '' ? name : `${path}.${name}`
      add({ path: at, schema: property, isRequired: alternatives.every(({ required }) => required?.includes(name)) })
      for (const field of fieldsOf(property, at, skip)) add(field)
    }
    if (isSchema(one.items)) for (const field of fieldsOf(one.items, `${path}.N`, skip)) add(field)
    if (isSchema(one.additionalProperties))
      for (const field of fieldsOf(one.additionalProperties, `${path}.${ENTRIES[path] ?? 'NAME'}`, skip)) add(field)
  }
  return [...fields.values()]
}

/** Whether a field is told by the rows of its own fields. */
export const isGroup = ({ schema }: Field): boolean => fieldsOf(schema, '').length > 0

/** An example as it is written in YAML in one line. */
const inYaml = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map((part) => inYaml(part)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([name, part]) => `${name}: ${inYaml(part)}`)
    return `{ ${parts.join(', ')} }`
  }
  if (typeof value !== 'string') return `${value as number | boolean}`
  // In brackets a comma ends the text, and a colon or a hash may too.
  return /[,:#{}[\]"']|^[\d\s+-]|\s$/.test(value) ? JSON.stringify(value) : value
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

const examplesOf = (field: Field): string =>
  isGroup(field)
    ? ''
    : (field.schema.examples ?? [])
        .slice(0, 2)
        .map((example) => `\`${cell(inYaml(example))}\``)
        .join(' or ')

const table = (fields: readonly Field[]): string[] => [
  '| field | what it is | example |',
  '| --- | --- | --- |',
  ...fields.map((field) => {
    const { path, schema, isRequired } = field
    const what = `${isRequired ? '**required.** ' : ''}${schema.title}. ${schema.description}`
    return `| \`${path}\` | ${cell(what)} | ${examplesOf(field)} |`
  }),
  '',
]

/** The page. */
export const settingsReference = ({ sections, kinds, outboundKinds }: SettingsSchema): string => {
  const ofEveryMode = ['kind', 'profile']
  const [first] = kinds
  const all = Object.keys(first!.schema.properties ?? {})
  const options = new Set(
    all.filter((name) => kinds.every(({ schema }) => Object.hasOwn(schema.properties ?? {}, name))),
  )
  const notOwn = new Set([...options, ...ofEveryMode])
  const isShared = ({ path }: Field): boolean => options.has(path.split('.')[0]!)
  const section = (name: string, skip = new Set<string>()): string[] => {
    const { title, description } = sections[name]!
    const fields = fieldsOf(sections[name]!, name, skip)
    const own: Field = { path: name, schema: sections[name]!, isRequired: false }
    return [`## ${name}`, '', `${title}. ${description}`, '', ...table(fields.length > 0 ? fields : [own])]
  }
  const kindSections = (list: SettingsSchema['kinds']): string[] =>
    list.flatMap(({ name, title, about, schema }) => {
      const fields = fieldsOf(schema, '', notOwn)
      const rows = fields.length > 0 ? table(fields) : ['It has no fields of its own.', '']
      return [`### ${name}`, '', `${title}. ${about}`, '', ...rows]
    })
  return [
    '# The settings document',
    '',
    'Every field of the settings, what it is, and how it is written. How to work with them: [the guide](../guides/settings.md). This page is written from the schemas by a test: change those.',
    '',
    'In a path, `KEY` and `NAME` stand for names of your choice, `N` for a place in a list. Entries of the directory, answers and messages are also found by their name: `answers."Where can I park?".answer`.',
    '',
    ...['format', 'business', 'routes', 'directory', 'answers'].flatMap((name) => section(name)),
    ...section('modes'),
    'Every mode also takes the options below, and the fields of its kind.',
    '',
    '### Options of every mode',
    '',
    'They can stand at a mode and, for calls to one number only, at a number. A number wins over its mode, a mode over its tuning profile. "Safe to tune" is what costs no caller a call if it is off.',
    '',
    ...table(fieldsOf(first!.schema, '').filter((field) => isShared(field) && !ofEveryMode.includes(field.path))),
    ...kindSections(kinds),
    '## tuningProfiles',
    '',
    `${sections.tuningProfiles!.title}. ${sections.tuningProfiles!.description} A profile takes these of the options of every mode: ${[
      ...new Set(fieldsOf(sections.tuningProfiles!, '').map(({ path }) => path.split('.')[2])),
    ]
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    '',
    ...section('numbers', options),
    'A number takes the options of every mode, too.',
    '',
    ...section('messages'),
    ...section('outbound'),
    ...kindSections(outboundKinds),
  ].join('\n')
}
