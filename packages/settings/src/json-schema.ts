import { callOptionsSchema, type Kind, type ModeKind, type OutboundKind } from '@llc-phone/core'
import * as z from 'zod'
import { documentSchema, instanceSchema } from './document.ts'

/** A JSON Schema (draft 2020-12) of what people write, with titles, descriptions and examples. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** A kind of mode as a form can show it. */
export interface KindSchema {
  readonly name: string
  readonly title: string
  readonly about: string
  /** All fields of an instance: those of the kind and the options that every kind takes. */
  readonly schema: JsonSchema
}

/** The document section by section, and the kinds of modes. */
export interface SettingsSchema {
  /** By their names: `business`, `routes`, …; instances of modes are described by their kinds. */
  readonly sections: Readonly<Record<string, JsonSchema>>
  readonly kinds: readonly KindSchema[]
  readonly outboundKinds: readonly KindSchema[]
}

/** Checks beyond the reach of JSON Schema, such as names that must exist, are left to the server. */
const schemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return written
}

const kindSchema = ({ name, title, about, settings }: Kind<unknown>): KindSchema => ({
  name,
  title,
  about,
  schema: schemaOf(z.strictObject({ ...instanceSchema.shape, ...callOptionsSchema.shape, ...settings.shape })),
})

/** The schema that forms are drawn and pages are written from. The server judges by {@link documentSchema} and the kinds. */
export const settingsJsonSchema = (options: {
  readonly kinds: readonly ModeKind[]
  readonly outboundKinds?: readonly OutboundKind[]
}): SettingsSchema => ({
  sections: Object.fromEntries(
    Object.entries(documentSchema.shape).map(([name, section]) => [name, schemaOf(section as z.ZodType)]),
  ),
  kinds: options.kinds.map((kind) => kindSchema(kind)),
  outboundKinds: (options.outboundKinds ?? []).map((kind) => kindSchema(kind)),
})
