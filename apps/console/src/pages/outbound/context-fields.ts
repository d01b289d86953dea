/** A field that a scenario asks, as its JSON Schema describes it. */
export interface ContextField {
  readonly name: string
  readonly title: string
  readonly kind: 'text' | 'date' | 'time' | 'number' | 'yesNo' | 'choice' | 'lines' | 'json'
  readonly isRequired: boolean
  readonly choices: readonly string[]
}

interface Property {
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly title?: string
  readonly items?: { readonly type?: string }
}

/** `appointmentDate` as it is read: "Appointment date". */
const titleOf = (name: string): string => {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const kindOf = ({ type, format, enum: choices, items }: Property): ContextField['kind'] => {
  if (choices) return 'choice'
  if (type === 'string') return format === 'date' ? 'date' : format === 'time' ? 'time' : 'text'
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'boolean') return 'yesNo'
  return type === 'array' && items?.type === 'string' ? 'lines' : 'json'
}

/** The fields of a scenario. */
export const fieldsOf = (schema: Readonly<Record<string, unknown>> | undefined): ContextField[] => {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, Property>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    title: property.title ?? titleOf(name),
    kind: kindOf(property),
    isRequired: required.includes(name),
    choices: (property.enum ?? []).map(String),
  }))
}

/** What was written in the fields as the route takes it; empty ones are left out. Throws for JSON that is none. */
export const contextOf = (
  fields: readonly ContextField[],
  written: Readonly<Record<string, string>>,
): Record<string, unknown> =>
  Object.fromEntries(
    fields.flatMap(({ name, title, kind }) => {
      const text = (written[name] ?? '').trim()
      if (text === '') return []
      if (kind === 'number') return [[name, Number(text)]]
      if (kind === 'yesNo') return [[name, text === 'true']]
      if (kind === 'lines') return [[name, text.split('\n').flatMap((line) => line.trim() || [])]]
      if (kind !== 'json') return [[name, text]]
      try {
        return [[name, JSON.parse(text) as unknown]]
      } catch {
        throw new Error(`${title} is not JSON.`)
      }
    }),
  )
