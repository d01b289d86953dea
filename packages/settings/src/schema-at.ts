import type * as z from 'zod'

/** What the parts of a schema are called inside zod. */
interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly catchall?: z.ZodType
}

const definitionOf = (schema: z.ZodType): Definition => schema.def

/** The schemas one step down; several when it is a choice. */
const stepInto = (schema: z.ZodType, part: PropertyKey): readonly z.ZodType[] =>
  alternativesOf(schema).flatMap((one) => {
    const { shape, element, valueType } = definitionOf(one)
    if (shape) return Object.hasOwn(shape, part) ? [shape[String(part)]!] : []
    return element ?? valueType ?? []
  })

/** A schema without `optional` and `default`, as its alternatives when it is a choice. */
const alternativesOf = (schema: z.ZodType): readonly z.ZodType[] => {
  const definition = definitionOf(schema)
  const inner = definition.innerType ?? definition.in
  if (inner) return alternativesOf(inner)
  return definition.options?.flatMap((option) => alternativesOf(option)) ?? [schema]
}

/** The schemas, without `optional` and choices around them, that may check the value at a path. */
const schemasAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly z.ZodType[] => {
  const at = path.reduce<readonly z.ZodType[]>((found, part) => found.flatMap((one) => stepInto(one, part)), [schema])
  return at.flatMap((one) => alternativesOf(one))
}

/** The names of the fields that the object at a path may have; empty when it may have any, or is no object. */
export const fieldsAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] => [
  ...new Set(schemasAt(schema, path).flatMap((one) => Object.keys(definitionOf(one).shape ?? {}))),
]

/** What the value at a path may be, in the words of zod: `string`, `array`, `object`; empty when no schema knows the path. */
export const typesAt = (schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] =>
  schemasAt(schema, path).map((one) => definitionOf(one).type)

/** Whether the object at a path may have fields of any name: it is a record, or only the kind of an instance knows. */
export const takesAnyField = (schema: z.ZodType, path: readonly PropertyKey[]): boolean =>
  schemasAt(schema, path).some((one) => {
    const { type, catchall } = definitionOf(one)
    return type === 'record' || (type === 'object' && catchall !== undefined && definitionOf(catchall).type !== 'never')
  })
