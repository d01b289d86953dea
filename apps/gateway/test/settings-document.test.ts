import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildSettings, documentSchema } from '@llc-phone/settings'
import { settingsJsonSchema } from '@llc-phone/settings/schema'
import { templates } from '@llc-phone/settings/templates'
import { readText } from '@llc-phone/settings/text'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fieldsOf, isGroup, settingsReference, type Field } from './support/settings-reference.ts'
import { shippedKinds } from './support/shipped-kinds.ts'

const PAGE = fileURLToPath(new URL('../../../docs/reference/settings.md', import.meta.url))

const schema = settingsJsonSchema(shippedKinds)

it('the document of the guide is built without a finding but for its made-up name, address and telephone', async () => {
  const guide = await readFile(fileURLToPath(new URL('../../../docs/guides/settings.md', import.meta.url)), 'utf8')
  const { document, findings } = readText(/```yaml\n([^]*?)```/.exec(guide)![1]!)
  expect(findings).toEqual([])
  const { built, findings: found } = buildSettings(document, { ...shippedKinds, now: new Date('2026-11-01T12:00:00Z') })
  expect(built).toBeDefined()
  expect(found.map(({ path }) => path)).toEqual(['business.name', 'business.address', 'routes.host.number'])
})

describe('templates', () => {
  it.each(templates)('$name is built without an error', ({ document }) => {
    const { built, findings } = buildSettings(document, { ...shippedKinds, now: new Date('2026-11-01T12:00:00Z') })
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect([...built!.instances.keys()]).toEqual(Object.keys(document.modes))
  })
})

/** Every schema within one, with its path. */
const within = (whole: z.ZodType, path: string): (readonly [path: string, schema: z.ZodType])[] => {
  const { shape, element, valueType, innerType, options } = whole.def as {
    readonly shape?: Readonly<Record<string, z.ZodType>>
    readonly element?: z.ZodType
    readonly valueType?: z.ZodType
    readonly innerType?: z.ZodType
    readonly options?: readonly z.ZodType[]
  }
  const parts = [
    ...Object.entries(shape ?? {}),
    ...[element, valueType, innerType, ...(options ?? [])].flatMap((one) => (one ? [['', one] as const] : [])),
  ]
  return [[path, whole], ...parts.flatMap(([name, part]) => within(part, name === '' ? path : `${path}.${name}`))]
}

describe('the description of the document', () => {
  const described: readonly (readonly [where: string, fields: readonly Field[]])[] = [
    ...Object.entries(schema.sections).map(([name, section]) => [name, fieldsOf(section, name)] as const),
    ...[...schema.kinds, ...schema.outboundKinds].map((kind) => [kind.name, fieldsOf(kind.schema, '')] as const),
  ]

  it.each(described)('has a title, a description and an example for every field of %s', (_where, fields) => {
    const missing = fields.filter((field) => {
      const { title, description, examples } = field.schema
      return !title || !description || (!isGroup(field) && !examples?.length)
    })
    expect(missing.map(({ path }) => path)).toEqual([])
  })

  it('has examples that are taken as they stand', () => {
    const kinds = [...shippedKinds.kinds, ...shippedKinds.outboundKinds]
    const all = [documentSchema, ...kinds.map(({ settings }) => settings)].flatMap((one) => within(one, ''))
    const wrong = all.flatMap(([path, one]) =>
      ((z.globalRegistry.get(one)?.examples ?? []) as readonly unknown[]).flatMap((example) => {
        const { error } = one.safeParse(example)
        return error ? [`${path} ${JSON.stringify(example)}: ${error.issues[0]!.message}`] : []
      }),
    )
    expect(wrong).toEqual([])
  })

  // `UPDATE_DOCS=1` writes the page.
  it('is the page docs/reference/settings.md', async () => {
    const page = settingsReference(schema)
    if (process.env.UPDATE_DOCS) await writeFile(PAGE, page)
    const plain = (text: string): string =>
      text
        .replaceAll(/ *\| */g, '|')
        .replaceAll(/-{3,}/g, '---')
        .trim()
    expect(plain(await readFile(PAGE, 'utf8'))).toBe(plain(page))
  })
})
