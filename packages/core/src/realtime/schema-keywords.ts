/** Keywords of JSON Schema that can be left out for a server that refuses them: the tool validates its input itself. */
const narrowing: ReadonlySet<string> = new Set(
  [
    'additionalProperties pattern format default title examples $schema propertyNames',
    'minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf',
    'minItems maxItems uniqueItems minProperties maxProperties',
  ].flatMap((names) => names.split(' ')),
)

/** Below these keywords, keys are property names. */
const holdsNames = (keyword: string): boolean => keyword === 'properties' || keyword === '$defs'

type Visit = (keyword: string) => boolean

/** The schema with only those keywords that `keeps` accepts. */
const filtered = (schema: unknown, keeps: Visit): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => filtered(one, keeps))
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => keeps(keyword))
      .map(([keyword, value]) => [
        keyword,
        holdsNames(keyword) && typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filtered(one, keeps)]))
          : filtered(value, keeps),
      ]),
  )
}

const mapParameters = (tools: unknown, map: (parameters: unknown) => unknown): unknown =>
  Array.isArray(tools)
    ? tools.map((tool: { readonly parameters?: unknown }) => ({ ...tool, parameters: map(tool.parameters) }))
    : tools

/** The removable keywords that the schemas of these tools use. */
export const keywordsIn = (tools: unknown): ReadonlySet<string> => {
  const found = new Set<string>()
  const note: Visit = (keyword) => {
    if (narrowing.has(keyword)) found.add(keyword)
    return true
  }
  mapParameters(tools, (parameters) => filtered(parameters, note))
  return found
}

/** The tools with a keyword removed from their schemas. */
export const withoutKeyword = (tools: unknown, keyword: string): unknown =>
  mapParameters(tools, (parameters) => filtered(parameters, (one) => one !== keyword))
