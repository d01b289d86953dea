/** Makes a scripted call fit the tools the session really has, or leaves it out. */
import type { Dialogue } from './dialogue.ts'
import type { FunctionTool, Json } from './protocol.ts'

/** A call as the wire carries it. */
export interface FittedCall {
  name: string
  arguments: string
}

interface Schema {
  properties?: Record<string, PropertySchema>
  required?: string[]
}

interface PropertySchema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: PropertySchema[]
  maxLength?: number
}

/** The call with arguments the tool's schema allows; undefined when the tool is missing or a required one cannot be given. */
export function fitCall(
  call: Dialogue['exchanges'][number]['calls'][number],
  tools: readonly FunctionTool[],
  facts: Readonly<Record<string, string>>,
): FittedCall | undefined {
  const tool = tools.find(({ name }) => name === call.tool)
  if (!tool) return undefined
  const schema = (tool.parameters ?? {}) as Schema
  const fitted: Json = {}
  for (const [key, scripted] of Object.entries(call.arguments)) {
    const property = schema.properties?.[key]
    if (!property) continue
    const candidates = Array.isArray(scripted) && !allows(property, scripted) ? scripted : [scripted]
    const value = candidates
      .map((one) => fill(one, facts, property))
      .find((one) => one !== undefined && allows(property, one))
    if (value !== undefined) fitted[key] = value
  }
  return schema.required?.every((key) => key in fitted) === false
    ? undefined
    : { name: tool.name, arguments: JSON.stringify(fitted) }
}

/** The value with its `{fact}` filled in; undefined when the fact is not known. */
function fill(value: unknown, facts: Readonly<Record<string, string>>, property: PropertySchema): unknown {
  if (typeof value !== 'string') return value
  const names = Array.from(value.matchAll(/\{(\w+)\}/g), ([, name]) => name!)
  if (names.some((name) => facts[name] === undefined)) return undefined
  const filled = value.replace(/\{(\w+)\}/g, (_, name: string) => facts[name]!)
  return names.length > 0 && property.type === 'integer' && filled !== '' ? Number(filled) : filled
}

function allows(property: PropertySchema, value: unknown): boolean {
  if (property.anyOf) return property.anyOf.some((one) => allows(one, value))
  if (property.enum) return property.enum.includes(value)
  if (property.const !== undefined) return property.const === value
  if (property.type === undefined) return true
  return [property.type].flat().some((type) => isOfType(type, value))
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'null') return value === null
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
